"""Where the CSV files are: a folder or any fsspec URL."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingestion.settings import SettingsError


@dataclass(frozen=True)
class DroppedFile:
    """One file as the listing shows it.

    Attributes:
        name: its path below the location, with `/`.
        version: what changes when the file does: etag, or size and time.
        modified_at: when it was last written, if the store tells.
    """

    name: str
    version: str
    modified_at: datetime | None


class Location:
    """The folder or URL below which the files are.

    Args:
        location: a folder, or a URL that fsspec reads (s3://…, gs://…, sftp://…).
    """

    def __init__(self, location: str) -> None:
        self._location = location
        self._is_remote = "://" in location

    def files(self) -> list[DroppedFile]:
        """Return the files by name; hidden ones are left out.

        Raises:
            SettingsError: it cannot be listed.
        """
        found = self._remote() if self._is_remote else self._local()
        return sorted(found, key=lambda file: file.name)

    def content(self, file: DroppedFile) -> bytes:
        """Return the bytes of a file."""
        if not self._is_remote:
            return Path(self._location, file.name).read_bytes()
        filesystem, root = self._filesystem()
        return filesystem.cat_file(f"{root.rstrip('/')}/{file.name}")

    def _local(self) -> list[DroppedFile]:
        root = Path(self._location)
        if not root.is_dir():
            message = (
                f"FILES_URL={self._location} is not a folder. Set it to the folder or "
                "the fsspec URL (s3://…, gs://…) in which the CSV files are."
            )
            raise SettingsError(message)
        found = []
        for folder, _, names in os.walk(root, followlinks=True):
            for file_name in names:
                path = Path(folder, file_name)
                name = path.relative_to(root).as_posix()
                if _is_hidden(name):
                    continue
                status = path.stat()
                version = f"{status.st_size}-{status.st_mtime_ns}"
                modified_at = datetime.fromtimestamp(status.st_mtime, UTC)
                found.append(DroppedFile(name, version, modified_at))
        return found

    def _filesystem(self) -> tuple[Any, str]:
        from fsspec.core import url_to_fs

        try:
            return url_to_fs(self._location)
        except (ImportError, ValueError, OSError) as error:
            raise self._unlisted(error) from error

    def _remote(self) -> list[DroppedFile]:
        filesystem, root = self._filesystem()
        try:
            filesystem.invalidate_cache()
            listing = filesystem.find(root, detail=True)
        except (ImportError, ValueError, OSError) as error:
            raise self._unlisted(error) from error
        found = []
        for path, about in listing.items():
            name = path.removeprefix(root).lstrip("/")
            if about.get("type") != "file" or not name or _is_hidden(name):
                continue
            modified_at = _first(
                about, "mtime", "LastModified", "last_modified", "updated", "created"
            )
            if isinstance(modified_at, int | float):
                modified_at = datetime.fromtimestamp(modified_at, UTC)
            if isinstance(modified_at, str):
                modified_at = datetime.fromisoformat(modified_at)
            if not isinstance(modified_at, datetime):
                modified_at = None
            mark = _first(about, "ETag", "etag", "md5Hash", "generation") or modified_at
            version = f"{about.get('size')}-{mark}"
            found.append(DroppedFile(name, version, modified_at))
        return found

    def _unlisted(self, error: Exception) -> SettingsError:
        message = (
            f"FILES_URL={self._location} cannot be listed: {error}. Check the URL, the "
            "credentials in the environment, and that the library for its scheme is "
            "installed (the extras s3 and gcs)."
        )
        return SettingsError(message)


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "_", "~")) for part in name.split("/"))


def _first(about: dict[str, Any], *names: str) -> object:
    return next((about[name] for name in names if about.get(name)), None)
