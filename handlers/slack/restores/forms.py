"""`/rollback database`: requesting a restore, and the forms in which it is chosen and approved."""

from collections.abc import Callable
from datetime import UTC, datetime

from bot.domain import Domain
from bot.errors import Refusal
from bot.people import Actor
from bot.ports import Tx
from bot.restores import decide
from bot.restores.decide import Wanted
from bot.restores.model import IN_PLACE, NEW, Choice, Offered, RestoreInputs, what_words, where_words, word_of
from bot.restores.request import request_restore
from bot.runbook.model import Runbook
from bot.runs.model import Run
from bot.runs.start import records_of
from bot.text import plural, say, size_words
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Block, escape, modal, option, section, select_input, text_input, user
from handlers.slack.blocks.references import RunRef, ShownRef, read_as
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Form, Reply, Request
from handlers.slack.interaction.transactions import look
from handlers.slack.parsing.text import tidy


async def ask_restore(context: Context, request: Request) -> Reply:
    """Open a restore that waits for its requester's choice and for somebody else's approval."""
    run = await context.transactions.once(request.identity, request_restore, request.actor, request.channel)
    if run is None:
        return Reply()
    words = say(
        "🗄️ *{title}* (run {id}): checking the backups. Choose on its card; nothing is restored before another "
        "person approves it.",
        title=run.title,
        id=run.id,
    )
    return Reply(words)


async def open_choice(context: Context, click: Click) -> Reply:
    """Open the form in which the requester chooses."""
    return Reply(modal=await look(context, click, RunRef, _choice_form))


async def open_approval(context: Context, click: Click) -> Reply:
    """Open the form in which another person approves."""
    return Reply(modal=await look(context, click, RunRef, _approval_form))


def _choice_form(domain: Domain, tx: Tx, actor: Actor, ref: RunRef) -> Block:
    run = decide.may_choose(domain, tx, actor, ref.run_id)
    whole = {int(each["backup"]) for each in decide.found_backups(tx, run) if each["whole"]}
    recovery = any(record.detail.get("recovery") for record in records_of(tx, run.id).values())
    if not whole and not recovery:
        raise Refusal(
            say("There is nothing to restore: there is no verified dump, and point-in-time recovery is not available.")
        )
    return choose_form(domain.runbook_of(tx, run), run, whole, recovery=recovery)


def _approval_form(domain: Domain, tx: Tx, actor: Actor, ref: RunRef) -> Block:
    run, _, choice = decide.may_approve(domain, tx, actor, ref.run_id)
    return approve_form(domain.runbook_of(tx, run), run, choice)


def choose_form(runbook: Runbook, run: Run, whole: set[int], *, recovery: bool) -> Block:
    """What is restored, where to, and the typed confirmation. Into a new database comes first."""
    dumps = [_option(each) for each in RestoreInputs.of(run).backups if each.backup in whole]
    moment = [option(say("A point in time"), "0", say("By Supabase, in place; write the time below."))]
    places = [
        option(say("Into a new database"), NEW, where_words(NEW)),
        option(say("In place (dangerous)"), IN_PLACE, where_words(IN_PLACE)),
    ]
    words = say(
        "{new} for a new database, {old} for in place", new=word_of(runbook, NEW), old=word_of(runbook, IN_PLACE)
    )
    blocks = [
        select_input(say("What to restore"), "backup", [*dumps, *(moment if recovery else [])]),
        text_input(say("Point in time (UTC)"), "moment", limit=20, optional=True,
                   placeholder="2026-11-23 03:10"),
        select_input(say("Restore to"), "target", places, places[0]),
        text_input(say("Type to confirm"), "typed", limit=80, hint=words),
    ]  # fmt: skip
    return modal(
        say("Restore the database"), ids.RESTORE_CHOOSE, blocks, submit=say("Request restore"), about=RunRef(run.id)
    )


def _option(offered: Offered) -> Block:
    taken = datetime.fromisoformat(offered.taken_at)
    rows = plural("{count} row", "{count} rows", sum(offered.rows.values()))
    words = say("Dump of {when} UTC, {rows}", when=f"{taken.astimezone(UTC):%Y-%m-%d %H:%M}", rows=rows)
    return option(words, str(offered.backup), size_words(offered.size))


def approve_form(runbook: Runbook, run: Run, choice: Choice) -> Block:
    """The second person reads what will happen, and types it too."""
    words = say(
        "*{what}* is restored {where}.", what=escape(what_words(choice)), where=escape(where_words(choice.target))
    )
    first = say("Requested by {who}. The current state is backed up first.", who=user(run.requested_by))
    typed = text_input(say("Type {word} to approve", word=word_of(runbook, choice.target)), "typed", limit=80)
    blocks = [section(f"{words}\n{first}"), typed]
    return modal(
        say("Approve a restore"),
        ids.RESTORE_APPROVE,
        blocks,
        submit=say("Approve"),
        about=ShownRef(run.id, choice.digest),
    )


async def chosen(context: Context, form: Form) -> Reply:
    """The requester's choice comes back."""
    run_id, fields = read_as(RunRef, form.about).run_id, form.fields
    wanted = Wanted(int(fields["backup"]), tidy(fields.get("moment") or ""), fields["target"], tidy(fields["typed"]))
    return await _traced(
        context, form, run_id, lambda domain, tx, actor: decide.choose(domain, tx, actor, run_id, wanted)
    )


async def approved(context: Context, form: Form) -> Reply:
    """The second person's approval comes back."""
    ref, typed = read_as(ShownRef, form.about), tidy(form.fields["typed"])
    return await _traced(
        context,
        form,
        ref.run_id,
        lambda domain, tx, actor: decide.approve(domain, tx, actor, ref.run_id, ref.shown, typed),
    )


async def _traced(context: Context, form: Form, run_id: int, operation: "Operation") -> Reply:
    """One transaction for the form. A refused one is undone whole."""
    try:
        await context.transactions.once(form.request.identity, operation, form.request.actor)
    except Refusal as refusal:
        refusal.about = run_id
        raise
    return Reply()


Operation = Callable[[Domain, Tx, Actor], object]
