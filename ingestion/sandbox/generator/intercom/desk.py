"""Who is at the helpdesk: agents on duty, customers who write, their ids."""

import random
from datetime import date

from ingestion.sandbox.generator import calendar
from ingestion.sandbox.generator.company import Account, Company, Person
from ingestion.sandbox.generator.staff import Employee, members, staff

# Topic: (its first words, tag, team number, weight).
TOPICS = (
    ("Where is my parcel?", "shipping", 0, 5),
    ("Tracking says delivered, nothing arrived", "shipping", 0, 2),
    ("Please cancel my order", "order", 0, 2),
    ("The kettle arrived broken", "damaged", 1, 2),
    ("Which tea has no caffeine?", "product", 1, 2),
    ("How do I descale the machine?", "product", 1, 1),
    ("I was charged twice", "billing", 2, 2),
    ("I need an invoice with our VAT number", "billing", 2, 3),
    ("When do I get my refund?", "refund", 2, 3),
    ("پیگیری سفارش زعفران", "shipping", 0, 1),
)
TAGS = ("shipping", "order", "damaged", "product", "billing", "refund", "vip")
TEAMS = ("Orders & Shipping", "Products", "Billing & Refunds")
FIRST_TEAM_ID = 5_017_690
OPERATOR = {"type": "bot", "id": "991267001", "name": "Operator"}
FIN = {"type": "bot", "id": "991267002", "name": "Fin", "from_ai_agent": True}


class Desk:
    """The helpdesk of a company.

    Attributes:
        agents: who answers, the head of support first; some have left.
        requesters: the people who wrote, in the order of their first message.
    """

    def __init__(self, company: Company, rng: random.Random) -> None:
        self.company = company
        self.agents = members(staff(company), "Customer Support")
        self._team_of = {
            agent.number: index % len(TEAMS) for index, agent in enumerate(self.agents)
        }
        self._people = [person for person in company.people if person.number != 20]
        self._rng = rng
        self.requesters: dict[str, Person] = {}

    def requester(self) -> Person:
        """Return somebody who writes: mostly shop users, some more than once."""
        if len(self.requesters) > 20 and self._rng.random() < 0.35:
            return self._rng.choice(list(self.requesters.values()))
        person = self._rng.choice(self._people)
        if person.user_id is None and self._rng.random() < 0.5:
            person = self._rng.choice(self._people)
        return self.known(person)

    def known(self, person: Person) -> Person:
        """Return the person, who is a contact from now on."""
        self.requesters.setdefault(contact_id(person), person)
        return person

    def agent_on(
        self, rng: random.Random, day: date, team: int, but: Employee | None = None
    ) -> Employee:
        """Return an agent who works on a day, of the team if it has one there."""
        there = [one for one in self.agents if one.works_on(day) and one is not but]
        theirs = [one for one in there if self._team_of[one.number] == team]
        return rng.choice(theirs or there or self.agents[:1])

    def of_team(self, team: int) -> list[Employee]:
        """Return the agents of a team who still work here."""
        return [
            agent
            for agent in self.present_agents()
            if self._team_of[agent.number] == team
        ]

    def present_agents(self) -> list[Employee]:
        """Return who works here on the last day: only they are still teammates."""
        last_day = calendar.LAST_DAY
        return [agent for agent in self.agents if agent.works_on(last_day)]

    def accounts(self) -> list[Account]:
        """Return the companies of the people who wrote, each once."""
        found = {
            person.account.company_id: person.account
            for person in self.requesters.values()
            if person.account
        }
        return list(found.values())


def seconds(moment: int) -> int:
    """Return a moment as Intercom says it."""
    return moment // 1000


def admin_id(agent: Employee) -> int:
    """Return an agent's id."""
    return 991_267_600 + agent.number


def team_id(team: int) -> int:
    """Return a team's id."""
    return FIRST_TEAM_ID + team


def contact_id(person: Person) -> str:
    """Return a person's id as a contact."""
    return f"6762f1{person.number:018x}"


def company_id(account: Account) -> str:
    """Return a company's id."""
    return f"6801a2{int(account.company_id):018x}"


def author(who: Employee | Person | dict) -> dict:
    """Return who wrote, as parts name him."""
    if isinstance(who, dict):
        return {"email": "operator@intercom.example", **who}
    name = f"{who.first_name} {who.last_name}"
    if isinstance(who, Employee):
        return {
            "type": "admin",
            "id": str(admin_id(who)),
            "name": name,
            "email": who.email,
        }
    kind = "user" if who.user_id else "lead"
    return {"type": kind, "id": contact_id(who), "name": name, "email": who.email}
