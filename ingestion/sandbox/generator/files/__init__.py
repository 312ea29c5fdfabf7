"""The files that people of the sandbox company drop: surveys, costs, targets, rates.

Clean files of one header line, with the mess that stays in spite of all care; each
module says what it plants.
"""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.files import (
    ledger,
    marketing,
    plans,
    recruiting,
    surveys,
)

Table = tuple[tuple[str, ...], Iterable[tuple[object, ...]]]


def write(company: Company, folder: Path) -> None:
    """Write the files of the company into a folder."""
    requisitions = recruiting.requisitions(company)
    tables: dict[str, Table] = {
        "hr_surveys/responses": (surveys.HEADER, surveys.responses(company)),
        "hiring_costs": (
            recruiting.COST_HEADER,
            recruiting.cost_rows(company, requisitions),
        ),
        "recruiting": (
            recruiting.STAGE_HEADER,
            recruiting.stage_rows(company, requisitions),
        ),
        "targets": (plans.TARGET_HEADER, plans.target_rows(company)),
        "offline_spend": (marketing.SPEND_HEADER, marketing.spend_rows(company)),
        "channel_costs": (marketing.COST_HEADER, marketing.cost_rows(company)),
        "fx_rates": (plans.RATE_HEADER, plans.rate_rows(company)),
        "campaign_calendar": (marketing.CAMPAIGN_HEADER, marketing.campaign_rows()),
        "regions": (plans.REGION_HEADER, plans.REGIONS),
        "ledger": (ledger.HEADER, ledger.rows(company)),
    }
    for name, (header, rows) in tables.items():
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
        path = folder / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.getvalue(), "utf-8")
