"""A run's progress in the terminal: one line per finished table or layer."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from orchestration.progress import Progress


class RunProgress:
    """Prints what is finished and keeps the present work in a status line."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = Status("Starting", console=console)
        self._step = ""

    def __enter__(self) -> Self:
        """Start the status line."""
        self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the status line."""
        self._status.stop()

    def hear(self, seen: Progress) -> None:
        """Show one piece of progress."""
        rows = "" if seen.rows is None else f"{seen.rows:,} rows"
        if not seen.is_finished:
            self._status.update(f"{seen.step}: {escape(seen.table)} {rows}")
            return
        if seen.step != self._step:
            self._step = seen.step
            self._console.print(f"[bold]{seen.step}[/]")
        seconds = f"{seen.seconds:6.1f} s" if seen.seconds else ""
        line = (
            f"  {escape(seen.table):<44} {rows:>16} {seconds:>9}  {escape(seen.note)}"
        )
        self._console.print(line.rstrip(), soft_wrap=True)
