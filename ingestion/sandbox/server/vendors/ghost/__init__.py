"""Ghost's Admin API and Content API over a data directory.

`/ghost/api/admin/{posts, pages, tags, users, newsletters, tiers, members}/`, their
single reads, `/members/events/`, `/site/`; `/ghost/api/content/{posts, pages, tags,
authors, tiers, settings}/`. Reads only. A tag or author without a file of its own is
known from the posts. Every token of sandbox.toml stands for one integration, whose keys
`keys.admin_key` and `keys.content_key` derive from it.
"""

from starlette.routing import Route

from ingestion.sandbox.server.gate import Gate
from ingestion.sandbox.server.store import Store
from ingestion.sandbox.server.vendors.ghost.dialect import AdminApi, ContentApi
from ingestion.sandbox.server.vendors.ghost.keys import admin_key
from ingestion.sandbox.server.vendors.ghost.site import Site

FILES = (
    *("posts", "pages", "tags", "users", "newsletters", "tiers", "members"),
    "member_events",
)


def reads(name: str) -> bool:
    """Return whether `ghost/<name>.jsonl` means something."""
    return name in FILES


def routes(store: Store) -> list[Route]:
    """Return the routes of the APIs over a store."""
    site = Site(store)
    admin, content = Gate(store, AdminApi(store)), Gate(store, ContentApi(store))
    base = "/ghost/api/admin"
    found = [
        admin.route(f"{base}/site/", site.about, is_open=True),
        admin.route(f"{base}/emails/", site.closed),
        admin.route(f"{base}/members/events/", site.events),
        admin.route(f"{base}/{{collection}}/", site.listing),
        admin.route(f"{base}/{{collection}}/{{record_id}}/", site.single),
        admin.route(f"{base}/{{collection}}/{{key}}/{{value}}/", site.single),
    ]
    base = "/ghost/api/content"
    return [
        *found,
        content.route(f"{base}/settings/", site.settings),
        content.route(f"{base}/{{collection}}/", site.public_listing),
        content.route(f"{base}/{{collection}}/{{record_id}}/", site.public_single),
        content.route(f"{base}/{{collection}}/{{key}}/{{value}}/", site.public_single),
    ]


def environment(base_url: str, token: str) -> dict[str, str]:
    """Return the variables that point the source at the sandbox."""
    return {
        "SOURCES__GHOST__BASE_URL": base_url,
        "SOURCES__GHOST__ADMIN_API_KEY": admin_key(token),
    }
