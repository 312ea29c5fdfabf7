"""What a source remembers between loads, so that it asks for and loads only changes.

Everything here lives in dlt's resource state: it is stored in the same load package as
the rows it speaks of, and so is never ahead of them.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard

import orjson

from ingestion.records import BadValueError, timestamp_value

# A search index lags behind; what was changed just before the newest change we saw may
# appear in it only later.
OVERLAP = timedelta(minutes=5)
# What changes while we read is left to the next load.
UNSETTLED = timedelta(seconds=60)
# After a bulk edit the overlap is read again rather than remembered.
MOST_REMEMBERED = 5_000


def utc_text(instant: datetime) -> str:
    """Return the instant to the millisecond in UTC, as most vendors write it."""
    return f"{instant.astimezone(UTC).isoformat(timespec='milliseconds')[:23]}Z"


def is_utc_text(text: object) -> TypeGuard[str]:
    """Whether it is a text of that form: two of them compare like their instants.

    To compare texts costs a twentieth of what it costs to read them.
    """
    return (
        isinstance(text, str)
        and len(text) == 24
        and text[10] == "T"
        and text[19] == "."
        and text[23] == "Z"
    )


class Watermark:
    """Up to which modification a resource has been read.

    The mark follows the records that were seen, never the clock alone, so it cannot
    pass a change that the vendor had not shown yet.
    """

    def __init__(
        self,
        state: dict[str, Any],
        now: datetime,
        *,
        read_all: bool = False,
        overlap: timedelta = OVERLAP,
    ) -> None:
        self._state = state
        self._overlap = overlap
        self._settled = now - UNSETTLED
        self._asks_for_all = read_all or "cursor" not in state
        self._cursor = _instant(state["cursor"]) if "cursor" in state else None
        self._remembered = {} if read_all else state.get("recent", {})
        self._newest = self._cursor
        self._seen: dict[str, str] = {}
        self._saw_too_many = False
        # What was modified before is neither the newest nor to be remembered.
        self._settled_text = ""

    @property
    def lower_bound(self) -> datetime | None:
        """From when on changes must be asked for; None when everything must be."""
        if self._asks_for_all or self._cursor is None:
            return None
        return self._cursor - self._overlap

    def is_known(self, record_id: str, modified: str | None) -> bool:
        """Whether exactly this version of the record was loaded before."""
        return modified is not None and self._remembered.get(record_id) == modified

    def saw(self, record_id: str, modified: str | None) -> None:
        """Note a record of this load, be it new or known."""
        if is_utc_text(modified) and modified < self._settled_text:
            return
        instant = _instant(modified) if modified else None
        if instant is None or modified is None:
            return
        if self._newest is None or instant > self._newest:
            self._newest = instant
            self._settled_text = utc_text(self._settled_bound() - OVERLAP)
        if not self._saw_too_many and instant >= self._settled_bound() - self._overlap:
            self._seen[record_id] = modified
            if len(self._seen) > 2 * MOST_REMEMBERED:
                self._forget_old()
                self._saw_too_many = len(self._seen) > MOST_REMEMBERED

    def advance(self) -> None:
        """Move the mark; call it when every record of the load has been yielded."""
        if self._newest is None:
            # Nothing there yet: the next load lists everything again, which is cheap.
            return
        self._forget_old()
        remembers = not self._saw_too_many and len(self._seen) <= MOST_REMEMBERED
        self._state["cursor"] = self._settled_bound().isoformat()
        self._state["recent"] = self._seen if remembers else {}

    def _settled_bound(self) -> datetime:
        newest = self._newest or self._settled
        bound = min(newest, self._settled)
        return max(bound, self._cursor) if self._cursor else bound

    def _forget_old(self) -> None:
        bound = self._settled_bound() - self._overlap
        self._seen = {
            record_id: modified
            for record_id, modified in self._seen.items()
            if (instant := _instant(modified)) and instant >= bound
        }


def _instant(text: str) -> datetime | None:
    try:
        return timestamp_value(text)
    except BadValueError:
        return None


class Fingerprints:
    """A digest per record of a collection that is always read whole."""

    def __init__(self, state: dict[str, Any], name: str = "fingerprints") -> None:
        self._known: dict[str, str] = state.setdefault(name, {})

    def changed(self, record_id: str, record: object) -> bool:
        """Whether the record differs from when it was last noted; notes it."""
        digest = content_digest(record)
        if self._known.get(record_id) == digest:
            return False
        self._known[record_id] = digest
        return True

    def version(self, record_id: str, record: object) -> str | None:
        """Return a name for this new version of the record; None if unchanged.

        It also covers the version before, so that a record which returns to an earlier
        content still gets a version of its own.
        """
        digest = content_digest(record)
        before = self._known.get(record_id, "")
        content, _, name = before.partition(":")
        if content == digest:
            return None
        version = content_digest([name, digest]) if name else digest
        self._known[record_id] = f"{digest}:{version}"
        return version

    def note_absent(self, record_ids: Iterable[str]) -> None:
        """Note that of the versioned records only these exist.

        One that comes back gets a new version, even with its old content.
        """
        present = set(record_ids)
        for record_id, before in self._known.items():
            if record_id not in present:
                self._known[record_id] = f":{before.rpartition(':')[2]}"

    def keep_only(self, record_ids: Iterable[str]) -> None:
        """Forget records that were not read this time."""
        kept = set(record_ids)
        for record_id in [known for known in self._known if known not in kept]:
            del self._known[record_id]


def content_digest(record: object) -> str:
    """Return a digest of the record's content, the same on every machine."""
    text = orjson.dumps(
        record, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=str
    )
    return hashlib.md5(text, usedforsecurity=False).hexdigest()
