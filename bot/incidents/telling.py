"""What is said of an incident: in its own channel, and to all where incidents are talked about."""

from collections.abc import Mapping

from bot.domain import Domain
from bot.domain.messages import plan_message
from bot.effects import LATER
from bot.effects.outgoing import INCIDENTS, RUN, Outgoing
from bot.incidents.events import IncidentTold
from bot.incidents.model import Incident
from bot.ports import Tx
from bot.runbook.model import Severity

SHOWN_ON_CARD = ("acknowledged", "role", "role_back")
"""What the card itself shows: it is said in its thread, so that the card stays the last message of the channel."""


def tell(tx: Tx, incident: Incident, message: str, data: Mapping[str, object]) -> None:
    """Say it in the incident's channel (what its card shows, in the thread of that), and renew its topic and cards."""
    run_id = incident.run_id
    tx.cards.touch(run_id)
    outgoing = Outgoing((RUN,), f"incident.{message}", dict(data), thread="main" if message in SHOWN_ON_CARD else "")
    plan_message(tx, outgoing, f"run:{run_id}:say", run_id=run_id)
    tx.effects.plan("channel.topic", f"run:{run_id}:topic", {}, run_id=run_id, priority=LATER)


def tell_all(
    domain: Domain, tx: Tx, incident: Incident, message: str, data: Mapping[str, object], severity: Severity
) -> None:
    """The same as `tell`, and in public when the incident is known there, or becomes so with this severity."""
    tell(tx, incident, message, data)
    domain.publish(tx, IncidentTold(incident, message, data))
    if is_public(tx, incident, severity):
        announce(tx, incident.run_id, f"announce.{message}", data)


def announce(tx: Tx, run_id: int, message: str, data: Mapping[str, object], after: int | None = None) -> None:
    """Plan a message where incidents are talked about."""
    outgoing = Outgoing((INCIDENTS,), message, dict(data))
    plan_message(tx, outgoing, _target(run_id), run_id=run_id, after=after, priority=LATER)


def is_public(tx: Tx, incident: Incident, severity: Severity) -> bool:
    """Whether everybody may hear of it: never of a drill or of what was ever confidential."""
    if incident.drill or incident.confidential or severity.confidential:
        return False
    known = tx.effects.find(target=_target(incident.run_id), limit=1)
    return bool(known) or (severity.announce and not incident.private)


def _target(run_id: int) -> str:
    return f"run:{run_id}:announce"
