"""The notices of a card: who was alerted, who is not there, and what could not be done outside."""

from bot.alerts.again import AlertRef, not_paged
from bot.alerts.model import Alert, AlertState, Way
from bot.alerts.words import absent_words, alert_words
from bot.effects import Effect
from bot.effects.wording import effect_words, named
from bot.text import listing, plural, say, shorten
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import SECTION_LIMIT, Block, actions, button, confirm, section, sentence
from handlers.slack.blocks.references import RunRef
from handlers.slack.cards.view import CardView


def notices(view: CardView) -> list[Block]:
    """On the first card of a stage."""
    return [*_legal(view), *_people(view), *_undone(view)] if view.first else []


def _legal(view: CardView) -> list[Block]:
    """The next legal deadline."""
    return [section(f"⚖️ {sentence(view.legal)}")] if view.legal else []


def _people(view: CardView) -> list[Block]:
    """Whom declaring it alerted, and who could not be invited."""
    called = _last([alert for alert in view.alerts if not alert.item and alert.way is not Way.INVITATION])
    alerted = alert_words(called, lambda person: _name(view, person))
    absent = absent_words(view.alerts, lambda person: _name(view, person))
    lines = [f"{sign} {sentence(words)}" for sign, words in (("📣", alerted), ("👥", absent)) if words]
    again = page_button(view, "")
    return [section(shorten("\n".join(lines), SECTION_LIMIT), *again)] if lines else []


def names_of_alerted(view: CardView) -> list[str]:
    """Who was alerted and may have heard, by name; before that, who is going to be."""
    called = [alert for alert in view.alerts if alert.way is not Way.INVITATION]
    severity = view.runbook.severity(view.incident.severity) if view.incident else None
    heard = [alert.person for alert in called if alert.state is not AlertState.UNREACHED]
    people = heard if called else view.team.holders(severity.alerted if severity else ())
    return [_name(view, person) for person in dict.fromkeys(people)]


def _last(alerts: list[Alert]) -> list[Alert]:
    newest = max((alert.step_attempt for alert in alerts), default=0)
    return [alert for alert in alerts if alert.step_attempt == newest]


def page_button(view: CardView, item: str) -> list[Block]:
    """A button that pages again, when it is not certain that everybody with a pager was paged."""
    missed = not_paged(list(view.alerts), item)
    if not missed or view.run.state.ended:
        return []
    names = listing([_name(view, alert.person) for alert in missed], most=8)
    words = say("{people}: unknown whether they were paged, so this may page them a second time.", people=names)
    sure = confirm(say("Page again?"), sentence(words), say("Page again"), danger=False)
    return [button(say("Page again"), ids.ALERT_PAGE, AlertRef(view.run.id, item), sure=sure)]


def _name(view: CardView, person: str) -> str:
    known = view.team.people.get(person) or view.team.people.get(view.team.key_of(slack=person) or "")
    return known.name if known else f"<@{person}>"


def _undone(view: CardView) -> list[Block]:
    """What could not be done outside, with a button that tries again."""
    if not view.dead:
        return []
    lines = "\n".join(map(_not_done, view.dead[:5]))
    count = plural("{count} action failed", "{count} actions failed", len(view.dead))
    retry = button(say("Try again"), ids.RUN_REVIVE, RunRef(view.run.id))
    return [section(f"⚠️ *{count}*\n{lines}"), actions(retry)]


def _not_done(effect: Effect) -> str:
    words = f"• {effect_words(named(effect))}: {sentence(effect.error or '')}"
    return words + " " + say("(NeonOps retries automatically)") if effect.state == "held" else words
