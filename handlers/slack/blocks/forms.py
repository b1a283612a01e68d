"""Forms (modals): declaring, deploying, notes, resolving, skipping."""

from collections.abc import Sequence

from bot.incidents.conduct import NOTE_LIMIT
from bot.incidents.declare import TITLE_LIMIT
from bot.runbook.model import Runbook
from bot.text import say, shorten
from handlers.slack.blocks.elements import Block, escape, modal, option, section, select_input, text_input
from handlers.slack.interaction import ids

PRIVACY = "Please keep names and other data of patients out of Slack."


def declare_form(runbook: Runbook, channel: str = "") -> Block:
    """What is wrong, and how bad."""
    options = [option(severity.title, severity.id, severity.impact) for severity in runbook.severities]
    drills = [option(say("It is real"), "real"), option(say("It is a drill"), "drill")]
    blocks = [
        select_input(say("Severity"), "severity", options, options[0]),
        text_input(
            say("What is wrong?"), "title", limit=TITLE_LIMIT, placeholder=say("Checkout is down"), hint=say(PRIVACY)
        ),
        select_input(say("Real or a drill?"), "drill", drills, drills[0]),
    ]
    return modal(say("Declare an incident"), ids.INCIDENT_DECLARE, blocks, submit=say("Declare"), about=channel)


def deploy_form(runbook: Runbook, channel: str) -> Block:
    """What to deploy, from where."""
    services = [option(say("Everything"), "all"), *(option(service.title, service.id) for service in runbook.services)]
    blocks = [
        select_input(say("What?"), "target", services, services[0]),
        text_input(say("Branch, tag or commit"), "ref", limit=200, initial="main"),
    ]
    return modal(say("Deploy to production"), ids.DEPLOY_REQUEST, blocks, submit=say("Ask for it"), about=channel)


def emergency_form(what: str, about: str, reason: str = "") -> Block:
    """The one question before an emergency rollback. `about` comes back: the run, or what was asked for."""
    warning = say(
        "*{what}* goes back to what is recommended (or was chosen) as soon as that is known: without another person's "
        "approval, without the checklist before it, even if the database's schema is ahead of it. Everybody is told.",
        what=escape(what),
    )
    fields = [section(warning), text_input(say("Why?"), "reason", multiline=True, limit=300, initial=reason)]
    return modal(say("Emergency rollback"), ids.ROLLBACK_EMERGENCY, fields, submit=say("Roll back now"), about=about)


def note_form(number: int, initial: str = "") -> Block:
    """A note for the timeline of an incident."""
    field = text_input(say("Note"), "text", multiline=True, limit=NOTE_LIMIT, initial=initial, hint=say(PRIVACY))
    return modal(say("Add a note"), ids.INCIDENT_NOTE, [field], submit=say("Write it down"), about=str(number))


def resolve_form(number: int) -> Block:
    """How it was resolved."""
    field = text_input(
        say("What was it, and what helped?"), "text", multiline=True, limit=1000, optional=True, hint=say(PRIVACY)
    )
    return modal(say("Resolve the incident"), ids.INCIDENT_RESOLVE, [field], submit=say("Resolve"), about=str(number))


def skip_form(about: str, items: Sequence[tuple[str, str]]) -> Block:
    """Which item is skipped, and why. `items`: text and the reference that its option carries."""
    options = [option(shorten(text, 75), value) for text, value in items]
    blocks = [
        select_input(say("Item"), "item", options, options[0] if len(options) == 1 else None),
        text_input(say("Why is it not needed?"), "reason", multiline=True, limit=500),
    ]
    return modal(say("Skip an item"), ids.STEP_SKIP, blocks, submit=say("Skip it"), about=about)


def override_form(run_id: int, failed: Sequence[tuple[str, str]]) -> Block:
    """Which gate is passed, and why. `failed`: what each says, and its id."""
    options = [option(shorten(text, 75), gate) for text, gate in failed]
    blocks = [
        select_input(say("What stands in the way"), "gate", options, options[0]),
        text_input(say("Why go on all the same?"), "reason", multiline=True, limit=300, hint=say("Everybody sees it.")),
    ]
    return modal(say("Override a gate"), ids.GATE_OVERRIDE, blocks, submit=say("Override"), about=str(run_id))


def nothing_to_skip() -> Block:
    """Everything is settled already, or under way."""
    blocks = [section(escape(say("Nothing can be skipped now: every item is ticked, skipped or being done.")))]
    return {"type": "modal", "callback_id": "none", "title": {"type": "plain_text", "text": say("Skip an item")},
            "close": {"type": "plain_text", "text": say("Close")}, "blocks": blocks}  # fmt: skip
