"""CRM objects: list, one by id, batch read."""

from starlette.requests import Request
from starlette.routing import Route

from ingestion.sandbox.server.collection import Item
from ingestion.sandbox.server.vendors.hubspot.errors import invalid, not_found
from ingestion.sandbox.server.vendors.hubspot.gate import Body, Gate, next_page
from ingestion.sandbox.server.vendors.hubspot.instants import now_text
from ingestion.sandbox.server.vendors.hubspot.object_types import (
    ObjectType,
    object_type,
)
from ingestion.sandbox.server.vendors.hubspot.parameters import (
    cursor,
    flag,
    inputs,
    json_body,
    listed,
    page_limit,
    path_type,
    texts,
)
from ingestion.sandbox.server.vendors.hubspot.portal import Portal, property_of
from ingestion.sandbox.server.vendors.hubspot.records import Wanted, record

MOST = 100
# Versions of a property are heavy, so HubSpot halves the page.
MOST_WITH_HISTORY = 50


def routes(portal: Portal, gate: Gate) -> list[Route]:
    """Return the routes of list, get and batch read."""

    def list_objects(request: Request) -> Body:
        wanted = _wanted(request)
        most = MOST_WITH_HISTORY if wanted.history else MOST
        limit, archived = page_limit(request, most=most), flag(request, "archived")
        collection = portal.objects(wanted.kind.name)
        after = cursor(request, collection)
        items, following = collection.page(after, limit, archived=archived)
        body: Body = {"results": [record(portal, item, wanted) for item in items]}
        if items:
            request.state.after = str(items[0]["id"])
        if following is not None:
            body["paging"] = {"next": next_page(request, following)}
        return body

    def get_object(request: Request) -> Body:
        wanted = _wanted(request)
        identifier = request.path_params["object_id"]
        key = request.query_params.get("idProperty")
        archived = flag(request, "archived")
        item = _find(portal, wanted.kind, identifier, key, archived=archived)
        if item is None:
            message = f"Object not found. objectId is usually numeric: {identifier}"
            raise not_found(message, id=[identifier])
        return record(portal, item, wanted)

    async def read_batch(request: Request) -> Body:
        kind = path_type(request)
        body = await json_body(request)
        history = texts(body, "propertiesWithHistory")
        wanted = Wanted(kind, texts(body, "properties"), history, [])
        asked = inputs(body, MOST_WITH_HISTORY if history else MOST)
        key, archived = body.get("idProperty"), flag(request, "archived")
        found, missing = {}, []
        for entry in asked:
            identifier = str(entry["id"])
            item = _find(portal, kind, identifier, key, archived=archived)
            if item is None:
                missing.append(identifier)
            else:
                # Two ids that were merged into one are one result.
                found[str(item["id"])] = record(portal, item, wanted)
        answer = _complete(portal, list(found.values()))
        if missing:
            answer["numErrors"] = 1
            answer["errors"] = [_missing(kind, missing)]
        return answer

    path = "/crm/objects"
    return [
        *gate.routes(path, "/{object_type}/batch/read", read_batch, method="POST"),
        *gate.routes(path, "/{object_type}", list_objects),
        *gate.routes(path, "/{object_type}/{object_id}", get_object),
    ]


def _wanted(request: Request) -> Wanted:
    others = []
    for spelling in listed(request, "associations"):
        other = object_type(spelling)
        if other is None:
            message = f"Unable to infer object type from: {spelling}"
            raise invalid(message)
        others.append(other)
    return Wanted(
        path_type(request),
        listed(request, "properties"),
        listed(request, "propertiesWithHistory"),
        others,
    )


def _find(
    portal: Portal, kind: ObjectType, identifier: str, key: object, *, archived: bool
) -> Item | None:
    collection = portal.objects(kind.name)
    if not key or key == "hs_object_id":
        return collection.find(identifier, archived=archived)
    shelf = collection.shelf(archived=archived)
    for row in shelf.rows:
        item = collection.parse(row)
        value = property_of(item, str(key), kind)
        if value is not None and str(value).lower() == identifier.lower():
            return item
    return None


def _complete(portal: Portal, results: list[Item]) -> Body:
    now = now_text(portal.store.clock)
    return {
        "status": "COMPLETE",
        "results": results,
        "startedAt": now,
        "completedAt": now,
    }


def _missing(kind: ObjectType, identifiers: list[str]) -> Body:
    message = (
        f"Could not get some {kind.singular.upper()} objects, they may be deleted or "
        "not exist. Check that ids are valid."
    )
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": message,
        "context": {"ids": identifiers},
    }
