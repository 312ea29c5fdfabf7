"""Customers' value: the published fits, the closed forms, and what is served when."""

import gzip
import json
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest
from scipy.special import hyp2f1

from ingestion.settings import PROJECT_ROOT
from orchestration.predictions import Context
from orchestration.predictions.customer_value import predict
from orchestration.predictions.purchase_models import (
    NoFitError,
    PurchaseFit,
    ValueFit,
    expected_purchases,
    expected_value,
    fit_purchases,
    fit_values,
    history_logs,
    probability_alive,
    simulated_values,
)

CDNOW = PROJECT_ROOT.parent / "shared" / "real" / "cdnow_sample"
PUBLISHED = PurchaseFit(0.243, 4.414, 0.793, 2.426, -9582.4)
PUBLISHED_VALUES = ValueFit(6.25, 3.74, 15.44, 0.0)
CONTEXT = Context(datetime(2026, 1, 1, 22, tzinfo=UTC), "Europe/Berlin", "EUR")


def histories(purchases: pd.DataFrame, last: date, cut: date) -> pd.DataFrame:
    """Return the histories of (customer, day, value), day by day summed before.

    Both kinds, as the intermediate model has them.
    """
    found = []
    for history_type, until in (("whole", last), ("calibration", cut)):
        for customer, rows in purchases.groupby("customer"):
            seen = rows[rows["day"] <= until].sort_values("day")
            if seen.empty:
                continue
            later = rows[rows["day"] > until]
            first, recent = seen["day"].iloc[0], seen["day"].iloc[-1]
            repeats = seen["value"].iloc[1:]
            found.append(
                {
                    "history_type": history_type,
                    "customer_key": customer,
                    "cohort_month": first.replace(day=1),
                    "repeat_purchase_count": len(repeats),
                    "recency_weeks": (recent - first).days / 7,
                    "observed_weeks": (until - first).days / 7,
                    "mean_repeat_value": repeats.mean(),
                    "repeat_value_amount_base": repeats.sum(),
                    "first_purchase_date": first,
                    "observed_until_date": until,
                    "later_weeks": (last - until).days / 7,
                    "later_purchase_count": len(later),
                    "later_value_amount_base": later["value"].sum(),
                }
            )
    return pd.DataFrame(found)


