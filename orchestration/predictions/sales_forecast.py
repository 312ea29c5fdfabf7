"""K12, K13: net sales and won deals of the next six months, with a back-test.

Only months that are over are fitted. A scope with 24 of them is forecast by exponential
smoothing with additive seasons (statsmodels' ETS) where that beat the same month of the
year before in the back-test, and by that month (seasonal naive) where it did not.
Shorter histories are forecast naively; fewer than six months give rows without numbers.

P10 and P90 are conformal: as far from the median as eight in ten of the method's own
errors were, counted with the one that is still to come, and wider the fewer of them are
known: a short history has a wide band. ETS's own intervals hold where they
are wider. The median forecasts of a dimension's scopes are scaled so that they add up
to the total's; P10 and P90 move along and do not add up.
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
# Between P10 and P90 lie four fifths.
COVERED, OF = 4, 5
# Measured on three sandbox companies of 23 months: 1 covers 82 %, 2 84 %, nothing 78 %.
UNSEEN = 2
# Nothing won is the least that can be won; returns can exceed what is sold.
NEVER_NEGATIVE = ("won_amount", "won_deals")

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
    "p10_value_base",
    "p50_value_base",
    "p90_value_base",
]
BACKTEST_COLUMNS = [
    *SCOPE,
    "method_type",
    "origin_month",
    "target_month",
    "horizon_month_count",
    "p10_value_base",
    "p50_value_base",
    "p90_value_base",
    "actual_value_base",
    "naive_error",
]


@dataclass(frozen=True)
class Band:
    """A forecast of the next months: its median and the 10th and 90th percentile."""

    low: np.ndarray
    middle: np.ndarray
    high: np.ndarray

    def at_least(self, least: float) -> "Band":
        """Return the band cut off below."""
        return Band(*(np.maximum(each, least) for each in self._all()))

    def around(self, width: float) -> "Band":
        """Return the band, at least so wide on both sides of the median."""
        low, high = self.middle - width, self.middle + width
        return Band(np.minimum(self.low, low), self.middle, np.maximum(self.high, high))

    def _all(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self.low, self.middle, self.high


def predict(
    inputs: dict[str, pd.DataFrame], context: Context
) -> dict[str, pd.DataFrame]:
    """Return the forecasts made today, and what each method would have said before."""
    today = context.as_of.astimezone(ZoneInfo(context.reporting_timezone)).date()
    forecasts, tests = [], []
    for scope, months, values in _series(inputs["int_sales_by_month_scope"]):
        least = 0.0 if scope[0] in NEVER_NEGATIVE else -np.inf
        tested = list(_backtests(months, values, least))
        tests += [dict(zip(SCOPE, scope, strict=True)) | row for row in tested]
        method, reason, band = _forecast(values, tested)
        band = None if band is None else band.at_least(least)
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
                    "p10_value_base": None if band is None else band.low[number],
                    "p50_value_base": None if band is None else band.middle[number],
                    "p90_value_base": None if band is None else band.high[number],
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
        amounts = rows["sales_value_base"].astype(float).to_numpy()
        yield tuple(map(str, scope)), months, amounts  # ty: ignore[invalid-argument-type]


def _later(month: pd.Timestamp, months: int) -> pd.Timestamp:
    return month + pd.DateOffset(months=months)


def reach(errors: np.ndarray) -> float:
    """Return how far from the median P10 and P90 are, from errors of the past.

    The next error is within the k-th smallest of n with probability k / (n + 1), if it
    is like them; fewer than four cannot promise four fifths, and few have not shown the
    rare ones: that widens it by UNSEEN / n.
    """
    known = np.sort(np.abs(errors))
    count = len(known)
    rank = min(count, -(-(count + 1) * COVERED // OF))
    return float(known[rank - 1]) * (1 + UNSEEN / count)


def seasonal_naive(values: np.ndarray) -> Band:
    """Return the same months of the year before."""
    middle = values[len(values) - SEASON + np.arange(HORIZONS) % SEASON]
    errors = values[SEASON:] - values[:-SEASON]
    width = reach(errors if len(errors) else np.diff(values))
    return Band(middle - width, middle, middle + width)


def naive(values: np.ndarray) -> Band:
    """Return the last month; the band widens with the months ahead."""
    middle = np.repeat(values[-1], HORIZONS)
    width = reach(np.diff(values)) * np.sqrt(np.arange(1, HORIZONS + 1))
    return Band(middle - width, middle, middle + width)


def ets(values: np.ndarray, errors: list[float]) -> Band | None:
    """Return exponential smoothing with additive seasons; None where it cannot be fitted.

    The band is the model's own, but no narrower than its errors in the past were.
    """
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
    band = Band(low, found["mean"].to_numpy() * scale, high)
    return band.around(reach(np.array(errors))) if errors else band


def _backtests(
    months: list[pd.Timestamp], values: np.ndarray, least: float
) -> Iterator[dict]:
    """Yield what each method would have forecast from each of the last origins."""
    fewest = {"seasonal_naive": SEASON + 1, "ets": FEWEST_FITTED_MONTHS}
    for method, most in MOST_ORIGINS.items():
        first = max(fewest[method], len(values) - most)
        missed: list[tuple[int, float]] = []
        for known in range(first, len(values)):
            past = values[:known]
            # A forecast may know only the errors that had been made by then.
            errors = [error for month, error in missed if month < known]
            band = seasonal_naive(past) if method == "seasonal_naive" else ets(past, errors)  # fmt: skip
            if band is None:
                continue
            band = band.at_least(least)
            scale = np.abs(past[SEASON:] - past[:-SEASON]).mean()
            for horizon in range(1, min(HORIZONS, len(values) - known) + 1):
                month = known + horizon - 1
                missed.append((month, values[month] - band.middle[horizon - 1]))
                yield {
                    "method_type": method,
                    "origin_month": months[known - 1],
                    "target_month": months[month],
                    "horizon_month_count": horizon,
                    "p10_value_base": band.low[horizon - 1],
                    "p50_value_base": band.middle[horizon - 1],
                    "p90_value_base": band.high[horizon - 1],
                    "actual_value_base": values[month],
                    "naive_error": scale,
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
        return "naive", f"{count} whole months: no year before", naive(values)
    if count < FEWEST_FITTED_MONTHS:
        reason = f"{count} whole months: too few for a model"
        return "seasonal_naive", reason, seasonal_naive(values)
    errors: dict[str, dict[tuple, float]] = {"ets": {}, "seasonal_naive": {}}
    for row in tested:
        when = (row["origin_month"], row["horizon_month_count"])
        error = abs(row["p50_value_base"] - row["actual_value_base"])
        errors[row["method_type"]][when] = error
    both = errors["ets"].keys() & errors["seasonal_naive"].keys()
    if len(both) < FEWEST_COMPARISONS:
        reason = f"{len(both)} back-tests of the model, {FEWEST_COMPARISONS} needed"
        return "seasonal_naive", reason, seasonal_naive(values)
    model = sum(errors["ets"][when] for when in both)
    baseline = sum(errors["seasonal_naive"][when] for when in both)
    band = None
    if model < baseline:
        band = ets(values, list(errors["ets"].values()))
    if band is None:
        return "seasonal_naive", "the model did not beat it", seasonal_naive(values)
    return "ets", f"its errors are {model / baseline:.0%} of seasonal naive's", band


VALUES = ["p10_value_base", "p50_value_base", "p90_value_base"]


def _cents(amount: float) -> Decimal | None:
    if pd.isna(amount):
        return None
    return Decimal(repr(float(amount))).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _in_cents(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.copy()
    for column in rows.columns:
        if column.endswith("_value_base"):
            rows[column] = pd.Series(
                [_cents(amount) for amount in rows[column]],
                index=rows.index,
                dtype=object,
            )
    return rows


def _reconciled(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return the forecasts in hundredths, each dimension's medians adding up to the total."""
    forecasts = _in_cents(forecasts)
    known = forecasts[forecasts["p50_value_base"].notna()]
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
        target = total["p50_value_base"].iloc[0]
        middles = dict(zip(part["scope_name"], part["p50_value_base"], strict=True))
        found = _adding_up(middles, target)
        for index, name in part["scope_name"].items():
            moved = found[name] - middles[name]
            for column in VALUES:
                value = forecasts.at[index, column] + moved
                if first["measure_type"] in NEVER_NEGATIVE:
                    value = max(value, Decimal(0))
                forecasts.at[index, column] = value
    return forecasts


def _adding_up(parts: dict[str, Decimal], total: Decimal) -> dict[str, Decimal]:
    """Return the parts in proportion, exactly the total; equal shares of nothing.

    The largest part, the last by name of several, takes what rounding leaves.
    """
    cent, whole = Decimal("0.01"), sum(parts.values())
    if whole > 0 and total > 0:
        found = {
            key: (part * total / whole).quantize(cent) for key, part in parts.items()
        }
    else:
        gap = (total - whole) / len(parts)
        found = {key: (part + gap).quantize(cent) for key, part in parts.items()}
    largest = max(found, key=lambda name: (abs(found[name]), name))
    found[largest] += total - sum(found.values())
    return found
