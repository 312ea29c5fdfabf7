"""SObjects as an org describes them: key prefix, fields and their types.

What a data directory holds beyond this (custom fields, further standard ones) is a field
as well, of the type that its values have.
"""

from dataclasses import dataclass
from functools import cached_property

STAMPS = {
    "CreatedDate": "datetime",
    "CreatedById": "reference",
    "LastModifiedDate": "datetime",
    "LastModifiedById": "reference",
    "SystemModstamp": "datetime",
}
CURRENCY_FIELD = "CurrencyIsoCode"
# SOQL cannot filter by them.
UNFILTERABLE = ("OldValue", "NewValue")


@dataclass(frozen=True)
class SObjectType:
    """One SObject type."""

    name: str
    prefix: str
    fields: dict[str, str]
    is_replicateable: bool = True

    @cached_property
    def by_lower_name(self) -> dict[str, str]:
        """Field names by their lower-case spelling; SOQL knows no case."""
        return {name.lower(): name for name in self.fields}


def _type(
    name: str,
    prefix: str,
    *,
    stamps: bool = True,
    deletable: bool = True,
    has_currency: bool = False,
    **names_by_type: str,
) -> SObjectType:
    fields = {"Id": "id"}
    if deletable:
        fields["IsDeleted"] = "boolean"
    for kind, names in names_by_type.items():
        fields |= dict.fromkeys(names.split(), kind)
    if has_currency:
        fields[CURRENCY_FIELD] = "picklist"
    if stamps:
        fields |= STAMPS
    return SObjectType(name, prefix, fields, is_replicateable=deletable)


