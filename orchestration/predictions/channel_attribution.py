"""Removal effects of channels in the Markov chain of visits (K64).

Anderl, Becker, von Wangenheim and Schumann, "Mapping the customer journey" (2016): the
states of a chain of first order are the channels, a start, an order and its absence.
A channel's removal effect is the share of orders that would be lost if every visit by
it ended the journey.
"""

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from orchestration.predictions import Context

if TYPE_CHECKING:
    import pandas as pd

TABLE = "channel_removal_effects"
SEPARATOR = " > "
_START, _ORDER, _NONE = "(start)", "(order)", "(none)"
_ABSORBING = (_ORDER, _NONE)


def predict(
    inputs: "dict[str, pd.DataFrame]", context: Context
) -> "dict[str, pd.DataFrame]":
    """Return the removal effect of each channel on the paths.

    Args:
        inputs: `int_channel_paths` with channel_path, path_count and order_count.
        context: not used; the paths end where the run's now is.

    Returns:
        `channel_removal_effects`: channel_group_name, removal_effect_share (0 to 1),
        order_count and path_count of all paths, on every row.
    """
    import pandas as pd

    paths = inputs["int_channel_paths"]
    moves: Counter[tuple[str, str]] = Counter()
    for path, every, ordered in zip(
        paths["channel_path"], paths["path_count"], paths["order_count"], strict=True
    ):
        steps = [_START, *path.split(SEPARATOR)]
        for before, after in pairwise(steps):
            moves[before, after] += int(every)
        moves[steps[-1], _ORDER] += int(ordered)
        moves[steps[-1], _NONE] += int(every) - int(ordered)
    channels = sorted({before for before, _ in moves} - {_START})
    whole = order_probability(moves)
    return {
        TABLE: pd.DataFrame(
            {
                "channel_group_name": channels,
                "removal_effect_share": [
                    1 - order_probability(moves, without=channel) / whole
                    if whole > 0
                    else 0.0
                    for channel in channels
                ],
                "order_count": int(paths["order_count"].sum()),
                "path_count": int(paths["path_count"].sum()),
            }
        )
    }


def order_probability(
    moves: "Counter[tuple[str, str]]", without: str | None = None
) -> float:
    """Return the chance that a journey ends in an order.

    Args:
        moves: how often one state followed another.
        without: a channel whose every visit ends the journey.
    """
    states = sorted({before for before, _ in moves} - {without})
    if _START not in states:
        return 0.0
    place = {state: number for number, state in enumerate(states)}
    onward = np.eye(len(states))
    absorbed = np.zeros(len(states))
    leaving: Counter[str] = Counter()
    for (before, _), count in moves.items():
        leaving[before] += count
    for (before, after), count in moves.items():
        if before not in place:
            continue
        share = count / leaving[before]
        if after == _ORDER:
            absorbed[place[before]] += share
        elif after in place:
            onward[place[before], place[after]] -= share
    return float(np.linalg.solve(onward, absorbed)[place[_START]])
