"""`/incident`: declare and conduct."""

import re
from collections.abc import Mapping
from functools import partial

from bot.errors import Refusal
from bot.escalation.look import levels_of
from bot.incidents import conduct, look
from bot.incidents.acknowledge import acknowledge, acknowledged_words, hand_back
from bot.incidents.declare import Declaration
from bot.incidents.model import Incident
from bot.legal.words import legal_view, short_words
from bot.ports import Tx
from bot.runbook.model import Severity
from bot.text import say, side_by_side
from bot.timeline import Event
from bot.timelines.links import make_link
from handlers.slack.area import Command, Topic, TopicHandler
from handlers.slack.blocks.elements import actions
from handlers.slack.incidents import escalating
from handlers.slack.incidents.arguments import ALONE, DRILL, check_options, first_words, glued_severity, meant_number
from handlers.slack.incidents.duplicates import merge_typed, rename_typed
from handlers.slack.incidents.ending import left_words
from handlers.slack.incidents.forms import declare_form, declare_it
from handlers.slack.incidents.lists import incident_list, incident_status, timeline_blocks
from handlers.slack.incidents.past import PAGE, earlier_button
from handlers.slack.incidents.roles import role_typed
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Reply, Request
from handlers.slack.parsing.severities import severity_named
from handlers.slack.parsing.text import first_word, take_flag, take_number, unknown, unquoted

_FORMS = (
    ("", "open the form to declare an incident"),
    (
        "p1 [title]",
        "declare a critical outage (also `p2`, `p3`, `security`, `data-breach`, `outage`, `data-loss`); "
        "`--drill` to practise",
    ),
    ("declare <severity> [title]", "the same, also for a severity named like one of the commands below"),
    ("list", "incidents that are not closed"),
    ("status", "status of this incident"),
    ("ack", "I am on it: nobody else is called"),
    ("escalate [level] [reason]", "call the next level of the escalation now, or the one you name"),
    ("hand-back", "I am not on it any more: people are called again"),
    ("note <text>", "add a note to the timeline (never patient data)"),
    ("timeline", "timeline so far"),
    ("severity <p1|p2|p3>", "change the severity"),
    ("role", "the roles, and who has them"),
    ("role <role> [@user|back]", "take a role, give or hand it over to somebody, or give it back"),
    ("rename <title>", "give it another title"),
    ("merge 7 into 5", "close incident 7 as the duplicate of incident 5; what was done and noted goes along"),
    ("resolve [summary]", "mark it resolved"),
    ("close", "close the incident"),
    ("reopen", "reopen the incident"),
    ("7 status", "any of these for incident 7, from anywhere"),
)


async def incident(topics: Mapping[str, TopicHandler], context: Context, request: Request) -> Reply:
    """Carry out `/incident …`."""
    severities = [severity.id for severity in context.runbook.severities]
    number, text = take_number(request.text)
    word, rest = first_words(text)
    if not word:
        return (
            Reply(modal=declare_form(context.runbook)) if number is None else await status(context, request, number, "")
        )
    if severity := _declared(word, rest, number, severities, topics):
        return await _declare(context, request, context.runbook.severity(severity), rest)
    if word == "declare" and number is None:
        return await _declare_named(context, request, rest, severities)
    if word not in topics:
        raise _no_form(word, number, severities, topics)
    number = meant_number(word, rest, number)
    return await topics[word](context, request, number, rest if word in AS_TYPED else context.plain(rest))


def _no_form(word: str, number: int | None, severities: list[str], topics: Mapping[str, TopicHandler]) -> Refusal:
    severity = severity_named(word, severities)
    if number is None and (glued := glued_severity(word, severities)):
        return Refusal(say("Put a space after `{severity}`: /incident {severity} and the title.", severity=glued))
    if number is None or severity is None:
        return unknown("/incident", word, [*severities, *topics])
    return Refusal(
        say(
            "`/incident {severity} …`, without a number, declares a new incident. `/incident {id} severity "
            "{severity}` changes that one.",
            severity=severity,
            id=number,
        )
    )


async def _declare_named(context: Context, request: Request, text: str, severities: list[str]) -> Reply:
    """`/incident declare p1 …`: nothing but a severity can follow."""
    word, rest = first_word(text)
    severity = severity_named(word, severities)
    if severity is None:
        raise unknown("/incident declare", word or say("(nothing)"), severities)
    return await _declare(context, request, context.runbook.severity(severity), rest)


def _declared(
    word: str, rest: str, number: int | None, severities: list[str], topics: Mapping[str, TopicHandler]
) -> str | None:
    """The severity that is declared; None when something else is asked for.

    A severity may be called like one of the words after `/incident`. Those that take nothing more mean it when more is
    typed; `declare` before it means it always.
    """
    severity = severity_named(word, severities) if number is None else None
    if severity is None or word not in topics:
        return severity
    return severity if word in ALONE and rest else None


async def _declare(context: Context, request: Request, severity: Severity, text: str) -> Reply:
    drill, title = take_flag(text, DRILL)
    check_options(title)
    title = unquoted(re.sub(r"^[\s:,;–—-]+", "", context.plain(title)))
    return await declare_it(
        context, request, Declaration(severity.id, title or severity.impact, drill, request.channel)
    )


