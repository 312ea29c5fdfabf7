"""Drawing by weight."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def draw(rng: random.Random, weighted: Sequence[tuple[T, float]]) -> T:
    """Return one value of (value, weight) pairs."""
    values = [value for value, _ in weighted]
    return rng.choices(values, [weight for _, weight in weighted])[0]
