"""Scripts of loads that kill their own process (SIGKILL) while dlt loads.

The kill comes between the commit of a load job and dlt's note of it: there a plain
append doubles its rows. `sys.argv[1]` says after how many jobs (files, then merges).
"""

KILL_AFTER = """
import os, signal, sys
from dlt.common.destination.client import RunnableLoadJob

left, run = [int(sys.argv[1])], RunnableLoadJob.run_managed

def run_managed(self, *arguments, **more):
    run(self, *arguments, **more)
    left[0] -= 1
    if left[0] <= 0:
        os.kill(os.getpid(), signal.SIGKILL)

RunnableLoadJob.run_managed = run_managed
"""


def killed_load(
    vendor: str, *, rows_per_batch: int | None = None, before: str = ""
) -> str:
    """Return the script of a load that kills itself.

    Args:
        vendor: the vendor id.
        rows_per_batch: how many rows an API source hands on at once.
        before: statements that run before the load.
    """
    batches = (
        "import ingestion.extraction\n"
        f"ingestion.extraction.ROWS_PER_BATCH = {rows_per_batch}\n"
        if rows_per_batch
        else ""
    )
    load = f"from ingestion.__main__ import main\nsys.exit(main(['{vendor}']))\n"
    return KILL_AFTER + batches + before + load
