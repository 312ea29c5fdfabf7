"""What the Content API shows: published content, without what only the editor sees."""

from typing import Any

Record = dict[str, Any]

COLLECTIONS = ("posts", "pages", "tags", "authors", "tiers")
_POST_FIELDS = (
    *("id", "uuid", "title", "slug", "html", "plaintext", "comment_id"),
    *("feature_image", "featured", "visibility", "created_at", "updated_at"),
    *("published_at", "custom_excerpt", "canonical_url", "url", "excerpt"),
    *("reading_time", "tags", "authors", "primary_tag", "primary_author"),
)
_AUTHOR_FIELDS = ("id", "name", "slug", "profile_image", "bio", "website", "location", "url")  # fmt: skip
_TAG_FIELDS = ("id", "name", "slug", "description", "visibility", "url", "count")


def records(name: str, everything: list[Record]) -> list[Record]:
    """Return the records of a collection that are public."""
    if name in ("posts", "pages"):
        return [
            _cut(one, _POST_FIELDS) | {"access": True}
            for one in everything
            if one.get("status") == "published"
        ]
    if name == "tags":
        visible = [one for one in everything if one.get("visibility") != "internal"]
        return [_cut(one, _TAG_FIELDS) for one in visible]
    if name == "authors":
        return [_cut(one, _AUTHOR_FIELDS) for one in everything]
    return everything


def _cut(record: Record, fields: tuple[str, ...]) -> Record:
    return {name: _dated(record[name]) for name in fields if name in record}


def _dated(value: Any) -> Any:  # noqa: ANN401
    """Write an instant as this API does, with an offset instead of a Z."""
    is_instant = isinstance(value, str) and len(value) == 24 and value.endswith("Z")
    return f"{value[:-1]}+00:00" if is_instant and value[10] == "T" else value


def shown(
    record: Record, *, include: list[str], fields: list[str], formats: list[str]
) -> Record:
    """Return a record with the relations, formats and fields asked for."""
    found = dict(record)
    for relation, primary in (("tags", "primary_tag"), ("authors", "primary_author")):
        if relation not in include:
            found.pop(relation, None)
            found.pop(primary, None)
    if formats and "html" not in formats:
        found.pop("html", None)
    if "plaintext" not in formats:
        found.pop("plaintext", None)
    if not any(one.startswith("count.") for one in include):
        found.pop("count", None)
    if not fields:
        return found
    kept = {*fields, *include}
    return {name: value for name, value in found.items() if name in kept}
