"""Bridges from one number to another whose lines add up exactly, as printed too."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

SHOWN_PARTS = 8
_PLACES = 6


@dataclass(frozen=True)
class Part:
    """One part of a whole: its name, and its numbers before and now.

    Of a ratio, numerator and denominator; else the value, and 1.
    """

    name: str
    before: tuple[Fraction, Fraction]
    now: tuple[Fraction, Fraction]


def value(numbers: tuple[Fraction, Fraction]) -> Fraction | None:
    """Return the quotient, None over nothing."""
    return numbers[0] / numbers[1] if numbers[1] else None


def effects(part: Part, whole: Part) -> tuple[Fraction, Fraction]:
    """Return what a part adds to the change of a ratio, by numerator and denominator.

    Each counts at the mean of the other before and now, so that over all parts, and of
    both, they add up to the change exactly.
    """
    (above, below), (above_now, below_now) = whole.before, whole.now
    by_above = (part.now[0] - part.before[0]) * (1 / below_now + 1 / below) / 2
    grown = part.now[1] - part.before[1]
    by_below = -(above_now + above) / 2 * grown / (below_now * below)
    return by_above, by_below


def bridge_lines(
    what: str, whole: Part, parts: Sequence[Part], *, is_ratio: bool
) -> list[str]:
    """Return the bridge over the parts; its lines add up to the change as printed."""
    now, before = value(whole.now), value(whole.before)
    if now is None or before is None:
        return []
    total = now - before
    if is_ratio:
        added = {part.name: sum(effects(part, whole), Fraction(0)) for part in parts}
    else:
        added = {part.name: part.now[0] - part.before[0] for part in parts}
    largest = sorted(parts, key=lambda part: -abs(added[part.name]))
    shown, others = largest[:SHOWN_PARTS], largest[SHOWN_PARTS:]
    names = [part.name for part in shown]
    sums = [added[name] for name in names]
    if others:
        names.append(f"{len(others)} others")
        sums.append(sum((added[part.name] for part in others), Fraction(0)))
    rest = total - sum(sums, Fraction(0))
    if rest:
        names.append("in none of them, or in several")
        sums.append(rest)
    width = max(len(each) for each in [*names, "change"])
    printed = rounded(sums, total)
    lines = [f"  by {what}"]
    for position, (name, each) in enumerate(zip(names, printed, strict=True)):
        line = f"    {name:<{width}}  {signed(each):>18}"
        if position < len(shown):
            part = shown[position]
            if is_ratio:
                line += f"   {divided(part.before)} → {divided(part.now)}"
            else:
                line += f"   {plain(part.before[0])} → {plain(part.now[0])}"
        lines.append(line)
    change = signed(sum(printed, Fraction(0)))
    return [*lines, f"    {'change':<{width}}  {change:>18}"]


def rounded(parts: Sequence[Fraction], total: Fraction) -> list[Fraction]:
    """Return the parts to six places so that they add up to the rounded total."""
    unit = Fraction(1, 10**_PLACES)
    wanted = round(total / unit)
    found = [part // unit for part in parts]
    # The units that are missing go to those that lost most by rounding down.
    order = sorted(range(len(parts)), key=lambda i: found[i] - parts[i] / unit)
    for position in order[: max(wanted - sum(found), 0)]:
        found[position] += 1
    return [each * unit for each in found]


def plain(number: Fraction | None) -> str:
    """Return the number as text, to six places at most."""
    if number is None:
        return "–"
    text = f"{Decimal(round(number * 10**_PLACES)) / 10**_PLACES:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def signed(number: Fraction) -> str:
    """Return the number as text with its sign."""
    return f"{'+' if number >= 0 else ''}{plain(number)}"


def divided(numbers: tuple[Fraction, Fraction]) -> str:
    """Return numerator and denominator as text."""
    return f"{plain(numbers[0])} / {plain(numbers[1])}"
