"""Makes deals of the scenarios: the same in every company, whatever seed and size."""

from ingestion.sandbox.generator.calendar import at
from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.hubspot.deal_scenarios import (
    LOST,
    RENEWED,
    SCENARIOS,
    WON,
    Scenario,
)
from ingestion.sandbox.generator.hubspot.deals import Deal
from ingestion.sandbox.generator.hubspot.pipelines import (
    DELETED_STAGE,
    RENEWALS,
    SALES,
)


def planted_deals(company: Company) -> list[Deal]:
    """Return the hand-written deals."""
    return [
        _deal(company, number, scenario)
        for number, scenario in enumerate(SCENARIOS, start=1)
    ]


def _owner(company: Company, owner: tuple[str, int] | str) -> str:
    """Return the id of an owner."""
    if isinstance(owner, str):
        return owner
    team_name, position = owner
    team = [rep for rep in company.reps if rep.team_name == team_name]
    return team[position].owner_id


def _deal(company: Company, number: int, scenario: Scenario) -> Deal:
    account = next(
        (item for item in company.accounts if item.country == scenario.country), None
    )
    created = at(scenario.stages[0][0])
    deal = Deal(number, scenario.name, created, account, scenario.currency)
    deal.deal_type = "newbusiness" if scenario.pipeline is SALES else "existingbusiness"
    if scenario.amount is not None:
        deal.change("amount", created, scenario.amount)
    if scenario.owner is not None:
        deal.change("hubspot_owner_id", created, _owner(company, scenario.owner))
    if scenario.close:
        deal.change("closedate", created, scenario.close)
    _walk(deal, scenario)
    for name, moment, value in scenario.changes:
        text = _owner(company, value) if name == "hubspot_owner_id" else str(value)
        deal.change(name, at(moment), text)
    for values in deal.history.values():
        values.sort(key=lambda change: change[0])
    _mark(company, deal, scenario)
    return deal


def _walk(deal: Deal, scenario: Scenario) -> None:
    sales_stages = {stage.stage_id for stage in SALES.stages} | {DELETED_STAGE}
    for text, stage_id in scenario.stages:
        pipeline = SALES if stage_id in sales_stages else RENEWALS
        deal.enter(pipeline, stage_id, at(text))
        if stage_id in (WON, LOST, RENEWED):
            deal.change("closedate", at(text), text.replace("Z", ".000Z"))
        deal.lost_reason = "Price" if stage_id == LOST else None


def _mark(company: Company, deal: Deal, scenario: Scenario) -> None:
    """Apply what is not a change of a property: archived, merged, stale links."""
    merged_account = next(item for item in company.accounts if item.merged_ids)
    merged_person = next(item for item in company.contacts if item.merged_ids)
    if "archived" in scenario.traits:
        deal.archived_at = at("2026-04-30T12:00:00Z")
    if "merged" in scenario.traits:
        deal.merged_ids = (str(int(deal.deal_id) - 5), str(int(deal.deal_id) - 3))
    if "stale_links" in scenario.traits:
        deal.company_link = merged_account.merged_ids[0]
        deal.contact_link = merged_person.merged_ids[0]
