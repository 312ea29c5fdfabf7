"""HubSpot's object types: their names, type ids and default properties."""

from dataclasses import dataclass

_CREATED = ("createdate", "hs_lastmodifieddate", "hs_object_id")
_HS_CREATED = ("hs_createdate", "hs_lastmodifieddate", "hs_object_id")


@dataclass(frozen=True)
class ObjectType:
    """One type of CRM object."""

    name: str
    singular: str
    type_id: str
    defaults: tuple[str, ...] = _HS_CREATED
    searched: tuple[str, ...] = ()

    @property
    def created(self) -> str:
        """The property that says when an object was created."""
        return "createdate" if "createdate" in self.defaults else "hs_createdate"

    @property
    def changed(self) -> str:
        """The property that says when an object was changed: the search cursor."""
        contacts = "lastmodifieddate" in self.defaults
        return "lastmodifieddate" if contacts else "hs_lastmodifieddate"


TYPES = {
    kind.name: kind
    for kind in (
        ObjectType(
            "contacts",
            "contact",
            "0-1",
            (
                "createdate",
                "email",
                "firstname",
                "hs_object_id",
                "lastmodifieddate",
                "lastname",
            ),
            ("firstname", "lastname", "email", "phone", "company"),
        ),
        ObjectType(
            "companies",
            "company",
            "0-2",
            ("name", "domain", *_CREATED),
            ("name", "domain", "website", "phone"),
        ),
        ObjectType(
            "deals",
            "deal",
            "0-3",
            ("dealname", "amount", "closedate", "pipeline", "dealstage", *_CREATED),
            ("dealname", "pipeline", "dealstage", "description", "dealtype"),
        ),
        ObjectType(
            "tickets",
            "ticket",
            "0-5",
            ("subject", "content", "hs_pipeline", "hs_pipeline_stage", *_CREATED),
            ("subject", "content"),
        ),
        ObjectType(
            "products",
            "product",
            "0-7",
            ("name", "description", "price", *_CREATED),
            ("name", "description", "price", "hs_sku"),
        ),
        ObjectType(
            "line_items",
            "line_item",
            "0-8",
            ("quantity", "amount", "price", *_CREATED),
            ("name", "hs_sku"),
        ),
        ObjectType("quotes", "quote", "0-14"),
        ObjectType("tasks", "task", "0-27", searched=("hs_task_subject",)),
        ObjectType("notes", "note", "0-46", searched=("hs_note_body",)),
        ObjectType("meetings", "meeting", "0-47", searched=("hs_meeting_title",)),
        ObjectType("calls", "call", "0-48", searched=("hs_call_title",)),
        ObjectType("emails", "email", "0-49", searched=("hs_email_subject",)),
        ObjectType("goal_targets", "goal_target", "0-74", searched=("hs_goal_name",)),
        ObjectType("leads", "lead", "0-136", searched=("hs_lead_name",)),
    )
}
_BY_SPELLING = {
    spelling: kind
    for kind in TYPES.values()
    for spelling in (
        kind.name,
        kind.singular,
        kind.type_id,
        kind.name.replace("_", " "),
        kind.singular.replace("_", " "),
    )
}


def object_type(spelling: str) -> ObjectType | None:
    """Return the type of a plural or singular name or a type id, in any case."""
    return _BY_SPELLING.get(spelling.strip().lower())


def association_file(name: str) -> tuple[str, str] | None:
    """Return the types of `associations_<from>_<to>`, None if it is no such name."""
    if not name.startswith("associations_"):
        return None
    pair = name.removeprefix("associations_")
    for start in TYPES:
        end = pair.removeprefix(f"{start}_")
        if end != pair and end in TYPES:
            return start, end
    return None
