"""Keeping evidence, and handing it over: every hand through which it went is on record, in the timeline too."""

from dataclasses import dataclass

from bot.domain import Domain
from bot.domain.messages import plan_message
from bot.effects.outgoing import RUN, Outgoing
from bot.errors import Refusal
from bot.evidence.model import Evidence, EvidenceState, HandOver
from bot.incidents.conduct import incident_here, may_conduct
from bot.incidents.model import Incident
from bot.people import Actor, absence
from bot.ports import Tx
from bot.text import say, shorten

REASON_LIMIT = 500
FILES_AT_ONCE = 20


@dataclass(frozen=True)
class SeenFile:
    """A file of a message: Slack's name and size of it, and where it is fetched."""

    name: str
    size: int
    url: str


@dataclass(frozen=True)
class SeenMessage:
    """A message in an incident's channel."""

    channel: str
    ts: str
    author: str
    files: tuple[SeenFile, ...] = ()


def keep(domain: Domain, tx: Tx, actor: Actor, seen: SeenMessage) -> list[Evidence]:
    """Have a message and its files kept as evidence of the incident in whose channel it stands; once each."""
    incident = incident_here(domain, tx, actor)
    if tx.rows(Evidence).find(incident=incident.id, channel=seen.channel, ts=seen.ts, limit=1):
        raise Refusal(say("This message is kept already: /incident evidence lists it."))
    message = _add(tx, actor, incident, seen, "message", say("message"))
    tx.effects.plan("evidence.message", f"evidence:{message.id}", {"evidence": message.id}, run_id=incident.run_id)
    kept = [message]
    for file in seen.files[:FILES_AT_ONCE]:
        row = _add(tx, actor, incident, seen, "file", file.name)
        payload = {"evidence": row.id, "url": file.url, "size": file.size}
        tx.effects.plan("evidence.file", f"evidence:{row.id}", payload, run_id=incident.run_id)
        kept.append(row)
    return kept


def _add(tx: Tx, actor: Actor, incident: Incident, seen: SeenMessage, kind: str, name: str) -> Evidence:
    row = tx.rows(Evidence).add(
        Evidence(0, incident.id, kind, shorten(str(name), 200), seen.channel, seen.ts, seen.author, actor.user, tx.now,
                 actor.user)
    )  # fmt: skip
    tx.timeline.record("evidence.asked", actor, incident.run_id, evidence=row.id, name=row.name, author=row.author)
    return row


def kept(domain: Domain, tx: Tx, evidence_id: int, sha256: str, size: int, path: str) -> None:
    """It lies in the data directory; its hash stands in the timeline, whose chain shows any change of it."""
    row, incident = _row(tx, evidence_id)
    if row.state is EvidenceState.KEPT:
        return
    row = tx.rows(Evidence).save(row, state=EvidenceState.KEPT, sha256=sha256, size=size, path=path)
    actor = _actor(domain, tx, row.taken_by)
    tx.timeline.record(
        "evidence.kept", actor, incident.run_id, evidence=row.id, name=row.name, sha256=sha256, size=size
    )
    _tell(tx, incident, row)


def failed(domain: Domain, tx: Tx, evidence_id: int, why: str) -> None:
    """It could not be kept: that is said, so that a person keeps it in another way."""
    row, incident = _row(tx, evidence_id)
    row = tx.rows(Evidence).save(row, state=EvidenceState.FAILED, why=shorten(why, REASON_LIMIT))
    actor = _actor(domain, tx, row.taken_by)
    tx.timeline.record("evidence.failed", actor, incident.run_id, evidence=row.id, name=row.name, why=row.why)
    _tell(tx, incident, row)


def hand_over(domain: Domain, tx: Tx, actor: Actor, number: int, evidence_id: int, taker: str, reason: str) -> Evidence:
    """Whoever has the evidence in hand gives it to somebody else, for a reason."""
    incident = may_conduct(domain, tx, actor, number)
    row = tx.rows(Evidence).get(evidence_id)
    if row is None or row.incident != incident.id:
        raise Refusal(say("Incident {id} has no evidence {evidence}.", id=number, evidence=evidence_id))
    reason = shorten(" ".join(reason.split()), REASON_LIMIT)
    if not reason:
        raise Refusal(say("Write why it is handed over: /incident evidence hand 3 @user the reason."))
    if taker == row.holder:
        raise Refusal(say("They have evidence {evidence} in hand already.", evidence=row.id))
    if (member := tx.members.get(taker)) and (gone := absence(member)):
        raise Refusal(say("Nothing was handed over: {who} {why}.", who=member.name, why=gone))
    tx.rows(HandOver).add(HandOver(0, row.id, row.holder, taker, tx.now, reason))
    changed = tx.rows(Evidence).save(row, holder=taker)
    said = {"evidence": row.id, "name": row.name, "giver": row.holder, "taker": taker, "reason": reason}
    tx.timeline.record("evidence.handed", actor, incident.run_id, **said)
    run = f"run:{incident.run_id}:say"
    plan_message(tx, Outgoing((RUN,), "evidence.handed", {**said, "by": actor.user}), run, run_id=incident.run_id)
    return changed


def evidence_of(tx: Tx, number: int) -> list[Evidence]:
    """All evidence of an incident, oldest first."""
    return tx.rows(Evidence).find(incident=number, order="id")


def hands_of(tx: Tx, evidence_id: int) -> list[HandOver]:
    """Through whose hands it went, oldest first."""
    return tx.rows(HandOver).find(evidence=evidence_id, order="id")


def _row(tx: Tx, evidence_id: int) -> tuple[Evidence, Incident]:
    row = tx.rows(Evidence).get(evidence_id)
    assert row
    incident = tx.incidents.get(row.incident)
    assert incident
    return row, incident


def _actor(domain: Domain, tx: Tx, user: str) -> Actor:
    member = tx.members.get(user)
    return domain.actor(member) if member else Actor(user, user)


def _tell(tx: Tx, incident: Incident, row: Evidence) -> None:
    data = {"evidence": row.id}
    run = f"run:{incident.run_id}:say"
    plan_message(tx, Outgoing((RUN,), "evidence.kept", data), run, run_id=incident.run_id)
