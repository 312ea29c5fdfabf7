"""The tables of `raw_salesforce`: one per SObject, a column per field in snake case.

A field that an org does not have, or that its integration user may not see, is left out
of the query; its column is then NULL and the loss is reported.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property

from ingestion.records import RawTable, columns

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_STAMPS = columns(timestamp="CreatedDate LastModifiedDate SystemModstamp")
# Fields of a feature that an org may have off: several currencies, record types, several
# people per activity.
OPTIONAL_FIELDS = frozenset({"CurrencyIsoCode", "RecordTypeId", "IsInvitee"})


@dataclass(frozen=True)
class SObject:
    """An SObject that we read.

    Attributes:
        name: its API name.
        table: the raw table.
        fields: API name to type.
        cursor: the field by which changes are found; "" where it is read whole.
        is_optional: whether an org can do without it (a feature that is off).
        custom: column to the setting that names an org's own field for it.
        is_history: whether it says what became of other records: those of interest
            need what was before the first day of interest, too.
        has_log: whether the delete log of its own is worth a request.
    """

    name: str
    table: str
    fields: dict[str, str]
    cursor: str = "SystemModstamp"
    is_optional: bool = False
    custom: dict[str, str] = field(default_factory=dict)
    is_history: bool = False
    has_log: bool = True

    @cached_property
    def raw(self) -> RawTable:
        """The raw table's declaration."""
        declared = {column_name(name): kind for name, kind in self.fields.items()}
        declared |= dict.fromkeys(self.custom, "text")
        newest = column_name(self.cursor) if self.cursor else None
        return RawTable(self.table, declared, key=("id",), newest_by=newest)


def column_name(field_name: str) -> str:
    """Return a field's column: `CurrencyIsoCode` is `currency_iso_code`."""
    return _WORD.sub("_", field_name).lower()


def _fields(*, stamps: bool = True, **names_by_type: str) -> dict[str, str]:
    named = columns(**names_by_type)
    return {"Id": "text", **named, **(_STAMPS if stamps else {})}


_PERSON = "FirstName LastName Email Phone LeadSource OwnerId MasterRecordId"

