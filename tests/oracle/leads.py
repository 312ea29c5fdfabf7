"""K61 to K63: leads, what became of them, and what channels brought deals."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property

from tests.oracle.channel_costs import ChannelCosts, Cost, total
from tests.oracle.comparison import Rows
from tests.oracle.crm import Crm, Deal, instant
from tests.oracle.periods import CALENDARS, cents, period_of, ratio
from tests.oracle.shop_sessions import Visits

WINDOWS = (90, 180)
VISIT_DAYS, EVENT_DAYS = timedelta(days=90), timedelta(days=180)
SOURCES = {
    "organic_search": "organic_search",
    "paid_search": "paid_search",
    "paid_social": "paid_social",
    "email_marketing": "email",
    "referrals": "referral",
    "direct_traffic": "direct",
    "offline": "offline",
}


@dataclass(frozen=True, order=True)
class Touch:
    """A visit or an attended event; a visit's event is empty."""

    moment: datetime
    channel: str
    campaign: str = ""
    event: str = ""


@dataclass
class Lead:
    """A person whom the CRM called a lead."""

    name: str
    channel: str
    evidence: str
    campaign: str
    event: str
    owner: str
    met: datetime
    steps: dict[str, datetime]
    days: dict[str, date] = field(default_factory=dict)


def attended(crm: Crm) -> dict[str, list[Touch]]:
    """Return the events that each surviving contact attended."""
    kinds = {
        line["objectId"]: line["eventType"].lower()
        for line in crm.lines("marketing_events")
    }
    known = {line["id"] for line in crm.lines("contacts") if not line["archived"]}
    found: dict[str, list[Touch]] = defaultdict(list)
    for line in crm.lines("marketing_event_participations"):
        ends, facts = line["associations"], line["properties"]
        contact = ends["contact"]["contactId"]
        contact = crm.survivors["contacts"].get(contact, contact)
        moment = datetime.fromtimestamp(facts["occurredAt"] / 1000, UTC)
        if facts["attendanceState"] == "ATTENDED" and contact in known and moment <= crm.clock.as_of:  # fmt: skip
            event = ends["marketingEvent"]
            channel = kinds[event["marketingEventId"]]
            found[contact].append(Touch(moment, channel, "", event["name"]))
    return found


