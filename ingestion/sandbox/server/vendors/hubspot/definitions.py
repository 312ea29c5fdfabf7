"""What the account is set up with: pipelines with their stages, properties."""

from starlette.requests import Request
from starlette.routing import Route

from ingestion.sandbox.server.collection import Item
from ingestion.sandbox.server.vendors.hubspot.errors import not_found
from ingestion.sandbox.server.vendors.hubspot.gate import Body, Gate
from ingestion.sandbox.server.vendors.hubspot.instants import now_text
from ingestion.sandbox.server.vendors.hubspot.parameters import (
    flag,
    json_body,
    path_type,
)
from ingestion.sandbox.server.vendors.hubspot.portal import Portal


def routes(portal: Portal, gate: Gate) -> list[Route]:
    """Return the routes of pipelines and properties."""

    def list_pipelines(request: Request) -> Body:
        return {"results": _pipelines(portal, request)}

    def get_pipeline(request: Request) -> Body:
        wanted = request.path_params["pipeline_id"]
        for pipeline in _pipelines(portal, request):
            if str(pipeline.get("id")) == wanted:
                return pipeline
        message = f"Pipeline {wanted} was not found"
        raise not_found(message, pipelineId=[wanted])

    def list_stages(request: Request) -> Body:
        return {"results": get_pipeline(request).get("stages", [])}

    def list_properties(request: Request) -> Body:
        archived = flag(request, "archived")
        declared = portal.declared(path_type(request).name).values()
        return {
            "results": [
                item for item in declared if bool(item.get("archived")) == archived
            ]
        }

    def get_property(request: Request) -> Body:
        wanted = request.path_params["name"]
        found = portal.declared(path_type(request).name).get(wanted)
        if found is None:
            message = f"No property {wanted} exists"
            raise not_found(message, propertyName=[wanted])
        return found

    async def read_properties(request: Request) -> Body:
        declared = portal.declared(path_type(request).name)
        body = await json_body(request)
        names = [str(entry.get("name")) for entry in body.get("inputs") or []]
        now = now_text(portal.store.clock)
        answer: Body = {
            "status": "COMPLETE",
            "results": [declared[name] for name in names if name in declared],
            "startedAt": now,
            "completedAt": now,
        }
        if missing := [name for name in names if name not in declared]:
            failure = not_found("Some properties do not exist", names=missing)
            answer |= {
                "numErrors": 1,
                "errors": [{**failure.body, "correlationId": ""}],
            }
        return answer

    pipelines, properties = "/crm/pipelines", "/crm/properties"
    return [
        *gate.routes(pipelines, "/{object_type}", list_pipelines),
        *gate.routes(pipelines, "/{object_type}/{pipeline_id}", get_pipeline),
        *gate.routes(pipelines, "/{object_type}/{pipeline_id}/stages", list_stages),
        *gate.routes(
            properties, "/{object_type}/batch/read", read_properties, method="POST"
        ),
        *gate.routes(properties, "/{object_type}", list_properties),
        *gate.routes(properties, "/{object_type}/{name}", get_property),
    ]


def _pipelines(portal: Portal, request: Request) -> list[Item]:
    """Return the pipelines of a type; a line that names no type is about deals."""
    kind = path_type(request)
    found = []
    for pipeline in portal.lines("pipelines"):
        if pipeline.get("archived"):
            continue
        about = pipeline.get("objectType", "deals")
        if about in (kind.name, kind.singular, kind.type_id):
            stages = pipeline.get("stages") or []
            live = [stage for stage in stages if not stage.get("archived")]
            found.append({**pipeline, "stages": live})
    return found