CHANGING_OBJECTS = (
    SObject(
        "Account",
        "accounts",
        _fields(
            text="Name Type Industry Website BillingCountry BillingState BillingCity "
            "OwnerId ParentId AccountSource MasterRecordId CurrencyIsoCode",
            decimal="AnnualRevenue",
            bigint="NumberOfEmployees",
            bool="IsDeleted",
        ),
    ),
    SObject(
        "Contact",
        "contacts",
        _fields(
            text=f"AccountId MailingCountry {_PERSON}",
            date="Birthdate",
            bool="HasOptedOutOfEmail IsDeleted",
            timestamp="EmailBouncedDate",
        ),
    ),
    SObject(
        "Lead",
        "leads",
        _fields(
            text=f"Company Country Status Rating ConvertedAccountId "
            f"ConvertedContactId ConvertedOpportunityId {_PERSON}",
            date="ConvertedDate",
            bool="HasOptedOutOfEmail IsConverted IsDeleted",
        ),
    ),
    SObject(
        "Opportunity",
        "opportunities",
        _fields(
            text="AccountId ContactId RecordTypeId Name StageName Type LeadSource "
            "ForecastCategoryName CampaignId OwnerId Pricebook2Id CurrencyIsoCode",
            decimal="Amount ExpectedRevenue",
            double="Probability",
            date="CloseDate",
            bool="IsClosed IsWon IsDeleted",
            timestamp="LastStageChangeDate",
        ),
        custom={"lost_reason": "lost_reason_field", "won_reason": "won_reason_field"},
    ),
    SObject(
        "OpportunityHistory",
        "opportunity_history",
        _fields(
            stamps=False,
            text="OpportunityId StageName ForecastCategory CreatedById CurrencyIsoCode",
            decimal="Amount ExpectedRevenue",
            double="Probability",
            date="CloseDate",
            bool="IsDeleted",
            timestamp="CreatedDate SystemModstamp",
        ),
        is_history=True,
        has_log=False,
    ),
    SObject(
        "OpportunityFieldHistory",
        "opportunity_field_history",
        _fields(
            stamps=False,
            text="OpportunityId Field DataType OldValue NewValue CreatedById",
            bool="IsDeleted",
            timestamp="CreatedDate",
        ),
        # It has no other stamp; its rows never change.
        cursor="CreatedDate",
        is_optional=True,
        is_history=True,
        has_log=False,
    ),
    SObject(
        "OpportunityContactRole",
        "opportunity_contact_roles",
        _fields(text="OpportunityId ContactId Role", bool="IsPrimary IsDeleted"),
    ),
    SObject(
        "OpportunityLineItem",
        "opportunity_line_items",
        _fields(
            text="OpportunityId Product2Id PricebookEntryId ProductCode Name "
            "CurrencyIsoCode",
            decimal="Quantity UnitPrice ListPrice TotalPrice Discount",
            date="ServiceDate",
            bool="IsDeleted",
        ),
        has_log=False,
    ),
    SObject(
        "Product2",
        "products",
        _fields(
            text="Name ProductCode Family StockKeepingUnit",
            bool="IsActive IsArchived IsDeleted",
        ),
    ),
    SObject(
        "PricebookEntry",
        "pricebook_entries",
        _fields(
            text="Pricebook2Id Product2Id CurrencyIsoCode",
            decimal="UnitPrice",
            bool="IsActive IsDeleted",
        ),
        has_log=False,
    ),
    SObject(
        "Task",
        "tasks",
        _fields(
            text="WhoId WhatId AccountId OwnerId Subject Status Priority TaskSubtype "
            "CallType CallDisposition",
            bigint="CallDurationInSeconds",
            date="ActivityDate",
            bool="IsClosed IsArchived IsDeleted IsRecurrence",
            timestamp="CompletedDateTime",
        ),
    ),
    SObject(
        "Event",
        "events",
        _fields(
            text="WhoId WhatId AccountId OwnerId Subject EventSubtype ShowAs "
            "GroupEventType",
            bigint="DurationInMinutes",
            date="ActivityDate",
            bool="IsAllDayEvent IsArchived IsDeleted IsChild IsRecurrence",
            timestamp="StartDateTime EndDateTime",
        ),
        custom={"meeting_outcome": "meeting_outcome_field"},
    ),
    SObject(
        "EventRelation",
        "event_relations",
        _fields(
            text="EventId RelationId Status",
            bool="IsInvitee IsDeleted",
        ),
        has_log=False,
    ),
    SObject(
        "Campaign",
        "campaigns",
        _fields(
            text="Name ParentId Type Status CurrencyIsoCode OwnerId",
            decimal="BudgetedCost ActualCost ExpectedRevenue",
            date="StartDate EndDate",
            bool="IsActive IsDeleted",
        ),
    ),
    SObject(
        "CampaignMember",
        "campaign_members",
        _fields(
            text="CampaignId LeadId ContactId Status",
            date="FirstRespondedDate",
            bool="HasResponded IsDeleted",
        ),
    ),
)
# Small, read whole at every load, loaded where changed.
WHOLE_OBJECTS = (
    SObject(
        "RecordType",
        "record_types",
        _fields(text="Name DeveloperName SobjectType", bool="IsActive"),
        cursor="",
    ),
    SObject(
        "Pricebook2",
        "pricebooks",
        _fields(text="Name", bool="IsActive IsStandard IsDeleted"),
        is_optional=True,
        cursor="",
    ),
    SObject(
        "DatedConversionRate",
        "dated_conversion_rates",
        _fields(text="IsoCode", date="StartDate NextStartDate")
        | {"ConversionRate": "decimal(38,18)"},
        is_optional=True,
        cursor="",
    ),
    SObject(
        "Period",
        "periods",
        _fields(
            stamps=False,
            text="Type FullyQualifiedLabel",
            date="StartDate EndDate",
            bool="IsForecastPeriod",
            timestamp="SystemModstamp",
        ),
        is_optional=True,
        cursor="",
    ),
    SObject(
        "ForecastingType",
        "forecasting_types",
        _fields(
            stamps=False,
            text="DeveloperName MasterLabel",
            bool="IsActive IsAmount IsQuantity",
        ),
        is_optional=True,
        cursor="",
    ),
    SObject(
        "ForecastingQuota",
        "forecasting_quotas",
        _fields(
            text="QuotaOwnerId PeriodId ForecastingTypeId CurrencyIsoCode",
            decimal="QuotaAmount QuotaQuantity",
            date="StartDate",
            bool="IsAmount IsQuantity",
        ),
        is_optional=True,
        cursor="",
    ),
)
# Small ones of which Salesforce keeps no history and every version matters.
VERSIONED_OBJECTS = (
    SObject(
        "User",
        "users",
        _fields(
            text="Username Email FirstName LastName Name UserRoleId ManagerId ProfileId "
            "Department Division TimeZoneSidKey UserType",
            bool="IsActive",
        ),
        cursor="",
    ),
    SObject(
        "UserRole",
        "user_roles",
        _fields(
            stamps=False,
            text="Name ParentRoleId DeveloperName",
            timestamp="LastModifiedDate SystemModstamp",
        ),
        cursor="",
    ),
    # A renamed value keeps its id; histories keep the old text.
    SObject(
        "OpportunityStage",
        "opportunity_stages",
        _fields(
            text="ApiName MasterLabel ForecastCategoryName",
            bigint="SortOrder",
            double="DefaultProbability",
            bool="IsActive IsClosed IsWon",
        ),
        cursor="",
    ),
    # Without dated rates a currency has one rate, which is overwritten.
    SObject(
        "CurrencyType",
        "currency_types",
        _fields(text="IsoCode", bigint="DecimalPlaces", bool="IsActive IsCorporate")
        | {"ConversionRate": "decimal(38,18)"},
        is_optional=True,
        cursor="",
    ),
)
ORGANIZATION = SObject(
    "Organization",
    "organizations",
    _fields(
        text="Name OrganizationType InstanceName DefaultLocaleSidKey TimeZoneSidKey "
        "LanguageLocaleKey",
        bool="IsSandbox",
    ),
    cursor="",
    is_optional=True,
)

# An org with one currency has no object that says which.
ORGANIZATIONS = RawTable(
    ORGANIZATION.table,
    {**ORGANIZATION.raw.columns, "corporate_currency": "text"},
    key=("id",),
)


def versions_table(sobject: SObject) -> RawTable:
    """Return the raw table of an SObject whose every version is kept."""
    declared = {
        **sobject.raw.columns,
        **columns(text="row_hash", timestamp="extracted_at"),
    }
    return RawTable(sobject.table, declared, key=("id", "row_hash"))