def arrays(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return x, t_x and T."""
    return (
        frame["repeat_purchase_count"].to_numpy(),
        frame["recency_weeks"].to_numpy(),
        frame["observed_weeks"].to_numpy(),
    )


@pytest.fixture(scope="module")
def cdnow() -> pd.DataFrame:
    """Return the histories of CDNOW's sample."""
    if not CDNOW.is_dir():
        pytest.skip("real data (../shared/real) is no part of the repository")
    rows = [
        (event["userId"], event["timestamp"][:10], event["properties"]["subtotal"])
        for path in sorted((CDNOW / "events").glob("*.jsonl.gz"))
        for event in map(json.loads, gzip.decompress(path.read_bytes()).splitlines())
    ]
    frame = pd.DataFrame(rows, columns=["customer", "day", "value"])
    frame["day"] = pd.to_datetime(frame["day"]).dt.date
    frame = frame.groupby(["customer", "day"], as_index=False)["value"].sum()
    return histories(frame, date(1998, 6, 30), date(1997, 9, 30))


def test_a_shop_of_1997_has_the_published_parameters(cdnow: pd.DataFrame) -> None:
    """A fit that does not reproduce the literature is another model."""
    truth = json.loads((CDNOW / "truth.json").read_text("utf-8"))["published"]
    calibration = cdnow[cdnow["history_type"] == "calibration"]
    assert len(calibration) == 2357
    fit = fit_purchases(*arrays(calibration))
    for name in ("r", "alpha", "a", "b"):
        assert getattr(fit, name) == pytest.approx(truth["bg_nbd"][name], rel=0.005)
    assert fit.log_likelihood == pytest.approx(
        truth["bg_nbd"]["log_likelihood"], abs=0.05
    )
    values = fit_values(
        calibration["repeat_purchase_count"].to_numpy(),
        calibration["mean_repeat_value"].fillna(0).to_numpy(),
    )
    for name in ("p", "q", "gamma"):
        published = truth["gamma_gamma"][name]
        assert getattr(values, name) == pytest.approx(published, rel=0.005)


def test_a_shop_of_1997_is_served_the_model_and_told_why(cdnow: pd.DataFrame) -> None:
    """The ledger holds the calibration's parameters beside what each model scored."""
    context = Context(datetime(1998, 6, 30, 12, tzinfo=UTC), "UTC", "USD")
    frames = predict({"int_purchase_histories": cdnow}, context)
    models = frames["customer_value_models"].set_index(["model_name", "history_type"])
    assert list(models["is_served"]) == [True, True, False, False]
    fitted = models.loc[("bg_nbd_gamma_gamma", "calibration")]
    assert fitted["purchases_r"] == pytest.approx(0.243, rel=0.005)
    assert fitted["hold_out_weeks"] == 39
    assert abs(fitted["purchases_bias_rate"]) < 0.15
    assert fitted["interval_coverage_share"] > 0.75
    predictions = frames["customer_value_predictions"]
    assert len(predictions) == 2357
    assert predictions["alive_probability"].between(0, 1).all()
    assert (
        predictions["low_value_amount_base"] <= predictions["high_value_amount_base"]
    ).all()
    assert (
        predictions["discounted_value_amount_base"]
        <= predictions["expected_value_amount_base"]
    ).all()


def test_published_examples_come_out() -> None:
    """The authors' notes: 1.226 purchases in 39 weeks, 24.66 per purchase."""
    x, t_x, weeks = np.array([2]), np.array([30.43]), np.array([38.86])
    expected = expected_purchases(PUBLISHED, x, t_x, weeks, 39)
    assert expected[0] == pytest.approx(1.226, abs=0.001)
    value = expected_value(PUBLISHED_VALUES, x, np.array([22.35]))
    assert value[0] == pytest.approx(24.66, abs=0.01)


def test_a_likelihood_by_hand_is_reproduced() -> None:
    """With r = alpha = a = b = 1, one purchase at once, seen for a week: 1/8 + 1/2.

    Gamma terms 1; survived: B(1, 2) / (1 + 1)^2; left: B(2, 1) / (1 + 0)^2.
    """
    found = history_logs(
        np.ones(4), np.array([1.0, 0.0]), np.array([0.0, 0.0]), np.array([1.0, 1.0])
    )
    assert np.exp(found) == pytest.approx([1 / 8 + 1 / 2, 1 / 2])
    fit = PurchaseFit(1, 1, 1, 1, 0)
    alive = probability_alive(
        fit, np.array([1, 0]), np.array([0.0, 0.0]), np.array([1.0, 1.0])
    )
    assert alive == pytest.approx([(1 / 8) / (5 / 8), 1.0])


@pytest.mark.parametrize("a", [0.3, 0.793, 2.5], ids=["below 1", "CDNOW", "above 1"])
def test_the_integral_is_the_closed_form(a: float) -> None:
    """The closed form has the Gaussian hypergeometric function and a pole at a = 1."""
    fit = PurchaseFit(0.243, 4.414, a, 2.426, 0)
    x = np.array([0.0, 1, 2, 7, 29])
    t_x, weeks = np.array([0.0, 3, 20, 30, 38]), np.array([10.0, 39, 38, 31, 39])
    r, alpha, b, ahead = fit.r, fit.alpha, fit.b, 52.0
    gone = (alpha + weeks) / (alpha + weeks + ahead)
    series = hyp2f1(r + x, b + x, a + b + x - 1, ahead / (alpha + weeks + ahead))
    closed = (a + b + x - 1) / (a - 1) * (1 - gone ** (r + x) * series)
    closed *= probability_alive(fit, x, t_x, weeks)
    found = expected_purchases(fit, x, t_x, weeks, ahead)
    assert found == pytest.approx(closed, rel=1e-9)


def test_a_pole_of_the_closed_form_is_none_of_ours() -> None:
    """At a = 1 the closed form is 0 / 0; customers of hundreds of orders overflow it."""
    x, t_x = np.array([0.0, 3, 500]), np.array([0.0, 20, 100])
    weeks = np.array([10.0, 39, 104])
    fits = [PurchaseFit(0.243, 4.414, a, 2.426, 0) for a in (0.999999, 1.0, 1.000001)]
    below, at, above = (expected_purchases(fit, x, t_x, weeks, 52) for fit in fits)
    assert at == pytest.approx((below + above) / 2, rel=1e-6)
    assert np.isfinite(at).all()


def test_known_parameters_are_found_again() -> None:
    """4,000 histories drawn from the model by its own story, not by our code."""
    random = np.random.default_rng(11)
    rows = []
    for _ in range(4000):
        rate, dropout = random.gamma(0.5, 1 / 5), random.beta(1.0, 3.0)
        weeks = random.uniform(30, 60)
        times, now = [], random.exponential(1 / rate)
        while now < weeks:
            times.append(now)
            if random.random() < dropout:
                break
            now += random.exponential(1 / rate)
        rows.append((len(times), times[-1] if times else 0.0, weeks))
    x, t_x, weeks = np.array(rows).T
    fit = fit_purchases(x, t_x, weeks)
    assert fit.r == pytest.approx(0.5, rel=0.15)
    assert fit.alpha == pytest.approx(5, rel=0.2)
    assert fit.a / (fit.a + fit.b) == pytest.approx(0.25, rel=0.15)
    count = random.integers(1, 6, 3000)
    rates = random.gamma(4, 1 / 15, 3000)
    means = random.gamma(6 * count, 1) / rates / count
    values = fit_values(count, means)
    assert values.p == pytest.approx(6, rel=0.15)
    assert values.q == pytest.approx(4, rel=0.15)
    assert values.gamma == pytest.approx(15, rel=0.25)


def test_a_fit_of_values_does_not_depend_on_the_currency() -> None:
    """The same shop in rials has the same shapes and a million times the scale."""
    random = np.random.default_rng(5)
    count = random.integers(1, 6, 500)
    means = random.gamma(6 * count, 1) / random.gamma(4, 1 / 15, 500) / count
    euros, rials = fit_values(count, means), fit_values(count, means * 1e6)
    assert rials.p == pytest.approx(euros.p, rel=1e-4)
    assert rials.q == pytest.approx(euros.q, rel=1e-4)
    assert rials.gamma == pytest.approx(euros.gamma * 1e6, rel=1e-4)


def test_the_interval_is_that_of_the_expectation() -> None:
    """A frequent customer: the draws' quantiles frame the mean."""
    x, t_x, weeks = (np.full(3, each) for each in (8.0, 50.0, 52.0))
    mean_value = np.full(3, 30.0)
    low, high = simulated_values(
        PUBLISHED, PUBLISHED_VALUES, x, t_x, weeks, mean_value, 52, (0.1, 0.9)
    )
    expected = expected_purchases(PUBLISHED, x, t_x, weeks, 52) * expected_value(
        PUBLISHED_VALUES, x, mean_value
    )
    assert (low < expected).all()
    assert (expected < high).all()


def test_values_without_a_mean_are_no_fit() -> None:
    """Too few valued customers would give parameters that are one customer's."""
    with pytest.raises(NoFitError, match="2 customers with a valued"):
        fit_values(np.array([1, 2, 0]), np.array([3.0, 4.0, 0.0]))


def test_little_history_is_said_and_nothing_is_guessed() -> None:
    """Three customers have a mean as well; it says nothing about the fourth."""
    rows = [(name, date(2025, 1, day), 10.0) for name in "abc" for day in (1, 20)]
    frame = pd.DataFrame(rows, columns=["customer", "day", "value"])
    frame = histories(frame, date(2026, 1, 1), date(2025, 7, 1))
    found = predict({"int_purchase_histories": frame}, CONTEXT)
    predictions, models = (
        found["customer_value_predictions"],
        found["customer_value_models"],
    )
    assert len(predictions) == 3
    assert predictions["expected_value_amount_base"].isna().all()
    assert not models["is_served"].any()
    assert set(models["reason"]) == {
        "not enough history before the hold-out: 3 customers where 100 are needed"
    }
    assert set(models["predicted_date"]) == {date(2026, 1, 1)}


def test_a_shop_without_orders_has_no_predictions() -> None:
    """A run before the first order must not fail."""
    columns = histories(
        pd.DataFrame(
            [("a", date(2025, 1, 1), 1.0)], columns=["customer", "day", "value"]
        ),
        date(2025, 2, 1),
        date(2025, 1, 15),
    )
    found = predict({"int_purchase_histories": columns.iloc[:0]}, CONTEXT)
    assert found["customer_value_predictions"].empty
    assert not found["customer_value_models"]["is_served"].any()


def test_where_the_model_loses_the_baseline_is_served() -> None:
    """Customers on a fixed rhythm: each one's own rate is exact, the model shrinks it."""
    rows = [
        (f"c{number:03}", date.fromordinal(date(2024, 1, 1).toordinal() + step), 10.0)
        for number in range(120)
        for step in range(0, 731, 7 * (1 + number % 4))
    ]
    frame = pd.DataFrame(rows, columns=["customer", "day", "value"])
    frame = histories(frame, date(2026, 1, 1), date(2025, 1, 1))
    found = predict({"int_purchase_histories": frame}, CONTEXT)
    models = found["customer_value_models"]
    assert set(models.loc[models["is_served"], "model_name"]) == {"own_rate"}
    assert models["reason"].str.startswith("own_rate is served: ").all()
    predictions = found["customer_value_predictions"]
    assert set(predictions["model_name"]) == {"own_rate"}
    assert predictions["alive_probability"].isna().all()
    weekly = predictions.iloc[0]
    # 104 repeat purchases in 731 days, for a year of 365.25 days.
    assert weekly["expected_purchases"] == pytest.approx(104 / 731 * 365.25)
    assert weekly["expected_value_amount_base"] == pytest.approx(519.64)
