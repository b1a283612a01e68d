"""What is said of evidence: what was kept, with its hash, and who has it in hand."""

from bot.domain import Domain
from bot.evidence.custody import evidence_of, hands_of
from bot.evidence.model import Evidence, EvidenceState, HandOver
from bot.incidents.model import Incident
from bot.ports import Tx
from bot.text import say, size_words
from handlers.slack.blocks.elements import DATE, escape, user, when
from handlers.slack.blocks.lists import Answer, answer
from handlers.slack.messaging.template import Scene, Template

Found = list[tuple[Evidence, list[HandOver]]]


def found_of(domain: Domain, tx: Tx, incident: Incident) -> Found:
    """The evidence of an incident, each with the hands through which it went."""
    return [(each, hands_of(tx, each.id)) for each in evidence_of(tx, incident.id)]


def evidence_list(incident: Incident, found: Found) -> Answer:
    """All evidence of an incident."""
    if not found:
        return say("Incident {id} has no evidence. *Keep as evidence* in a message's menu keeps it, with its files.",
                   id=incident.id), ()  # fmt: skip
    lines = [line for row, hands in found for line in (_line(row), *map(_hand, hands))]
    return answer(say("Evidence of incident {id}", id=incident.id), lines)


def _line(row: Evidence) -> str:
    said = {"id": row.id, "name": escape(row.name), "author": user(row.author), "who": user(row.taken_by),
            "time": when(row.taken_at, DATE), "holder": user(row.holder), "size": size_words(row.size),
            "sha256": row.sha256, "why": escape(row.why)}  # fmt: skip
    match row.state:
        case EvidenceState.KEPT:
            return say("🧾 *#{id} {name}* by {author}, kept by {who} {time} · {size} · in hand: {holder}\nSHA-256 "
                       "`{sha256}`", **said)  # fmt: skip
        case EvidenceState.FAILED:
            return say("⚠️ *#{id} {name}* by {author} could not be kept: {why}. Asked by {who} {time}.", **said)
    return say("⏳ *#{id} {name}* by {author} is being kept, asked by {who} {time}.", **said)


def _hand(each: HandOver) -> str:
    words = say("{time} from {giver} to {taker}: {why}", time=when(each.at, DATE), giver=user(each.giver),
                taker=user(each.taker), why=escape(each.reason))  # fmt: skip
    return f"   ↳ {words}"


def _row(domain: Domain, tx: Tx, scene: Scene) -> Evidence | None:
    return tx.rows(Evidence).get(scene.data["evidence"])


def _handed(scene: Scene) -> str:
    data = scene.data
    return say("🧾 Evidence {id} (*{name}*) went from {giver} to {taker}: {why}", id=data["evidence"],
               name=escape(data["name"]), giver=user(data["giver"]), taker=user(data["taker"]),
               why=escape(data["reason"]))  # fmt: skip


MESSAGES = {
    "evidence.kept": Template(lambda scene: _line(scene.found), _row),
    "evidence.handed": Template(_handed),
}
