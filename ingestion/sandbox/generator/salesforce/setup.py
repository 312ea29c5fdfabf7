"""How the org is set up: itself, users, roles, stages, record types, currencies, quotas.

Planted: the stage "Proposal" was renamed "Proposal/Quote" in May 2026 (histories keep
the old text); a deactivated user still owns open opportunities; a user of automation
that nobody is; no dated rate of pounds begins between 2 February and 2 March 2026, so
that the one before holds on; one rep has no quota in September 2026.
"""

from datetime import date, timedelta

from ingestion.sandbox.generator import calendar, vocabulary
from ingestion.sandbox.generator.calendar import DAY, at, day_start, local_day
from ingestion.sandbox.generator.company import Company, Rep
from ingestion.sandbox.generator.salesforce.records import (
    INTEGRATION_USER,
    record,
    sf_id,
)

NEW_BUSINESS = sf_id("012", 1)
RENEWAL = sf_id("012", 2)
RECORD_TYPES = {NEW_BUSINESS: "New Business", RENEWAL: "Renewal"}
# Stage: (probability, closed, won, forecast category); the org has one list.
STAGES = {
    "Prospecting": (10, False, False, "Pipeline"),
    "Qualification": (20, False, False, "Pipeline"),
    "Renewal Due": (50, False, False, "BestCase"),
    "Proposal/Quote": (60, False, False, "BestCase"),
    "Negotiation": (80, False, False, "Commit"),
    "Closed Won": (100, True, True, "Closed"),
    "Closed Lost": (0, True, False, "Omitted"),
}
FORMER_STAGE, RENAMED_STAGE = "Proposal", "Proposal/Quote"
RENAMED_AT = at("2026-05-04T07:00:00Z")
OPEN_STAGES = {
    NEW_BUSINESS: ("Prospecting", "Qualification", "Proposal/Quote", "Negotiation"),
    RENEWAL: ("Renewal Due", "Proposal/Quote"),
}
WON, LOST = "Closed Won", "Closed Lost"
STANDARD_PRICE_BOOK = sf_id("01s", 1)
_FOUNDED = at("2024-02-01T09:00:00Z")
MISSING_QUOTA = (1, "2026-09")


def user_id(rep: Rep) -> str:
    """Return the id of a rep's user."""
    return sf_id("005", rep.user_id)


def organization_lines() -> list[dict]:
    """Return the org itself."""
    return [
        record(
            sf_id("00D", 1),
            _FOUNDED,
            _FOUNDED,
            is_deleted=None,
            Name="Zafran Trading GmbH",
            OrganizationType="Enterprise Edition",
            InstanceName="DEU62",
            TimeZoneSidKey=calendar.ZONE,
            DefaultLocaleSidKey="de_DE",
            LanguageLocaleKey="en_US",
            IsSandbox=False,
        )
    ]


def role_lines() -> list[dict]:
    """Return the roles: one per team, below the head of sales."""
    head = sf_id("00E", 1)
    names = {head: "Head of Sales"} | {role_id(name): name for name in vocabulary.TEAMS}
    return [
        {
            "Id": identifier,
            "Name": name,
            "DeveloperName": "".join(one for one in name if one.isalnum()),
            "ParentRoleId": None if identifier == head else head,
            "LastModifiedDate": "2024-02-01T09:00:00.000+0000",
            "LastModifiedById": INTEGRATION_USER,
            "SystemModstamp": "2024-02-01T09:00:00.000+0000",
        }
        for identifier, name in names.items()
    ]


def role_id(team_name: str) -> str:
    """Return the id of a team's role."""
    return sf_id("00E", int(vocabulary.TEAMS[team_name][0]))


def user_lines(company: Company) -> list[dict]:
    """Return the users: reps, departed ones included, and the integration's own."""
    lines = [
        _user(
            INTEGRATION_USER,
            "Integration",
            "User",
            "api@zafran.example",
            None,
            _FOUNDED,
        )
    ]
    for rep in company.reps:
        joined = day_start(rep.joined)
        changed = joined + 9 * DAY if rep.left is None else day_start(rep.left)
        lines.append(
            _user(
                user_id(rep),
                rep.first_name,
                rep.last_name,
                rep.email,
                role_id(rep.team_name),
                joined,
                changed,
                is_active=rep.left is None,
            )
        )
    return lines


def _user(
    identifier: str,
    first_name: str,
    last_name: str,
    email: str,
    role: str | None,
    created: int,
    changed: int = 0,
    *,
    is_active: bool = True,
) -> dict:
    return record(
        identifier,
        created,
        changed,
        is_deleted=None,
        Username=f"{email}.crm",
        Email=email,
        FirstName=first_name,
        LastName=last_name,
        Name=f"{first_name} {last_name}",
        UserRoleId=role,
        ManagerId=None,
        ProfileId=sf_id("00e", 1),
        Department="Sales" if role else None,
        Division=None,
        TimeZoneSidKey=calendar.ZONE,
        UserType="Standard",
        IsActive=is_active,
    )


def record_type_lines() -> list[dict]:
    """Return the record types of opportunities: what the org calls its pipelines."""
    return [
        record(
            identifier,
            _FOUNDED,
            _FOUNDED,
            is_deleted=None,
            Name=name,
            DeveloperName=name.replace(" ", "_"),
            SobjectType="Opportunity",
            IsActive=True,
        )
        for identifier, name in RECORD_TYPES.items()
    ]


