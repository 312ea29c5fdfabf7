"""The shapes that all of Ghost's records share: ids, instants, events."""

import random

from ingestion.sandbox.generator.calendar import SECOND, iso


def object_id(rng: random.Random, moment: int) -> str:
    """Return an id as MongoDB makes them: the second, then chance."""
    return f"{moment // SECOND:08x}{rng.getrandbits(64):016x}"


def uuid(rng: random.Random) -> str:
    """Return a random UUID."""
    text = f"{rng.getrandbits(128):032x}"
    parts = (text[:8], text[8:12], f"4{text[13:16]}", f"a{text[17:20]}", text[20:])
    return "-".join(parts)


def stamp(moment: int) -> str:
    """Write an instant as Ghost does: whole seconds, milliseconds of zero."""
    return iso(moment // SECOND * SECOND)


def newest_first(events: list[dict]) -> list[dict]:
    """Return the events in the order of the activity feed."""
    return sorted(
        events,
        key=lambda event: (event["data"]["created_at"], event["data"]["id"]),
        reverse=True,
    )
