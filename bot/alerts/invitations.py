"""Invitations: who could not be invited into an incident's channel, and why, for as long as they are not there."""

from collections.abc import Iterable, Mapping

from bot.alerts.model import Alert, AlertState, Way
from bot.domain.messages import plan_message
from bot.effects.outgoing import text_message
from bot.incidents.model import Incident
from bot.people import ROBOT
from bot.ports import Tx
from bot.text import say


def invited(tx: Tx, incident: Incident, came: Iterable[str], failed: Mapping[str, str]) -> None:
    """Slack has answered: these users are in the channel, `came` of them just now; of the others `failed` says why."""
    known = tx.incidents.get(incident.id)
    assert known
    came = tuple(user for user in came if user not in failed)
    tx.incidents.save(known, members=tuple(dict.fromkeys((*known.members, *came))))
    if came:
        tx.timeline.record("channel.invited", ROBOT, incident.run_id, users=list(came))
    for user in came:
        is_there(tx, incident.run_id, user)
    for person, why in failed.items():
        _is_absent(tx, incident.run_id, person, why)
    tx.cards.touch(incident.run_id)


def tell_asker(tx: Tx, incident: Incident, asker: str, failed: Mapping[str, str]) -> None:
    """Whoever asked for people by name is told of those who could not be invited."""
    for user, why in failed.items():
        who = say("You") if user == asker else f"<@{user}>"
        words = say("{who} could not be invited to #{name} ({why}).", who=who, name=incident.channel_name, why=why)
        target = f"run:{incident.run_id}:not_invited"
        plan_message(tx, text_message(asker, text=words), target, run_id=incident.run_id)


def is_there(tx: Tx, run_id: int, user: str) -> None:
    """Somebody is in the channel: that they could not be invited is over."""
    for row in _of(tx, run_id, user):
        tx.alerts.save(row, state=AlertState.REACHED, how="", at=tx.now)
        tx.cards.touch(run_id)


def _is_absent(tx: Tx, run_id: int, person: str, why: str) -> None:
    rows = _of(tx, run_id, person)
    if rows and (rows[0].state, rows[0].how) == (AlertState.UNREACHED, why):
        return
    tx.timeline.record("invitation.failed", ROBOT, run_id, person=person, why=why)
    if rows:
        tx.alerts.save(rows[0], state=AlertState.UNREACHED, how=why, at=tx.now)
    else:
        row = Alert(0, run_id, "", 1, 0, person, Way.INVITATION, tx.now, AlertState.UNREACHED, why)
        tx.alerts.add(row)


def _of(tx: Tx, run_id: int, person: str) -> list[Alert]:
    return tx.alerts.find(run_id=run_id, person=person, way=Way.INVITATION)
