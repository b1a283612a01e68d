"""Fencing: every write of an execution checks that the run is still its own."""

from bot.ports import Tx
from bot.runs.model import Run


class Fenced(Exception):
    """Another execution has taken the run over: stop."""


def fenced(tx: Tx, run_id: int, token: int) -> Run:
    """The run, for the execution that holds it; raises Fenced for any other."""
    run = tx.runs.get(run_id)
    if run is None or run.token != token:
        raise Fenced(f"run {run_id} was taken over")
    return run
