"""`make erase CUSTOMER=…`: a person is masked in everything that the warehouse stores.

Her rows stay, so every number stays true; what names her is replaced by a mask that
means nothing. Every file below the warehouse directory is then searched: only what that
finds nothing in is called erased. The erasure is remembered by hashes (`ingestion.
erasure`), so that no later load brings her back. What the vendors still have of her is
theirs to erase; the sandbox is a vendor too.
"""

import os
import secrets
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import orjson

from ingestion.erasure import Erased, Erasures, mask_for
from ingestion.settings import Settings
from orchestration import audit
from orchestration.instance import POSTGRES
from orchestration.lineage import read_lineage
from orchestration.manifest import read_manifest
from orchestration.masking import (
    FileInUseError,
    Masks,
    is_in_database,
    is_in_file,
    mask_database,
    mask_file,
    own_raw_rows,
)
from orchestration.person import ErasureRefusedError, find_person, raw_places
from orchestration.publish import only_publisher
from orchestration.writer import only_writer

_DATABASE = ".duckdb"


def erase(settings: Settings, wanted: str, *, is_confirmed: bool) -> int:
    """Erase a person, or say what would be done; return the exit code.

    Args:
        settings: which warehouse.
        wanted: an e-mail address, a customer_key, or vendor:id.
        is_confirmed: whether to do it.

    Raises:
        ErasureRefusedError: nobody is meant, or several may be; a run is working.
    """
    if not settings.warehouse_path.is_file():
        message = f"There is no warehouse at {settings.warehouse_path}."
        raise ErasureRefusedError(message)
    if not is_confirmed:
        return _erase(settings, wanted, is_confirmed=False)
    # A load that is under way does not know of the erasure yet.
    with only_writer(settings, "an erasure", lambda who: _say(f"Waiting for {who}.\n")):
        return _erase(settings, wanted, is_confirmed=True)


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _erase(settings: Settings, wanted: str, *, is_confirmed: bool) -> int:
    _refuse_pending(settings)
    masks, erasures, person = _prepare(settings, wanted)
    for vendor, kind, record_id in masks.person.records:
        _say(f"  {vendor} {kind} {record_id}\n")
    if masks.person.shared_names:
        _say("  Others have the same name: it is masked in the rows about her alone.\n")
    found = dict(search(settings, masks))
    for path, places in found.items():
        _say(f"  {path}{f': {len(places)} columns' if places else ''}\n")
    if not found:
        _say("No file names the person.\n")
    if not is_confirmed:
        _say("Nothing was changed. To erase for good: the same with CONFIRM=yes\n")
        return 0
    erasures.with_person(person)
    _mask(settings, masks, [*found])
    left = dict(search(settings, masks))
    for path, places in left.items():
        _say(f"STILL IN {path}: {', '.join(places) or 'its bytes'}\n")
    if os.environ.get(POSTGRES):
        _say(
            "NOT SEARCHED: Dagster's own storage in PostgreSQL. Search its event_logs.\n"
        )
    if left or os.environ.get(POSTGRES):
        return 1
    _say(
        f"Erased as {masks.token}. Every file below {settings.warehouse_dir} was "
        "searched, databases as text and as bytes: the person is in none. The KPIs are "
        "unchanged. Not touched: the vendors themselves, backups and copies elsewhere.\n"
    )
    return 0


def search(settings: Settings, masks: Masks) -> Iterator[tuple[Path, list[str]]]:
    """Yield each file that names the person; of a database, also its columns."""
    for path in _files(settings):
        places = is_in_database(path, masks) if path.suffix == _DATABASE else []
        if places or is_in_file(path, masks):
            yield path, places


def _files(settings: Settings) -> Iterator[Path]:
    """Yield every file that the warehouse stores; the sandbox's are the vendors'."""
    vendors = settings.warehouse_dir / "sandbox"
    for path in sorted(settings.warehouse_dir.rglob("*")):
        if path.is_symlink() or not path.is_file() or vendors in path.parents:
            continue
        # `current` is a link to one of the versions.
        if path.resolve().is_relative_to(settings.warehouse_dir):
            yield path


