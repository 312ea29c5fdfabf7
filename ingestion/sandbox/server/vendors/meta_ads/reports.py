"""Insights: asked for directly, or computed by a job that is polled and then read."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from ingestion.sandbox.server.gate import Gate
from ingestion.sandbox.server.vendors.meta_ads import errors
from ingestion.sandbox.server.vendors.meta_ads.account import AdWorld, Item
from ingestion.sandbox.server.vendors.meta_ads.edges import VERSIONS
from ingestion.sandbox.server.vendors.meta_ads.figures import Figures
from ingestion.sandbox.server.vendors.meta_ads.limits import Limits
from ingestion.sandbox.server.vendors.meta_ads.parameters import (
    listed,
    page,
    params_of,
    projected,
)
from ingestion.sandbox.server.vendors.meta_ads.query import Query

FIRST_RUN = 6_101_000_000_000_000
_STAGES = ("Job Not Started", "Job Started", "Job Running")


@dataclass
class Run:
    """A report job.

    Attributes:
        query: what it computes.
        rows: what it found.
        ending: the status that it ends with.
        polls_left: how often it says that it is not done yet.
        polls: how often it was asked.
    """

    query: Query
    rows: list[Item]
    ending: str
    polls_left: int
    polls: int = 0


class Reports:
    """The insights of one data directory, and the jobs that were started."""

    def __init__(self, world: AdWorld, limits: Limits) -> None:
        self._world = world
        self._limits = limits
        self._figures = Figures(world)
        self._runs: dict[str, Run] = {}
        self._last: tuple[tuple, Query, list[Item]] | None = None

    def direct(self, request: Request) -> Item:
        """Answer insights of an object, or those that a job computed.

        Raises:
            Refusal: there are too many rows for a direct answer.
        """
        params = params_of(request)
        node_id = request.path_params["node"]
        if run := self._runs.get(node_id):
            if run.polls_left >= 0 or run.ending != "Job Completed":
                raise errors.graph_error(
                    400,
                    2,
                    "(#2) The report is not ready.",
                    subcode=1504043,
                    is_transient=True,
                )
            return _page(request, params, run.query, run.rows)
        query, rows = self._computed(node_id, params)
        if 0 < self._limits.direct_rows < len(rows):
            raise errors.too_much_data()
        return _page(request, params, query, rows)

    def _computed(
        self, node_id: str, params: dict[str, str]
    ) -> tuple[Query, list[Item]]:
        """Return a query and its rows; those of the last one are kept for its pages."""
        asked = {k: v for k, v in params.items() if k not in ("after", "limit")}
        key = (node_id, *sorted(asked.items()))
        if self._last is None or self._last[0] != key:
            node = self._world.node(node_id)
            query = Query(self._world, self._figures, node, params)
            self._last = (key, query, query.rows())
        return self._last[1:]

    def submit(self, request: Request) -> Item:
        """Start a job and return its id."""
        params = params_of(request)
        node = self._world.node(request.path_params["node"])
        query = Query(self._world, self._figures, node, params)
        number = len(self._runs)
        ending = "Job Completed"
        if number < self._limits.failed_jobs:
            ending = "Job Failed"
        elif number < self._limits.failed_jobs + self._limits.skipped_jobs:
            ending = "Job Skipped"
        run_id = str(FIRST_RUN + number)
        self._runs[run_id] = Run(query, query.rows(), ending, self._limits.job_polls)
        return {"report_run_id": run_id}

    def node(self, request: Request) -> Item:
        """Answer a job's status, or any other object."""
        node_id = request.path_params["node"]
        if run := self._runs.get(node_id):
            return self._status(node_id, run)
        _, item = self._world.node(node_id)
        fields = listed(params_of(request), "fields")
        return projected(item, fields)

    def _status(self, run_id: str, run: Run) -> Item:
        started = int(self._world.now.timestamp())
        body: Item = {
            "id": run_id,
            "account_id": run.query.account_id,
            "time_ref": started,
            "date_start": str(run.query.since),
            "date_stop": str(run.query.until),
        }
        run.polls_left -= 1
        run.polls += 1
        if run.polls_left >= 0:
            stage = _STAGES[min(run.polls, len(_STAGES)) - 1]
            percent = 0 if run.polls == 1 else 100 * run.polls // (run.polls + 2)
            return {
                **body,
                "async_status": stage,
                "async_percent_completion": percent,
                "is_running": True,
            }
        body |= {"async_status": run.ending, "async_percent_completion": 100}
        if run.ending == "Job Completed":
            return {**body, "time_completed": started + 5}
        return {
            **body,
            "async_percent_completion": 0,
            "error_code": 2,
            "error_subcode": 1504043,
            "error_message": "An intermittent error; please retry",
        }


def _page(
    request: Request, params: dict[str, str], query: Query, rows: list[Item]
) -> dict[str, Any]:
    body = page(request, params, rows)
    totals = query.totals(rows)
    return body if totals is None else {**body, "summary": totals}


def routes(world: AdWorld, gate: Gate, limits: Limits) -> list[Route]:
    """Return the routes of insights, of jobs and of single objects."""
    reports = Reports(world, limits)
    found = []
    for version in VERSIONS:
        insights = f"/{version}/{{node}}/insights"
        found += [
            gate.route(insights, reports.direct),
            gate.route(insights, reports.submit, methods=("POST",)),
            # The SDK asks for a job with a slash at the end.
            gate.route(f"/{version}/{{node}}", reports.node),
            gate.route(f"/{version}/{{node}}/", reports.node),
        ]
    return found
