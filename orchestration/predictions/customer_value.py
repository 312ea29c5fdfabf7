"""What customers will buy within a year, and whether the model may say so (K85, K86).

The models are in `purchase_models`. Before their prediction is served, they have to beat
simpler ones on purchases after the calibration window, which they were not fitted on;
where they lose, the best of the simpler ones is served, and the ledger says why.
"""

from dataclasses import asdict, dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from orchestration.predictions import Context
from orchestration.predictions.purchase_models import (
    NoFitError,
    PurchaseFit,
    ValueFit,
    expected_purchases,
    expected_value,
    fit_purchases,
    fit_values,
    probability_alive,
    simulated_values,
)

# Below these a fit says more about chance than about the customers.
LEAST_CUSTOMERS = 100
LEAST_REPEAT_CUSTOMERS = 50
LEAST_WEEKS = 26.0

# A cohort smaller than this is given the mean of everyone.
LEAST_COHORT = 30

HORIZON_MONTHS = 12
WEEKS_PER_MONTH = 365.25 / 7 / 12
# Money of the next year is worth this much less than today's.
YEARLY_DISCOUNT_RATE = 0.10
INTERVAL = (0.1, 0.9)

MODEL = "bg_nbd_gamma_gamma"
COHORT_MEAN = "cohort_mean"
OWN_RATE = "own_rate"
NAIVE = (COHORT_MEAN, OWN_RATE)
CALIBRATION, WHOLE = "calibration", "whole"


@dataclass(frozen=True)
class Fits:
    """Both models, fitted on the same histories."""

    purchases: PurchaseFit
    values: ValueFit


@dataclass(frozen=True)
class Prediction:
    """What to expect of each customer, in the order of the histories."""

    purchases: np.ndarray
    values: np.ndarray


def predict(
    inputs: dict[str, pd.DataFrame], context: Context
) -> dict[str, pd.DataFrame]:
    """Return a prediction per customer and what every model scored on the hold-out."""
    histories = inputs["int_purchase_histories"].sort_values("customer_key")
    whole = _of(histories, WHOLE)
    calibration = _of(histories, CALIBRATION)
    today = context.as_of.astimezone(ZoneInfo(context.reporting_timezone)).date()
    missing = _missing(calibration)
    fits: dict[str, Fits] = {}
    scores: dict[str, dict] = {}
    served, reason = None, missing
    if missing is None:
        failure = None
        try:
            fits = {CALIBRATION: _fit(calibration), WHOLE: _fit(whole)}
        except NoFitError as error:
            failure = str(error)
        scores = _scores(calibration, fits.get(CALIBRATION))
        served, reason = _choice(scores, failure)
    return {
        "customer_value_predictions": _predictions(
            whole, calibration, fits, served
        ).assign(predicted_date=today),
        "customer_value_models": _models(
            histories, fits, scores, served, reason
        ).assign(predicted_date=today),
    }


def _of(histories: pd.DataFrame, history_type: str) -> pd.DataFrame:
    chosen = histories[histories["history_type"] == history_type]
    return chosen.reset_index(drop=True)


def _missing(calibration: pd.DataFrame) -> str | None:
    """Return what the history is too short of, or None."""
    repeats = int((calibration["repeat_purchase_count"] > 0).sum())
    weeks = calibration["observed_weeks"].max() if len(calibration) else 0.0
    needs = (
        (len(calibration), LEAST_CUSTOMERS, "customers"),
        (repeats, LEAST_REPEAT_CUSTOMERS, "customers with a second purchase"),
        (weeks, LEAST_WEEKS, "weeks"),
    )
    short = [
        f"{found:.0f} {what} where {least:.0f} are needed"
        for found, least, what in needs
        if found < least
    ]
    return f"not enough history before the hold-out: {short[0]}" if short else None


def _arrays(histories: pd.DataFrame) -> tuple[np.ndarray, ...]:
    """Return x, t_x and T."""
    return tuple(
        histories[name].to_numpy(float)
        for name in ("repeat_purchase_count", "recency_weeks", "observed_weeks")
    )


def _mean_values(histories: pd.DataFrame) -> np.ndarray:
    return histories["mean_repeat_value"].astype(float).to_numpy()


def _fit(histories: pd.DataFrame) -> Fits:
    x, t_x, weeks = _arrays(histories)
    values = np.nan_to_num(_mean_values(histories))
    return Fits(fit_purchases(x, t_x, weeks), fit_values(x, values))


