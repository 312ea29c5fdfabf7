"""Forecasts of sales: which method is served, what it says, and that parts add up."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from ingestion.settings import PROJECT_ROOT
from orchestration.predictions import Context, sales_forecast

CONTEXT = Context(datetime(2026, 1, 9, 12, tzinfo=UTC), "Europe/Berlin", "EUR")
TRUTH = PROJECT_ROOT.parent / "shared/real/online_retail/truth.json"


def history(scopes: dict[tuple[str, str], list[float]]) -> pd.DataFrame:
    """Return the months of some scopes, the last one December 2025."""
    rows = [
        {
            "measure_type": "net_sales",
            "scope_type": scope_type,
            "scope_name": name,
            "sales_month": month,
            "sales_amount_base": amount,
        }
        for (scope_type, name), amounts in scopes.items()
        for month, amount in zip(
            pd.date_range(end="2025-12-01", periods=len(amounts), freq="MS"),
            amounts,
            strict=True,
        )
    ]
    return pd.DataFrame(rows)


def predict(scopes: dict[tuple[str, str], list[float]]) -> dict[str, pd.DataFrame]:
    """Return the forecasts of 9 January 2026."""
    return sales_forecast.predict(
        {"int_sales_by_month_scope": history(scopes)}, CONTEXT
    )


def seasons(months: int, level: float, growth: float, noise: float) -> list[float]:
    """Return sales with a trend and a yearly wave."""
    number = np.arange(months)
    wave = 0.4 * level * np.sin(2 * np.pi * number / 12)
    random = np.random.default_rng(7).normal(0, noise, months)
    return list(level * (1 + growth * number) + wave + random)


def test_a_short_history_says_so_instead_of_guessing() -> None:
    """A number from four months would look like any other."""
    found = predict({("total", "all"): [1.0, 2.0, 3.0, 4.0]})["sales_forecasts"]
    assert len(found) == 6
    assert set(found["method_type"]) == {"not_enough_history"}
    assert found["p50_amount_base"].isna().all()
    assert next(iter(found["target_month"])) == pd.Timestamp("2026-01-01")


def test_below_a_year_the_last_month_is_the_forecast() -> None:
    """Steps of 1 and 3: their root mean square is the square root of 5, doubled."""
    found = predict({("total", "all"): [10, 11, 14, 15, 18, 19, 22]})["sales_forecasts"]
    assert set(found["method_type"]) == {"naive"}
    assert set(found["p50_amount_base"]) == {Decimal("22.00")}
    first = found.iloc[0]
    assert float(first["p90_amount_base"]) == pytest.approx(
        22 + 2 * 1.28155 * 5**0.5, abs=0.01
    )


def test_below_two_years_the_year_before_is_the_forecast() -> None:
    """Every month 4 above its year before: the band is that error, twice as wide."""
    year = [float(number) for number in range(100, 112)]
    found = predict({("total", "all"): [*year, *(month + 4 for month in year[:6])]})
    forecasts = found["sales_forecasts"]
    assert set(forecasts["method_type"]) == {"seasonal_naive"}
    assert [float(amount) for amount in forecasts["p50_amount_base"]] == year[6:]
    width = forecasts["p90_amount_base"] - forecasts["p50_amount_base"]
    assert float(width.iloc[0]) == pytest.approx(2 * 4 * 1.28155, abs=0.01)
    assert set(found["sales_forecast_backtests"]["method_type"]) == {"seasonal_naive"}


def test_the_model_is_served_where_it_beats_the_year_before() -> None:
    """Growth that the year before cannot know is what the model is for."""
    found = predict({("total", "all"): seasons(48, 1000, 0.02, 10)})
    forecasts = found["sales_forecasts"]
    assert set(forecasts["method_type"]) == {"ets"}
    truth = np.array(seasons(54, 1000, 0.02, 0))[48:]
    year_before = np.array(seasons(48, 1000, 0.02, 10))[36:42]
    said = forecasts["p50_amount_base"].astype(float).to_numpy()
    assert np.abs(said - truth).sum() < np.abs(year_before - truth).sum() / 2


def test_the_year_before_is_served_where_the_model_loses() -> None:
    """A year repeated exactly: seasonal naive has no error that could be beaten."""
    year = [30.0, 10, 80, 20, 60, 90, 40, 70, 15, 55, 25, 95]
    forecasts = predict({("total", "all"): year * 4})["sales_forecasts"]
    assert set(forecasts["method_type"]) == {"seasonal_naive"}
    assert list(forecasts["p50_amount_base"]) == [Decimal(str(one)) for one in year[:6]]


def test_parts_add_up_to_the_total() -> None:
    """Three regions, forecast apart, would promise more or less than the company."""
    regions = {
        ("region", name): seasons(18, level, growth, 3)
        for name, level, growth in [("A", 100, 0.01), ("B", 300, 0.0), ("C", 50, 0.05)]
    }
    total = [sum(months) + 7 for months in zip(*regions.values(), strict=True)]
    forecasts = predict({("total", "all"): total, **regions})["sales_forecasts"]
    sums = forecasts.groupby(["target_month", "scope_type"])["p50_amount_base"].sum()
    for month in forecasts["target_month"].unique():
        assert sums[month, "region"] == sums[month, "total"]
    in_order = forecasts["p10_amount_base"] <= forecasts["p50_amount_base"]
    assert in_order.all()


def test_a_scope_without_sales_is_forecast_to_sell_nothing() -> None:
    """Nothing divided by nothing would stop the run."""
    scopes = {("total", "all"): [0.0] * 30, ("country", "Iran"): [0.0] * 30}
    forecasts = predict(scopes)["sales_forecasts"]
    assert set(forecasts["p50_amount_base"]) == {Decimal("0.00")}


def test_no_history_gives_no_rows() -> None:
    """A company without a shop would fail here."""
    empty = history({("total", "all"): [1.0]}).iloc[:0]
    found = sales_forecast.predict({"int_sales_by_month_scope": empty}, CONTEXT)
    assert [len(found[name]) for name in sorted(found)] == [0, 0]


@pytest.mark.skipif(
    not TRUTH.is_file(),
    reason="real data (../shared/real) is not part of the repository and is absent here",
)
def test_the_baseline_is_that_of_a_real_shop() -> None:
    """Seasonal naive at the end of May 2011, as others computed it."""
    tables = json.loads(TRUTH.read_text("utf-8"))["tables"]
    months = [month for month in tables["by_month"] if month["complete"]]
    sales = history({("total", "all"): [month["net_sales"] for month in months]})
    sales["sales_month"] = [pd.Timestamp(f"{month['month']}-01") for month in months]
    context = Context(datetime(2011, 12, 9, tzinfo=UTC), "Europe/London", "GBP")
    found = sales_forecast.predict({"int_sales_by_month_scope": sales}, context)
    tested = found["sales_forecast_backtests"]
    rows = tested[tested["origin_month"] == "2011-05-01"].sort_values("target_month")
    (expected,) = tables["seasonal_naive_baseline"]
    said = rows["p50_amount_base"].astype(float).to_numpy()
    actual = rows["actual_amount_base"].astype(float).to_numpy()
    assert [f"{month:%Y-%m}" for month in rows["target_month"]] == expected["months"]
    assert said == pytest.approx(expected["forecast"], abs=0.01)
    assert actual == pytest.approx(expected["actual"], abs=0.01)
    errors, scale = said - actual, float(rows["naive_error_amount_base"].iloc[0])
    assert scale == pytest.approx(expected["mase_scale"], abs=0.01)
    # The table holds cents; the truth sums tenths of a penny.
    assert np.abs(errors).sum() / actual.sum() == pytest.approx(
        expected["wape"], abs=1e-8
    )
    assert errors.sum() / actual.sum() == pytest.approx(expected["bias"], abs=1e-8)
    assert np.abs(errors).mean() / scale == pytest.approx(expected["mase"], abs=1e-6)
