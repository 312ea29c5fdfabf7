"""A rolling window of requests: what rate limits are made of."""

from collections import deque
from collections.abc import Callable


class Window:
    """Requests of the last seconds."""

    def __init__(self, seconds: float, most: int, clock: Callable[[], float]) -> None:
        self.most = most
        self._seconds = seconds
        self._clock = clock
        self._times: deque[float] = deque()

    def remaining(self) -> int:
        """Return how many more requests fit in now."""
        now = self._clock()
        while self._times and now - self._times[0] >= self._seconds:
            self._times.popleft()
        return max(self.most - len(self._times), 0)

    def take(self) -> bool:
        """Count a request if it fits; return whether it did."""
        if self.remaining() == 0:
            return False
        self._times.append(self._clock())
        return True

    def seconds_until_free(self) -> float:
        """Return how long it takes until one more request fits in."""
        if self.remaining() > 0:
            return 0.0
        return self._times[0] + self._seconds - self._clock()
