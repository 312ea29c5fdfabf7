"""What the org counts money with: currencies, rates, products, prices, quotas.

Planted: no dated rate of pounds begins between 2 February and 2 March 2026, so that the
one before holds on; one rep has no quota in September 2026.
"""

from datetime import date, timedelta

from ingestion.sandbox.generator import calendar
from ingestion.sandbox.generator.calendar import DAY, day_start, local_day
from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.salesforce.records import record, sf_id
from ingestion.sandbox.generator.salesforce.setup import FOUNDED, user_id

STANDARD_PRICE_BOOK = sf_id("01s", 1)
MISSING_QUOTA = (1, "2026-09")


def currency_lines(company: Company) -> list[dict]:
    """Return the org's currencies with their rates of today; euro is the corporate."""
    rates = {"EUR": 1.0} | {
        name: _per_euro(walk[-1][1]) for name, walk in company.rates.items()
    }
    return [
        record(
            sf_id("01L", number),
            FOUNDED,
            FOUNDED,
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
                FOUNDED,
                FOUNDED,
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
                FOUNDED,
                FOUNDED,
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
                FOUNDED,
                FOUNDED,
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
