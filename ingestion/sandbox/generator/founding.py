"""Founding the company: who and what exists, drawn from the seed.

Each population has dice of its own, so that more contacts do not change the products.
"""

import random
from datetime import date, timedelta

from ingestion.sandbox.generator import calendar, vocabulary
from ingestion.sandbox.generator.calendar import DAY, HOUR
from ingestion.sandbox.generator.company import (
    Account,
    Company,
    Person,
    Product,
    Rep,
    Size,
)


def found_company(seed: int, size: Size) -> Company:
    """Return the company of a seed and a size."""
    company = Company(seed, size)
    company.products = _products()
    company.rates = _rates(company.rng("rates"))
    company.reps = _reps(company.rng("reps"), size.reps)
    company.accounts = _accounts(company.rng("accounts"), company)
    company.people = _people(company.rng("people"), company)
    return company


def _products() -> list[Product]:
    return [
        Product(f"p-{101 + index}", str(1_600_001 + 7 * index), *row)
        for index, row in enumerate(vocabulary.PRODUCTS)
    ]


# Planted: no GBP rate becomes effective in these weeks, so that amounts in pounds
# between 8 February and 1 March 2026 cannot be converted.
_RATE_GAP = ("GBP", date(2026, 2, 2), date(2026, 3, 2))


def _rates(rng: random.Random) -> dict[str, list[tuple[int, float]]]:
    """Return weekly rates to euro: a walk per currency, effective on Mondays."""
    rates: dict[str, list[tuple[int, float]]] = {}
    monday = calendar.FIRST_DAY - timedelta(days=4)
    mondays = [monday + timedelta(days=7 * week) for week in range(108)]
    for currency, start, drift in (
        ("USD", 0.92, -0.0003),
        ("GBP", 1.19, -0.0002),
        ("TRY", 0.0268, -0.004),
    ):
        value, walk = start, []
        for day in mondays:
            value *= 1 + drift + rng.gauss(0, 0.004)
            gap = currency == _RATE_GAP[0] and _RATE_GAP[1] < day < _RATE_GAP[2]
            if day <= calendar.LAST_DAY and not gap:
                walk.append((calendar.day_start(day) + 6 * HOUR, round(value, 6)))
        rates[currency] = walk
    return rates


def _name(rng: random.Random, country: str) -> tuple[str, str, str]:
    """Return first name, last name and the local part of an e-mail address."""
    firsts, lasts = vocabulary.NAMES[country]
    first, last = rng.choice(firsts), rng.choice(lasts)
    return first[0], last[0], f"{first[1]}.{last[1]}"


def _reps(rng: random.Random, count: int) -> list[Rep]:
    """Return the sales people; every team has at least two.

    Planted: the first of "DACH Sales" left in June 2026 and is archived in the CRM;
    the last of all joined in February 2026.
    """
    teams = [name for name in vocabulary.TEAMS for _ in range(2)]
    weights = [share for _, _, share in vocabulary.TEAMS.values()]
    teams += rng.choices(list(vocabulary.TEAMS), weights, k=count - len(teams))
    reps = []
    for index, team_name in enumerate(teams):
        country = rng.choice(vocabulary.TEAMS[team_name][1])
        first, last, local = _name(rng, country)
        reps.append(
            Rep(
                owner_id=str(41_629_700 + 13 * index),
                user_id=9_586_500 + 4 * index,
                first_name=first,
                last_name=last,
                email=f"{local}{index}@zafran.example",
                team_name=team_name,
                joined=date(2026, 2, 1) if index == count - 1 else date(2024, 9, 1),
                left=date(2026, 6, 16) if index == 0 else None,
            )
        )
    return reps


def team_of_country(country: str) -> str:
    """Return the team that sells to a country."""
    return next(
        name
        for name, (_, countries, _) in vocabulary.TEAMS.items()
        if country in countries
    )


def _country(rng: random.Random) -> str:
    weights = [row[3] for row in vocabulary.COUNTRIES.values()]
    return rng.choices(list(vocabulary.COUNTRIES), weights)[0]


