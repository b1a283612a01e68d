"""Where somebody is told of a run whose own channel cannot be written to, and where its state can be seen."""

from bot.office import Office
from bot.ports import Tx
from bot.runs.model import Run
from bot.text import say


def places_to_tell(office: Office, tx: Tx, run: Run) -> list[str]:
    """The team's channel for deploys, then who asked; of what is private only who asked."""
    incidents = tx.incidents.find(run_id=run.id)
    secret = any(incident.confidential or incident.private for incident in incidents)
    shared = None if secret else office.team.channels.get("devops")
    return [place for place in (shared, run.requested_by) if place]


def where_it_stands(tx: Tx, run: Run) -> str:
    """The command that shows the run's state."""
    for incident in tx.incidents.find(run_id=run.id):
        return say("`/incident {id} status` shows where it stands.", id=incident.id)
    if run.kind in ("deploy", "rollback", "restore"):
        return say("`/deploy history {id}` shows where it stands.", id=run.id)
    return ""
