"""What the run found, on one screen: the headline KPIs and what to try next.

Every number is a row of a published KPI table; nothing is computed here.
"""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
from rich import box
from rich.console import Console
from rich.table import Table

from ingestion.settings import Settings


@dataclass(frozen=True)
class Headline:
    """A KPI of the present month, and the same days of the month before.

    Attributes:
        label: what it is called on the screen.
        kind: money, count, rate or days.
        place: the table in `kpis` and which of its rows; the last one counts.
        value: the column, or the sum of one that may be added.
        prior: the column it is compared with.
    """

    label: str
    kind: str
    place: tuple[str, str]
    value: str
    prior: str = "null"


_MONTH = "where period_type = 'month' and scope_type = 'total'"
_TOTAL = "where scope_type = 'total'"
_DEALS = ("kpi_deals", f"{_MONTH} order by period_start_date desc")
_SALES = ("kpi_sales", f"{_MONTH} order by period_start_date desc")
_RATES = ("kpi_win_rate_monthly", f"{_MONTH} order by closed_month desc")
_CLOSED = (
    "kpi_days_to_close_monthly",
    f"{_MONTH} and outcome_status = 'won' order by closed_month desc",
)
_MEETINGS = ("kpi_meetings_monthly", f"{_MONTH} order by activity_month desc")
_FUNNEL = ("kpi_funnel", _TOTAL)

HEADLINES = (
    Headline("Won", "money", _DEALS, "won_amount_base", "prior_won_amount_base"),
    Headline("Deals won", "count", _DEALS, "won_count", "prior_won_count"),
    Headline("Deals lost", "count", _DEALS, "lost_count", "prior_lost_count"),
    Headline("Win rate", "rate", _RATES, "win_rate"),
    Headline("Days to close, won", "days", _CLOSED, "average_days_to_close"),
    Headline("Open deals", "count", _FUNNEL, "sum(open_count)"),
    Headline("Open pipeline", "money", _FUNNEL, "sum(open_amount_base)"),
    Headline("Meetings held", "count", _MEETINGS, "held_count", "prior_held_count"),
    Headline("Orders", "count", _SALES, "order_count", "prior_order_count"),
    Headline(
        "Gross sales",
        "money",
        _SALES,
        "gross_sales_amount_base",
        "prior_gross_sales_amount_base",
    ),
    Headline(
        "Net sales",
        "money",
        _SALES,
        "event_dated_net_sales_amount_base",
        "prior_net_sales_amount_base",
    ),
    Headline("Average order value", "money", _SALES, "average_order_value"),
)


def print_headline(
    console: Console, settings: Settings, seconds: float, run_id: str
) -> None:
    """Print the headline KPIs of the published database and the next commands."""
    path = settings.published_path
    with duckdb.connect(str(path), read_only=True) as connection:
        as_of, currency = connection.execute(
            "select as_of, base_currency from meta.published"
        ).fetchall()[0]
        table = Table(
            title=f"Month to date as of {as_of:%Y-%m-%d %H:%M} UTC, money in {currency}",
            title_justify="left",
            box=box.SIMPLE_HEAD,
        )
        table.add_column("KPI", no_wrap=True)
        table.add_column("this month", justify="right")
        table.add_column("same days before", justify="right")
        table.add_column("table in kpis", style="dim", no_wrap=True)
        for headline in HEADLINES:
            if found := _row(connection, headline):
                value, prior = (_shown(headline.kind, each) for each in found)
                table.add_row(headline.label, value, prior, headline.place[0])
    console.print()
    console.print(table)
    console.print(f"Refreshed in {seconds:.0f} s, run {run_id}.")
    console.print(f"Published: {path}", soft_wrap=True)
    _print_next(console, path)


def _row(connection: duckdb.DuckDBPyConnection, headline: Headline) -> tuple | None:
    """Return value and prior, None where the vendors in use do not feed the KPI."""
    table, which = headline.place
    try:
        return connection.execute(
            f"select {headline.value}, {headline.prior} from kpis.{table} {which} limit 1"
        ).fetchone()
    except duckdb.CatalogException:
        return None


def _shown(kind: str, value: float | Decimal | None) -> str:
    if value is None:
        return "–"
    if kind == "rate":
        return f"{value:.1%}"
    places = {"money": 2, "days": 1}.get(kind, 0)
    return f"{value:,.{places}f}"


def _print_next(console: Console, path: Path) -> None:
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    query = "from kpis.kpi_win_rate_monthly"
    python = ".venv/bin/python"
    console.print("\nTry next:")
    code = (
        f"import duckdb; duckdb.connect('{shown}', read_only=True)"
        f".sql('{query}').show()"
    )
    for command, what in (
        ("make dagster", "lineage, checks and this run, on a page"),
        (f'{python} -c "{code}"', "query the published KPIs (or: duckdb -readonly)"),
        ("less README.md", "where is what, the KPIs and their definitions"),
    ):
        console.print(f"  {command}", style="bold", soft_wrap=True)
        console.print(f"      {what}", style="dim")
