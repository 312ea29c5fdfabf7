"""Removal effects against examples that a page can hold."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from orchestration.predictions import Context
from orchestration.predictions.channel_attribution import TABLE, predict

CONTEXT = Context(datetime(2026, 11, 18, tzinfo=UTC), "UTC", "EUR")


def removal_effects(paths: dict[str, tuple[int, int]]) -> dict[str, float]:
    """Return the effect of each channel, from paths with how many came and ordered."""
    frame = pd.DataFrame(
        [(path, every, ordered) for path, (every, ordered) in paths.items()],
        columns=["channel_path", "path_count", "order_count"],
    )
    found = predict({"int_channel_paths": frame}, CONTEXT)[TABLE]
    return dict(
        zip(found["channel_group_name"], found["removal_effect_share"], strict=True)
    )


def test_the_textbook_example_of_three_paths() -> None:
    """C1 > C2 > C3 ordered, C1 and C2 > C3 did not: the example of the field's tools.

    start: C1 2/3, C2 1/3. C1: C2 1/2, none 1/2. C2: C3 1. C3: order 1/2, none 1/2.
    Orders: (2/3 × 1/2 + 1/3) × 1/2 = 1/3. Without C1: 1/3 × 1/2 = 1/6, half is lost;
    without C2 or C3 everything.
    """
    effects = removal_effects({"c1 > c2 > c3": (1, 1), "c1": (1, 0), "c2 > c3": (1, 0)})
    assert effects == pytest.approx({"c1": 0.5, "c2": 1, "c3": 1})


def test_a_visit_repeated_by_the_same_channel_is_no_dead_end() -> None:
    """A loop from a channel to itself would divide by the wrong sum."""
    effects = removal_effects({"c1 > c1 > c2": (2, 1), "c2": (2, 1)})
    # start: half c1, half c2; c1 loops and always reaches c2; half of c2 orders.
    assert effects == pytest.approx({"c1": 0.5, "c2": 1})


def test_without_any_order_nothing_is_lost() -> None:
    """A division by no orders would fill the table with NaN."""
    assert removal_effects({"c1": (3, 0), "c1 > c2": (1, 0)}) == {"c1": 0, "c2": 0}


def test_without_any_path_there_is_no_channel() -> None:
    """A shop that has not opened would end in a red run."""
    assert removal_effects({}) == {}
