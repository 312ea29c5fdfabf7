"""What agents set up: SLA policies, schedules and their holidays."""

from starlette.requests import Request
from starlette.routing import Route

from ingestion.sandbox.server.gate import Body, Gate
from ingestion.sandbox.server.vendors.zendesk import errors
from ingestion.sandbox.server.vendors.zendesk.access import both
from ingestion.sandbox.server.vendors.zendesk.desk import Desk
from ingestion.sandbox.server.vendors.zendesk.paging import Listing


def routes(desk: Desk, gate: Gate) -> list[Route]:
    """Return the routes of policies, schedules and holidays."""
    listing = Listing()

    def policies(request: Request) -> Body:
        return listing.page(
            request, "sla_policies", lambda: list(desk.lines("sla_policies"))
        )

    def schedules(_request: Request) -> Body:
        return {"schedules": list(desk.lines("schedules"))}

    def holidays(request: Request) -> Body:
        schedule_id = request.path_params["schedule_id"]
        if desk.find("schedules", schedule_id) is None:
            raise errors.not_found()
        return {
            "holidays": [
                {key: value for key, value in item.items() if key != "schedule_id"}
                for item in desk.lines("schedule_holidays")
                if str(item.get("schedule_id")) == schedule_id
            ]
        }

    path = "/business_hours/schedules"
    return [
        *both(gate, "/slas/policies", policies),
        *both(gate, path, schedules),
        *both(gate, f"{path}/{{schedule_id}}/holidays", holidays),
    ]
