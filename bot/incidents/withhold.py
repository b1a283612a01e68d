"""An incident became confidential: what named it where others read is taken back, and is not said again."""

from bot.domain import Domain
from bot.effects import FIRST, Effect
from bot.effects.outgoing import READERS, read_outgoing
from bot.incidents.events import BecameConfidential
from bot.incidents.homes import draw_homes
from bot.incidents.model import Incident
from bot.ports import Tx


def withhold(domain: Domain, tx: Tx, incident: Incident) -> None:
    """Draw what waits anew without its name, and plan to take back what was said of it outside its channel."""
    domain.publish(tx, BecameConfidential(incident))
    target = f"run:{incident.run_id}:announce"
    tx.effects.plan("withhold", target, {}, run_id=incident.run_id, priority=FIRST)
    draw_homes(tx)


def said_elsewhere(tx: Tx, incident: Incident) -> list[Effect]:
    """What was posted about it outside its channel, and stands there: announcements, and overrides of its gate."""
    sent = tx.effects.find(kind=tuple(READERS), state="done")
    return [
        each
        for each in sent
        if each.result.get("ts") and each.result["channel"] != incident.channel and _is_about(each, incident)
    ]


def _is_about(effect: Effect, incident: Incident) -> bool:
    outgoing = read_outgoing(effect)
    announced = effect.run_id == incident.run_id and outgoing.of_run
    return announced or str(incident.id) in outgoing.data.get("about", "").split(",")