def _modelled(fits: Fits, histories: pd.DataFrame, ahead: float) -> Prediction:
    x, t_x, weeks = _arrays(histories)
    purchases = expected_purchases(fits.purchases, x, t_x, weeks, ahead)
    value = expected_value(fits.values, x, _mean_values(histories))
    return Prediction(purchases, purchases * value)


def _naive(name: str, histories: pd.DataFrame, ahead: float) -> Prediction:
    """Return what the purchases of every past week promise for the weeks ahead."""
    past = pd.DataFrame(
        {
            "cohort": histories["cohort_month"].to_numpy(),
            "purchases": histories["repeat_purchase_count"].to_numpy(float),
            "value": histories["repeat_value_amount_base"].to_numpy(float),
            "weeks": histories["observed_weeks"].to_numpy(float),
            "customers": 1,
        }
    )
    sums = past.drop(columns="cohort")
    if name == COHORT_MEAN:
        everyone = sums.sum()
        sums = past.groupby("cohort", as_index=False).transform("sum")
        small = (sums["customers"] < LEAST_COHORT) | (sums["weeks"] <= 0)
        sums = sums.astype(float)
        sums.loc[small, list(everyone.index)] = everyone.to_numpy(float)
    weeks = sums["weeks"].to_numpy(float)
    each = np.divide(ahead, weeks, out=np.zeros(len(weeks)), where=weeks > 0)
    return Prediction(
        sums["purchases"].to_numpy(float) * each, sums["value"].to_numpy(float) * each
    )


def _scores(calibration: pd.DataFrame, fits: Fits | None) -> dict[str, dict]:
    """Return what each model scores on the weeks after the calibration window."""
    ahead = float(calibration["later_weeks"].iloc[0])
    actual = Prediction(
        calibration["later_purchase_count"].to_numpy(float),
        calibration["later_value_amount_base"].to_numpy(float),
    )
    found = {name: _naive(name, calibration, ahead) for name in NAIVE}
    if fits:
        found[MODEL] = _modelled(fits, calibration, ahead)
    scores = {name: _score(each, actual) for name, each in found.items()}
    if fits:
        low, high = simulated_values(
            fits.purchases,
            fits.values,
            *_arrays(calibration),
            _mean_values(calibration),
            ahead,
            INTERVAL,
        )
        inside = (low <= actual.values) & (actual.values <= high)
        scores[MODEL]["interval_coverage_share"] = float(inside.mean())
    return scores


def _score(expected: Prediction, actual: Prediction) -> dict:
    purchases = expected.purchases - actual.purchases
    values = expected.values - actual.values
    return {
        "hold_out_expected_purchases": float(expected.purchases.sum()),
        "purchases_mean_absolute_error": float(np.abs(purchases).mean()),
        "purchases_root_mean_square_error": float(np.sqrt((purchases**2).mean())),
        "purchases_bias_rate": _ratio(purchases.sum(), actual.purchases.sum()),
        "hold_out_expected_value_amount_base": float(expected.values.sum()),
        "value_mean_absolute_error": float(np.abs(values).mean()),
        "value_root_mean_square_error": float(np.sqrt((values**2).mean())),
        "value_bias_rate": _ratio(values.sum(), actual.values.sum()),
    }


def _ratio(numerator: float, denominator: float) -> float | None:
    return float(numerator / denominator) if denominator else None


def _choice(scores: dict[str, dict], failure: str | None) -> tuple[str, str]:
    """Return the model to serve, that of the least error of value, and why."""
    errors = {
        name: score["value_root_mean_square_error"] for name, score in scores.items()
    }
    best = min(NAIVE, key=lambda name: errors[name])
    if failure:
        return best, f"{best} is served: {failure}"
    won = errors[MODEL] < errors[best]
    served, other = (MODEL, best) if won else (best, MODEL)
    return served, (
        f"{served} is served: its root mean square error of value per customer on the "
        f"hold-out is {errors[served]:.2f}, that of {other} {errors[other]:.2f}"
    )


