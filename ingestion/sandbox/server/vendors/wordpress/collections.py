"""WordPress's collections: their statuses, filters and orders."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ingestion.sandbox.server.gate import Refusal
from ingestion.sandbox.server.vendors.wordpress.dialect import invalid_param, refusal
from ingestion.sandbox.server.vendors.wordpress.parameters import Parameters

Record = dict[str, Any]

POST_STATUSES = (
    *("publish", "future", "draft", "pending", "private", "trash", "auto-draft"),
    *("inherit", "request-pending", "request-confirmed", "request-failed"),
    "request-completed",
)
# Parameter to what is stored.
COMMENT_STATUSES = {
    "approve": {"approved"},
    "approved": {"approved"},
    "hold": {"hold"},
    "spam": {"spam"},
    "trash": {"trash"},
    "all": {"approved", "hold"},
}


@dataclass(frozen=True)
class Kind:
    """One collection."""

    name: str
    orders: tuple[str, ...]
    default_order: str
    default_direction: str
    missing_code: str
    missing_message: str
    edit_refusal: str
    edit_fields: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    default_status: str = ""
    refuses_late_pages: bool = False

    def status(self, asked: str) -> set[str]:
        """Return the stored statuses that a parameter's value means."""
        if self.name == "comments":
            # WordPress finds nothing of a status it does not know.
            return COMMENT_STATUSES.get(asked, set())
        if asked == "any":
            return set(POST_STATUSES) - {"trash", "auto-draft"}
        if asked not in self.statuses:
            message = f"status[0] is not one of {', '.join(self.statuses)}, and any."
            raise invalid_param("status", message, "rest_not_in_enum")
        return {asked}

    def status_refusal(self) -> Refusal:
        """Return the answer to a stranger who asks for more than is published."""
        if self.name == "comments":
            message = "Query parameter not permitted: status"
            return refusal(401, "rest_forbidden_param", message)
        return invalid_param("status", "Status is forbidden.", "rest_forbidden_status")


def _content(name: str, orders: tuple[str, ...]) -> Kind:
    return Kind(
        name,
        (
            *("author", "date", "id", "include", "modified", "parent", "relevance"),
            *("slug", "include_slugs", "title", *orders),
        ),
        "date",
        "desc",
        "rest_post_invalid_id",
        "Invalid post ID.",
        "Sorry, you are not allowed to edit posts in this post type.",
        ("permalink_template", "generated_slug", "password"),
        POST_STATUSES,
        "publish",
        refuses_late_pages=True,
    )


def _terms(name: str) -> Kind:
    return Kind(
        name,
        (
            *("id", "include", "name", "slug", "include_slugs", "term_group"),
            *("description", "count"),
        ),
        "name",
        "asc",
        "rest_term_invalid",
        "Term does not exist.",
        "Sorry, you are not allowed to edit terms in this taxonomy.",
    )


COLLECTIONS = {
    kind.name: kind
    for kind in (
        _content("posts", ()),
        _content("pages", ("menu_order",)),
        _terms("categories"),
        _terms("tags"),
        Kind(
            "comments",
            ("date", "date_gmt", "id", "include", "post", "parent", "type"),
            "date_gmt",
            "desc",
            "rest_comment_invalid_id",
            "Invalid comment ID.",
            "Sorry, you are not allowed to edit comments.",
            ("author_email", "author_ip", "author_user_agent"),
            tuple(COMMENT_STATUSES),
            "approve",
        ),
        Kind(
            "users",
            (
                *("id", "include", "name", "registered_date", "slug", "include_slugs"),
                *("email", "url"),
            ),
            "name",
            "asc",
            "rest_user_invalid_id",
            "Invalid user ID.",
            "Sorry, you are not allowed to edit users.",
            (
                *("username", "email", "first_name", "last_name", "locale", "nickname"),
                *("roles", "registered_date", "capabilities", "extra_capabilities"),
            ),
        ),
    )
}

# Parameter to the field in whose value (or list of values) one of the ids must be.
_ID_FILTERS = {
    "author": "author",
    "categories": "categories",
    "tags": "tags",
    "post": "post",
    "parent": "parent",
}
# Parameter to field and comparison; local times without an offset, as WordPress does.
_TIME_FILTERS: dict[str, tuple[str, Callable[[str, str], bool]]] = {
    "after": ("date", lambda value, bound: value > bound),
    "before": ("date", lambda value, bound: value < bound),
    "modified_after": ("modified", lambda value, bound: value > bound),
    "modified_before": ("modified", lambda value, bound: value < bound),
}


def passes(kind: Kind, record: Record, parameters: Parameters) -> bool:
    """Return whether a record is among those asked for."""
    included = parameters.numbers("include")
    if included and record["id"] not in included:
        return False
    if record["id"] in parameters.numbers("exclude"):
        return False
    for name, field in _ID_FILTERS.items():
        wanted = parameters.numbers(name) if name in parameters else []
        value = record.get(field)
        values = value if isinstance(value, list) else [value]
        if wanted and field in record and not set(wanted) & set(values):
            return False
    for name, (field, compare) in _TIME_FILTERS.items():
        # Comments ignore a filter on modification: they have no such date.
        bound = parameters.local_time(name) if field in record else None
        if bound is not None and not compare(str(record[field]), bound):
            return False
    slugs = parameters.texts("slug")
    if slugs and record.get("slug") not in slugs:
        return False
    sticky = parameters.flag("sticky")
    if sticky is not None and "sticky" in record and record["sticky"] != sticky:
        return False
    if parameters.flag("hide_empty") and not record.get("count", 1):
        return False
    roles = set(parameters.texts("roles"))
    if kind.name == "users" and roles and not roles & set(record.get("roles", [])):
        return False
    searched = parameters.text("search").lower()
    return searched in _searched_text(record)


def ordered(kind: Kind, records: list[Record], parameters: Parameters) -> list[Record]:
    """Return the records in the order asked for."""
    order = parameters.one_of("orderby", kind.orders, kind.default_order)
    direction = parameters.one_of("order", ("asc", "desc"), kind.default_direction)
    if order == "include":
        place = {one: at for at, one in enumerate(parameters.numbers("include"))}
        return sorted(records, key=lambda record: place.get(record["id"], 0))

    def key(record: Record) -> tuple:
        value = record.get("date" if order == "relevance" else order)
        if isinstance(value, dict):
            value = value.get("rendered")
        if isinstance(value, int):
            return (0, value, "", record["id"])
        return (1, 0, str(value or "").lower(), record["id"])

    return sorted(records, key=key, reverse=direction == "desc")


def _searched_text(record: Record) -> str:
    parts = [record.get("name"), record.get("slug")]
    for name in ("title", "content", "excerpt"):
        value = record.get(name)
        parts.append(value.get("rendered") if isinstance(value, dict) else value)
    return " ".join(str(part) for part in parts if part).lower()
