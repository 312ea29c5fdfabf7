"""Which blocking checks the build file has passed in its present state.

A stage is forgotten before its data changes and noted after its checks passed, so a run
that fails or is killed anywhere in between leaves a build file that `publish` refuses,
whoever calls it and in whatever run.
"""

import json
from pathlib import Path

from ingestion.settings import Settings

# Stages, each noted with the run that passed it.
RAW, BUILT = "raw", "built"
# What comes before the predictions is built on what was loaded last; the rest may not be.
BEGUN = "begun"
# What was built and what was published last, as `news.build_state` digests it.
BUILT_STATE, PUBLISHED_STATE = "built_state", "published_state"
_MEANING = {
    RAW: "the expectations on the raw tables have not passed on what was loaded last",
    BUILT: "dbt has not built and tested the whole project on what was loaded last",
}


class PublishRefusedError(Exception):
    """The build file may not be published; the message says why and what to do."""


def noted(settings: Settings, stage: str) -> str:
    """Return what is noted for the stage, '' where it has not passed."""
    return _read(settings).get(stage, "")


def reset(settings: Settings, *stages: str) -> None:
    """Forget that the stages passed; call it before changing what they looked at."""
    known = _read(settings)
    _write(
        settings, {stage: run for stage, run in known.items() if stage not in stages}
    )


def note(settings: Settings, **stages: str) -> None:
    """Note the stages that passed, each with its run or state."""
    _write(settings, {**_read(settings), **stages})


def require_all(settings: Settings) -> None:
    """Check that every stage has passed.

    Raises:
        PublishRefusedError: names what has not.
    """
    missing = [why for stage, why in _MEANING.items() if not noted(settings, stage)]
    if missing:
        message = (
            f"{settings.warehouse_path} is not published: {'; '.join(missing)}. "
            "Run refresh_warehouse (make run) and see which check failed."
        )
        raise PublishRefusedError(message)


def _path(settings: Settings) -> Path:
    return settings.warehouse_dir / "audit.json"


def _read(settings: Settings) -> dict[str, str]:
    path = _path(settings)
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}


def _write(settings: Settings, stages: dict[str, str]) -> None:
    path = _path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".tmp")
    fresh.write_text(json.dumps(stages), "utf-8")
    fresh.replace(path)
