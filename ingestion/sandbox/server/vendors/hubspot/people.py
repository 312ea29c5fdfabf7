"""Owners, and the users and teams of the account's settings."""

from starlette.requests import Request
from starlette.routing import Route

from ingestion.sandbox.server.collection import Item
from ingestion.sandbox.server.vendors.hubspot.errors import not_found
from ingestion.sandbox.server.vendors.hubspot.gate import Body, Gate, next_page
from ingestion.sandbox.server.vendors.hubspot.parameters import (
    cursor,
    flag,
    offset_of,
    opaque_cursor,
    page_limit,
)
from ingestion.sandbox.server.vendors.hubspot.portal import Portal


def routes(portal: Portal, gate: Gate) -> list[Route]:
    """Return the routes of owners, teams and users."""

    def list_owners(request: Request) -> Body:
        limit = page_limit(request, default=100, most=500)
        archived, email = flag(request, "archived"), request.query_params.get("email")
        if email:
            shelf = portal.owners.shelf(archived=archived)
            everyone = [portal.owners.parse(row) for row in shelf.rows]
            return {"results": [one for one in everyone if one.get("email") == email]}
        owners, following = portal.owners.page(
            cursor(request, portal.owners), limit, archived=archived
        )
        body: Body = {"results": owners}
        if owners:
            request.state.after = str(owners[0]["id"])
        if following is not None:
            body["paging"] = {"next": next_page(request, following)}
        return body

    def get_owner(request: Request) -> Body:
        wanted = request.path_params["owner_id"]
        archived = flag(request, "archived")
        if request.query_params.get("idProperty") == "userId":
            shelf = portal.owners.shelf(archived=archived)
            for row in shelf.rows:
                owner = portal.owners.parse(row)
                user = owner.get("userId") or owner.get("userIdIncludingInactive")
                if str(user) == wanted:
                    return owner
        elif owner := portal.owners.find(wanted, archived=archived):
            return owner
        message = f"Owner {wanted} was not found"
        raise not_found(message, id=[wanted])

    def list_teams(_request: Request) -> Body:
        return {"results": portal.lines("teams")}

    def list_users(request: Request) -> Body:
        limit = page_limit(request, default=100)
        users = sorted(_users(portal), key=lambda user: int(user["id"]))
        start = offset_of(request.query_params.get("after"))
        body: Body = {"results": users[start : start + limit]}
        if start + limit < len(users):
            body["paging"] = {"next": next_page(request, opaque_cursor(start + limit))}
        return body

    return [
        *gate.routes("/crm/owners", "", list_owners),
        *gate.routes("/crm/owners", "/{owner_id}", get_owner),
        *gate.routes("/settings/users", "/teams", list_teams),
        *gate.routes("/settings/users", "", list_users),
    ]


def _users(portal: Portal) -> list[Item]:
    """Return the users that the live owners are; no file holds them of their own."""
    users = []
    for row in portal.owners.live.rows:
        owner = portal.owners.parse(row)
        if owner.get("userId") is None:
            continue
        teams = owner.get("teams") or []
        primary = [str(team["id"]) for team in teams if team.get("primary")]
        users.append(
            {
                "id": str(owner["userId"]),
                "email": owner.get("email"),
                "firstName": owner.get("firstName"),
                "lastName": owner.get("lastName"),
                "primaryTeamId": primary[0] if primary else None,
                "secondaryTeamIds": [
                    str(team["id"]) for team in teams if not team.get("primary")
                ],
                "roleIds": [],
                "superAdmin": False,
            }
        )
    return users
