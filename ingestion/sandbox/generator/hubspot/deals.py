"""Deals and their line items: what a deal is, and how the CRM lists it."""

from dataclasses import dataclass, field

from ingestion.sandbox.generator.calendar import iso
from ingestion.sandbox.generator.company import Account, Company, Person, Product
from ingestion.sandbox.generator.hubspot.pipelines import (
    STAGES,
    Pipeline,
)
from ingestion.sandbox.generator.hubspot.records import Links, crm_object, money
from ingestion.sandbox.generator.hubspot.subscriptions import recurring_billing


@dataclass
class DealLine:
    """One line item."""

    product: Product
    price: int
    quantity: int
    discount: int
    currency: str

    @property
    def amount(self) -> int:
        """The line's amount in cents."""
        return self.price * self.quantity - self.discount


@dataclass
class Deal:
    """A deal; `history` holds (instant, value) per property, oldest first."""

    number: int
    name: str
    created: int
    account: Account | None
    currency: str
    people: list[Person] = field(default_factory=list)
    lines: list[DealLine] = field(default_factory=list)
    deal_type: str = "newbusiness"
    lost_reason: str | None = None
    won_reason: str | None = None
    archived_at: int | None = None
    merged_ids: tuple[str, ...] = ()
    company_link: str | None = None
    contact_link: str | None = None
    history: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    @property
    def deal_id(self) -> str:
        """The CRM's id."""
        return str(18_240_500_000 + 17 * self.number)

    def change(self, name: str, moment: int, value: str) -> None:
        """Record that a property got a value at a moment."""
        self.history.setdefault(name, []).append((moment, value))

    def current(self, name: str) -> str | None:
        """Return a property's latest value."""
        changes = self.history.get(name)
        return changes[-1][1] if changes else None

    def enter(self, pipeline: Pipeline, stage_id: str, moment: int) -> None:
        """Record the entry into a stage, and of a pipeline when it changes."""
        if self.current("pipeline") != pipeline.pipeline_id:
            self.change("pipeline", moment, pipeline.pipeline_id)
        self.change("dealstage", moment, stage_id)


def deal_line(company: Company, deal: Deal, links: Links) -> dict:
    """Return the deal as the CRM lists it; links it to people and company."""
    stage = STAGES.get(deal.current("dealstage") or "")
    updated = max(moment for values in deal.history.values() for moment, _ in values)
    amount = deal.current("amount")
    rate = company.rate_on(deal.currency or "EUR", updated)
    home = None
    if amount and rate is not None and amount.replace(".", "").isdigit():
        home = money(round(float(amount) * 100 * rate))
    is_won = stage is not None and stage.probability == "1.0"
    properties: dict[str, str | None] = {
        "dealname": deal.name,
        "pipeline": deal.current("pipeline"),
        "dealstage": deal.current("dealstage"),
        "amount": amount,
        "deal_currency_code": deal.currency or None,
        "amount_in_home_currency": home,
        "hs_exchange_rate": str(rate) if rate is not None else None,
        "closedate": deal.current("closedate"),
        "createdate": iso(deal.created),
        "hs_is_closed": _bool(stage is not None and stage.is_closed),
        "hs_is_closed_won": _bool(is_won),
        "hs_deal_stage_probability": stage.probability if stage else None,
        "dealtype": deal.deal_type,
        "closed_won_reason": deal.won_reason if is_won else None,
        "closed_lost_reason": deal.lost_reason,
        "hubspot_owner_id": deal.current("hubspot_owner_id"),
        "hs_merged_object_ids": ";".join(deal.merged_ids) or None,
        "num_associated_contacts": str(len(deal.people)),
        "hs_lastmodifieddate": iso(max(updated, deal.archived_at or 0)),
    }
    for moment, stage_id in deal.history["dealstage"]:
        properties[f"hs_v2_date_entered_{stage_id}"] = iso(moment)
    line = crm_object(deal.deal_id, properties, deal.created, updated, deal.archived_at)
    line["propertiesWithHistory"] = {
        name: _versions(values) for name, values in deal.history.items()
    }
    if deal.archived_at is None:
        _link(deal, links)
    nested = links.inline(
        "deals", deal.deal_id, ("contacts", "companies", "line_items")
    )
    if nested:
        line["associations"] = nested
    return line


def _bool(value: bool) -> str:
    return "true" if value else "false"


def _versions(values: list[tuple[int, str]]) -> list[dict]:
    """Return a property's versions newest first, as HubSpot does."""
    return [
        {
            "value": value,
            "timestamp": iso(moment),
            "sourceType": "CRM_UI",
            "sourceId": "userId:9586504",
            "sourceLabel": None,
            "updatedByUserId": 9586504,
        }
        for moment, value in reversed(values)
    ]


def _link(deal: Deal, links: Links) -> None:
    for person in deal.people:
        assert person.contact_id is not None
        links.add("deals", deal.deal_id, "contacts", person.contact_id)
    if deal.contact_link is not None:
        links.add("deals", deal.deal_id, "contacts", deal.contact_link)
    company_id = deal.company_link
    if company_id is None and deal.account is not None:
        company_id = deal.account.company_id
    if company_id is not None:
        links.add("deals", deal.deal_id, "companies", company_id)


def line_item_lines(deals: list[Deal], links: Links) -> list[dict]:
    """Return the line items of the deals; links the deals to them."""
    lines = []
    for deal in deals:
        if deal.archived_at is not None:
            continue
        for position, item in enumerate(deal.lines):
            item_id = str(30_100_000_000 + deal.number * 10 + position)
            properties: dict[str, str | None] = {
                "name": item.product.name,
                "hs_product_id": item.product.crm_id,
                "hs_sku": item.product.sku,
                "price": money(item.price),
                "quantity": str(item.quantity),
                "amount": money(item.amount),
                "discount": money(item.discount) if item.discount else None,
                "hs_line_item_currency_code": item.currency,
                **recurring_billing(deal.number, position, deal.current("closedate")),
                "createdate": iso(deal.created),
                "hs_lastmodifieddate": iso(deal.created),
            }
            links.add("deals", deal.deal_id, "line_items", item_id)
            lines.append(crm_object(item_id, properties, deal.created, deal.created))
    return lines
