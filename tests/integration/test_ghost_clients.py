"""Ghost's own clients, unmodified, read the sandbox as they read Ghost.

Opt-in, because it takes them from npm:

    RUN_NODE_CLIENTS=1 uv run pytest tests/integration/test_ghost_clients.py
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ingestion.sandbox.process import running_sandbox
from ingestion.sandbox.server.vendors.ghost.keys import content_key
from ingestion.settings import Settings

pytestmark = pytest.mark.skipif(
    os.environ.get("RUN_NODE_CLIENTS") != "1",
    reason="takes clients from npm; RUN_NODE_CLIENTS=1 says yes",
)
SCRIPT = Path(__file__).parent / "ghost" / "read.mjs"
CLIENTS = ("@tryghost/admin-api@1.14.13", "@tryghost/content-api@1.12.12")
TAG = {"id": f"{9:024x}", "name": "Tee", "slug": "tee", "visibility": "public"}
AUTHOR = {"id": f"{8:024x}", "name": "Ute", "slug": "ute", "email": "u@zafran.example"}
NEWSLETTER = {"id": f"{7:024x}", "name": "Briefe", "slug": "briefe", "status": "active"}
MEMBER_ID = f"{6:024x}"
ATTRIBUTION = {"id": None, "type": "url", "url": "/", "title": "homepage"}


def post(number: int, **more: Any) -> dict[str, Any]:
    """Return a post as Ghost lists it."""
    return {
        "id": f"{100 + number:024x}",
        "title": f"Post {number}",
        "slug": f"post-{number}",
        "status": "published",
        "html": "<p>Hallo</p>",
        "plaintext": "Hallo",
        "created_at": "2026-01-01T00:00:00.000Z",
        "updated_at": f"2026-01-{number:02d}T00:00:00.000Z",
        "published_at": f"2026-01-{number:02d}T00:00:00.000Z",
        "tags": [TAG],
        "authors": [AUTHOR],
        **more,
    }


FILES: dict[str, list[dict[str, Any]]] = {
    "posts": [
        *(post(number) for number in range(1, 6)),
        post(6, status="draft", published_at=None),
        post(7, status="scheduled"),
    ],
    "newsletters": [NEWSLETTER],
    "members": [
        {
            "id": MEMBER_ID,
            "email": "lea@post.example",
            "name": "Lea",
            "status": "free",
            "newsletters": [NEWSLETTER],
        }
    ],
    "member_events": [
        {
            "type": "signup_event",
            "data": {
                "id": f"{5:024x}",
                "member_id": MEMBER_ID,
                "created_at": "2026-01-01T00:00:00.000Z",
                "attribution": ATTRIBUTION,
            },
        }
    ],
}


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take the clients from npm into a folder of their own."""
    folder = tmp_path_factory.mktemp("clients")
    (folder / "package.json").write_text('{"private": true}', "utf-8")
    install = ["npm", "install", "--no-audit", "--no-fund", *CLIENTS]
    subprocess.run(install, cwd=folder, check=True, capture_output=True)
    shutil.copy(SCRIPT, folder)
    return folder


@pytest.fixture(scope="module")
def found(clients: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what the clients read from a sandbox with a handful of records."""
    folder = tmp_path_factory.mktemp("sandbox")
    for name, records in FILES.items():
        path = folder / "data" / "ghost" / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{json.dumps(one)}\n" for one in records), "utf-8")
    settings = Settings(
        warehouse_dir=folder / "warehouse", sandbox_data=folder / "data"
    )
    with running_sandbox(settings) as variables:
        said = subprocess.run(
            [
                "node",
                clients / SCRIPT.name,
                variables["SOURCES__GHOST__BASE_URL"],
                variables["SOURCES__GHOST__ADMIN_API_KEY"],
                content_key("sandbox-token"),
            ],
            check=False,
            capture_output=True,
            text=True,
        )
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)


def test_the_admin_client_lists_pages_filters_and_orders(found: dict[str, Any]) -> None:
    """Else a program written for Ghost reads something else here."""
    assert sorted(found["all"]["titles"]) == [f"Post {n}" for n in range(1, 7)]
    # Ghost 6 gives a hundred, whatever is asked for.
    assert found["all"]["pagination"] == {
        "page": 1,
        "limit": 100,
        "pages": 1,
        "total": 6,
        "next": None,
        "prev": None,
    }
    rows = found["second"]["rows"]
    assert [(row["title"], row["tags"][0]["slug"]) for row in rows] == [
        ("Post 3", "tee"),
        ("Post 4", "tee"),
    ]
    assert set(rows[0]) == {"id", "title", "tags"}
    assert found["second"]["pagination"]["pages"] == 3
    assert found["second"]["pagination"]["next"] == 3


def test_the_admin_client_reads_one_record_and_understands_refusals(
    found: dict[str, Any],
) -> None:
    """Else its users see a crash instead of Ghost's words."""
    assert found["read"] in found["all"]["titles"]
    assert found["bySlug"] is True
    assert found["missing"]["type"] == "NotFoundError"
    assert found["stranger"]["code"] == "UNKNOWN_ADMIN_API_KEY"
    assert found["unreadable"]["type"] == "BadRequestError"
    assert found["member"] == {"name": "Lea", "newsletters": ["Briefe"]}
    assert found["attribution"] == ATTRIBUTION
    assert found["newsletters"] == ["briefe"]
    assert found["users"] == ["u@zafran.example"]
    assert found["site"] == "Sandbox"


def test_the_content_client_sees_only_what_is_published(found: dict[str, Any]) -> None:
    """Else drafts leak, or readers see nothing."""
    assert [one["title"] for one in found["published"]] == [
        f"Post {n}" for n in (5, 4, 3, 2, 1)
    ]
    assert found["published"][0] == {
        "title": "Post 5",
        "published": "2026-01-05T00:00:00.000+00:00",
        "tags": ["Tee"],
    }
    assert found["tags"] == ["Tee"]
    assert found["authors"] == ["Ute"]
    assert found["settings"] == "de"