def _refuse_pending(settings: Settings) -> None:
    """Check that no load is half done: its files are packed for one table each.

    Raises:
        ErasureRefusedError: names the vendor.
    """
    for folder in ("normalize", "load/normalized", "load/new"):
        for path in settings.pipelines_dir.glob(f"*/{folder}/*/"):
            if any(each.is_file() for each in path.rglob("*.parquet")):
                vendor = path.relative_to(settings.pipelines_dir).parts[0]
                message = (
                    f"A load of {vendor} is not finished. Finish it first: make run"
                )
                raise ErasureRefusedError(message)


def _prepare(settings: Settings, wanted: str) -> tuple[Masks, Erasures, Erased]:
    """Return how to mask the person, and what will be remembered of her."""
    manifest, lineage = read_manifest(settings), read_lineage(settings)
    places = raw_places(manifest, lineage)
    erasures = Erasures.of(settings)
    try:
        # For writing: whoever works on the warehouse has to end first.
        opened = duckdb.connect(str(settings.warehouse_path))
    except duckdb.IOException as error:
        message = f"The warehouse is in use: {str(error).splitlines()[0]}"
        raise ErasureRefusedError(message) from None
    with opened as connection:
        person = find_person(settings, connection, places, wanted)
        # An erasure that was broken off goes on under the same mask.
        known = {
            digest: (each.token, mask)
            for each in erasures.people
            for digest, mask in each.addresses.items()
        }
        digests = {each: erasures.address_hash(each) for each in person.addresses}
        again = [known[digest] for digest in digests.values() if digest in known]
        token = again[0][0] if again else secrets.token_hex(6)
        addresses = {
            address: known[digest][1]
            if digest in known
            else mask_for(address, token, person.other_addresses)
            for address, digest in digests.items()
        }
        texts = {text.lower(): f"erased {token}" for text in person.texts}
        masks = Masks(person, token, {**addresses, **texts}, places)
        records = sorted(_record_hashes(settings, connection, erasures, masks))
    erased = Erased(
        token,
        datetime.now(UTC).isoformat(timespec="seconds"),
        {digests[address]: mask for address, mask in addresses.items()},
        records,
    )
    return masks, erasures, erased


def _record_hashes(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    erasures: Erasures,
    masks: Masks,
) -> set[str]:
    """Return the hashes of the keys of all raw rows about the person."""
    found = set()
    for schema, table, own in own_raw_rows(connection, masks):
        vendor = schema.removeprefix("raw_")
        path = settings.pipelines_dir / vendor / "schemas" / f"{vendor}.schema.json"
        if not path.is_file():
            continue
        known = orjson.loads(path.read_bytes())["tables"].get(table, {})
        keys = [
            name
            for name, column in known.get("columns", {}).items()
            if column.get("primary_key")
        ]
        if not keys:
            continue
        said = ", ".join(f'cast("{key}" as varchar)' for key in keys)
        rows = connection.execute(
            f'select {said} from "{schema}"."{table}" where {own}'
        ).fetchall()
        found |= {
            erasures.record_hash(vendor, table, ":".join(map(str, row))) for row in rows
        }
    return found


def _mask(settings: Settings, masks: Masks, found: list[Path]) -> None:
    """Mask the person file by file; the build file last, for it says who she is."""
    build = settings.warehouse_path
    audit.reset(settings, audit.PUBLISHED_STATE)
    try:
        folder = settings.warehouse_dir / "published"
        folder.mkdir(exist_ok=True)
        with only_publisher(folder):
            for path in found:
                if path == build:
                    continue
                if path.suffix == _DATABASE:
                    mask_database(path, masks, writes=False)
                elif path.exists():
                    mask_file(path, masks)
        changed = mask_database(build, masks, writes=True)
    except (FileInUseError, ValueError) as error:
        message = f"{error} What was masked stays so; erase again to go on."
        raise ErasureRefusedError(message) from error
    _say(f"Masked {len(found)} files, {len(changed)} tables of the build file.\n")
