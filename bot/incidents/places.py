"""Where somebody is told of a run whose own channel cannot be written to, and where its state can be seen."""

from bot.domain import Domain
from bot.incidents.access import secret_of
from bot.incidents.model import Incident
from bot.people import absence
from bot.ports import Tx
from bot.runs.model import Run
from bot.text import say


def places_to_tell(domain: Domain, tx: Tx, run: Run) -> list[str]:
    """The team's channel for deploys, then who asked; of what is private only who asked, if it is theirs to know."""
    own = next(iter(tx.incidents.find(run_id=run.id)), None)
    secret = secret_of(tx, run)
    shared = None if secret or (own and own.private) else domain.team.channels.get("devops")
    return [place for place in (shared, _asker(tx, run, secret)) if place]


def places_of_card(domain: Domain, tx: Tx, run: Run) -> list[str]:
    """Where a card goes whose own channel refuses it."""
    secret = secret_of(tx, run)
    shared = None if secret or run.kind.led else domain.team.channels.get("devops")
    return [place for place in (shared, _asker(tx, run, secret)) if place]


def _asker(tx: Tx, run: Run, secret: Incident | None) -> str | None:
    """Who asked for the run; nobody when they are gone, or a confidential incident is not theirs any more."""
    member = tx.members.get(run.requested_by)
    if (secret and run.requested_by not in secret.members) or (member and absence(member)):
        return None
    return run.requested_by


def state_command(tx: Tx, run: Run) -> str:
    """The command that shows the run's state."""
    for incident in tx.incidents.find(run_id=run.id):
        return say("`/incident {id} status` shows its status.", id=incident.id)
    if run.kind.production:
        return say("`/deploy history {id}` shows its status.", id=run.id)
    return ""
