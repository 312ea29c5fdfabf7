"""WordPress: posts, pages, categories, tags, comments, users.

Endpoints (REST API v2, since WordPress 5.7): GET /wp-json/wp/v2/{posts, pages,
categories, tags, comments, users} and /users/me.

What posts and pages there are is listed at every load, with what tells their versions
apart, and what differs is read: that finds hard deletes, and scheduled posts that went
live without being modified. Sites too large for that are asked with `modified_after`,
and listed with `--all-records`. Everything else is read whole, as WordPress cannot say
what changed in it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import dlt
from dlt.common.typing import TSecretStrValue
from dlt.extract import DltResource

from ingestion.changes import content_digest
from ingestion.extraction import Extraction, Row
from ingestion.records import RawTable, timestamp_value
from ingestion.settings import Settings
from ingestion.sources._wordpress_api import PAGE, Site
from ingestion.sources._wordpress_tables import (
    CATEGORIES,
    COMMENTS,
    PAGES,
    POSTS,
    TAGS,
    USERS,
)
from ingestion.word_count import word_count

# `any` leaves out what is in the trash; what nobody saved yet (auto-draft) is nothing.
STATUSES = "publish,future,draft,pending,private,trash"
COMMENT_STATUSES = ("approve", "hold", "spam", "trash")
# Up to so many records a list is read whole at every load: a request per hundred.
MOST_LISTED = 10_000
# `modified_after` compares local times as they were when a post was saved. More than
# the distance of any two time zones: a site that moved hides nothing.
ZONE_OVERLAP = timedelta(hours=27)
# Of a large site's comments, how long after it was written one is still moderated.
MODERATION = timedelta(days=30)
_ANY_STATUS: dict[str, Any] = {"status": STATUSES}
_BY_ID = {"orderby": "id", "order": "asc"}
# What tells whether a post must be read again. Authors, terms and a due publication
# change without a new modification date.
_VERSION = "id,modified_gmt,status,slug,author,categories,tags"
_CONTENT_FIELDS = (
    "id,date,date_gmt,modified,modified_gmt,slug,status,type,link,guid,title,content,"
    "excerpt,author,featured_media,comment_status,ping_status,template,meta,lang"
)
_POST_FIELDS = f"{_CONTENT_FIELDS},sticky,format,categories,tags"
_PAGE_FIELDS = f"{_CONTENT_FIELDS},parent,menu_order"


@dlt.source(name="wordpress", max_table_nesting=0)
def source(
    settings: Settings,
    username: str = dlt.config.value,
    application_password: TSecretStrValue = dlt.secrets.value,
    base_url: str = dlt.config.value,
    skip: str = "",
    read_all: bool = False,
) -> Iterable[DltResource]:
    """Return the resources of one site, one per table of `raw_wordpress`.

    Args:
        settings: the run's clock and the first day of interest.
        username: the login name of the user who reads, SOURCES__WORDPRESS__USERNAME;
            an editor, or an administrator, who alone may read users.
        application_password: one of the user's application passwords,
            SOURCES__WORDPRESS__APPLICATION_PASSWORD.
        base_url: the site's address, SOURCES__WORDPRESS__BASE_URL; with plain
            permalinks `https://SITE/?rest_route=`.
        skip: tables (comma-separated) that the user may not read.
        read_all: read every record again instead of those that changed.
    """
    extraction = Extraction("wordpress", settings, skip=skip, read_all=read_all)
    site = Site(base_url, username, application_password)
    reader = _Reader(site, extraction)
    for table, rows in (
        (POSTS, lambda: reader.contents(POSTS, _POST_FIELDS)),
        (PAGES, lambda: reader.contents(PAGES, _PAGE_FIELDS)),
        (CATEGORIES, lambda: reader.whole(CATEGORIES)),
        (TAGS, lambda: reader.whole(TAGS)),
        (COMMENTS, reader.comments),
        (USERS, lambda: reader.whole(USERS)),
    ):
        yield extraction.resource(table, rows)
    yield from extraction.closing_resources()


class _Reader:
    """Reads the tables of one site."""

    def __init__(self, site: Site, extraction: Extraction) -> None:
        self._site = site
        self._extraction = extraction

    def contents(self, table: RawTable, fields: str) -> Iterator[Row]:
        """Yield the posts or pages that are new or differ from the last load."""
        state = dlt.current.resource_state()
        total = self._site.total(table, _ANY_STATUS)
        if total > MOST_LISTED and "cursor" in state and not self._extraction.read_all:
            yield from self._modified(table, fields, state)
            return
        listed, _ = self._site.listed(table, {**_ANY_STATUS, **_BY_ID}, _VERSION)
        known: dict[str, str] = state.get("versions", {})
        versions: dict[str, str] = {}
        to_read: list[str] = []
        for one in listed:
            if not isinstance(one, dict) or not one.get("id"):
                self._extraction.is_usable(table, one)
                continue
            record_id, version = str(one["id"]), content_digest(one)
            versions[record_id] = version
            if self._extraction.read_all or known.get(record_id) != version:
                to_read.append(record_id)
        found: set[str] = set()
        for row in self._included(table, to_read, fields):
            found.add(str(row["id"]))
            yield row
        # Deleted for good between the two requests.
        for record_id in set(to_read) - found:
            del versions[record_id]
        self._extraction.listed_whole(table, versions)
        is_large = len(versions) > MOST_LISTED
        state["versions"] = {} if is_large else versions
        usable = [one for one in listed if isinstance(one, dict) and one.get("id")]
        state["scheduled"] = [
            str(one["id"]) for one in usable if one.get("status") == "future"
        ]
        state["cursor"] = self._newest(usable)

    def _modified(
        self, table: RawTable, fields: str, state: dict[str, Any]
    ) -> Iterator[Row]:
        """Yield what a large site says was modified, or has waited for its hour."""
        since = timestamp_value(state["cursor"]) - ZONE_OVERLAP
        asked = {**_ANY_STATUS, "orderby": "modified", "order": "asc"}
        asked["modified_after"] = _instant(since)
        known: dict[str, str] = state.get("versions", {})
        versions: dict[str, str] = {}
        rows: list[Row] = []
        changed = list(self._rows(table, asked, fields))
        seen = {str(row["id"]) for row in changed}
        due = [one for one in state.get("scheduled", []) if one not in seen]
        waiting = list(self._included(table, due, fields))
        for row in [*changed, *waiting]:
            record_id, version = str(row["id"]), content_digest(row)
            versions[record_id] = version
            rows.append(row)
            if known.get(record_id) == version:
                self._extraction.table(table).skipped += 1
            else:
                yield row
        state["versions"] = versions
        state["scheduled"] = [str(r["id"]) for r in rows if r["status"] == "future"]
        state["cursor"] = self._newest([*rows, {"modified_gmt": state["cursor"]}])

    def _included(
        self, table: RawTable, record_ids: list[str], fields: str
    ) -> Iterator[Row]:
        """Yield the records of the ids; those deleted meanwhile are left out."""
        for start in range(0, len(record_ids), PAGE):
            asked = {
                **_ANY_STATUS,
                **_BY_ID,
                "include": ",".join(record_ids[start : start + PAGE]),
            }
            yield from self._rows(table, asked, fields)

    def _newest(self, records: list[Any]) -> str:
        """Return the newest modification, not after the run's clock."""
        now = self._extraction.as_of_at.strftime("%Y-%m-%dT%H:%M:%S")
        dates = [str(one["modified_gmt"]) for one in records if one.get("modified_gmt")]
        return min(max(dates, default=now), now)

    def whole(self, table: RawTable) -> Iterator[Row]:
        """Yield the terms or users that changed; they have no modification date."""
        fields = _fields_of(table)
        rows = self._rows(table, dict(_BY_ID), fields)
        return self._extraction.changed(table, rows)

    def comments(self) -> Iterator[Row]:
        """Yield new comments and those whose moderation changed."""
        totals = {
            status: self._site.total(COMMENTS, {"status": status})
            for status in COMMENT_STATUSES
        }
        state = dlt.current.resource_state()
        is_whole = (
            self._extraction.read_all
            or not state.get("was_read")
            or sum(totals.values()) <= MOST_LISTED
        )
        asked: dict[str, Any] = dict(_BY_ID)
        if not is_whole:
            asked["after"] = _instant(self._extraction.as_of_at - MODERATION)
        known = set(state.get("fingerprints", {})) if is_whole else set()

        def rows() -> Iterator[Row]:
            for status in COMMENT_STATUSES:
                if totals[status]:
                    for row in self._comments({**asked, "status": status}):
                        known.discard(str(row["id"]))
                        yield row
            # What a moderator moved to a list that we had read already is in none.
            missing = sorted(known)
            for start in range(0, len(missing), PAGE):
                include = ",".join(missing[start : start + PAGE])
                for status in COMMENT_STATUSES:
                    moved = {**_BY_ID, "include": include, "status": status}
                    yield from self._comments(moved)

        yield from self._extraction.changed(COMMENTS, rows(), whole=is_whole)
        state["was_read"] = True

    def _comments(self, params: dict[str, Any]) -> Iterator[Row]:
        return self._rows(COMMENTS, params, _fields_of(COMMENTS))

    def _rows(
        self, table: RawTable, params: dict[str, Any], fields: str
    ) -> Iterator[Row]:
        """Yield the usable records of a list as rows; counts all that was sent."""
        records, repeated = self._site.listed(table, params, fields)
        counts = self._extraction.table(table)
        counts.received += repeated
        counts.duplicates += repeated
        for record in records:
            if self._extraction.is_usable(table, record):
                yield _row(table, record)


def _fields_of(table: RawTable) -> str:
    """Return the fields that the table's columns come from."""
    return ",".join(
        dict.fromkeys(
            "content" if column.startswith("content_") else column
            for column in table.columns
        )
    )


def _row(table: RawTable, record: dict[str, Any]) -> Row:
    """Return a record as a row: nested texts by their path, words counted."""
    row = {column: record.get(column) for column in table.columns}
    for name in ("guid", "title", "content", "excerpt"):
        value = record.get(name)
        for part in ("rendered", "raw", "protected"):
            column = f"{name}_{part}"
            if column in row:
                row[column] = value.get(part) if isinstance(value, dict) else value
    if "content_word_count" in row:
        row["content_word_count"] = word_count(row["content_rendered"])
    return row


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
