"""K12, K13: net sales and won value of the next six months, with a back-test.

Only months that are over are fitted. A scope with 24 of them is forecast by exponential
smoothing with additive seasons (statsmodels' ETS, its exact intervals) where that beat
the same month of the year before in the back-test, and by that month (seasonal naive)
where it did not. Shorter histories are forecast naively with a band twice as wide; fewer
than six months give rows without numbers. The median forecasts of a dimension's scopes
are scaled so that they add up to the total's; P10 and P90 move along and do not add up.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from orchestration.predictions import Context

HORIZONS = 6
SEASON = 12
FEWEST_MONTHS = 6
# ETS estimates twelve seasons: two years are the least that can tell them from noise.
FEWEST_FITTED_MONTHS = 2 * SEASON
MOST_ORIGINS = {"seasonal_naive": 12, "ets": 6}
# Fewer comparisons than this decide nothing.
FEWEST_COMPARISONS = 6
# The tenth percentile of a normal distribution, and what a short history adds to it.
TENTH = 1.2815515655446004
WIDE = 2.0

SCOPE = ["measure_type", "scope_type", "scope_name"]
FORECAST_COLUMNS = [
    *SCOPE,
    "made_date",
    "origin_month",
    "target_month",
    "horizon_month_count",
    "history_month_count",
    "method_type",
    "reason_text",
    "p10_amount_base",
    "p50_amount_base",
    "p90_amount_base",
]
BACKTEST_COLUMNS = [
    *SCOPE,
    "method_type",
    "origin_month",
    "target_month",
    "horizon_month_count",
    "p10_amount_base",
    "p50_amount_base",
    "p90_amount_base",
    "actual_amount_base",
    "naive_error_amount_base",
]


@dataclass(frozen=True)
class Band:
    """A forecast of the next months: its median and the 10th and 90th percentile."""

    low: np.ndarray
    middle: np.ndarray
    high: np.ndarray


def predict(
    inputs: dict[str, pd.DataFrame], context: Context
) -> dict[str, pd.DataFrame]:
    """Return the forecasts made today, and what each method would have said before."""
    today = context.as_of.astimezone(ZoneInfo(context.reporting_timezone)).date()
    forecasts, tests = [], []
    for scope, months, values in _series(inputs["int_sales_by_month_scope"]):
        tested = list(_backtests(months, values))
        tests += [dict(zip(SCOPE, scope, strict=True)) | row for row in tested]
        method, reason, band = _forecast(values, tested)
        for horizon in range(1, HORIZONS + 1):
            number = horizon - 1
            forecasts.append(
                dict(zip(SCOPE, scope, strict=True))
                | {
                    "made_date": today,
                    "origin_month": months[-1],
                    "target_month": _later(months[-1], horizon),
                    "horizon_month_count": horizon,
                    "history_month_count": len(values),
                    "method_type": method,
                    "reason_text": reason,
                    "p10_amount_base": None if band is None else band.low[number],
                    "p50_amount_base": None if band is None else band.middle[number],
                    "p90_amount_base": None if band is None else band.high[number],
                }
            )
    return {
        "sales_forecasts": _reconciled(
            pd.DataFrame(forecasts, columns=FORECAST_COLUMNS)
        ),
        "sales_forecast_backtests": _in_cents(
            pd.DataFrame(tests, columns=BACKTEST_COLUMNS)
        ),
    }


def _series(
    history: pd.DataFrame,
) -> Iterator[tuple[tuple[str, ...], list[pd.Timestamp], np.ndarray]]:
    for scope, rows in history.sort_values([*SCOPE, "sales_month"]).groupby(SCOPE):
        months = list(pd.DatetimeIndex(rows["sales_month"]))
        amounts = rows["sales_amount_base"].astype(float).to_numpy()
        yield tuple(map(str, scope)), months, amounts  # ty: ignore[invalid-argument-type]


def _later(month: pd.Timestamp, months: int) -> pd.Timestamp:
    return month + pd.DateOffset(months=months)


def seasonal_naive(values: np.ndarray, wide: float = 1.0) -> Band:
    """Return the same months of the year before; the band is that method's error."""
    steps = np.arange(HORIZONS)
    middle = values[len(values) - SEASON + steps % SEASON]
    differences = values[SEASON:] - values[:-SEASON]
    if not len(differences):
        differences = np.diff(values)
    spread = TENTH * wide * np.sqrt(np.mean(differences**2))
    return Band(middle - spread, middle, middle + spread)


def naive(values: np.ndarray, wide: float) -> Band:
    """Return the last month; the band widens with the months ahead."""
    middle = np.repeat(values[-1], HORIZONS)
    error = np.sqrt(np.mean(np.diff(values) ** 2))
    spread = TENTH * wide * error * np.sqrt(np.arange(1, HORIZONS + 1))
    return Band(middle - spread, middle, middle + spread)


