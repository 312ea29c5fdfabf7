"""Deals: their walk through the stages, with every change kept.

Planted by chance, at every size above a few dozen deals: skipped stages, backward
moves and re-entries, changes of owner and of pipeline mid-way, reopened deals, close
dates that slip or are edited afterwards, won deals without or with zero amount.
What must exist in every company stands in `planted_deals`.
"""

import random
from dataclasses import dataclass, field

from ingestion.sandbox.generator import calendar, vocabulary
from ingestion.sandbox.generator.calendar import AS_OF, DAY, iso, local_day
from ingestion.sandbox.generator.company import Account, Company, Person, Product, Rep
from ingestion.sandbox.generator.hubspot.pipelines import (
    RENEWALS,
    SALES,
    STAGES,
    Pipeline,
    Stage,
)
from ingestion.sandbox.generator.hubspot.records import Links, crm_object, money

# Numbers below belong to the planted deals, so that their ids are the same at every
# size.
FIRST_RANDOM_DEAL = 100
# In euro: one unit of the currency in euro cents, for list prices only.
LIST_PRICE_FACTORS = {"EUR": 1.0, "USD": 1.1, "GBP": 0.88, "TRY": 38.0}
LOST_REASONS = ("Price", "Competitor", "No budget", "No decision", "Product gap")
WON_REASONS = ("Quality", "Relationship", "Price")


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


