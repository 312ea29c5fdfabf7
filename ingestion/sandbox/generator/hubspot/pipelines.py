"""The two deal pipelines and their stages.

Planted: the default pipeline's won stage has a numeric id; `closedwon` exists only in
the second pipeline, where it is an open stage labelled "Proposal sent" (who derives
won from the id is wrong). The stage `1076664400` was deleted: histories still name it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """A stage: its id, label, probability as HubSpot writes it, and whether closed."""

    stage_id: str
    label: str
    probability: str
    is_closed: bool = False


@dataclass(frozen=True)
class Pipeline:
    """A pipeline: open stages in order, then won, then lost."""

    pipeline_id: str
    label: str
    open_stages: tuple[Stage, ...]
    won: Stage
    lost: Stage

    @property
    def stages(self) -> tuple[Stage, ...]:
        """All stages in display order."""
        return (*self.open_stages, self.won, self.lost)


DELETED_STAGE = "1076664400"
SALES = Pipeline(
    "default",
    "Sales Pipeline",
    (
        Stage("appointmentscheduled", "Appointment Scheduled", "0.1"),
        Stage("qualifiedtobuy", "Qualified To Buy", "0.25"),
        Stage("presentationscheduled", "Presentation Scheduled", "0.45"),
        Stage("contractsent", "Contract Sent", "0.8"),
    ),
    Stage("1076664462", "Won", "1.0", is_closed=True),
    Stage("closedlost", "Closed Lost", "0.0", is_closed=True),
)
RENEWALS = Pipeline(
    "98765432",
    "Renewals",
    (
        Stage("98765433", "Renewal Due", "0.5"),
        Stage("closedwon", "Proposal Sent", "0.7"),
    ),
    Stage("98765435", "Renewed", "1.0", is_closed=True),
    Stage("98765436", "Not Renewed", "0.0", is_closed=True),
)
PIPELINES = (SALES, RENEWALS)
STAGES = {stage.stage_id: stage for line in PIPELINES for stage in line.stages}


def pipeline_lines() -> list[dict]:
    """Return the pipelines as the pipelines endpoint lists them."""
    lines = []
    for order, pipeline in enumerate(PIPELINES):
        is_default = pipeline is SALES
        created = "1970-01-01T00:00:00Z" if is_default else "2024-02-01T09:00:00.000Z"
        lines.append(
            {
                "id": pipeline.pipeline_id,
                "label": pipeline.label,
                "displayOrder": order,
                "archived": False,
                "createdAt": created,
                "updatedAt": "2026-05-02T08:00:00.000Z",
                "stages": [
                    {
                        "id": stage.stage_id,
                        "label": stage.label,
                        "displayOrder": position,
                        "metadata": {
                            "isClosed": "true" if stage.is_closed else "false",
                            "probability": stage.probability,
                        },
                        "archived": False,
                        "createdAt": created,
                        "updatedAt": "2026-05-02T08:00:00.000Z",
                        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
                    }
                    for position, stage in enumerate(pipeline.stages)
                ],
            }
        )
    return lines
