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
            "sales_value_base": amount,
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
    assert found["p50_value_base"].isna().all()
    assert next(iter(found["target_month"])) == pd.Timestamp("2026-01-01")


def test_below_a_year_the_last_month_is_the_forecast() -> None:
    """Six steps of 1 and 3: eight in ten of seven are within 3, and 2/6 for the unseen."""
    found = predict({("total", "all"): [10, 11, 14, 15, 18, 19, 22]})["sales_forecasts"]
    assert set(found["method_type"]) == {"naive"}
    assert set(found["p50_value_base"]) == {Decimal("22.00")}
    assert list(found["p90_value_base"])[:2] == [Decimal("26.00"), Decimal("27.66")]


def test_below_two_years_the_year_before_is_the_forecast() -> None:
    """Six months above their year before, once by 10: the band is 4, and 2/6 of it."""
    year = [float(number) for number in range(100, 112)]
    later = [*(month + 4 for month in year[:5]), year[5] + 10]
    found = predict({("total", "all"): [*year, *later]})
    forecasts = found["sales_forecasts"]
    assert set(forecasts["method_type"]) == {"seasonal_naive"}
    assert [float(value) for value in forecasts["p50_value_base"]] == year[6:]
    width = forecasts["p90_value_base"] - forecasts["p50_value_base"]
    # The sixth of six errors: (6 + 1) * 0.8 is above five.
    assert set(width) == {Decimal("13.33")}
    assert set(found["sales_forecast_backtests"]["method_type"]) == {"seasonal_naive"}


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ([-5.0], 15.0),
        ([1.0, -2.0, 3.0, 4.0], 6.0),
        ([*range(1, 10)], 8 * (1 + 2 / 9)),
        ([*range(1, 25)], 20 * (1 + 2 / 24)),
    ],
    ids=["one", "four", "nine", "two years"],
)
def test_the_band_reaches_as_far_as_eight_in_ten_errors(
    errors: list[float], expected: float
) -> None:
    """An eighth of nine errors, the twentieth of 24: the one to come counts as well."""
    found = sales_forecast.reach(np.array(errors))
    assert found == pytest.approx(expected)


def test_the_band_covers_what_it_promises() -> None:
    """Bands from a normal curve held 4 of 10 months of a company that grows by leaps."""
    random = np.random.default_rng(11)
    scopes = {
        ("total", "all"): list(random.lognormal(5, 1, 23)),
        **{
            ("region", str(number)): list(random.lognormal(4, 1, 23))
            for number in range(20)
        },
    }
    tested = predict(scopes)["sales_forecast_backtests"]
    covered = (tested["p10_value_base"] <= tested["actual_value_base"]) & (
        tested["actual_value_base"] <= tested["p90_value_base"]
    )
    assert 0.78 <= covered.mean() <= 0.92


def test_won_deals_are_never_fewer_than_none() -> None:
    """A P10 of minus three deals is no forecast."""
    sales = history({("total", "all"): [0.0, 9, 0, 1, 7, 0, 3, 0, 0, 8, 0, 2, 0, 1, 5]})
    sales["measure_type"] = "won_deals"
    found = sales_forecast.predict({"int_sales_by_month_scope": sales}, CONTEXT)
    assert (found["sales_forecasts"]["p10_value_base"] >= 0).all()
    assert (found["sales_forecast_backtests"]["p10_value_base"] >= 0).all()


def test_the_model_is_served_where_it_beats_the_year_before() -> None:
    """Growth that the year before cannot know is what the model is for."""
    found = predict({("total", "all"): seasons(48, 1000, 0.02, 10)})
    forecasts = found["sales_forecasts"]
    assert set(forecasts["method_type"]) == {"ets"}
    truth = np.array(seasons(54, 1000, 0.02, 0))[48:]
    year_before = np.array(seasons(48, 1000, 0.02, 10))[36:42]
    said = forecasts["p50_value_base"].astype(float).to_numpy()
    assert np.abs(said - truth).sum() < np.abs(year_before - truth).sum() / 2


def test_the_year_before_is_served_where_the_model_loses() -> None:
    """A year repeated exactly: seasonal naive has no error that could be beaten."""
    year = [30.0, 10, 80, 20, 60, 90, 40, 70, 15, 55, 25, 95]
    forecasts = predict({("total", "all"): year * 4})["sales_forecasts"]
    assert set(forecasts["method_type"]) == {"seasonal_naive"}
    assert list(forecasts["p50_value_base"]) == [Decimal(str(one)) for one in year[:6]]


def test_parts_add_up_to_the_total() -> None:
    """Three regions, forecast apart, would promise more or less than the company."""
    regions = {
        ("region", name): seasons(18, level, growth, 3)
        for name, level, growth in [("A", 100, 0.01), ("B", 300, 0.0), ("C", 50, 0.05)]
    }
    total = [sum(months) + 7 for months in zip(*regions.values(), strict=True)]
    forecasts = predict({("total", "all"): total, **regions})["sales_forecasts"]
    sums = forecasts.groupby(["target_month", "scope_type"])["p50_value_base"].sum()
    for month in forecasts["target_month"].unique():
        assert sums[month, "region"] == sums[month, "total"]
    in_order = forecasts["p10_value_base"] <= forecasts["p50_value_base"]
    assert in_order.all()


def test_a_scope_without_sales_is_forecast_to_sell_nothing() -> None:
    """Nothing divided by nothing would stop the run."""
    scopes = {("total", "all"): [0.0] * 30, ("country", "Iran"): [0.0] * 30}
    forecasts = predict(scopes)["sales_forecasts"]
    assert set(forecasts["p50_value_base"]) == {Decimal("0.00")}


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
    said = rows["p50_value_base"].astype(float).to_numpy()
    actual = rows["actual_value_base"].astype(float).to_numpy()
    assert [f"{month:%Y-%m}" for month in rows["target_month"]] == expected["months"]
    assert said == pytest.approx(expected["forecast"], abs=0.01)
    assert actual == pytest.approx(expected["actual"], abs=0.01)
    errors, scale = said - actual, float(rows["naive_error"].iloc[0])
    assert scale == pytest.approx(expected["mase_scale"], abs=0.01)
    # The table holds cents; the truth sums tenths of a penny.
    assert np.abs(errors).sum() / actual.sum() == pytest.approx(
        expected["wape"], abs=1e-8
    )
    assert errors.sum() / actual.sum() == pytest.approx(expected["bias"], abs=1e-8)
    assert np.abs(errors).mean() / scale == pytest.approx(expected["mase"], abs=1e-6)
