"""WordPress's REST API v2 over a data directory: posts, pages, terms, comments, users.

`/wp-json/wp/v2/…` as with pretty permalinks, `/?rest_route=/wp/v2/…` as with plain ones.
Reads only. sandbox.toml's `[wordpress]` may say the site's `timezone` (default: the
reporting time zone), in which `date` and `modified` are written and filtered, and its
`username` (default `sandbox`), whose application passwords are the sandbox's tokens.
"""

from starlette.routing import Route

from ingestion.sandbox.server.gate import Gate
from ingestion.sandbox.server.store import Store
from ingestion.sandbox.server.vendors.wordpress import site
from ingestion.sandbox.server.vendors.wordpress.dialect import USERNAME, WordPress

FILES = ("posts", "pages", "categories", "tags", "comments", "users")


def reads(name: str) -> bool:
    """Return whether `wordpress/<name>.jsonl` means something."""
    return name in FILES


def routes(store: Store) -> list[Route]:
    """Return the routes of the API over a store."""
    served = site.Site(store)
    gate = Gate(store, WordPress(store))
    handlers = {
        "": served.index,
        "/wp/v2/{collection}": served.listing,
        # Before the id: `users/me` is a user, too.
        "/wp/v2/users/me": served.me,
        "/wp/v2/{collection}/{record_id}": served.single,
    }
    order = sorted(handlers, key=lambda path: "{record_id}" in path)
    pretty = [
        gate.route(f"/wp-json{path}{slash}", handlers[path])
        for path in order
        for slash in ("", "/")
    ]
    return [*pretty, gate.route("/", served.plain)]


def environment(base_url: str, token: str) -> dict[str, str]:
    """Return the variables that point the source at the sandbox."""
    return {
        "SOURCES__WORDPRESS__BASE_URL": base_url,
        "SOURCES__WORDPRESS__USERNAME": USERNAME,
        "SOURCES__WORDPRESS__APPLICATION_PASSWORD": token,
    }
