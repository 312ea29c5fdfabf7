"""What the run found, on one screen: the headline KPIs and what to try next.

Every number is a row of a published KPI table; nothing is computed here.
"""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from ingestion.settings import Settings


@dataclass(frozen=True)
class Headline:
    """A KPI of the present month and the value it is compared with."""

    label: str
    kind: str
    table: str
    value: str
    prior: str
    newest: str


_MONTH = "period_type = 'month' and scope_type = 'total'"
_DEALS = ("kpi_deals", _MONTH, "period_start_date")
_SALES = ("kpi_sales", _MONTH, "period_start_date")
_RATES = ("kpi_win_rate_monthly", "scope_type = 'total'", "closed_month")


def _headline(
    label: str, kind: str, place: tuple[str, str, str], value: str, prior: str = "null"
) -> Headline:
    table, where, period = place
    newest = f"where {where} order by {period} desc limit 1"
    return Headline(label, kind, table, value, prior, newest)


HEADLINES = (
    _headline(
        *("Won this month", "money", _DEALS),
        *("won_amount_base", "prior_won_amount_base"),
    ),
    _headline("Deals won", "count", _DEALS, "won_count", "prior_won_count"),
    _headline("Deals lost", "count", _DEALS, "lost_count", "prior_lost_count"),
    _headline("Win rate", "rate", _RATES, "win_rate"),
    _headline("Orders", "count", _SALES, "order_count", "prior_order_count"),
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
        )
        table.add_column("KPI")
        table.add_column("value", justify="right")
        table.add_column("same days last month", justify="right")
        table.add_column("from", style="dim")
        for headline in HEADLINES:
            if found := _row(connection, headline):
                value, prior = (_shown(headline.kind, each) for each in found)
                table.add_row(headline.label, value, prior, f"kpis.{headline.table}")
    console.print()
    console.print(table)
    console.print(f"Refreshed in {seconds:.0f} s (run {run_id}). Published: {path}")
    _print_next(console, path)


def _row(connection: duckdb.DuckDBPyConnection, headline: Headline) -> tuple | None:
    """Return value and prior, None where the vendors in use do not feed the KPI."""
    try:
        return connection.execute(
            f"select {headline.value}, {headline.prior} "
            f"from kpis.{headline.table} {headline.newest}"
        ).fetchone()
    except duckdb.CatalogException:
        return None


def _shown(kind: str, value: float | Decimal | None) -> str:
    if value is None:
        return "–"
    if kind == "rate":
        return f"{value:.1%}"
    return f"{value:,.2f}" if kind == "money" else f"{value:,.0f}"


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
