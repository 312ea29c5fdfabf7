"""The walk of a deal through the stages, drawn by chance, with every change kept.

Planted by chance, at every size above a few dozen deals: skipped stages, backward
moves and re-entries, changes of owner and of pipeline mid-way, reopened deals, close
dates that slip or are edited afterwards, won deals without or with zero amount.
What must exist in every company stands in `deal_scenarios`.
"""

import random

from ingestion.sandbox.generator import calendar, vocabulary
from ingestion.sandbox.generator.calendar import AS_OF, DAY, iso, local_day
from ingestion.sandbox.generator.company import Account, Company, Person, Rep
from ingestion.sandbox.generator.dice import draw
from ingestion.sandbox.generator.hubspot.deals import Deal, DealLine
from ingestion.sandbox.generator.hubspot.pipelines import (
    RENEWALS,
    SALES,
    Pipeline,
    Stage,
)
from ingestion.sandbox.generator.hubspot.records import money

# Numbers below belong to the planted deals, so that their ids are the same at every
# size.
FIRST_RANDOM_DEAL = 100
# In euro: one unit of the currency in euro cents, for list prices only.
LIST_PRICE_FACTORS = {"EUR": 1.0, "USD": 1.1, "GBP": 0.88, "TRY": 38.0}
LOST_REASONS = ("Price", "Competitor", "No budget", "No decision", "Product gap")
WON_REASONS = ("Quality", "Relationship", "Price")


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
        currency = draw(rng, currencies)
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
