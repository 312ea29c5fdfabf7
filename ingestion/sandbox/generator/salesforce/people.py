"""Accounts, contacts and leads.

Planted: accounts and contacts that were merged (the losers are deleted and name their
master); a contact that was merged twice in a row; every converted lead names the contact
it became; a lead that was merged into another; a deleted contact; contacts who opted
out; an address in other letters than another contact's.
"""

import random

from ingestion.sandbox.generator.calendar import AS_OF, DAY
from ingestion.sandbox.generator.company import Account, Company, Person
from ingestion.sandbox.generator.salesforce.deals import account_id, contact_id
from ingestion.sandbox.generator.salesforce.records import LAST_STAMP, record, sf_id
from ingestion.sandbox.generator.salesforce.setup import user_id

DELETED_CONTACT = 40
# Losers of merges: they have ids of their own and never come alone.
_LOSER = 500_000_000
_SOURCES = {
    "ORGANIC_SEARCH": "Web",
    "PAID_SEARCH": "Web",
    "PAID_SOCIAL": "Advertisement",
    "EMAIL_MARKETING": "Email",
    "DIRECT_TRAFFIC": "Web",
    "REFERRALS": "Partner Referral",
    "OFFLINE": "Trade Show",
}
LEAD_STATUSES = (
    "Open - Not Contacted",
    "Working - Contacted",
    "Closed - Not Converted",
)


def _changed(rng: random.Random, created: int) -> int:
    return created + int(rng.random() * max(0, LAST_STAMP - created))


def account_lines(company: Company) -> list[dict]:
    """Return the accounts, merged-away ones included."""
    rng = company.rng("salesforce/accounts")
    lines = []
    for account in company.accounts:
        changed = _changed(rng, account.created)
        lines.append(_account(account, account_id(account), changed))
        for position, _ in enumerate(account.merged_ids):
            number = _LOSER + int(account.company_id) % 1_000_000 * 10 + position
            loser = _account(account, sf_id("001", number), changed)
            loser |= {
                "Name": f"{account.name} (old {position})",
                "IsDeleted": True,
                "MasterRecordId": account_id(account),
            }
            lines.append(loser)
    return lines


def _account(account: Account, identifier: str, changed: int) -> dict:
    return record(
        identifier,
        account.created,
        changed,
        Name=account.name,
        Type="Customer",
        Industry=account.industry.replace("_", " ").title(),
        Website=f"https://www.{account.domain}/",
        BillingCountry=account.country,
        BillingState=None,
        BillingCity=account.city,
        AnnualRevenue=float(account.annual_revenue),
        NumberOfEmployees=account.employee_count,
        OwnerId=user_id(account.rep),
        ParentId=None,
        AccountSource="Web",
        MasterRecordId=None,
        CurrencyIsoCode="EUR",
    )


def contact_lines(company: Company) -> list[dict]:
    """Return the contacts, merged-away and deleted ones included."""
    rng = company.rng("salesforce/contacts")
    lines = []
    for person in company.contacts:
        changed = _changed(rng, person.created)
        line = _contact(rng, company, person, changed)
        if person.number == DELETED_CONTACT:
            line["IsDeleted"] = True
        lines.append(line)
        master = contact_id(person)
        for position, _ in enumerate(person.merged_ids):
            # The second was merged into the first, and that one into the survivor.
            identifier = sf_id("003", _LOSER + person.number * 10 + position)
            lines.append(
                {
                    **line,
                    "Id": identifier,
                    "IsDeleted": True,
                    "MasterRecordId": master,
                }
            )
            master = identifier
    return lines


def _contact(
    rng: random.Random, company: Company, person: Person, changed: int
) -> dict:
    account = person.account
    owner = account.rep if account else company.reps[1]
    has_birth_date = rng.random() < 0.6
    return record(
        contact_id(person),
        person.created,
        changed,
        AccountId=account_id(account) if account else None,
        FirstName=person.first_name,
        LastName=person.last_name,
        Name=f"{person.first_name} {person.last_name}",
        Email=person.email,
        Phone=rng.choice((None, f"+49 30 {rng.randrange(10_000, 99_999)}")),
        MailingCountry=person.country,
        MailingCity=person.city,
        Birthdate=person.birth_date.isoformat() if has_birth_date else None,
        LeadSource=_SOURCES[person.source],
        HasOptedOutOfEmail=rng.random() < 0.08,
        EmailBouncedDate=None,
        OwnerId=user_id(owner),
        MasterRecordId=None,
        CurrencyIsoCode="EUR",
    )


def lead_lines(company: Company) -> list[dict]:
    """Return the leads: shop users whom sales does not know yet, and converted ones."""
    rng = company.rng("salesforce/leads")
    strangers = [person for person in company.people if not person.contact_id]
    lines = [_lead(rng, company, person) for person in strangers[: len(strangers) // 2]]
    # A third of the contacts came as leads.
    for person in company.contacts[::3]:
        converted = _lead(rng, company, person)
        moment = min(person.created, AS_OF - DAY)
        early = moment - 20 * DAY
        converted |= record(
            converted["Id"],
            early,
            moment,
            Status="Closed - Converted",
            IsConverted=True,
            ConvertedDate=record("", moment, moment)["CreatedDate"][:10],
            ConvertedAccountId=account_id(person.account) if person.account else None,
            ConvertedContactId=contact_id(person),
            ConvertedOpportunityId=None,
        )
        lines.append(converted)
    if len(lines) > 1:
        lines[1] |= {"IsDeleted": True, "MasterRecordId": lines[0]["Id"]}
    return lines


def lead_id(person: Person) -> str:
    """Return the id of a person's lead."""
    return sf_id("00Q", person.number + 1)


def _lead(rng: random.Random, company: Company, person: Person) -> dict:
    changed = _changed(rng, person.created)
    return record(
        lead_id(person),
        person.created,
        changed,
        FirstName=person.first_name,
        LastName=person.last_name,
        Name=f"{person.first_name} {person.last_name}",
        Company=person.account.name if person.account else f"{person.last_name} & Co.",
        Email=person.email,
        Phone=None,
        Country=person.country,
        Status=rng.choice(LEAD_STATUSES),
        LeadSource=_SOURCES[person.source],
        Rating=rng.choice((None, "Hot", "Warm", "Cold")),
        HasOptedOutOfEmail=False,
        OwnerId=user_id(rng.choice(company.reps[1:])),
        IsConverted=False,
        ConvertedDate=None,
        ConvertedAccountId=None,
        ConvertedContactId=None,
        ConvertedOpportunityId=None,
        MasterRecordId=None,
    )
