"""What is said of deploys and rollbacks: who may approve, how they ended, how they are watched, what locks them."""

from bot.deploys.approval.approvers import asking_words
from bot.deploys.history import log
from bot.domain import Domain
from bot.holds.holds import HoldRef
from bot.incidents.access import belongs_to_secret
from bot.ports import Tx
from bot.text import say
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Message, actions, button, section, sentences
from handlers.slack.deploys.history import announcement
from handlers.slack.deploys.monitoring import watch_message
from handlers.slack.messaging.template import Scene, Template


def _approvers(scene: Scene) -> str:
    return sentences(asking_words(scene.the_run, scene.present.users, scene.present.missed))


def _watched(scene: Scene) -> Message:
    return watch_message(scene.the_run, scene.data, scene.present.users, scene.present.missed)


def _ended(scene: Scene) -> str:
    entry, link = scene.found
    return announcement(entry, scene.data["took"], scene.data["left"], link)


def _read_ended(domain: Domain, tx: Tx, scene: Scene) -> tuple[log.Entry, str | None]:
    """The run in the history, and where its card stands unless that is secret."""
    entry = log.entry_of(domain, tx, scene.the_run)
    cards = tx.cards.find(run_id=entry.run.id, page="main")
    hidden = belongs_to_secret(tx, entry.run) is not None
    return entry, scene.link(cards[0].channel, cards[0].ts) if cards and not hidden else None


def _reminder(scene: Scene) -> Message:
    """A hold that nobody ended, with buttons that end or keep it."""
    text, ref = sentences(scene.data["text"]), HoldRef(*scene.data["hold"])
    buttons = [button(say("Unlock"), ids.HOLD_LIFT, ref, style="primary"),
               button(say("Keep for 24 h"), ids.HOLD_KEEP, ref)]  # fmt: skip
    return Message(text, [section(text), actions(*buttons)])


MESSAGES = {
    "deploy.approvers": Template(_approvers, as_is=True),
    "watch.changed": Template(_watched, as_is=True),
    "deploy.ended": Template(_ended, _read_ended, as_is=True),
    "hold.reminder": Template(_reminder, as_is=True),
}
