"""Contacts, companies, products, owners and teams as HubSpot lists them.

Planted: merged contacts and companies (survivors name the old ids, which are listed
nowhere); one archived contact; the archived owner without a user id; one owner in two
teams; numbers that are text ("1,200,000", "N/A") in two companies; cleared ("") and
never set (null) phone numbers; opted-out contacts; a contact whose company property
still names an id that was merged away; a contact who works for two companies.
"""

import random

from ingestion.sandbox.generator import vocabulary
from ingestion.sandbox.generator.calendar import AS_OF, DAY, at, day_start, iso
from ingestion.sandbox.generator.company import Account, Company, Person, Rep
from ingestion.sandbox.generator.hubspot.records import Links, crm_object, money

ARCHIVED_CONTACT = 40
_STAGES = ("subscriber", "lead", "marketingqualifiedlead", "opportunity", "customer")


def _updated(rng: random.Random, created: int) -> int:
    return created + int(rng.random() * (AS_OF - created))


def contact_lines(company: Company, links: Links) -> list[dict]:
    """Return the contacts; links them to their companies."""
    rng = company.rng("hubspot/contacts")
    lifecycles = company.rng("hubspot/lifecycles")
    lines = []
    for person in company.contacts:
        properties = _contact_properties(rng, person)
        properties |= _qualified(lifecycles, properties)
        updated = _updated(rng, person.created)
        if person.merged_ids:
            merged = person.created + 30 * DAY
            stamps = [f"{old}:{merged}" for old in person.merged_ids]
            properties["hs_merged_object_ids"] = ";".join(person.merged_ids)
            properties["hs_calculated_merged_vids"] = ";".join(stamps)
            updated = max(updated, merged)
        updated = min(updated, AS_OF)
        properties["createdate"] = iso(person.created)
        properties["lastmodifieddate"] = iso(updated)
        is_archived = person.number == ARCHIVED_CONTACT
        account = person.account
        assert person.contact_id is not None
        if account is not None and not is_archived:
            links.add("contacts", person.contact_id, "companies", account.company_id)
        if person is two_companies(company):
            second = next(item for item in company.accounts if item is not account)
            links.add("contacts", person.contact_id, "companies", second.company_id)
        lines.append(
            crm_object(
                person.contact_id,
                properties,
                person.created,
                updated,
                updated if is_archived else None,
            )
        )
        nested = links.inline("contacts", person.contact_id, ("companies",))
        if nested:
            lines[-1]["associations"] = nested
    return lines


def two_companies(company: Company) -> Person:
    """Return the contact who works for two companies."""
    return next(person for person in company.contacts if person.account and person.number > 41)  # fmt: skip


def _contact_properties(rng: random.Random, person: Person) -> dict[str, str | None]:
    account = person.account
    stage = rng.choices(_STAGES, (2, 3, 2, 2, 3))[0]
    phone = rng.choice((None, "", f"+49 30 {rng.randrange(10_000, 99_999)}"))
    company_id = None
    if account is not None:
        company_id = account.company_id
        if account.merged_ids and rng.random() < 0.5:
            company_id = account.merged_ids[0]
    lead_at = iso(person.created + int(rng.random() * 5 * DAY))
    return {
        "email": person.email,
        "firstname": person.first_name,
        "lastname": person.last_name,
        "phone": phone,
        "country": person.country,
        "city": person.city,
        "lifecyclestage": stage,
        "hs_lead_status": rng.choice((None, "NEW", "OPEN", "CONNECTED", "UNQUALIFIED")),
        "hs_lifecyclestage_lead_date": lead_at if stage != "subscriber" else None,
        "hs_analytics_source": person.source,
        "hs_analytics_source_data_1": "Facebook"
        if person.source == "PAID_SOCIAL"
        else None,
        "hs_analytics_source_data_2": "summer-26"
        if person.source == "PAID_SOCIAL"
        else None,
        "hs_email_optout": "true" if rng.random() < 0.08 else None,
        "date_of_birth": person.birth_date.isoformat() if rng.random() < 0.7 else None,
        "hubspot_owner_id": account.rep.owner_id if account else None,
        "associatedcompanyid": company_id,
        "hs_merged_object_ids": None,
        "hs_calculated_merged_vids": None,
    }