def _created(rng: random.Random) -> int:
    """Return when a record appeared: a third of them before the history begins."""
    if rng.random() < 0.35:
        return calendar.day_start(calendar.FIRST_DAY) - int(rng.random() * 200 * DAY)
    span = calendar.AS_OF - calendar.day_start(calendar.FIRST_DAY)
    return calendar.day_start(calendar.FIRST_DAY) + int(rng.random() * span * 0.97)


def _accounts(rng: random.Random, company: Company) -> list[Account]:
    """Return the companies.

    Planted: two of them (numbers 3 and 8) are the survivors of merges; the ids that
    went into them are listed nowhere else, but some references still carry them.
    """
    accounts = []
    for index in range(company.size.companies):
        country = _country(rng)
        team_name = team_of_country(country)
        stem = rng.choice(vocabulary.COMPANY_STEMS[country])
        kind = rng.choice(vocabulary.COMPANY_KINDS)
        employee_count = int(rng.lognormvariate(4, 1.2)) + 2
        company_id = 5_790_900_000 + 37 * index
        is_survivor = index in (3, 8)
        accounts.append(
            Account(
                company_id=str(company_id),
                name=f"{stem} {kind} {index} {vocabulary.COMPANY_FORMS[country]}",
                domain=f"firma{index}.example",
                country=country,
                city=rng.choice(vocabulary.CITIES[country]),
                industry=rng.choice(vocabulary.INDUSTRIES),
                employee_count=employee_count,
                annual_revenue=employee_count * rng.randrange(60_000, 250_000, 1000),
                rep=rng.choice(
                    [rep for rep in company.reps if rep.team_name == team_name]
                ),
                created=_created(rng),
                merged_ids=(str(company_id - 11), str(company_id - 10))
                if is_survivor
                else (),
            )
        )
    return accounts


_SOURCES = (
    "ORGANIC_SEARCH",
    "PAID_SEARCH",
    "PAID_SOCIAL",
    "EMAIL_MARKETING",
    "DIRECT_TRAFFIC",
    "REFERRALS",
    "OFFLINE",
)


def _people(rng: random.Random, company: Company) -> list[Person]:
    """Return contacts first, then shop users whom the CRM does not know.

    Planted: contacts 5 and 12 are survivors of merges. Contact 20 has the address of
    contact 19 in other letters (duplicate by case). Contact 30 and the shop user after
    it share one device.
    """
    people: list[Person] = []
    size = company.size
    for number in range(size.contacts + size.shoppers):
        is_contact = number < size.contacts
        account = rng.choice(company.accounts) if is_contact else None
        if account and rng.random() < 0.2:
            account = None
        country = account.country if account else _country(rng)
        first, last, local = _name(rng, country)
        domain = account.domain if account else "post.example"
        email = f"{local}.{number}@{domain}"
        if number == 20:
            email = people[19].email.upper()
        is_user = not is_contact or rng.random() < 0.6 or number in (19, 30, 31)
        contact_id = 33_400 + 3 * number
        device_count = rng.choice((1, 1, 2)) if is_user else 0
        devices = tuple(f"{rng.getrandbits(128):032x}" for _ in range(device_count))
        if number == 31:
            devices = people[30].devices
        people.append(
            Person(
                number=number,
                first_name=first,
                last_name=last,
                email=email,
                country=country,
                city=rng.choice(vocabulary.CITIES[country]),
                birth_date=date(1955, 1, 1) + timedelta(days=rng.randrange(18_500)),
                created=_created(rng),
                source=rng.choice(_SOURCES),
                account=account,
                contact_id=str(contact_id) if is_contact else None,
                user_id=f"u-{10_000 + number}" if is_user and number != 20 else None,
                devices=devices,
                merged_ids=(str(contact_id - 1), str(contact_id - 2))
                if number in (5, 12)
                else (),
            )
        )
    return people