class People:
    """Everyone with his touches, his contacts and his deals."""

    def __init__(self, crm: Crm, visits: Visits, person_of: dict[str, str]) -> None:
        self.crm, self.clock = crm, crm.clock
        self.touches: dict[str, list[Touch]] = defaultdict(list)
        for session in visits.sessions:
            tags = session.first["context"].get("campaign") or {}
            touch = Touch(session.events[0][0], session.channel, tags.get("name", ""))
            self.touches[session.user].append(touch)
        self.person: dict[str, str] = {
            name.removeprefix("contact:hubspot:"): person
            for name, person in person_of.items()
            if name.startswith("contact:hubspot:")
        }
        for contact, events in attended(crm).items():
            self.touches[self.person[contact]] += events
        for person, touches in self.touches.items():
            self.touches[person] = _first_per_event(touches)
        self.deals: dict[str, list[Deal]] = defaultdict(list)
        self.people_of: dict[str, set[str]] = defaultdict(set)
        links = crm.linked("deals", "contacts")
        for deal in crm.deals:
            for contact in links.get(deal.deal_id, []):
                self.people_of[deal.deal_id].add(self.person[contact])
            for person in self.people_of[deal.deal_id]:
                self.deals[person].append(deal)

    @cached_property
    def events(self) -> dict[str, list[Touch]]:
        """The events that each person attended."""
        return {
            person: [touch for touch in touches if touch.event]
            for person, touches in self.touches.items()
        }

    @cached_property
    def leads(self) -> dict[str, Lead]:
        """The leads by person."""
        contacts: dict[str, list[dict]] = defaultdict(list)
        for line in self.crm.lines("contacts"):
            if not line["archived"]:
                contacts[self.person[line["id"]]].append(line)
        found = {}
        for person, lines in contacts.items():
            if lead := self._lead(person, lines):
                found[person] = lead
        return found

    def _lead(self, person: str, lines: list[dict]) -> Lead | None:
        dated = [(self._stated(line), line) for line in lines]
        deals = [deal.created for deal in self.deals[person]]
        won = [max(deal.closed, deal.created) for deal in self.deals[person] if deal.state == "won" and deal.closed and deal.close_date <= self.clock.today]  # fmt: skip
        qualified = [*(moments["qualified"] for moments, _ in dated if "qualified" in moments), *deals]  # fmt: skip
        became = [*(moments["lead"] for moments, _ in dated if "lead" in moments), *qualified]  # fmt: skip
        if not became:
            return None
        steps = {"lead": min(became)}
        for name, moments in (("qualified", qualified), ("opportunity", deals), ("won", won)):  # fmt: skip
            if moments:
                steps[name] = min(moments)
        first = min(dated, key=lambda one: (one[0].get("lead", _created(one[1])), one[1]["id"]))[1]  # fmt: skip
        facts = first["properties"]
        before = [touch for touch in self.touches[person] if touch.moment <= steps["lead"]]  # fmt: skip
        source = (facts["hs_analytics_source"] or "").lower()
        lead = Lead(
            person,
            SOURCES.get(source, "unassigned") if source else "unknown",
            "crm" if source else "none",
            "",
            "",
            facts["hubspot_owner_id"] or "",
            steps["lead"],
            steps,
        )
        if before:
            touch = min(before)
            lead.channel, lead.campaign, lead.event = touch.channel, touch.campaign.lower(), touch.event  # fmt: skip
            lead.met = touch.moment
            lead.evidence = "marketing_event" if touch.event else "visit"
        lead.days = {name: self.clock.day(moment) for name, moment in steps.items()}
        return lead

    def _stated(self, line: dict) -> dict[str, datetime]:
        """Return when a contact became a lead and was qualified, as HubSpot says."""
        facts = line["properties"]
        marketing, sales, lead = (
            instant(facts[f"hs_lifecyclestage_{stage}_date"])
            for stage in ("marketingqualifiedlead", "salesqualifiedlead", "lead")
        )
        is_lead = facts["lifecyclestage"] not in (None, "", "subscriber")
        lead = lead or marketing or sales or (_created(line) if is_lead else None)
        qualified = min((one for one in (marketing, sales) if one), default=None)
        stated = {"lead": lead, "qualified": qualified}
        return {name: moment for name, moment in stated.items() if moment and moment <= self.clock.as_of}  # fmt: skip

    def touched(self, deal: Deal) -> set[tuple[str, str]]:
        """Return the channels and events that touched a deal's people in time."""
        found: set[tuple[str, str]] = set()
        for person in self.people_of[deal.deal_id]:
            for touch in self.touches[person]:
                age = deal.created - touch.moment
                if timedelta(0) <= age < (EVENT_DAYS if touch.event else VISIT_DAYS):
                    found.add(("channel", touch.channel))
                    if touch.event:
                        found.add(("marketing_event", touch.event))
        return found

    def source(self, deal: Deal) -> set[tuple[str, str]]:
        """Return the channel, and the event, that a deal came by."""
        leads = [self.leads[one] for one in self.people_of[deal.deal_id]]
        if not leads:
            return {("channel", "unknown")}
        first = min(leads, key=lambda one: (one.steps["lead"], one.met, one.channel))
        found = {("channel", first.channel)}
        return found | ({("marketing_event", first.event)} if first.event else set())


def _created(line: dict) -> datetime:
    return datetime.fromisoformat(line["properties"]["createdate"])


def _first_per_event(touches: list[Touch]) -> list[Touch]:
    seen: set[str] = set()
    kept = []
    for touch in sorted(touches):
        if not touch.event or touch.event not in seen:
            kept.append(touch)
        seen.add(touch.event)
    return kept


def _scopes(lead: Lead, *, has_campaigns: bool) -> Iterator[tuple[str, str]]:
    yield "total", "all"
    yield "channel", lead.channel
    yield "rep", lead.owner
    if has_campaigns and lead.campaign:
        yield "campaign", lead.campaign


