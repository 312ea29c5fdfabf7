"""An opportunity, what was set when, and how the org lists it and its histories."""

from dataclasses import dataclass, field
from datetime import date

from ingestion.sandbox.generator.calendar import MINUTE, local_day
from ingestion.sandbox.generator.company import Account, Person, Product, Rep
from ingestion.sandbox.generator.salesforce.money import STANDARD_PRICE_BOOK
from ingestion.sandbox.generator.salesforce.records import (
    INTEGRATION_USER,
    LAST_STAMP,
    money,
    record,
    sf_id,
    stamp,
)
from ingestion.sandbox.generator.salesforce.setup import (
    FORMER_STAGE,
    NEW_BUSINESS,
    RECORD_TYPES,
    RENAMED_AT,
    RENAMED_STAGE,
    STAGES,
    user_id,
)


@dataclass
class Line:
    """One product of an opportunity; money in cents."""

    product: Product
    price: int
    quantity: int
    discount_percent: int = 0

    @property
    def amount(self) -> int:
        """The line's amount."""
        whole = self.price * self.quantity
        return whole - whole * self.discount_percent // 100


@dataclass
class Deal:
    """An opportunity; the changes of stage, owner, close date and amount in order."""

    number: int
    name: str
    account: Account | None
    currency: str
    record_type: str
    stages: list[tuple[int, str]] = field(default_factory=list)
    owners: list[tuple[int, Rep]] = field(default_factory=list)
    close_dates: list[tuple[int, date]] = field(default_factory=list)
    amounts: list[tuple[int, int | None]] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    campaign: str | None = None
    deleted_at: int | None = None
    undeleted_at: int | None = None

    @property
    def deal_id(self) -> str:
        """The org's id."""
        return sf_id("006", self.number)

    @property
    def created(self) -> int:
        """When it was created: its first stage."""
        return self.stages[0][0]

    @property
    def stage(self) -> str:
        """The stage of today."""
        return self.stages[-1][1]

    @property
    def modified(self) -> int:
        """The last change of anything."""
        changes = (self.stages, self.owners, self.close_dates, self.amounts)
        moments = [moment for values in changes for moment, _ in values]
        return max(*moments, self.deleted_at or 0, self.undeleted_at or 0)

    @property
    def is_deleted(self) -> bool:
        """Whether it is in the recycle bin."""
        return self.deleted_at is not None and self.undeleted_at is None


