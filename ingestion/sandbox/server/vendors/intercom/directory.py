"""What is listed whole: the workspace, teammates, teams, tags, office hours."""

from starlette.requests import Request
from starlette.routing import Route

from ingestion.sandbox.server.gate import Body, Gate
from ingestion.sandbox.server.vendors.intercom.gate import not_found, require_version
from ingestion.sandbox.server.vendors.intercom.workspace import Workspace

# Collection: (the list's type, the field of its records).
LISTS = {
    "admins": ("admin.list", "admins"),
    "teams": ("team.list", "teams"),
    "tags": ("list", "data"),
    "office_hours_schedules": ("office_hours_schedule.list", "data"),
}
NEW_IN_16 = "office_hours_schedules"


def routes(workspace: Workspace, gate: Gate) -> list[Route]:
    """Return the routes of the small collections."""

    def me(request: Request) -> Body:
        return {
            "type": "admin",
            "id": "1",
            "name": "Sandbox",
            "email": "sandbox@zafran.example",
            "email_verified": True,
            "app": workspace.app,
            "has_inbox_seat": False,
        }

    def listed(request: Request) -> Body:
        name = request.url.path.strip("/")
        if name == NEW_IN_16:
            require_version(request, 16)
        kind, field = LISTS[name]
        return {"type": kind, field: workspace.lines(name)}

    def retrieved(request: Request) -> Body:
        name = request.url.path.strip("/").partition("/")[0]
        wanted = request.path_params["id"]
        for item in workspace.lines(name):
            if str(item["id"]) == wanted:
                return item
        raise not_found()

    def exceptions(request: Request) -> Body:
        require_version(request, 16)
        wanted = request.path_params["id"]
        found = [
            item
            for item in workspace.lines("office_hours_exceptions")
            if str(item["office_hours_schedule_id"]) == wanted
        ]
        return {"type": "office_hours_exception.list", "data": found}

    path = "/office_hours_schedules/{id}/office_hours_exceptions"
    return [
        gate.route("/me", me),
        *(gate.route(f"/{name}", listed) for name in LISTS),
        *(gate.route(f"/{name}/{{id}}", retrieved) for name in LISTS),
        gate.route(path, exceptions),
    ]
