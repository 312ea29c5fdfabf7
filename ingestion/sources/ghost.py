"""Ghost: posts, pages, e-mails, tags, users, newsletters, tiers, members, their events.

Endpoints (Admin API, Accept-Version v6.0): GET /ghost/api/admin/{posts, pages, tags,
users, newsletters, tiers, members}/ and /members/events/.

Ghost changes much without a new `updated_at`: a post's tags and clicks, a member's
labels and subscriptions. So everything is read whole and loaded where it changed, but
for two: members beyond some thousands are asked for by `updated_at` and by who was in
an event since, and events, which never change, from a few days before the last one on.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import dlt
from dlt.common.typing import TSecretStrValue
from dlt.extract import DltResource

from ingestion.changes import OVERLAP, content_digest
from ingestion.extraction import Extraction, Row
from ingestion.records import BadValueError, RawTable, timestamp_value
from ingestion.settings import Settings
from ingestion.sources._ghost_api import Publication, filter_instant
from ingestion.sources._ghost_rows import content_row, event_row, member_row, row_of
from ingestion.sources._ghost_tables import (
    EMAILS,
    MEMBER_EVENTS,
    MEMBERS,
    NEWSLETTERS,
    PAGES,
    POSTS,
    TAGS,
    TIERS,
    USERS,
)

# As the filter names them. `aggregated_click_event` is left out: it says the clicks of
# `click_event` once more. What a version does not know it answers with nothing.
EVENT_TYPES = (
    "signup_event",
    "newsletter_event",
    "login_event",
    "subscription_event",
    "payment_event",
    "donation_event",
    "gift_purchase_event",
    "gift_redemption_event",
    "gift_ended_event",
    "email_sent_event",
    "email_delivered_event",
    "email_opened_event",
    "email_failed_event",
    # Its rows say email_complaint_event.
    "email_complained_event",
    "email_change_event",
    "click_event",
    "comment_event",
    "feedback_event",
)
# Up to so many members are read whole at every load: a request per hundred.
MOST_LISTED = 10_000
# More recent events than these are loaded again rather than remembered.
MOST_REMEMBERED = 20_000
_ALL_POSTS = "status:[draft,published,scheduled,sent]"
_CONTENT = {"formats": "html", "include": "tags,authors,tiers"}
_COUNTS = "count.clicks,count.positive_feedback,count.negative_feedback"
_POST = {**_CONTENT, "include": f"{_CONTENT['include']},newsletter,email,{_COUNTS}"}


@dlt.source(name="ghost", max_table_nesting=0)
def source(
    settings: Settings,
    admin_api_key: TSecretStrValue = dlt.secrets.value,
    base_url: str = dlt.config.value,
    event_lookback_days: int = 3,
    skip: str = "",
    read_all: bool = False,
) -> Iterable[DltResource]:
    """Return the resources of one site, one per table of `raw_ghost`.

    Args:
        settings: the run's clock and the first day of interest.
        admin_api_key: `id:secret` of a custom integration,
            SOURCES__GHOST__ADMIN_API_KEY.
        base_url: the site's address, SOURCES__GHOST__BASE_URL.
        event_lookback_days: how late an event may appear; what became of an e-mail is
            collected from the mail service for days, SOURCES__GHOST__EVENT_LOOKBACK_DAYS.
        skip: tables (comma-separated) not to read.
        read_all: read all members and events again instead of recent ones.
    """
    extraction = Extraction("ghost", settings, skip=skip, read_all=read_all)
    site = Publication(base_url, admin_api_key)
    reader = _Reader(site, extraction, timedelta(days=event_lookback_days))
    # In this order: e-mails are those of the posts just read, and members are read
    # again when they are in new events.
    for table, rows in (
        (POSTS, reader.posts),
        (EMAILS, reader.emails),
        (PAGES, reader.pages),
        (TAGS, lambda: reader.whole(TAGS, include="count.posts")),
        (USERS, lambda: reader.whole(USERS, include="roles")),
        (NEWSLETTERS, lambda: reader.whole(NEWSLETTERS)),
        (TIERS, lambda: reader.whole(TIERS, include="monthly_price,yearly_price")),
        (MEMBER_EVENTS, reader.member_events),
        (MEMBERS, reader.members),
    ):
        yield extraction.resource(table, rows)
    yield from extraction.closing_resources()


class _Reader:
    """Reads the tables of one site."""

    def __init__(
        self, site: Publication, extraction: Extraction, lookback: timedelta
    ) -> None:
        self._site = site
        self._extraction = extraction
        self._lookback = lookback
        self._emails: list[dict[str, Any]] | None = None
        self._touched: set[str] = set()

    def posts(self) -> Iterator[Row]:
        """Yield the posts that changed; notes the e-mails they were sent as."""
        rows = (
            content_row(POSTS, post)
            for post in self._posts()
            if self._extraction.is_usable(POSTS, post)
        )
        return self._extraction.changed(POSTS, rows)

    def _posts(self) -> Iterator[Any]:
        emails = []
        for post in self._site.listed(POSTS, _POST, _ALL_POSTS):
            if isinstance(post, dict) and isinstance(post.get("email"), dict):
                emails.append(post["email"])
            yield post
        self._emails = emails

    def emails(self) -> Iterator[Row]:
        """Yield the e-mails whose statistics rose."""
        if self._emails is None:
            # The posts themselves were skipped.
            for _ in self._posts():
                pass
        rows = (
            row_of(EMAILS, email)
            for email in self._emails or []
            if self._extraction.is_usable(EMAILS, email)
        )
        return self._extraction.changed(EMAILS, rows)

    def pages(self) -> Iterator[Row]:
        """Yield the pages that changed."""
        rows = (
            content_row(PAGES, page)
            for page in self._site.listed(
                PAGES, _CONTENT, "status:[draft,published,scheduled]"
            )
            if self._extraction.is_usable(PAGES, page)
        )
        return self._extraction.changed(PAGES, rows)

    def whole(self, table: RawTable, **params: str) -> Iterator[Row]:
        """Yield the rows of a small collection that changed."""
        rows = (
            row_of(table, record)
            for record in self._site.listed(table, params)
            if self._extraction.is_usable(table, record)
        )
        return self._extraction.changed(table, rows)

    def member_events(self) -> Iterator[Row]:
        """Yield new events; notes whose they are.

        A deleted member's events vanish with it, and an e-mail that was delivered is
        no longer listed as sent: what happened stays in the table.
        """
        state = dlt.current.resource_state()
        counts = self._extraction.table(MEMBER_EVENTS)
        newest = state.get("newest", "")
        reads_all = self._extraction.read_all or not newest
        since = self._event_bound(newest)
        known: dict[str, str] = {} if reads_all else state.get("recent", {})
        recent: dict[str, tuple[str, str]] = {}
        seen: set[str] = set()
        for event_type in EVENT_TYPES:
            for event in self._site.events(event_type, None if reads_all else since):
                row = event_row(event)
                if not self._extraction.is_usable(MEMBER_EVENTS, row):
                    continue
                event_id, digest = MEMBER_EVENTS.record_id(row), content_digest(row)
                if event_id in seen:
                    counts.duplicates += 1
                    continue
                seen.add(event_id)
                moment = filter_instant(row["created_at"])
                newest = max(newest, moment)
                recent[event_id] = (moment, digest)
                if known.get(event_id) == digest:
                    counts.skipped += 1
                    continue
                if row["member_id"]:
                    self._touched.add(row["member_id"])
                yield row
        state["newest"] = min(newest, self._extraction.as_of_at.strftime(_FILTERED))
        bound = self._event_bound(state["newest"])
        remembered = {
            event_id: digest
            for event_id, (moment, digest) in recent.items()
            if moment >= bound
        }
        state["recent"] = remembered if len(remembered) <= MOST_REMEMBERED else {}

    def _event_bound(self, newest: str) -> str:
        """Return from when on events are read, given the newest one known."""
        try:
            return (timestamp_value(newest) - self._lookback).strftime(_FILTERED)
        except BadValueError:
            return ""

    def members(self) -> Iterator[Row]:
        """Yield the members that changed; a hard delete leaves no trace in Ghost."""
        state = dlt.current.resource_state()
        cursor = state.get("cursor")
        is_whole = (
            self._extraction.read_all
            or not cursor
            or self._site.total(MEMBERS) <= MOST_LISTED
        )
        newest = [cursor or ""]

        def rows() -> Iterator[Row]:
            for member in self._members(None if is_whole else cursor):
                if self._extraction.is_usable(MEMBERS, member):
                    row = member_row(member)
                    newest[0] = max(newest[0], filter_instant(row["updated_at"]))
                    yield row

        yield from self._extraction.changed(MEMBERS, rows(), whole=is_whole)
        now = self._extraction.as_of_at.strftime(_FILTERED)
        state["cursor"] = min(newest[0], now)

    def _members(self, cursor: str | None) -> Iterator[Any]:
        params = {"include": "tiers"}
        if cursor is None:
            yield from self._site.listed(MEMBERS, params)
            return
        since = (timestamp_value(cursor) - OVERLAP).strftime(_FILTERED)
        for member in self._site.listed(MEMBERS, params, f"updated_at:>'{since}'"):
            if isinstance(member, dict):
                self._touched.discard(str(member.get("id")))
            yield member
        # Who unsubscribed is not updated.
        touched = sorted(self._touched)
        for start in range(0, len(touched), 50):
            ids = ",".join(f"'{one}'" for one in touched[start : start + 50])
            yield from self._site.listed(MEMBERS, params, f"id:[{ids}]")


_FILTERED = "%Y-%m-%d %H:%M:%S"