def deal_line(deal: Deal) -> dict:
    """Return the opportunity."""
    probability, closed, won, category = STAGES[deal.stage]
    amount = deal.amounts[-1][1] if deal.amounts else None
    expected = None if amount is None else money(amount * probability // 100)
    return record(
        deal.deal_id,
        deal.created,
        deal.modified,
        is_deleted=deal.is_deleted,
        AccountId=account_id(deal.account) if deal.account else None,
        ContactId=contact_id(deal.people[0]) if deal.people else None,
        RecordTypeId=deal.record_type,
        Name=deal.name,
        StageName=deal.stage,
        Amount=None if amount is None else money(amount),
        ExpectedRevenue=expected,
        Probability=float(probability),
        CloseDate=deal.close_dates[-1][1].isoformat(),
        Type=RECORD_TYPES[deal.record_type],
        LeadSource="Web" if deal.number % 3 else "Trade Show",
        IsClosed=closed,
        IsWon=won,
        ForecastCategoryName=category,
        CampaignId=deal.campaign,
        OwnerId=user_id(deal.owners[-1][1]),
        Pricebook2Id=STANDARD_PRICE_BOOK if deal.lines else None,
        HasOpportunityLineItem=bool(deal.lines),
        LastStageChangeDate=stamp(min(deal.stages[-1][0], LAST_STAMP)),
        CurrencyIsoCode=deal.currency,
    )


def history_lines(deal: Deal, first_number: int) -> list[dict]:
    """Return a row per change of stage, amount or close date, as Salesforce keeps them.

    Each row says all three as they were after the change.
    """
    moments = sorted(
        {moment for moment, _ in [*deal.stages, *deal.close_dates, *deal.amounts]}
    )
    lines: list[dict] = []
    for number, moment in enumerate(moments, start=first_number):
        stage = _at(deal.stages, moment)
        probability = STAGES[stage][0]
        amount = _at(deal.amounts, moment) if deal.amounts else None
        if stage == RENAMED_STAGE and moment < RENAMED_AT:
            stage = FORMER_STAGE
        lines.append(
            {
                "Id": sf_id("008", number),
                "IsDeleted": deal.is_deleted,
                "OpportunityId": deal.deal_id,
                "StageName": stage,
                "Amount": None if amount is None else money(amount),
                "ExpectedRevenue": None
                if amount is None
                else money(amount * probability // 100),
                "Probability": float(probability),
                "ForecastCategory": "Pipeline",
                "CloseDate": _at(deal.close_dates, moment).isoformat(),
                "CurrencyIsoCode": deal.currency,
                "CreatedById": INTEGRATION_USER,
                "CreatedDate": stamp(min(moment, LAST_STAMP)),
                "SystemModstamp": stamp(
                    min(max(moment, deal.deleted_at or 0), LAST_STAMP)
                ),
            }
        )
    return lines


def _at(changes: list, moment: int):  # noqa: ANN202  the changes' own type
    """Return what held at a moment; before the first change the first value."""
    known = [value for changed, value in changes if changed <= moment]
    return known[-1] if known else changes[0][1]


def field_history_lines(deal: Deal, first_number: int) -> list[dict]:
    """Return the tracked changes: creation, and the owner by name and by id."""
    lines = [_tracked(deal, first_number, "created", deal.created, None, None)]
    for (_, old), (moment, new) in zip(deal.owners, deal.owners[1:], strict=False):
        names = [f"{one.first_name} {one.last_name}" for one in (old, new)]
        for values in (names, [user_id(old), user_id(new)]):
            number = first_number + len(lines)
            lines.append(_tracked(deal, number, "Owner", moment, *values))
    return lines


def _tracked(
    deal: Deal, number: int, name: str, moment: int, old: str | None, new: str | None
) -> dict:
    return {
        "Id": sf_id("017", number),
        "IsDeleted": deal.is_deleted,
        "OpportunityId": deal.deal_id,
        "Field": name,
        "DataType": "EntityId" if new and new.startswith("005") else "Text",
        "OldValue": old,
        "NewValue": new,
        "CreatedById": INTEGRATION_USER,
        "CreatedDate": stamp(min(moment, LAST_STAMP)),
    }


def line_item_lines(deal: Deal) -> list[dict]:
    """Return the opportunity's products."""
    return [
        record(
            sf_id("00k", deal.number * 10 + position),
            deal.created,
            deal.deleted_at or deal.created,
            is_deleted=deal.is_deleted,
            OpportunityId=deal.deal_id,
            Product2Id=sf_id("01t", int(line.product.crm_id)),
            PricebookEntryId=sf_id("01u", int(line.product.crm_id)),
            ProductCode=line.product.sku,
            Name=f"{deal.name} {line.product.name}",
            Quantity=float(line.quantity),
            UnitPrice=money(line.price),
            ListPrice=money(line.price),
            TotalPrice=money(line.amount),
            Discount=float(line.discount_percent) or None,
            CurrencyIsoCode=deal.currency,
        )
        for position, line in enumerate(deal.lines)
    ]


def role_lines(deal: Deal) -> list[dict]:
    """Return the contacts' roles in the opportunity; the first is the primary."""
    return [
        record(
            sf_id("00K", deal.number * 10 + position),
            deal.created,
            deal.created,
            OpportunityId=deal.deal_id,
            ContactId=contact_id(person),
            Role="Decision Maker" if position == 0 else None,
            IsPrimary=position == 0,
        )
        for position, person in enumerate(deal.people)
    ]


def account_id(account: Account) -> str:
    """Return the id of a company's account."""
    return sf_id("001", int(account.company_id) % 1_000_000_000)


def contact_id(person: Person) -> str:
    """Return the id of a person's contact."""
    return sf_id("003", int(person.contact_id or 0))


def new_deal(
    number: int,
    name: str,
    account: Account | None,
    currency: str,
    created: int,
    stage: str,
    owner: Rep,
    record_type: str = NEW_BUSINESS,
) -> Deal:
    """Return an opportunity as it was created, expected to close in six weeks."""
    deal = Deal(number, name, account, currency, record_type)
    deal.stages.append((created, stage))
    deal.owners.append((created, owner))
    deal.close_dates.append((created, local_day(created + 42 * 24 * 60 * MINUTE)))
    return deal