async def _meant(context: Context, request: Request, number: int | None) -> Incident:
    return await context.transactions.look(look.meant, request.actor, number, request.channel)


async def status(context: Context, request: Request, number: int | None, rest: str) -> Reply:
    """Where an incident stands."""
    found = await _meant(context, request, number)
    legal = short_words(await context.transactions.look(legal_view, found))
    levels = await context.transactions.look(levels_of, found.run_id)
    return Reply(*incident_status(await context.transactions.look(look.situation, found), legal, levels))


async def _list(context: Context, request: Request, number: int | None, rest: str) -> Reply:
    return Reply(*incident_list(await context.transactions.look(look.situations, request.actor)))


async def _timeline(context: Context, request: Request, number: int | None, rest: str) -> Reply:
    found = await _meant(context, request, number)

    def read(tx: Tx) -> list[Event]:
        return look.timeline(tx, found)

    secret = await context.transactions.do(make_link, request.actor, found) if context.web else ""
    page = f"{context.web}/timeline?link={secret}" if secret else ""
    events = await context.transactions.read(read)
    text, blocks = timeline_blocks(found, events, page)
    return Reply(text, (*blocks, *([actions(earlier_button(found, events[0]))] if len(events) == PAGE else [])))


async def _ack(context: Context, request: Request, number: int | None, rest: str) -> Reply:
    found = await _meant(context, request, number)
    once = context.transactions.once
    done = await once(request.identity, acknowledge, request.actor, found.id, "command")
    return Reply(acknowledged_words(done) if done else "")


async def _escalate(context: Context, request: Request, number: int | None, rest: str) -> Reply:
    return await escalating.typed(context, request, await _meant(context, request, number), rest)


async def _hand_back(context: Context, request: Request, number: int | None, rest: str) -> Reply:
    found = await _meant(context, request, number)
    made = await context.transactions.once(request.identity, hand_back, request.actor, found.id)
    return Reply(say("↩️ You handed incident {id} back: people are called again.", id=found.id) if made else "")


async def _note(context: Context, request: Request, number: int | None, rest: str) -> Reply:
    found = await _meant(context, request, number)
    made = await context.transactions.once(request.identity, conduct.note, request.actor, found.id, rest)
    return Reply(say("📝 Noted in the timeline of incident {id}.", id=found.id) if made else "")


async def _severity(context: Context, request: Request, number: int | None, rest: str) -> Reply:
    found = await _meant(context, request, number)
    situation = await context.transactions.look(look.situation, found)
    severities = [severity.id for severity in situation.runbook.severities]
    typed, more = first_word(rest)
    word = severity_named(typed, severities) or severity_named(typed, [each.id for each in context.runbook.severities])
    if word is None:
        raise unknown("/incident severity", typed or say("(nothing)"), severities)
    if more:
        raise Refusal(say("Write only the severity: /incident severity {word}. Put the reason in a note.", word=word))
    made = await context.transactions.once(request.identity, conduct.change_severity, request.actor, found.id, word)
    return Reply(say("Incident {id} is {severity} now.", id=found.id, severity=word.upper()) if made else "")


async def _resolve(context: Context, request: Request, number: int | None, rest: str) -> Reply:
    found = await _meant(context, request, number)
    made = await context.transactions.once(request.identity, conduct.resolve, request.actor, found.id, rest)
    if not made:
        return Reply()
    words = say("✅ Incident {id} is resolved. /incident close closes it.", id=found.id)
    return Reply(side_by_side(words, await context.transactions.look(left_words, found)))


async def _close(context: Context, request: Request, number: int | None, rest: str) -> Reply:
    found = await _meant(context, request, number)
    made = await context.transactions.once(request.identity, conduct.close, request.actor, found.id)
    return Reply(side_by_side(say("🏁 Incident {id} is closed.", id=found.id), made[1]) if made else "")


async def _reopen(context: Context, request: Request, number: int | None, rest: str) -> Reply:
    found = await _meant(context, request, number)
    made = await context.transactions.once(request.identity, conduct.reopen, request.actor, found.id)
    return Reply(say("🔁 Incident {id} is open again.", id=found.id) if made else "")


AS_TYPED = ("role", "evidence")
"""Words after which people are mentioned who are meant by it."""
TOPICS: dict[str, TopicHandler] = {
    "list": _list,
    "status": status,
    "ack": _ack,
    "escalate": _escalate,
    "hand-back": _hand_back,
    "note": _note,
    "timeline": _timeline,
    "severity": _severity,
    "rename": rename_typed,
    "merge": merge_typed,
    "role": role_typed,
    "resolve": _resolve,
    "close": _close,
    "reopen": _reopen,
}
"""What can be typed of one incident."""


def incident_command(topics: tuple[Topic, ...]) -> Command:
    """The command, with what other areas can do about an incident."""
    return Command(
        "/incident",
        "Declare and manage incidents",
        "p1 [title] | list | status | note …",
        partial(incident, TOPICS | {topic.word: topic.handler for topic in topics}),
        (*_FORMS, *(form for topic in topics for form in topic.forms)),
    )
