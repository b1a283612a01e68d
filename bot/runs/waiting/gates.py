"""The decision that a waiting run is held up by."""

from bot.errors import Refusal
from bot.ports import Tx
from bot.runs.model import Gate, GateKind, Run, RunState
from bot.text import say


def waiting(tx: Tx, run_id: int, kind: str) -> tuple[Run, Gate]:
    """A waiting run and its start gate; a Refusal when it does not wait any more."""
    run = tx.runs.get(run_id)
    gates = tx.gates.find(run_id=run_id, kind=GateKind.START, state="open")
    if run is None or run.kind.name != kind:
        raise Refusal(say("There is no such {kind}.", kind=kind))
    if run.state is not RunState.WAITING or not gates:
        raise Refusal(say("Nothing was changed: {title} is already {state}.", title=run.title, state=str(run.state)))
    return run, gates[0]
