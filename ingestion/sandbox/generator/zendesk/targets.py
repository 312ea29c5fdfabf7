"""The SLA policies of the help desk: what is promised to whom, by priority."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """One promise.

    Attributes:
        metric: the timer of a ticket that it is about.
        policy_metric: what the policy calls it; the first reply is a metric of its own.
        minutes: by priority.
        is_business: whether only working minutes count.
    """

    metric: str
    policy_metric: str
    minutes: dict[str, int]
    is_business: bool


@dataclass(frozen=True)
class Policy:
    """A policy; tickets keep the title that it had."""

    policy_id: int
    title: str
    title_now: str
    targets: tuple[Target, ...]

    def target(self, metric: str, *, is_first: bool) -> Target | None:
        """Return the promise about a timer's first or later run."""
        if metric == "reply_time":
            wanted = "first_reply_time" if is_first else "next_reply_time"
            found = [each for each in self.targets if each.policy_metric == wanted]
        else:
            found = [each for each in self.targets if each.metric == metric]
        return found[0] if found else None


def _by_priority(urgent: int, high: int, normal: int, low: int) -> dict[str, int]:
    return {"urgent": urgent, "high": high, "normal": normal, "low": low}


GOLD = Policy(
    25,
    "Gold",
    "Gold (contract customers)",
    (
        Target("reply_time", "first_reply_time", _by_priority(30, 60, 240, 480), True),
        Target("reply_time", "next_reply_time", _by_priority(60, 120, 480, 960), True),
        Target(
            "requester_wait_time",
            "requester_wait_time",
            _by_priority(480, 1_440, 2_880, 5_760),
            False,
        ),
        Target(
            "agent_work_time",
            "agent_work_time",
            _by_priority(240, 480, 960, 1_920),
            True,
        ),
    ),
)
STANDARD = Policy(
    26,
    "Standard",
    "Standard",
    (
        Target(
            "reply_time", "first_reply_time", _by_priority(60, 240, 480, 1_080), True
        ),
        Target(
            "resolution_time",
            "total_resolution_time",
            _by_priority(1_440, 2_880, 5_760, 10_080),
            False,
        ),
    ),
)
POLICIES = (GOLD, STANDARD)
