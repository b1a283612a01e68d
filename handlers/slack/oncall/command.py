"""`/oncall`: who is called now, who covers, and whether everybody can be reached."""

from bot.domain import Domain
from bot.errors import Refusal
from bot.escalation.roster import Roster, roster
from bot.oncall.checking import answer, verify
from bot.oncall.covering import cover
from bot.oncall.model import CheckRef, ContactCheck
from bot.people import Actor
from bot.ports import Tx
from bot.text import moment, plural, say
from handlers.slack.area import Area, Command
from handlers.slack.blocks import ids
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Reply, Request
from handlers.slack.interaction.transactions import decide
from handlers.slack.oncall.words import roster_answer
from handlers.slack.parsing.text import first_word, unknown, user_in, without_mentions
from handlers.slack.parsing.times import read_end

_FORMS = (
    ("", "who is called at each level now, and how; the rotations and the last contact check"),
    ("verify", "send everybody a message with a button: who does not answer within a day is named"),
    ("override @user until 2026-12-01 08:00 [rotation or level]", "have somebody called in place of whose turn it is"),
)


async def oncall(context: Context, request: Request) -> Reply:
    """Carry out `/oncall …`."""
    word, rest = first_word(request.text)
    match word:
        case "":
            found: Roster = await context.transactions.look(roster)
            return Reply(*roster_answer(found, dict(context.transactions.domain.team.channels)))
        case "verify" if not rest:
            return await _verify(context, request)
        case "override":
            return await _override(context, request, rest)
    raise unknown("/oncall", request.text, ["verify", "override"])


async def _verify(context: Context, request: Request) -> Reply:
    made = await context.transactions.once(request.identity, verify, request.actor)
    if made is None:
        return Reply()
    return Reply(plural("📨 {count} person is asked: `/oncall` shows who has answered.",
                        "📨 {count} people are asked: `/oncall` shows who has answered.", len(made)))  # fmt: skip


async def _override(context: Context, request: Request, text: str) -> Reply:
    user, zone = user_in(text), context.transactions.domain.zone
    now = await context.transactions.read(lambda tx: tx.now)
    ends = read_end(without_mentions(text).strip(), now, zone)
    if user is None or ends.at is None:
        raise Refusal(say("Write who and until when: /oncall override @name until 2026-12-01 08:00."))
    made = await context.transactions.once(request.identity, cover, request.actor, user, ends.at, ends.rest)
    if made is None:
        return Reply()
    return Reply(say("<@{user}> is called for {target} until {time}.", user=user, target=made.target.replace(":", " "),
                     time=moment(ends.at, zone)))  # fmt: skip


async def answered(context: Context, click: Click) -> Reply:
    """Who was asked has seen it."""
    done = await decide(context, click, CheckRef, _answer)
    return Reply(say("✅ Thank you: you can be reached.") if done else "")


def _answer(domain: Domain, tx: Tx, actor: Actor, ref: CheckRef) -> ContactCheck:
    return answer(domain, tx, actor, ref)


COMMAND = Command("/oncall", "Who is called now, and how", "verify | override @user until …", oncall, _FORMS)
AREA = Area(commands=(COMMAND,), actions={ids.ONCALL_ANSWER: answered})
