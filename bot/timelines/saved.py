"""Messages that people save in the timeline by :pushpin:, and what becomes of them; what was saved is not rewritten."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.domain import Domain
from bot.domain.messages import tell
from bot.effects import LATER, Effect
from bot.incidents.access import may_see
from bot.incidents.model import Incident
from bot.people import ROBOT, Actor
from bot.ports import Tx
from bot.text import say, shorten
from bot.timelines.model import SavedMessage

SAVE = "timeline.save"
TEXT_LIMIT = 3000
"""Characters of a message that the timeline keeps."""


@dataclass(frozen=True)
class Written:
    """A message as it is now: whose it is, its text, and its files by name, with the SHA-256 of what could be read."""

    author: str
    text: str
    files: Mapping[str, str] = field(default_factory=dict)


def ask_to_save(domain: Domain, tx: Tx, actor: Actor, ts: str) -> Effect | None:
    """Have a message of the channel where the actor is kept in its incident's timeline; once.

    None when it is kept, the channel is no incident's, or the actor may not respond: a reaction is not answered.
    """
    incident = _incident(tx, actor.place)
    if incident is None or not may_see(domain, tx, actor, incident) or not actor.may("respond", domain.runbook):
        return None
    if _saved(tx, actor.place, ts) or not tx.claims.claim(f"timeline:save:{actor.place}:{ts}"):
        return None
    payload = {"channel": actor.place, "ts": ts, "by": actor.user}
    return tx.effects.plan(SAVE, f"timeline:{actor.place}", payload, run_id=incident.run_id, priority=LATER)


def save(domain: Domain, tx: Tx, effect: Effect, written: Written, mask: Callable[[str], str]) -> None:
    """Write a message into the timeline, with its secrets hidden: whoever wrote them is told."""
    asked = effect.payload
    if effect.run_id is None or _saved(tx, asked["channel"], asked["ts"]):
        return
    tx.rows(SavedMessage).add(SavedMessage(0, effect.run_id, asked["channel"], asked["ts"], written.author))
    actor, said = _actor(domain, tx, asked["by"]), _said(written)
    tx.timeline.record("message.saved", actor, effect.run_id, ts=asked["ts"], **said)
    _warn(tx, written, mask)


def edited(domain: Domain, tx: Tx, channel: str, ts: str, written: Written, mask: Callable[[str], str]) -> None:
    """A message was edited: if it is kept, its new text is too, beside the old one."""
    if saved := _saved(tx, channel, ts):
        author = _actor(domain, tx, written.author)
        tx.timeline.record("message.edited", author, saved.run_id, ts=ts, **_said(written))
        _warn(tx, written, mask)


def deleted(domain: Domain, tx: Tx, channel: str, ts: str) -> None:
    """A message was deleted: if it is kept, that is noted, and what was kept stays. Slack does not say by whom."""
    if saved := _saved(tx, channel, ts):
        tx.timeline.record("message.deleted", ROBOT, saved.run_id, ts=ts, author=saved.author)


def _incident(tx: Tx, channel: str) -> Incident | None:
    found = tx.incidents.find(channel=channel, order="-id", limit=1)
    return found[0] if found else None


def _saved(tx: Tx, channel: str, ts: str) -> SavedMessage | None:
    found = tx.rows(SavedMessage).find(channel=channel, ts=ts)
    return found[0] if found else None


def _said(written: Written) -> dict[str, object]:
    return {"author": written.author, "text": shorten(written.text, TEXT_LIMIT), "files": dict(written.files)}


def _actor(domain: Domain, tx: Tx, user: str) -> Actor:
    member = tx.members.get(user)
    return domain.actor(member) if member else Actor(user, user)


def _warn(tx: Tx, written: Written, mask: Callable[[str], str]) -> None:
    """Tell the author that a secret of theirs stands in the channel: it is hidden in the timeline only."""
    if mask(written.text) != written.text and written.author[:1] in ("U", "W"):
        sentence = say(
            "🔑 A message of yours that was saved in an incident's timeline holds what looks like a secret. It is "
            "hidden in the timeline, but not in the channel: delete the message, and have the secret replaced."
        )
        tell(tx, written.author, sentence)
