"""Which accounts are read: those named, those below a manager, or all of a login."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

from ingestion.extraction import Extraction, Row
from ingestion.rest import ForbiddenError
from ingestion.settings import SettingsError
from ingestion.sources._google_ads_api import GoogleAds, Query, codes
from ingestion.sources._google_ads_tables import CUSTOMERS

# Google answers 403 to every question about these.
CLOSED_STATUSES = ("CANCELED", "CLOSED")


@dataclass(frozen=True)
class Account:
    """An account that has figures of its own (a manager has none).

    Attributes:
        customer_id: its ten digits.
        login: the manager through which it is reached, "" for none.
        today: the run's day in the account's time zone.
    """

    customer_id: str
    login: str
    today: date


def customer_ids_of(text: str, variable: str) -> list[str]:
    """Return the customer ids of a variable, without the dashes that people write.

    Raises:
        SettingsError: something in it is no customer id.
    """
    ids = [one.strip().replace("-", "") for one in text.split(",") if one.strip()]
    for one in ids:
        if not (one.isdecimal() and one.isascii()):
            message = (
                f"google_ads: SOURCES__GOOGLE_ADS__{variable}={text!r} is not usable: "
                "write customer ids, comma-separated, such as 123-456-7890."
            )
            raise SettingsError(message)
    return ids


class Accounts:
    """The accounts of one extraction.

    Args:
        api: the API.
        extraction: the extraction.
        login: the manager through which all are reached, "" for none.
        named: the accounts to read, [] for all that can be found; a manager stands for
            everything below it.
        left_out: accounts that are never read.
    """

    def __init__(
        self,
        api: GoogleAds,
        extraction: Extraction,
        login: str,
        named: list[str],
        left_out: list[str],
    ) -> None:
        self._api = api
        self._extraction = extraction
        self._login = login
        self._named = named
        self._left_out = set(left_out)
        self._found: list[Row] | None = None
        self._sent: list[Row] = []
        self._logins: dict[str, str] = {}
        self._refused: set[str] = set()

    def customers(self) -> Iterator[Row]:
        """Yield every account that was found, and report those that are not read."""
        table = CUSTOMERS.table
        rows = self._all()
        has_all = not self._refused
        usable = (row for row in self._sent if self._extraction.is_usable(table, row))
        for row in self._extraction.changed(table, usable, whole=False):
            if row["status"] in CLOSED_STATUSES and not row["manager"]:
                reason = f"{row['id']} is {row['status']}: its figures are not read"
                self._extraction.counts.report_drift(table.name, "status", reason)
            yield row
        # One that refused to answer still exists, and so does what is below it.
        if has_all:
            self._extraction.listed_whole(table, {row["id"] for row in rows})

    def readable(self) -> list[Account]:
        """Return the accounts whose figures can be read, as far as is known by now."""
        return [
            Account(row["id"], self._logins[row["id"]], self._today(row["time_zone"]))
            for row in self._all()
            if not row["manager"]
            and row["status"] not in CLOSED_STATUSES
            and row["id"] not in self._refused | self._left_out
        ]

    def each(self, read: Callable[[Account], Iterable[Row]]) -> Iterator[Row]:
        """Yield the rows of every readable account.

        An account that is refused is reported, and the others are read.

        Args:
            read: returns the rows of one account.
        """
        for account in self.readable():
            try:
                yield from read(account)
            except ForbiddenError as error:
                self._refuse(account.customer_id, error)

    def results(self, query: Query) -> Iterator[Row]:
        """Yield the usable rows of a query that is asked of every readable account."""
        key = query.table.key[-1]

        def read(account: Account) -> Iterator[Row]:
            asked = account.customer_id, account.login
            for record in self._api.search(*asked, query):
                row = query.row(record)
                row["customer_id"] = account.customer_id
                if self._extraction.is_usable(query.table, row, key):
                    yield row

        return self.each(read)

    def _all(self) -> list[Row]:
        if self._found is None:
            self._found = list(self._discovered())
        return self._found

    def _discovered(self) -> Iterator[Row]:
        """Yield each account once: those we start from and all below them."""
        for start in self._starts():
            login = self._login or start
            try:
                records = self._api.search(start, self._login, CUSTOMERS)
            except ForbiddenError as error:
                self._refuse(start, error)
                continue
            for record in records:
                row = CUSTOMERS.row(record)
                self._sent.append(row)
                customer_id = str(row["id"] or "")
                is_known = customer_id in self._logins
                if customer_id and not is_known:
                    is_start = customer_id == start
                    self._logins[customer_id] = self._login if is_start else login
                row["manager"] = bool(row["manager"])
                row["manager_customer_id"] = self._logins.get(customer_id) or None
                if customer_id and not is_known:
                    yield row

    def _starts(self) -> list[str]:
        if self._named:
            return self._named
        if self._login:
            return [self._login]
        found = self._api.accessible_customers()
        return [one for one in found if one not in self._left_out]

    def _refuse(self, customer_id: str, error: ForbiddenError) -> None:
        """Leave an account out of the rest of the load and say so."""
        self._refused.add(customer_id)
        counts = self._extraction.table(CUSTOMERS.table)
        if "CUSTOMER_NOT_ENABLED" in codes(error.body):
            reason = f"{customer_id} is not enabled: its figures are not read"
            self._extraction.counts.report_drift(CUSTOMERS.table.name, "status", reason)
            return
        said = str(error).removeprefix("google_ads: ")
        refusal = (
            f"account {customer_id} was not read: {said}. Give the login access to it "
            "(through SOURCES__GOOGLE_ADS__LOGIN_CUSTOMER_ID, when a manager has it), "
            "or put it into SOURCES__GOOGLE_ADS__SKIP_CUSTOMER_IDS. Everything else "
            "was loaded."
        )
        counts.refusal = f"{counts.refusal} {refusal}" if counts.refusal else refusal

    def _today(self, time_zone: str | None) -> date:
        now: datetime = self._extraction.as_of_at
        return now.astimezone(_zone(time_zone)).date()


def _zone(name: str | None) -> tzinfo:
    try:
        return ZoneInfo(str(name))
    except (KeyError, ValueError, OSError):
        return UTC
