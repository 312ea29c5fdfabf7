"""What SQL is wrong for: fits and forecasts, as pure functions on aggregated frames.

A module has `predict(inputs, context)`; dbt's source `predictions` names the module of
each table, the models it reads and, for a ledger, the column whose rows are replaced
together. The way from and to the warehouse is `orchestration/predict.py`.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Context:
    """What a prediction may know beside its inputs.

    Attributes:
        as_of: the run's now, UTC; nothing later may be used.
        reporting_timezone: IANA name; days and months are its days and months.
        base_currency: of every `*_amount_base` column.
    """

    as_of: datetime
    reporting_timezone: str
    base_currency: str
