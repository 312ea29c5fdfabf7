"""Associations: batch read and single listing (v4 and dated), v3, and inline."""

from starlette.requests import Request
from starlette.routing import Route

from ingestion.sandbox.server.collection import Item
from ingestion.sandbox.server.vendors.hubspot.gate import Body, Gate, next_page
from ingestion.sandbox.server.vendors.hubspot.instants import now_text
from ingestion.sandbox.server.vendors.hubspot.object_types import (
    ObjectType,
    object_type,
)
from ingestion.sandbox.server.vendors.hubspot.parameters import (
    inputs,
    json_body,
    offset_of,
    opaque_cursor,
    page_limit,
    path_type,
)
from ingestion.sandbox.server.vendors.hubspot.portal import Portal

MOST_INPUTS = 1_000
PAGE = 500
# Type ids whose name says `_unlabeled` where older APIs name types.
UNLABELED = (279, 280, 341, 342)


def routes(portal: Portal, gate: Gate) -> list[Route]:
    """Return the routes of batch read and listing."""

    async def read_batch(request: Request) -> Body:
        start, end = path_type(request, "from_type"), path_type(request, "to_type")
        body = await json_body(request)
        associated = portal.associated(start.name, end.name)
        results, failures = [], []
        for entry in inputs(body, MOST_INPUTS):
            identifier = str(entry["id"])
            others = associated.get(identifier)
            if not others:
                failures.append(_nothing(start, end, identifier))
                continue
            offset = offset_of(entry.get("after"))
            result = {
                "from": {"id": identifier},
                "to": others[offset : offset + PAGE],
            }
            if offset + PAGE < len(others):
                result["paging"] = {
                    "next": next_page(request, opaque_cursor(offset + PAGE))
                }
            results.append(result)
        now = now_text(portal.store.clock)
        answer: Body = {
            "status": "COMPLETE",
            "results": results,
            "startedAt": now,
            "completedAt": now,
        }
        if failures:
            answer |= {"numErrors": len(failures), "errors": failures}
        return answer

    async def read_batch_v3(request: Request) -> Body:
        start, end = path_type(request, "from_type"), path_type(request, "to_type")
        answer = await read_batch(request)
        for result in answer["results"]:
            result["to"] = _named(start, end, result["to"])
        return answer

    def list_associated(request: Request) -> Body:
        start, end = path_type(request), path_type(request, "to_type")
        others = portal.associated(start.name, end.name).get(
            request.path_params["object_id"], []
        )
        limit = page_limit(request, default=PAGE, most=PAGE)
        offset = offset_of(request.query_params.get("after"))
        request.state.after = opaque_cursor(offset)
        body: Body = {"results": others[offset : offset + limit]}
        if offset + limit < len(others):
            body["paging"] = {"next": next_page(request, opaque_cursor(offset + limit))}
        return body

    def list_associated_v3(request: Request) -> Body:
        start, end = path_type(request), path_type(request, "to_type")
        body = list_associated(request)
        return {**body, "results": _named(start, end, body["results"])}

    pair = "/{from_type}/{to_type}/batch/read"
    single = "/{object_type}/{object_id}/associations/{to_type}"
    return [
        *gate.routes(
            "/crm/associations", pair, read_batch, method="POST", legacy=("v4",)
        ),
        *gate.routes(
            "/crm/associations",
            pair,
            read_batch_v3,
            method="POST",
            legacy=("v3",),
            dated=False,
        ),
        *gate.routes("/crm/objects", single, list_associated, legacy=("v4",)),
        *gate.routes(
            "/crm/objects", single, list_associated_v3, legacy=("v3",), dated=False
        ),
    ]


def inline_associations(
    portal: Portal, kind: ObjectType, item: Item, others: list[ObjectType]
) -> dict[str, Item]:
    """Return the associations that list and get carry inside each object.

    They are the object's own; where its line has none, those of the file about the
    two types.
    """
    own = {
        known.name: (name, value)
        for name, value in (item.get("associations") or {}).items()
        if (known := object_type(name)) is not None
    }
    answer = {}
    for other in others:
        if other.name in own:
            name, value = own[other.name]
            answer[name] = value
            continue
        found = portal.associated(kind.name, other.name).get(str(item["id"]))
        if found:
            # HubSpot's own key here is the spoken name, "line items".
            name = other.name.replace("_", " ")
            answer[name] = {"results": _named(kind, other, found)}
    return answer


def _named(start: ObjectType, end: ObjectType, others: list[Item]) -> list[Item]:
    """Return associations in the old form: an id and the name of one type per row."""
    return [
        {"id": other["toObjectId"], "type": _type_name(start, end, kind)}
        for other in others
        for kind in other.get("associationTypes", [])
    ]


def _type_name(start: ObjectType, end: ObjectType, kind: Item) -> str:
    if kind.get("category") == "USER_DEFINED" and kind.get("label"):
        return str(kind["label"]).lower().replace(" ", "_")
    plain = f"{start.singular}_to_{end.singular}"
    return f"{plain}_unlabeled" if kind.get("typeId") in UNLABELED else plain


def _nothing(start: ObjectType, end: ObjectType, identifier: str) -> Body:
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {end.singular} is associated with {start.singular} "
        f"{identifier}.",
        "context": {
            "fromObjectId": [identifier],
            "fromObjectType": [start.singular],
            "toObjectType": [end.singular],
        },
    }
