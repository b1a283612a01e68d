"""The restore's first card: what can be restored, what was chosen, who has to approve; and its two forms."""

from datetime import datetime
from typing import Any

from bot.restores.model import NEW, Offered, RestoreInputs, what_words, where_words
from bot.runbook.steps import Proof
from bot.runs.model import RunState, StepState
from bot.text import plural, say, shorten, size_words
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import (
    DATE,
    TEXT_LIMIT,
    Block,
    Message,
    actions,
    button,
    confirm,
    context,
    divider,
    escape,
    section,
    user,
    when,
)
from handlers.slack.blocks.references import RunRef
from handlers.slack.cards.heading import heading, heading_words
from handlers.slack.cards.notices import notices
from handlers.slack.cards.view import CardView


def restore_card(view: CardView) -> Message:
    """Candidates, the choice, and the two buttons for two people."""
    candidates = "\n".join(_candidates(view))
    blocks = [*heading(view), divider(), section(candidates), *_choice(view), *_buttons(view), *notices(view)]
    words = [heading_words(view), candidates, *_choice_words(view)]
    return Message(shorten("\n".join(words), TEXT_LIMIT), blocks)


def _found(view: CardView, name: str) -> Any:
    return next((r.detail[name] for r in view.records.values() if name in r.detail), None)


def _candidates(view: CardView) -> list[str]:
    checked = _found(view, "backups")
    if checked is None:
        return [say("⏳ Checking the backups and their files…")]
    whole = {each["backup"]: each["whole"] for each in checked}
    lines = [_dump(view, each, whole.get(each.backup, False)) for each in RestoreInputs.of(view.run).backups]
    return [say("*What can be restored*"), *(lines or [say("There is no verified dump.")]), _recovery(view)]


def _dump(view: CardView, offered: Offered, whole: bool) -> str:
    taken = datetime.fromisoformat(offered.taken_at)
    rows = plural("{count} row", "{count} rows", sum(offered.rows.values()))
    tables = plural("{count} table", "{count} tables", len(offered.rows))
    state = say("✅ checksum verified") if whole else say("⛔ files changed, cannot be restored")
    facts = [say("{rows} in {tables}", rows=rows, tables=tables), size_words(offered.size), state]
    return f"• {when(taken, DATE)}  ·  " + "  ·  ".join(facts)


def _recovery(view: CardView) -> str:
    window = _found(view, "recovery")
    if not window:
        return say("• Point-in-time recovery is not available.")
    first, last = (when(datetime.fromisoformat(window[name]), DATE) for name in ("from", "until"))
    return say("• Point in time (Supabase, in place only): {first} to {last}", first=first, last=last)


def _choice_words(view: CardView) -> list[str]:
    choice = RestoreInputs.of(view.run).restore
    if choice is None:
        return []
    sign = "🟦" if choice.target == NEW else "🟥"
    return [
        say("{sign} *Chosen:* {what}, {where}.", sign=sign, what=what_words(choice), where=where_words(choice.target))
    ]


def _choice(view: CardView) -> list[Block]:
    return [section(text) for text in _choice_words(view)]


def _buttons(view: CardView) -> list[Block]:
    if view.run.state is not RunState.WAITING or _found(view, "backups") is None:
        return []
    ref, chosen = RunRef(view.run.id), RestoreInputs.of(view.run).restore is not None
    label = say("Choose again…") if chosen else say("Choose…")
    choose = button(label, ids.RESTORE_CHOOSE, ref, style=None if chosen else "primary")
    approve = [button(say("Approve the restore…"), ids.RESTORE_APPROVE, ref, style="danger")] if chosen else []
    cancel = button(
        say("Cancel"),
        ids.RUN_CANCEL,
        ref,
        sure=confirm(say("Cancel this run?"), escape(view.run.title), say("Cancel run"), no=say("Keep it")),
    )
    who = user(view.run.requested_by)
    hint = (
        say("Somebody other than {who} must approve it. Both type a confirmation.", who=who)
        if chosen
        else say("{who} chooses, then another person approves.", who=who)
    )
    return [actions(*approve, choose, cancel), context(hint)]


def restored_words(view: CardView) -> str:
    """That it is restored, once its checks after the restore are done; empty when there are none."""
    steps = (step for part in view.page.sections for step in part.steps)
    checks = [step for step in steps if step.proves in (Proof.HEALTH, Proof.REQUEST)]
    done = bool(checks) and all(view.records[step.id].state is StepState.DONE for step in checks)
    return say("It is restored and verified.") if done else ""