def ets(values: np.ndarray) -> Band | None:
    """Return exponential smoothing with additive seasons; None where it cannot be fitted."""
    # Half the months without a sale have no level and no seasons.
    if np.count_nonzero(values) < len(values) / 2:
        return None
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    scale = np.abs(values).mean()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model = ETSModel(
                pd.Series(values / scale),
                error="add",
                seasonal="add",
                seasonal_periods=SEASON,
            )
            fitted = model.fit(disp=False)
            found = fitted.get_prediction(
                start=len(values), end=len(values) + HORIZONS - 1
            ).summary_frame(alpha=0.2)
        except (ValueError, np.linalg.LinAlgError):
            return None
    if not np.isfinite(found.to_numpy()).all():
        return None
    low, high = (found[name].to_numpy() * scale for name in ("pi_lower", "pi_upper"))
    return Band(low, found["mean"].to_numpy() * scale, high)


def _backtests(months: list[pd.Timestamp], values: np.ndarray) -> Iterator[dict]:
    """Yield what each method would have forecast from each of the last origins."""
    fewest = {"seasonal_naive": SEASON + 1, "ets": FEWEST_FITTED_MONTHS}
    for method, most in MOST_ORIGINS.items():
        first = max(fewest[method], len(values) - most)
        for known in range(first, len(values)):
            past = values[:known]
            band = seasonal_naive(past) if method == "seasonal_naive" else ets(past)
            if band is None:
                continue
            error = np.abs(past[SEASON:] - past[:-SEASON]).mean()
            for horizon in range(1, min(HORIZONS, len(values) - known) + 1):
                yield {
                    "method_type": method,
                    "origin_month": months[known - 1],
                    "target_month": months[known + horizon - 1],
                    "horizon_month_count": horizon,
                    "p10_amount_base": band.low[horizon - 1],
                    "p50_amount_base": band.middle[horizon - 1],
                    "p90_amount_base": band.high[horizon - 1],
                    "actual_amount_base": values[known + horizon - 1],
                    "naive_error_amount_base": error,
                }


def _forecast(values: np.ndarray, tested: list[dict]) -> tuple[str, str, Band | None]:
    """Return the method that is served, why, and what it says."""
    count = len(values)
    if count < FEWEST_MONTHS:
        return (
            "not_enough_history",
            f"{count} whole months, {FEWEST_MONTHS} needed",
            None,
        )
    if count < SEASON:
        return "naive", f"{count} whole months: no year before", naive(values, WIDE)
    if count < FEWEST_FITTED_MONTHS:
        reason = f"{count} whole months: too few for a model"
        return "seasonal_naive", reason, seasonal_naive(values, WIDE)
    errors: dict[str, dict[tuple, float]] = {"ets": {}, "seasonal_naive": {}}
    for row in tested:
        when = (row["origin_month"], row["horizon_month_count"])
        error = abs(row["p50_amount_base"] - row["actual_amount_base"])
        errors[row["method_type"]][when] = error
    both = errors["ets"].keys() & errors["seasonal_naive"].keys()
    if len(both) < FEWEST_COMPARISONS:
        reason = f"{len(both)} back-tests of the model, {FEWEST_COMPARISONS} needed"
        return "seasonal_naive", reason, seasonal_naive(values)
    model = sum(errors["ets"][when] for when in both)
    baseline = sum(errors["seasonal_naive"][when] for when in both)
    band = ets(values) if model < baseline else None
    if band is None:
        return "seasonal_naive", "the model did not beat it", seasonal_naive(values)
    return "ets", f"its errors are {model / baseline:.0%} of seasonal naive's", band


AMOUNTS = ["p10_amount_base", "p50_amount_base", "p90_amount_base"]


def _cents(amount: float) -> Decimal | None:
    if pd.isna(amount):
        return None
    return Decimal(repr(float(amount))).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _in_cents(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.copy()
    for column in rows.columns:
        if column.endswith("_amount_base"):
            rows[column] = pd.Series(
                [_cents(amount) for amount in rows[column]],
                index=rows.index,
                dtype=object,
            )
    return rows


def _reconciled(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return the forecasts in cents, each dimension's medians adding up to the total."""
    forecasts = _in_cents(forecasts)
    known = forecasts[forecasts["p50_amount_base"].notna()]
    for (_, _, scope_type), part in known.groupby(
        ["measure_type", "target_month", "scope_type"]
    ):
        if scope_type == "total":
            continue
        first = part.iloc[0]
        total = known[
            (known["scope_type"] == "total")
            & (known["measure_type"] == first["measure_type"])
            & (known["target_month"] == first["target_month"])
        ]
        if total.empty:
            continue
        target = total["p50_amount_base"].iloc[0]
        middles = dict(part["p50_amount_base"].items())
        for index, middle in _adding_up(middles, target).items():
            moved = middle - middles[index]
            for column in AMOUNTS:
                forecasts.at[index, column] += moved
    return forecasts


def _adding_up(parts: dict, total: Decimal) -> dict:
    """Return the parts in proportion, to the cent the total; equal shares of none."""
    cent, whole = Decimal("0.01"), sum(parts.values())
    if whole > 0 and total > 0:
        found = {
            key: (part * total / whole).quantize(cent) for key, part in parts.items()
        }
    else:
        gap = (total - whole) / len(parts)
        found = {key: (part + gap).quantize(cent) for key, part in parts.items()}
    largest = max(found, key=lambda key: (abs(found[key]), str(key)))
    found[largest] += total - sum(found.values())
    return found