def _qualified(
    rng: random.Random, properties: dict[str, str | None]
) -> dict[str, str | None]:
    """Return when marketing and sales qualified a contact; a form can skip marketing."""
    marketing = sales = None
    lead_at = properties["hs_lifecyclestage_lead_date"]
    if lead_at and properties["lifecyclestage"] != "lead":
        moment = at(lead_at) + int(rng.random() * 40 * DAY)
        marketing = iso(moment) if rng.random() < 0.8 else None
        if properties["lifecyclestage"] != "marketingqualifiedlead":
            sales = iso(moment + int(rng.random() * 20 * DAY))
    return {
        "hs_lifecyclestage_marketingqualifiedlead_date": marketing,
        "hs_lifecyclestage_salesqualifiedlead_date": sales,
    }


_BAD_NUMBERS = {2: "1,200,000", 6: "N/A"}


def company_lines(company: Company) -> list[dict]:
    """Return the companies."""
    rng = company.rng("hubspot/companies")
    lines = []
    for number, account in enumerate(company.accounts):
        revenue = _BAD_NUMBERS.get(number, money(account.annual_revenue * 100))
        updated = _updated(rng, account.created)
        properties = _company_properties(rng, account)
        properties["annualrevenue"] = revenue if rng.random() < 0.8 else None
        if number in _BAD_NUMBERS:
            properties["annualrevenue"] = revenue
        properties["createdate"] = iso(account.created)
        properties["hs_lastmodifieddate"] = iso(updated)
        lines.append(
            crm_object(account.company_id, properties, account.created, updated)
        )
    return lines


def _company_properties(rng: random.Random, account: Account) -> dict[str, str | None]:
    return {
        "name": account.name,
        "domain": account.domain if rng.random() < 0.95 else None,
        "industry": account.industry,
        "numberofemployees": str(account.employee_count),
        "country": account.country,
        "state": None,
        "city": account.city,
        "lifecyclestage": rng.choice(("lead", "opportunity", "customer")),
        "hubspot_owner_id": account.rep.owner_id,
        "hs_merged_object_ids": ";".join(account.merged_ids) or None,
    }


def product_lines(company: Company) -> list[dict]:
    """Return the products; gift cards are sold in the shop only."""
    created = day_start(company.reps[-2].joined)
    lines = []
    for product in company.products:
        if product.category == "gift_card":
            continue
        properties: dict[str, str | None] = {
            "name": product.name,
            "hs_sku": product.sku,
            "price": money(product.price),
            "hs_cost_of_goods_sold": money(product.price * 55 // 100),
            "description": f"{product.name} ({product.category})",
            "hs_product_type": "inventory",
            "createdate": iso(created),
            "hs_lastmodifieddate": iso(created + 30 * DAY),
        }
        lines.append(
            crm_object(product.crm_id, properties, created, created + 30 * DAY)
        )
    return lines


def _second_team(company: Company, rep: Rep) -> str | None:
    """Return the second team of the one rep who is in two (the third rep)."""
    if rep is not company.reps[2]:
        return None
    return next(name for name in vocabulary.TEAMS if name != rep.team_name)


def owner_lines(company: Company) -> list[dict]:
    """Return the owners, the archived one included."""
    lines = []
    for rep in company.reps:
        teams = [{"id": vocabulary.TEAMS[rep.team_name][0], "name": rep.team_name, "primary": True}]  # fmt: skip
        second = _second_team(company, rep)
        if second is not None:
            teams.append({"id": vocabulary.TEAMS[second][0], "name": second, "primary": False})  # fmt: skip
        joined = day_start(rep.joined)
        lines.append(
            {
                "id": rep.owner_id,
                "email": rep.email,
                "type": "PERSON",
                "firstName": rep.first_name,
                "lastName": rep.last_name,
                "userId": rep.user_id if rep.left is None else None,
                "userIdIncludingInactive": rep.user_id,
                "createdAt": iso(joined),
                "updatedAt": iso(day_start(rep.left) if rep.left else joined + 9 * DAY),
                "archived": rep.left is not None,
                "teams": teams,
            }
        )
    return lines


def team_lines(company: Company) -> list[dict]:
    """Return the teams with their members, departed ones left out."""
    return [
        {
            "id": team_id,
            "name": name,
            "userIds": [
                str(rep.user_id)
                for rep in company.reps
                if rep.team_name == name and rep.left is None
            ],
            "secondaryUserIds": [
                str(rep.user_id)
                for rep in company.reps
                if _second_team(company, rep) == name
            ],
        }
        for name, (team_id, _, _) in vocabulary.TEAMS.items()
    ]