class DealWalk:
    """Draws deals with the part's dice."""

    def __init__(self, company: Company, rng: random.Random) -> None:
        self.company = company
        self.rng = rng
        self._people: dict[str, list[Person]] = {}
        for person in company.contacts:
            if person.account is not None:
                self._people.setdefault(person.account.company_id, []).append(person)
        self._reps: dict[str, list[Rep]] = {}
        for rep in company.reps:
            self._reps.setdefault(rep.team_name, []).append(rep)

    def deal(self, number: int, created: int) -> Deal:
        """Return one deal that began at a moment, as it stands at as_of."""
        rng = self.rng
        account = rng.choice(self.company.accounts)
        currencies = vocabulary.COUNTRIES[account.country][2]
        currency = rng.choices(*zip(*currencies, strict=True))[0]
        pipeline = RENEWALS if rng.random() < 0.2 else SALES
        deal = Deal(
            number=number,
            name=f"{account.name} - {rng.randrange(5, 90)} Plätze",
            created=created,
            account=account if rng.random() < 0.96 else None,
            currency=currency,
            deal_type="existingbusiness" if pipeline is RENEWALS else "newbusiness",
        )
        people = self._people.get(account.company_id, [])
        deal.people = people[: rng.choice((0, 1, 1, 2))]
        deal.lines = self._lines(currency)
        deal.enter(pipeline, pipeline.open_stages[0].stage_id, created)
        deal.change("hubspot_owner_id", created, self._owner(account, created).owner_id)
        self._expect(deal, created, rng.uniform(20, 80))
        total = sum(line.amount for line in deal.lines)
        if rng.random() < 0.7:
            deal.change("amount", created, money(total * rng.randrange(6, 12) // 10))
        self._walk(deal, pipeline, created, 0)
        if rng.random() < 0.012:
            deal.archived_at = min(AS_OF, self._last(deal) + 3 * DAY)
        return deal

    def _lines(self, currency: str) -> list[DealLine]:
        rng, lines = self.rng, []
        products = [p for p in self.company.products if p.category != "gift_card"]
        for product in rng.sample(products, rng.choice((0, 1, 1, 2, 3))):
            price = int(product.price * LIST_PRICE_FACTORS[currency])
            quantity = rng.randrange(1, 40 if product.price < 10_000 else 6)
            discount = price * quantity // 10 if rng.random() < 0.2 else 0
            lines.append(DealLine(product, price, quantity, discount, currency))
        return lines

    def _owner(self, account: Account, moment: int) -> Rep:
        if account.rep.works_on(local_day(moment)):
            return account.rep
        day = local_day(moment)
        colleagues = self._reps[account.rep.team_name]
        return self.rng.choice([rep for rep in colleagues if rep.works_on(day)])

    def _expect(self, deal: Deal, moment: int, waiting_days: float) -> None:
        """Set the expected close date, at noon of a working day."""
        day = local_day(moment + int(waiting_days * DAY))
        noon = calendar.day_start(day) + 12 * calendar.HOUR
        deal.change("closedate", moment, iso(noon))

    def _last(self, deal: Deal) -> int:
        return max(moment for values in deal.history.values() for moment, _ in values)

    def _walk(self, deal: Deal, pipeline: Pipeline, moment: int, position: int) -> None:
        """Move the deal on until it closes or the present comes."""
        rng = self.rng
        stages = pipeline.open_stages
        is_sleeping = rng.random() < 0.06
        while not is_sleeping:
            dwell = rng.lognormvariate(2.1, 0.9)
            moment = calendar.office_moment_after(rng, moment, dwell)
            if moment >= AS_OF:
                return
            self._slip(deal, moment)
            dice = rng.random()
            if dice < 0.13:
                return self._close(deal, pipeline, pipeline.lost, moment)
            if dice < 0.18 and position > 0:
                position -= 1
            elif dice < 0.21 and pipeline is RENEWALS:
                pipeline, stages, position = SALES, SALES.open_stages, 1
            elif dice < 0.30:
                position += 2
            else:
                position += 1
            if position >= len(stages):
                won = rng.random() < 0.72
                closed = pipeline.won if won else pipeline.lost
                return self._close(deal, pipeline, closed, moment)
            deal.enter(pipeline, stages[position].stage_id, moment)
            self._change_owner(deal, moment)
        return None

    def _change_owner(self, deal: Deal, moment: int) -> None:
        rep_id = deal.current("hubspot_owner_id")
        rep = next(rep for rep in self.company.reps if rep.owner_id == rep_id)
        day = local_day(moment)
        if self.rng.random() < 0.05 or not rep.works_on(day):
            team = rep.team_name
            if self.rng.random() < 0.2:
                team = self.rng.choice(list(self._reps))
            others = [
                other
                for other in self._reps[team]
                if other is not rep and other.works_on(day)
            ]
            if others:
                new = self.rng.choice(others)
                deal.change("hubspot_owner_id", moment, new.owner_id)

    def _slip(self, deal: Deal, moment: int) -> None:
        """Move the expected close date out when it has passed, or at will."""
        expected = deal.current("closedate") or ""
        is_overdue = expected < iso(moment)
        if is_overdue and self.rng.random() < 0.8:
            self._expect(deal, moment - calendar.HOUR // 2, self.rng.uniform(10, 45))
        elif self.rng.random() < 0.12:
            self._expect(deal, moment - calendar.HOUR // 2, self.rng.uniform(5, 60))

    def _close(self, deal: Deal, pipeline: Pipeline, stage: Stage, moment: int) -> None:
        """Close the deal: final amount, close date, sometimes a second life."""
        rng = self.rng
        deal.enter(pipeline, stage.stage_id, moment)
        deal.change("closedate", moment, iso(moment))
        is_won = stage is pipeline.won
        total = sum(line.amount for line in deal.lines)
        dice = rng.random()
        if total and dice < 0.9:
            deal.change("amount", moment, money(total))
        elif is_won and dice < 0.95:
            deal.change("amount", moment, "0" if dice < 0.93 else "")
        if is_won:
            deal.won_reason = rng.choice(WON_REASONS)
        else:
            deal.lost_reason = rng.choice((None, *LOST_REASONS))
        dice = rng.random()
        if dice < 0.04:
            edited = moment - int(rng.uniform(1, 6) * DAY)
            if edited > deal.created:
                when = min(AS_OF, moment + int(rng.uniform(1, 4) * DAY))
                deal.change("closedate", when, iso(edited))
        elif dice < 0.075:
            again = calendar.office_moment_after(rng, moment, rng.uniform(4, 40))
            if again < AS_OF:
                position = len(pipeline.open_stages) - 1
                deal.enter(pipeline, pipeline.open_stages[position].stage_id, again)
                self._expect(deal, again, 21)
                deal.won_reason = deal.lost_reason = None
                self._walk(deal, pipeline, again, position)


def random_deals(company: Company) -> list[Deal]:
    """Return the deals that chance makes."""
    rng = company.rng("hubspot/deals")
    walk = DealWalk(company, rng)
    days = calendar.working_days(rng, company.size.deals)
    deals = []
    for number, day in enumerate(days, start=FIRST_RANDOM_DEAL):
        created = calendar.office_moment(rng, day)
        if created < AS_OF:
            deals.append(walk.deal(number, created))
    return deals


def deal_line(company: Company, deal: Deal, links: Links) -> dict:
    """Return the deal as the CRM lists it; links it to people and company."""
    stage = STAGES.get(deal.current("dealstage") or "")
    updated = max(moment for values in deal.history.values() for moment, _ in values)
    amount = deal.current("amount")
    rate = company.rate_on(deal.currency, updated)
    home = None
    if amount and rate is not None and amount.replace(".", "").isdigit():
        home = money(round(float(amount) * 100 * rate))
    is_won = stage is not None and stage.probability == "1.0"
    properties: dict[str, str | None] = {
        "dealname": deal.name,
        "pipeline": deal.current("pipeline"),
        "dealstage": deal.current("dealstage"),
        "amount": amount,
        "deal_currency_code": deal.currency,
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
                "createdate": iso(deal.created),
                "hs_lastmodifieddate": iso(deal.created),
            }
            links.add("deals", deal.deal_id, "line_items", item_id)
            lines.append(crm_object(item_id, properties, deal.created, deal.created))
    return lines