def stage_lines() -> list[dict]:
    """Return the stages as they are called today."""
    lines = []
    for order, (name, (probability, closed, won, category)) in enumerate(
        STAGES.items(), start=1
    ):
        changed = RENAMED_AT if name == RENAMED_STAGE else _FOUNDED
        lines.append(
            record(
                sf_id("01J", order),
                _FOUNDED,
                changed,
                is_deleted=None,
                ApiName=name,
                MasterLabel=name,
                ForecastCategoryName=category,
                DefaultProbability=float(probability),
                SortOrder=order,
                IsActive=True,
                IsClosed=closed,
                IsWon=won,
            )
        )
    return lines


def currency_lines(company: Company) -> list[dict]:
    """Return the org's currencies with their rates of today; euro is the corporate."""
    rates = {"EUR": 1.0} | {
        name: _per_euro(walk[-1][1]) for name, walk in company.rates.items()
    }
    return [
        record(
            sf_id("01L", number),
            _FOUNDED,
            _FOUNDED,
            is_deleted=None,
            IsoCode=name,
            ConversionRate=rate,
            DecimalPlaces=2,
            IsActive=True,
            IsCorporate=name == "EUR",
        )
        for number, (name, rate) in enumerate(rates.items(), start=1)
    ]


def _per_euro(rate: float) -> float:
    """Return how many units one euro buys, as the org states rates."""
    return round(1 / rate, 6)


def dated_rate_lines(company: Company) -> list[dict]:
    """Return the rates that held from a day until the next one began."""
    lines = []
    for name, walk in company.rates.items():
        starts = [local_day(moment) for moment, _ in walk]
        following = [*starts[1:], date(9999, 12, 31)]
        for start, end, (moment, rate) in zip(starts, following, walk, strict=True):
            lines.append(
                record(
                    sf_id("04w", len(lines) + 1),
                    moment,
                    moment,
                    is_deleted=None,
                    IsoCode=name,
                    ConversionRate=_per_euro(rate),
                    StartDate=start.isoformat(),
                    NextStartDate=end.isoformat(),
                )
            )
    return lines


def product_lines(company: Company) -> dict[str, list[dict]]:
    """Return products, the standard price book and its entries in euro."""
    found: dict[str, list[dict]] = {
        "Product2": [],
        "PricebookEntry": [],
        "Pricebook2": [
            record(
                STANDARD_PRICE_BOOK,
                _FOUNDED,
                _FOUNDED,
                Name="Standard Price Book",
                IsActive=True,
                IsStandard=True,
            )
        ],
    }
    for product in company.products:
        if product.category == "gift_card":
            continue
        number = int(product.crm_id)
        found["Product2"].append(
            record(
                sf_id("01t", number),
                _FOUNDED,
                _FOUNDED,
                Name=product.name,
                ProductCode=product.sku,
                Family=product.category,
                StockKeepingUnit=product.sku,
                CurrencyIsoCode="EUR",
                IsActive=True,
                IsArchived=False,
            )
        )
        found["PricebookEntry"].append(
            record(
                sf_id("01u", number),
                _FOUNDED,
                _FOUNDED,
                Pricebook2Id=STANDARD_PRICE_BOOK,
                Product2Id=sf_id("01t", number),
                UnitPrice=product.price / 100,
                CurrencyIsoCode="EUR",
                IsActive=True,
                UseStandardPrice=False,
            )
        )
    return found


def quota_lines(company: Company) -> dict[str, list[dict]]:
    """Return a revenue quota per rep and month, and the periods they are of."""
    rng = company.rng("salesforce/quotas")
    forecasting_type = sf_id("0Db", 1)
    found: dict[str, list[dict]] = {
        "ForecastingType": [
            {
                "Id": forecasting_type,
                "DeveloperName": "OpportunityRevenue",
                "MasterLabel": "Opportunity Revenue",
                "IsActive": True,
                "IsAmount": True,
                "IsQuantity": False,
            }
        ],
        "Period": [],
        "ForecastingQuota": [],
    }
    amounts = [rng.randrange(6, 24) * 1000 for _ in company.reps]
    for number, month in enumerate(calendar.months(), start=1):
        last = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        found["Period"].append(
            {
                "Id": sf_id("026", number),
                "Type": "Month",
                "FullyQualifiedLabel": f"{month:%B} FY {month.year}",
                "StartDate": month.isoformat(),
                "EndDate": last.isoformat(),
                "IsForecastPeriod": True,
                "SystemModstamp": "2024-10-01T09:00:00.000+0000",
            }
        )
        for position, (rep, amount) in enumerate(
            zip(company.reps, amounts, strict=True)
        ):
            if not rep.works_on(month) or (
                (position, month.isoformat()[:7]) == MISSING_QUOTA
            ):
                continue
            created = day_start(month) - 40 * DAY
            found["ForecastingQuota"].append(
                record(
                    sf_id("0J9", len(found["ForecastingQuota"]) + 1),
                    created,
                    created,
                    is_deleted=None,
                    QuotaOwnerId=user_id(rep),
                    PeriodId=sf_id("026", number),
                    ForecastingTypeId=forecasting_type,
                    StartDate=month.isoformat(),
                    QuotaAmount=float(amount),
                    QuotaQuantity=None,
                    IsAmount=True,
                    IsQuantity=False,
                    CurrencyIsoCode="EUR",
                )
            )
    return found
