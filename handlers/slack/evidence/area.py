"""What evidence brings to Slack: a message's menu keeps it, `/incident evidence` lists it and hands it over."""

from dataclasses import replace
from typing import Any

from bot.errors import Refusal
from bot.evidence import custody
from bot.evidence.custody import SeenFile, SeenMessage
from bot.incidents import look
from bot.people import Actor
from bot.text import say
from handlers.slack.area import Area, Shortcut, Topic
from handlers.slack.blocks import ids
from handlers.slack.evidence.messages import MESSAGES, evidence_list, found_of
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Reply, Request
from handlers.slack.interaction.transactions import join
from handlers.slack.parsing.text import first_word, unknown, user_in, whole_number, without_mentions


async def _keep(context: Context, actor: Actor, body: dict[str, Any]) -> Reply:
    """Keep a message, and its files, as evidence of the incident in whose channel it stands."""
    there = replace(actor, place=body["channel"]["id"])
    await context.transactions.do(custody.keep, there, seen_in(body))
    await join(context, there)
    return Reply()


def seen_in(body: dict[str, Any]) -> SeenMessage:
    """The message of a shortcut's payload."""
    message = body["message"]
    files = tuple(
        SeenFile(str(each.get("name") or each.get("id")), int(each.get("size") or 0),
                 str(each.get("url_private_download") or each.get("url_private") or ""))
        for each in message.get("files") or ()
    )  # fmt: skip
    return SeenMessage(body["channel"]["id"], message["ts"], message.get("user") or message.get("bot_id") or "", files)


async def evidence(context: Context, request: Request, number: int | None, rest: str) -> Reply:
    """List the evidence of an incident, or hand a piece of it over."""
    found = await context.transactions.look(look.meant, request.actor, number, request.channel)
    word, more = first_word(rest)
    if word == "hand":
        await _hand(context, request, found.id, more)
    elif word:
        raise unknown("/incident evidence", word, ["hand"])
    return Reply(*evidence_list(found, await context.transactions.look(found_of, found)))


async def _hand(context: Context, request: Request, number: int, text: str) -> None:
    word, more = first_word(text)
    piece, taker = whole_number(word), user_in(more)
    if piece is None or taker is None:
        raise Refusal(say("Write which evidence goes to whom, and why: /incident evidence hand 3 @user the reason."))
    said = number, piece, taker, without_mentions(more)
    await context.transactions.once(request.identity, custody.hand_over, request.actor, *said)


KEEP = Shortcut(
    ids.EVIDENCE_KEEP, "message", "Keep as evidence", "Keep this message and its files with their hash", _keep
)
AREA = Area(
    topics=(
        Topic(
            "evidence",
            evidence,
            (
                ("evidence", "evidence of this incident, with hashes and chain of custody"),
                ("evidence hand 3 @user <reason>", "hand evidence 3 over to somebody"),
            ),
        ),
    ),
    shortcuts=(KEEP,),
    messages=MESSAGES,
)