_ADDRESS = "{0}Street {0}City {0}State {0}PostalCode {0}Country"
_TYPES = (
    _type(
        "Organization",
        "00D",
        deletable=False,
        string="Name OrganizationType InstanceName TimeZoneSidKey DefaultLocaleSidKey "
        "LanguageLocaleKey",
        boolean="IsSandbox",
    ),
    _type(
        "User",
        "005",
        deletable=False,
        string="Username Email FirstName LastName Name Department Division Title "
        "TimeZoneSidKey LanguageLocaleKey LocaleSidKey UserType Alias",
        reference="UserRoleId ManagerId ProfileId",
        boolean="IsActive",
        datetime="LastLoginDate",
    ),
    _type(
        "UserRole",
        "00E",
        deletable=False,
        stamps=False,
        string="Name DeveloperName",
        reference="ParentRoleId LastModifiedById",
        datetime="LastModifiedDate SystemModstamp",
    ),
    _type(
        "Account",
        "001",
        has_currency=True,
        string="Name Website Phone Description " + _ADDRESS.format("Billing"),
        picklist="Type Industry AccountSource Rating",
        reference="OwnerId ParentId MasterRecordId RecordTypeId",
        currency="AnnualRevenue",
        int="NumberOfEmployees",
        date="LastActivityDate",
    ),
    _type(
        "Contact",
        "003",
        has_currency=True,
        string="FirstName LastName Name Phone Title Department "
        + _ADDRESS.format("Mailing"),
        email="Email",
        picklist="LeadSource Salutation",
        reference="AccountId OwnerId MasterRecordId IndividualId ReportsToId",
        boolean="HasOptedOutOfEmail",
        date="Birthdate LastActivityDate",
        datetime="EmailBouncedDate",
    ),
    _type(
        "Lead",
        "00Q",
        has_currency=True,
        string="FirstName LastName Name Company Phone Title " + _ADDRESS.format(""),
        email="Email",
        picklist="Status LeadSource Rating Industry",
        reference="OwnerId MasterRecordId ConvertedAccountId ConvertedContactId "
        "ConvertedOpportunityId IndividualId",
        boolean="HasOptedOutOfEmail IsConverted",
        date="ConvertedDate LastActivityDate",
        datetime="EmailBouncedDate",
    ),
    _type(
        "RecordType",
        "012",
        deletable=False,
        string="Name DeveloperName Description",
        picklist="SobjectType",
        boolean="IsActive",
    ),
    _type(
        "Opportunity",
        "006",
        has_currency=True,
        string="Name Description NextStep",
        picklist="StageName Type LeadSource ForecastCategory ForecastCategoryName",
        reference="AccountId ContactId CampaignId OwnerId Pricebook2Id RecordTypeId "
        "Territory2Id",
        currency="Amount ExpectedRevenue",
        percent="Probability",
        int="FiscalYear FiscalQuarter",
        boolean="IsClosed IsWon HasOpportunityLineItem",
        date="CloseDate LastActivityDate",
        datetime="LastStageChangeDate",
    ),
    _type(
        "OpportunityHistory",
        "008",
        stamps=False,
        has_currency=True,
        picklist="StageName ForecastCategory",
        reference="OpportunityId CreatedById",
        currency="Amount ExpectedRevenue PrevAmount",
        percent="Probability",
        date="CloseDate PrevCloseDate",
        datetime="CreatedDate SystemModstamp",
    ),
    _type(
        "OpportunityFieldHistory",
        "017",
        stamps=False,
        picklist="Field DataType",
        anyType="OldValue NewValue",
        reference="OpportunityId CreatedById",
        datetime="CreatedDate",
    ),
    _type(
        "OpportunityContactRole",
        "00K",
        picklist="Role",
        reference="OpportunityId ContactId",
        boolean="IsPrimary",
    ),
    _type(
        "OpportunityLineItem",
        "00k",
        has_currency=True,
        string="Name ProductCode Description",
        reference="OpportunityId Product2Id PricebookEntryId",
        double="Quantity",
        currency="UnitPrice ListPrice TotalPrice Subtotal",
        percent="Discount",
        int="SortOrder",
        date="ServiceDate",
    ),
    _type(
        "OpportunityStage",
        "01J",
        deletable=False,
        string="ApiName MasterLabel Description ForecastCategoryName",
        picklist="ForecastCategory",
        boolean="IsActive IsClosed IsWon",
        percent="DefaultProbability",
        int="SortOrder",
    ),
    _type(
        "Product2",
        "01t",
        has_currency=True,
        string="Name ProductCode Description StockKeepingUnit",
        picklist="Family QuantityUnitOfMeasure",
        boolean="IsActive IsArchived",
    ),
    _type(
        "Pricebook2",
        "01s",
        string="Name Description",
        boolean="IsActive IsStandard",
    ),
    _type(
        "PricebookEntry",
        "01u",
        has_currency=True,
        string="Name ProductCode",
        reference="Pricebook2Id Product2Id",
        currency="UnitPrice",
        boolean="IsActive UseStandardPrice",
    ),
    _type(
        "Task",
        "00T",
        has_currency=True,
        string="Subject Description CallDisposition",
        picklist="Status Priority TaskSubtype CallType",
        reference="WhoId WhatId AccountId OwnerId RecurrenceActivityId",
        int="CallDurationInSeconds",
        boolean="IsClosed IsArchived IsHighPriority IsRecurrence IsReminderSet",
        date="ActivityDate",
        datetime="CompletedDateTime",
    ),
    _type(
        "Event",
        "00U",
        has_currency=True,
        string="Subject Location Description",
        picklist="EventSubtype ShowAs GroupEventType",
        reference="WhoId WhatId AccountId OwnerId RecurrenceActivityId",
        int="DurationInMinutes",
        boolean="IsAllDayEvent IsArchived IsChild IsGroupEvent IsPrivate IsRecurrence",
        date="ActivityDate",
        datetime="StartDateTime EndDateTime ActivityDateTime",
    ),
    _type(
        "EventRelation",
        "0RE",
        picklist="Status",
        reference="EventId RelationId AccountId",
        boolean="IsInvitee IsParent IsWhat",
        datetime="RespondedDate",
    ),
    _type(
        "Campaign",
        "701",
        has_currency=True,
        string="Name Description",
        picklist="Type Status",
        reference="ParentId OwnerId CampaignMemberRecordTypeId",
        currency="BudgetedCost ActualCost ExpectedRevenue AmountWonOpportunities "
        "HierarchyActualCost",
        double="NumberSent",
        int="NumberOfLeads NumberOfContacts NumberOfResponses",
        boolean="IsActive",
        date="StartDate EndDate",
    ),
    _type(
        "CampaignMember",
        "00v",
        has_currency=True,
        string="FirstName LastName",
        picklist="Status",
        reference="CampaignId LeadId ContactId LeadOrContactId",
        boolean="HasResponded",
        date="FirstRespondedDate",
    ),
    _type(
        "CurrencyType",
        "01L",
        deletable=False,
        picklist="IsoCode",
        double="ConversionRate",
        int="DecimalPlaces",
        boolean="IsActive IsCorporate",
    ),
    _type(
        "DatedConversionRate",
        "04w",
        deletable=False,
        picklist="IsoCode",
        double="ConversionRate",
        date="StartDate NextStartDate",
    ),
    _type(
        "Period",
        "026",
        deletable=False,
        stamps=False,
        string="FullyQualifiedLabel PeriodLabel",
        picklist="Type",
        int="Number",
        boolean="IsForecastPeriod",
        date="StartDate EndDate",
        datetime="SystemModstamp",
    ),
    _type(
        "ForecastingType",
        "0Db",
        deletable=False,
        stamps=False,
        string="DeveloperName MasterLabel Language",
        boolean="IsActive IsAmount IsQuantity",
    ),
    _type(
        "ForecastingQuota",
        "0J9",
        deletable=False,
        has_currency=True,
        reference="QuotaOwnerId PeriodId ForecastingTypeId",
        currency="QuotaAmount",
        double="QuotaQuantity",
        boolean="IsAmount IsQuantity",
        date="StartDate",
    ),
)
TYPES = {one.name: one for one in _TYPES}
PREFIXES = {one.prefix: one.name for one in _TYPES}
# They exist only in an org with several currencies.
MULTI_CURRENCY = ("CurrencyType", "DatedConversionRate")