def _predictions(
    whole: pd.DataFrame,
    calibration: pd.DataFrame,
    fits: dict[str, Fits],
    served: str | None,
) -> pd.DataFrame:
    ahead = HORIZON_MONTHS * WEEKS_PER_MONTH
    frame = pd.DataFrame({"customer_key": whole["customer_key"]}).assign(
        model_name=served,
        horizon_months=HORIZON_MONTHS,
        alive_probability=np.nan,
        expected_purchases=np.nan,
        expected_value_amount_base=np.nan,
        low_value_amount_base=np.nan,
        high_value_amount_base=np.nan,
        discounted_value_amount_base=np.nan,
    )
    if served is None or not len(whole):
        return frame
    factors = (1 + YEARLY_DISCOUNT_RATE) ** (-np.arange(1, HORIZON_MONTHS + 1) / 12)
    if served == MODEL:
        fit = fits[WHOLE]
        histories = (*_arrays(whole), _mean_values(whole))
        months = np.diff(
            [
                _modelled(fit, whole, month * WEEKS_PER_MONTH).values
                for month in range(HORIZON_MONTHS + 1)
            ],
            axis=0,
        )
        expected = _modelled(fit, whole, ahead)
        low, high = simulated_values(
            fit.purchases, fit.values, *histories, ahead, INTERVAL
        )
        discounted = factors @ months
        frame["alive_probability"] = probability_alive(fit.purchases, *histories[:3])
    else:
        expected = _naive(served, whole, ahead)
        later = calibration["later_value_amount_base"].to_numpy(float)
        per_week = later / float(calibration["later_weeks"].iloc[0])
        low, high = np.quantile(per_week, INTERVAL) * ahead
        discounted = expected.values * factors.mean()
    return frame.assign(
        expected_purchases=expected.purchases,
        expected_value_amount_base=expected.values.round(2),
        low_value_amount_base=np.round(low, 2),
        high_value_amount_base=np.round(high, 2),
        discounted_value_amount_base=discounted.round(2),
    )


def _models(
    histories: pd.DataFrame,
    fits: dict[str, Fits],
    scores: dict[str, dict],
    served: str | None,
    reason: str | None,
) -> pd.DataFrame:
    """Return a row per model and history; scores are those of the calibration."""
    rows = [
        {
            "model_name": name,
            "history_type": history_type,
            "is_served": name == served,
            "reason": reason,
            **_extent(_of(histories, history_type), history_type),
            **(scores.get(name, {}) if history_type == CALIBRATION else {}),
            **(_parameters(fits[history_type]) if name == MODEL and fits else {}),
        }
        for name, history_type in (
            (MODEL, CALIBRATION),
            (MODEL, WHOLE),
            *((name, CALIBRATION) for name in NAIVE),
        )
    ]
    return pd.DataFrame(rows).reindex(columns=MODEL_COLUMNS)


def _extent(histories: pd.DataFrame, history_type: str) -> dict:
    x = histories["repeat_purchase_count"]
    repeats = histories[x > 0]
    is_held_out = history_type == CALIBRATION and len(histories) > 0
    return {
        "customer_count": len(histories),
        "repeat_customer_count": len(repeats),
        "first_purchase_date": histories["first_purchase_date"].min(),
        "observed_until_date": histories["observed_until_date"].max(),
        "hold_out_weeks": histories["later_weeks"].max() if is_held_out else None,
        "hold_out_purchase_count": (
            int(histories["later_purchase_count"].sum()) if is_held_out else None
        ),
        "hold_out_value_amount_base": (
            float(histories["later_value_amount_base"].sum()) if is_held_out else None
        ),
        "value_frequency_correlation": _correlation(repeats),
    }


def _correlation(repeats: pd.DataFrame) -> float | None:
    """Return how far value depends on frequency; Gamma–Gamma takes it for 0."""
    x = repeats["repeat_purchase_count"].to_numpy(float)
    values = np.nan_to_num(_mean_values(repeats))
    if len(repeats) < 2 or not x.std() or not values.std():
        return None
    return float(np.corrcoef(x, values)[0, 1])


def _parameters(fits: Fits) -> dict:
    purchases, values = asdict(fits.purchases), asdict(fits.values)
    return {
        "purchases_log_likelihood": purchases.pop("log_likelihood"),
        "values_log_likelihood": values.pop("log_likelihood"),
        **{f"purchases_{name}": value for name, value in purchases.items()},
        **{f"values_{name}": value for name, value in values.items()},
    }


MODEL_COLUMNS = (
    "model_name",
    "history_type",
    "is_served",
    "reason",
    "customer_count",
    "repeat_customer_count",
    "first_purchase_date",
    "observed_until_date",
    "purchases_r",
    "purchases_alpha",
    "purchases_a",
    "purchases_b",
    "purchases_log_likelihood",
    "values_p",
    "values_q",
    "values_gamma",
    "values_log_likelihood",
    "value_frequency_correlation",
    "hold_out_weeks",
    "hold_out_purchase_count",
    "hold_out_expected_purchases",
    "purchases_mean_absolute_error",
    "purchases_root_mean_square_error",
    "purchases_bias_rate",
    "hold_out_value_amount_base",
    "hold_out_expected_value_amount_base",
    "value_mean_absolute_error",
    "value_root_mean_square_error",
    "value_bias_rate",
    "interval_coverage_share",
)
