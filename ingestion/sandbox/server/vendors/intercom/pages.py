"""Pages by number, whose next is a URL."""

from starlette.requests import Request

from ingestion.sandbox.server.gate import Body
from ingestion.sandbox.server.vendors.intercom.gate import invalid
from ingestion.sandbox.server.vendors.intercom.search import per_page
from ingestion.sandbox.server.vendors.intercom.workspace import Item


def numbered_page(request: Request, items: list[Item], size: int, most: int) -> Body:
    """Return a page of a list and its `pages`; the records are its `rows`.

    Raises:
        Refusal: page or per_page cannot be.
    """
    query = request.query_params
    size = per_page(query.get("per_page"), size, most)
    text = query.get("page", "1")
    if not text.isdecimal() or int(text) < 1:
        message = "Page is invalid: a number from 1 on"
        raise invalid(message)
    page = int(text)
    start = (page - 1) * size
    is_last = start + size >= len(items)
    after = request.url.include_query_params(page=page + 1, per_page=size)
    return {
        "rows": items[start : start + size],
        "total_count": len(items),
        "pages": {
            "type": "pages",
            "page": page,
            "per_page": size,
            "total_pages": -(-len(items) // size),
            "next": None if is_last else str(after),
        },
    }