def kpi_leads_monthly(people: People, costs: ChannelCosts) -> Rows:
    """Return leads, qualified leads and their cost by month and scope."""
    counts: dict[tuple, Counter[str]] = defaultdict(Counter)
    money: dict[tuple, list[Cost]] = defaultdict(list)
    for calendar in CALENDARS:
        for lead in people.leads.values():
            for step in ("lead", "qualified"):
                if step in lead.days:
                    start, _ = period_of(calendar, lead.days[step])
                    for scope in _scopes(lead, has_campaigns=True):
                        counts[calendar, start, *scope][step] += 1
        for cost in costs.costs:
            start, _ = period_of(calendar, cost.day)
            named = [("campaign", cost.campaign)] if cost.campaign else []
            for scope in (("total", "all"), ("channel", cost.channel), *named):
                money[calendar, start, *scope].append(cost)
    rows: Rows = {}
    for key in counts.keys() | money.keys():
        is_rep = key[2] == "rep"
        leads, qualified = counts[key]["lead"], counts[key]["qualified"]
        spent = total(money[key])
        committed = total([one for one in money[key] if one.is_committed])
        rows[key] = {
            "is_complete": period_of(*key[:2])[1] < people.clock.today,
            "lead_count": leads,
            "qualified_lead_count": qualified,
            "channel_cost_amount_base": None if is_rep else cents(spent),
            "committed_cost_amount_base": None if is_rep else cents(committed),
            "cost_per_lead": None if is_rep else ratio(spent, leads),
            "cost_per_qualified_lead": None if is_rep else ratio(spent, qualified),
        }
    return rows


def kpi_lead_conversion_monthly(people: People) -> Rows:
    """Return what became of each month's leads."""
    cohorts: dict[tuple, list[Lead]] = defaultdict(list)
    for lead in people.leads.values():
        for calendar in CALENDARS:
            start, _ = period_of(calendar, lead.days["lead"])
            for scope in _scopes(lead, has_campaigns=False):
                cohorts[calendar, start, *scope].append(lead)
    rows: Rows = {}
    for key, leads in cohorts.items():
        end = period_of(*key[:2])[1]
        row: dict[str, object] = {
            "is_complete": end < people.clock.today,
            "lead_count": len(leads),
            "opportunity_count": sum("opportunity" in lead.days for lead in leads),
            "won_count": sum("won" in lead.days for lead in leads),
        }
        for window in WINDOWS:
            is_over = (people.clock.today - end).days > window
            reached = {
                step: sum(step in lead.days and (lead.days[step] - lead.days["lead"]).days <= window for lead in leads)
                for step in ("opportunity", "won")
            }  # fmt: skip
            row |= {
                f"is_mature_after_{window}_days": is_over,
                f"opportunity_within_{window}_days_count": reached["opportunity"],
                f"won_within_{window}_days_count": reached["won"],
                f"lead_to_opportunity_within_{window}_days_rate": ratio(reached["opportunity"], len(leads)) if is_over else None,
                f"opportunity_to_won_within_{window}_days_rate": ratio(reached["won"], reached["opportunity"]) if is_over else None,
                f"lead_to_won_within_{window}_days_rate": ratio(reached["won"], len(leads)) if is_over else None,
            }  # fmt: skip
        rows[key] = row
    return rows


def kpi_channel_pipeline_monthly(people: People) -> Rows:
    """Return the value of the deals that channels and events sourced and influenced."""
    months: dict[tuple, list[Deal]] = defaultdict(list)
    for deal in people.crm.deals:
        for calendar in CALENDARS:
            months[calendar, period_of(calendar, deal.created_date)[0]].append(deal)
    rows: Rows = {}
    for (calendar, start), deals in months.items():
        whole = _value(deals)
        for scope in {one for deal in deals for one in people.source(deal) | people.touched(deal)}:  # fmt: skip
            sourced = [deal for deal in deals if scope in people.source(deal)]
            influenced = [deal for deal in deals if scope in people.touched(deal)]
            rows[calendar, start, *scope] = {
                "is_complete": period_of(calendar, start)[1] < people.clock.today,
                "sourced_deal_count": len(sourced),
                "won_sourced_deal_count": sum(deal.state == "won" for deal in sourced),
                "influenced_deal_count": len(influenced),
                "deal_count": len(deals),
                "sourced_deal_amount_base": _value(sourced),
                "influenced_deal_amount_base": _value(influenced),
                "total_deal_amount_base": whole,
                "sourced_deal_amount_share": ratio(_value(sourced), whole),
                "influenced_deal_amount_share": ratio(_value(influenced), whole),
            }
    return rows


def _value(deals: list[Deal]) -> Decimal:
    return sum((deal.amount_base or Decimal(0) for deal in deals), Decimal(0))
