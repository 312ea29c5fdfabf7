"""The shapes that all SObjects share: ids, stamps, money."""

from functools import cache, lru_cache

from ingestion.sandbox.generator.calendar import AS_OF, MINUTE, iso

_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
# An org's instance, and the integration user that wrote what nobody else did.
_POD = "Hs0"
# Records of the last minutes may still change while we read them.
LAST_STAMP = AS_OF - 3 * MINUTE


@cache
def _check(prefix: str) -> str:
    """Return the last three characters of an id: which of its letters are capital.

    The number has no letters, so they all stand in the first five characters.
    """
    first = f"{prefix}{_POD}"[:5]
    bits = sum(1 << place for place, one in enumerate(first) if one.isupper())
    return f"{_SUFFIX[bits]}AA"


def sf_id(prefix: str, number: int) -> str:
    """Return an id of 18 characters: prefix, pod, number, and the check of its case."""
    return f"{prefix}{_POD}{number:09d}{_check(prefix)}"


INTEGRATION_USER = sf_id("005", 1)


@lru_cache(maxsize=8192)
def stamp(moment: int) -> str:
    """Write an instant as Salesforce does: whole seconds, no colon in the offset."""
    return f"{iso(moment)[:19]}.000+0000"


def record(
    identifier: str,
    created: int,
    modified: int,
    *,
    is_deleted: bool | None = False,
    **fields: object,
) -> dict:
    """Return a record with the fields that nearly every SObject has.

    Args:
        identifier: its id.
        created: when it was created.
        modified: when it was last changed; automation moves SystemModstamp a little.
        is_deleted: None where the SObject cannot be deleted.
        fields: its own fields.
    """
    modified = min(max(created, modified), LAST_STAMP)
    deletable = {} if is_deleted is None else {"IsDeleted": is_deleted}
    return {
        "Id": identifier,
        **deletable,
        **fields,
        "CreatedDate": stamp(min(created, LAST_STAMP)),
        "CreatedById": INTEGRATION_USER,
        "LastModifiedDate": stamp(modified),
        "LastModifiedById": INTEGRATION_USER,
        "SystemModstamp": stamp(min(modified + 1000, LAST_STAMP)),
    }


def money(cents: int) -> float:
    """Write cents as Salesforce writes an amount: a JSON number."""
    return cents / 100
