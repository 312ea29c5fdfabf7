"""The walk of an opportunity through its stages, drawn by chance.

By chance, at every size above a few dozen: skipped stages, moves back, re-assigned and
reopened opportunities, close dates that slip or are edited after the close.
"""

from ingestion.sandbox.generator import calendar, vocabulary
from ingestion.sandbox.generator.calendar import AS_OF, DAY, HOUR, local_day
from ingestion.sandbox.generator.company import Account, Company, Person, Rep
from ingestion.sandbox.generator.dice import draw
from ingestion.sandbox.generator.salesforce.deals import Deal, Line, new_deal
from ingestion.sandbox.generator.salesforce.setup import (
    LOST,
    NEW_BUSINESS,
    OPEN_STAGES,
    RENEWAL,
    WON,
)

# Numbers below belong to the planted ones.
FIRST_NUMBER = 100
# List prices per euro cent.
_FACTORS = {"EUR": 1.0, "USD": 1.1, "GBP": 0.88, "TRY": 38.0}


class Walk:
    """Draws opportunities with the part's dice."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._rng = company.rng("salesforce/opportunities")
        self._products = [
            product for product in company.products if product.category != "gift_card"
        ]
        self._people: dict[str, list[Person]] = {}
        for person in company.contacts:
            if person.account is not None:
                self._people.setdefault(person.account.company_id, []).append(person)

    def deals(self) -> list[Deal]:
        """Return as many opportunities as the company's size says."""
        days = calendar.working_days(self._rng, self._company.size.deals)
        found = []
        for number, day in enumerate(days, start=FIRST_NUMBER):
            created = calendar.office_moment(self._rng, day)
            if created < AS_OF - HOUR:
                found.append(self._deal(number, created))
        return found

    def _deal(self, number: int, created: int) -> Deal:
        rng = self._rng
        account = rng.choice(self._company.accounts)
        currency = draw(rng, vocabulary.COUNTRIES[account.country][2])
        kind = RENEWAL if rng.random() < 0.2 else NEW_BUSINESS
        deal = new_deal(
            number,
            f"{account.name} - {rng.randrange(5, 90)} seats",
            account,
            currency,
            created,
            OPEN_STAGES[kind][0],
            self._owner(account, created),
            kind,
        )
        deal.people = self._people.get(account.company_id, [])[: rng.choice((0, 1, 2))]
        for product in rng.sample(self._products, rng.choice((0, 1, 1, 2, 3))):
            price = int(product.price * _FACTORS[currency])
            quantity = rng.randrange(1, 40 if product.price < 10_000 else 6)
            discount = 10 if rng.random() < 0.2 else 0
            deal.lines.append(Line(product, price, quantity, discount))
        total = sum(line.amount for line in deal.lines)
        estimate = total * rng.randrange(6, 12) // 10 if total else None
        deal.amounts.append((created, estimate))
        self._expect(deal, created, rng.uniform(20, 80))
        self._move_on(deal, created, 0, total)
        if rng.random() < 0.01:
            deal.deleted_at = min(AS_OF - HOUR, deal.modified + 3 * DAY)
        return deal

    def _owner(self, account: Account, moment: int) -> Rep:
        day = local_day(moment)
        if account.rep.works_on(day):
            return account.rep
        return self._rng.choice(
            [
                rep
                for rep in self._company.reps
                if rep.team_name == account.rep.team_name and rep.works_on(day)
            ]
        )

    def _expect(self, deal: Deal, moment: int, waiting_days: float) -> None:
        day = local_day(moment + int(waiting_days * DAY))
        if deal.close_dates[-1][0] == moment:
            deal.close_dates.pop()
        deal.close_dates.append((moment, day))

    def _move_on(self, deal: Deal, moment: int, position: int, total: int) -> None:
        """Move the opportunity on until it closes or the present comes."""
        rng = self._rng
        stages = OPEN_STAGES[deal.record_type]
        is_sleeping = rng.random() < 0.06
        while not is_sleeping:
            moment = calendar.office_moment_after(
                rng, moment, rng.lognormvariate(2.3, 0.9)
            )
            if moment >= AS_OF - HOUR:
                return None
            if deal.close_dates[-1][1] < local_day(moment) or rng.random() < 0.12:
                self._expect(deal, moment - HOUR // 2, rng.uniform(8, 50))
            dice = rng.random()
            if dice < 0.13:
                return self._close(deal, LOST, moment, total)
            if dice < 0.18 and position > 0:
                position -= 1
            else:
                position += 2 if dice < 0.3 else 1
            if position >= len(stages):
                result = WON if rng.random() < 0.72 else LOST
                return self._close(deal, result, moment, total)
            deal.stages.append((moment, stages[position]))
            self._reassign(deal, moment)
        return None

    def _reassign(self, deal: Deal, moment: int) -> None:
        rep, day = deal.owners[-1][1], local_day(moment)
        if self._rng.random() < 0.05 or not rep.works_on(day):
            others = [
                other
                for other in self._company.reps
                if other is not rep
                and other.works_on(day)
                and (other.team_name == rep.team_name or self._rng.random() < 0.1)
            ]
            if others:
                deal.owners.append((moment, self._rng.choice(others)))

    def _close(self, deal: Deal, stage: str, moment: int, total: int) -> None:
        """Close it: stage, close date, final amount; sometimes a second life."""
        rng = self._rng
        deal.stages.append((moment, stage))
        deal.close_dates.append((moment, local_day(moment)))
        if total and rng.random() < 0.9:
            deal.amounts.append((moment, total))
        dice = rng.random()
        edited = moment + int(rng.uniform(1, 4) * DAY)
        if dice < 0.04 and edited < AS_OF - HOUR:
            earlier = local_day(moment - int(rng.uniform(1, 6) * DAY))
            if earlier >= local_day(deal.created):
                deal.close_dates.append((edited, earlier))
        elif dice < 0.075:
            again = calendar.office_moment_after(rng, moment, rng.uniform(4, 40))
            if again < AS_OF - HOUR:
                position = len(OPEN_STAGES[deal.record_type]) - 1
                deal.stages.append((again, OPEN_STAGES[deal.record_type][position]))
                self._expect(deal, again, 21)
                self._move_on(deal, again, position, total)
