"""Accounts, campaigns, ad sets, ads, creatives: nodes and the edges between them."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from ingestion.sandbox.server.gate import Gate
from ingestion.sandbox.server.vendors.meta_ads import errors
from ingestion.sandbox.server.vendors.meta_ads.account import EDGES, AdWorld, Item
from ingestion.sandbox.server.vendors.meta_ads.filters import conditions
from ingestion.sandbox.server.vendors.meta_ads.parameters import (
    Params,
    listed,
    page,
    params_of,
    projected,
)

VERSIONS = ("v26.0", "v25.0")
DEAD_VERSIONS = ("v24.0", "v23.0", "v22.0", "v21.0")
# How filters name the objects of an edge.
_PREFIXES = {"campaigns": "campaign.", "adsets": "adset.", "ads": "ad."}
# Left out unless asked for.
HIDDEN_STATUSES = ("ARCHIVED", "DELETED")


def routes(world: AdWorld, gate: Gate) -> list[Route]:
    """Return the routes of nodes' edges, and of versions that are dead."""

    def adaccounts(request: Request) -> Item:
        params = params_of(request)
        return _listed(request, params, list(world.accounts.values()))

    def edge(kind: str) -> Callable[[Request], Item]:
        def answer(request: Request) -> Item:
            params = params_of(request)
            items = world.children(request.path_params["node"], kind)
            return _listed(request, params, _wanted(params, items, kind))

        return answer

    def dead(_request: Request) -> Item:
        raise errors.graph_error(
            400,
            2635,
            "(#2635) You are calling a deprecated version of the Ads API. Please update "
            f"to the latest version: {VERSIONS[0]}.",
        )

    found = [
        gate.route(f"/{version}/{rest}", dead, methods=("GET", "POST"))
        for version in DEAD_VERSIONS
        for rest in ("{anything:path}",)
    ]
    for version in VERSIONS:
        found.append(gate.route(f"/{version}/me/adaccounts", adaccounts))
        found += [
            gate.route(f"/{version}/{{node}}/{kind}", edge(kind)) for kind in EDGES
        ]
    return found


def _wanted(params: Params, items: list[Item], kind: str) -> list[Item]:
    """Return the objects of the statuses and conditions asked for."""
    statuses = listed(params, "effective_status")
    filters = conditions(params)
    prefix = _PREFIXES.get(kind, "")
    asks_status = any(field.endswith("effective_status") for field, _ in filters)
    if statuses:
        items = [one for one in items if one.get("effective_status") in statuses]
    elif not asks_status and prefix:
        items = [
            one for one in items if one.get("effective_status") not in HIDDEN_STATUSES
        ]
    for field, holds in filters:
        name = field.removeprefix(prefix)
        if "." in name:
            raise errors.invalid(f"Filtering field {field} is invalid")
        items = [one for one in items if holds(one.get(name))]
    return items


def _listed(request: Request, params: Params, items: list[Item]) -> dict[str, Any]:
    fields = listed(params, "fields")
    body = page(request, params, [projected(item, fields) for item in items])
    if params.get("summary", "").strip('[]"') in ("true", "1", "total_count"):
        body["summary"] = {"total_count": len(items)}
    return body
