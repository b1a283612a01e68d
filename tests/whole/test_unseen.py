"""Every action, form, command and shortcut × everybody: who may not know of an incident meets what is not there."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.alerts.again import AlertRef
from bot.deploys.rollbacks.abort import PromoteRef
from bot.incidents.windows import PhaseRef
from bot.legal.drafts import DraftRef
from bot.oncall.model import CheckRef
from bot.runs.checklist.items import GateRef, StepRef
from bot.runs.model import Gate, GateKind
from handlers.slack.blocks import ids
from handlers.slack.blocks.references import (
    CommitRef,
    IncidentRef,
    ItemsRef,
    LegalRef,
    LevelRef,
    RunRef,
    ShownRef,
    TimelineRef,
    UpdateDraftRef,
    UpdateRef,
    write_ref,
)
from handlers.slack.incidents.command import TOPICS
from handlers.slack.table import ACTIONS, AREAS
from handlers.slack.table import COMMANDS as TABLE
from handlers.slack.table import FORMS as SUBMITTED
from sandbox.slack import Person
from whole.deliveries import Heard, Visitor
from whole.workspace import Workspace

TITLE = "Somebody reads our mail"
THERE, NOWHERE = 1, 987654
"""The number of the confidential incident, of its run, of a question that it asks; and of nothing."""
STEP = "isolate"

Value = Callable[[int], str]


def _step(number: int) -> str:
    return write_ref(StepRef(number, STEP, 0))


def _run(number: int) -> str:
    return write_ref(RunRef(number))


def _gate(number: int) -> str:
    return write_ref(GateRef(number))


def _incident(number: int) -> str:
    return write_ref(IncidentRef(number))


def _draft(number: int) -> str:
    return write_ref(DraftRef(number, "anpd", 0))


def _clock(number: int) -> str:
    return write_ref(LegalRef(number, "anpd_notice"))


def _level(number: int) -> str:
    return write_ref(LevelRef(number, 2))


def _phase(number: int) -> str:
    return write_ref(PhaseRef(number, "containment"))


ABOUT_INCIDENTS: dict[str, Value] = {
    ids.GATE_RETRY: _gate,
    ids.STEP_TICK: _step,
    ids.STEP_UNTICK: _step,
    ids.STEP_RUN: _step,
    ids.STEP_START: _step,
    ids.STEP_SKIP: _step,
    ids.STEP_OUTPUT: _step,
    ids.GATE_AGAIN: _gate,
    ids.GATE_DONE: _gate,
    ids.GATE_ABORT: _gate,
    ids.RUN_LOG: _run,
    ids.RUN_REVIVE: _run,
    ids.ALERT_PAGE: lambda number: write_ref(AlertRef(number, "response_team")),
    ids.INCIDENT_ACK: _incident,
    ids.INCIDENT_HAND_BACK: _incident,
    ids.INCIDENT_NOTE: _incident,
    ids.INCIDENT_RESOLVE: _incident,
    ids.INCIDENT_CLOSE: _incident,
    ids.INCIDENT_REOPEN: _incident,
    ids.INCIDENT_ROLL_BACK: _incident,
    ids.INCIDENT_UPDATE: _incident,
    ids.INCIDENT_ESCALATE: _level,
    ids.INCIDENT_ITEMS: lambda number: write_ref(ItemsRef(number, 0)),
    ids.TIMELINE_EARLIER: lambda number: write_ref(TimelineRef(number, 9, 0)),
    ids.TIMELINE_LATER: lambda number: write_ref(TimelineRef(number, 1, 1)),
    ids.PHASE_SNOOZE: _phase,
    ids.PHASE_UNNEEDED: _phase,
    ids.LEGAL_KNOWLEDGE: _incident,
    ids.LEGAL_MEET: _clock,
    **dict.fromkeys((ids.DRAFT_WRITE, ids.DRAFT_REVIEW, ids.DRAFT_EXPORT, ids.DRAFT_SENT), _draft),
    ids.LEGAL_ASIDE: _clock,
    ids.LEGAL_AGAIN: _clock,
}
"""Actions on cards of incidents."""
ABOUT_RUNS: dict[str, Value] = {
    ids.RUN_APPROVE: lambda number: write_ref(CommitRef(number, "")),
    ids.GATES_AGAIN: _run,
    ids.GATE_OVERRIDE: _run,
    ids.RUN_CONFIRM: lambda number: write_ref(ShownRef(number, "")),
    ids.RUN_ROLL_BACK: _run,
    ids.RUN_PROMOTE: lambda number: write_ref(PromoteRef(number, "")),
    ids.RUN_TAKE_OVER: _run,
    ids.RUN_UNDO: _run,
    ids.RUN_CANCEL: _run,
    ids.ROLLBACK_REQUEST: _run,
    ids.ROLLBACK_CHOOSE: lambda number: f"{number}|api|dpl_1",
    ids.RESTORE_CHOOSE: _run,
    ids.RESTORE_APPROVE: _run,
    ids.ROLLBACK_EMERGENCY: _run,
}
"""Actions on other cards, pressed about the run of an incident all the same."""
ABOUT_NOTHING = {
    ids.HOLD_LIFT: '["h","production","lock","2026-11-23T15:00:00+00:00"]',
    ids.HOLD_KEEP: '["h","production","lock","2026-11-23T15:00:00+00:00"]',
    ids.INCIDENT_DECLARE: "home",
    ids.DEPLOY_REQUEST: "home",
    ids.HEALTH_AGAIN: "",
    ids.ONCALL_ANSWER: write_ref(CheckRef(1)),
}
SILENT = {ids.LINK}
"""What only opens an address."""

FORMS: dict[str, Callable[[int], tuple[str, dict[str, str]]]] = {
    ids.INCIDENT_NOTE: lambda number: (str(number), {"text": "I know"}),
    ids.INCIDENT_RESOLVE: lambda number: (str(number), {"text": "over"}),
    ids.INCIDENT_CLOSE: lambda number: (_incident(number), {}),
    ids.INCIDENT_ROLL_BACK: lambda number: (_incident(number), {"target": "api"}),
    ids.INCIDENT_ESCALATE: lambda number: (_level(number), {"reason": "I know"}),
    ids.INCIDENT_UPDATE: lambda number: (_incident(number), {"audience": "inside", "status": "monitoring"}),
    ids.UPDATE_TEXT: lambda number: (write_ref(UpdateRef(number, "inside", "monitoring", ())), {"en": "I know"}),
    ids.UPDATE_SEND: lambda number: (write_ref(UpdateDraftRef(number)), {"sure": "yes"}),
    ids.PHASE_UNNEEDED: lambda number: (_phase(number), {"items": "isolate", "reason": "no need"}),
    ids.LEGAL_KNOWLEDGE: lambda number: (_incident(number), {"date": "2026-11-20", "time": "10:00"}),
    ids.DRAFT_WRITE: lambda number: (_draft(number), {"risks": "I know"}),
    ids.DRAFT_SENT: lambda number: (_draft(number), {"reference": "I know"}),
    ids.LEGAL_MEET: lambda number: (_clock(number), {"words": "I know"}),
    ids.LEGAL_ASIDE: lambda number: (_clock(number), {"words": "I know"}),
    ids.LEGAL_AGAIN: lambda number: (_clock(number), {"words": "I know"}),
    ids.STEP_SKIP: lambda number: (str(number), {"item": _step(number), "reason": "no need"}),
    ids.GATE_OVERRIDE: lambda number: (str(number), {"gate": "lock", "reason": "now"}),
    ids.ROLLBACK_EMERGENCY: lambda number: (f"run:{number}", {"reason": "now"}),
    ids.RUN_UNDO: lambda number: (f"{number}:x", {"sure": "yes"}),
    ids.RESTORE_CHOOSE: lambda number: (str(number), {"backup": "1", "target": "new", "typed": "neonpro"}),
    ids.RESTORE_APPROVE: lambda number: (f"{number}|x", {"typed": "neonpro"}),
}
FORMS_ABOUT_NOTHING: dict[str, tuple[str, dict[str, str]]] = {
    ids.INCIDENT_DECLARE: ("", {"title": "Let me in", "severity": "p1", "drill": "real"}),
    ids.DEPLOY_REQUEST: ("", {"target": "api", "ref": "main"}),
}
INCIDENT_WORDS = {
    "status": "", "timeline": "", "note": "I know", "severity": "p1", "role": "scribe <@U05ELISA>", "resolve": "over",
    "close": "", "reopen": "", "ack": "", "hand-back": "", "rename": "Mine",
    "evidence": "", "communication": "", "merge": "into 1", "knowledge": "2026-11-20 10:00", "legal": "",
    "escalate": "2 I know", "update": "I know",
}  # fmt: skip
"""What can be typed of one incident, by its number."""
OF_NONE = {"list", "subscribe", "unsubscribe"}
"""What is about no one incident."""
COMMANDS = {
    "/deploy": {
        "": "", "api [ref]": "api main", "api [ref] --dry-run": "api main --dry-run", "status": "status",
        "history": "history", "history 42": "history {n}", "api hotfix --fix 7": "api main --fix {n}",
        "lock [2h] <reason>": "lock now", "lock --steal <reason>": "lock --steal now", "unlock": "unlock",
        "freeze [3d] <reason>": "freeze now", "unfreeze": "unfreeze",
    },
    "/rollback": {"": "", "api [deployment]": "api", "all --emergency [reason]": "all --emergency now",
                  "database": "database"},
    "/health": {"": "", "api": "api"},
    "/oncall": {"": "", "verify": "verify", "override @user until 2026-12-01 08:00 [rotation or level]":
                "override <@U02BRUNO> until 2030-12-01 08:00 level 2"},
    "/incident": {
        "": "", "p1 [title]": "p1 Let me in", "declare <severity> [title]": "declare p1 Let me in",
        "list": "list", "status": "status", "note <text>": "note I know",
        "timeline": "timeline", "severity <p1|p2|p3>": "severity p1", "role": "role",
        "role <role> [@user|back]": "role scribe <@U05ELISA>", "escalate [level] [reason]": "escalate 2 now",
        "update": "update", "update <text>": "update I know", "subscribe [service]": "subscribe api",
        "unsubscribe [service]": "unsubscribe api",
        "resolve [summary]": "resolve over", "close": "close", "reopen": "reopen", "7 status": "{n} status",
        "knowledge 2026-11-28 14:30 [reason]": "knowledge 2026-11-20 10:00", "legal": "legal", "evidence": "evidence",
        "communication": "communication", "communication anpd": "communication anpd",
        "evidence hand 3 @user <reason>": "evidence hand 3 <@U02BRUNO> mine",
        "rename <title>": "rename Mine", "ack": "ack", "hand-back": "hand-back", "merge 7 into 5": "merge {n} into {n}",
        "legal met <clock> <reference>": "legal met anpd_notice 7", "legal aside <clock> <reason>":
        "legal aside anpd_notice none", "legal again <clock> <reason>": "legal again anpd_notice oops",
    },
}  # fmt: skip
"""What can be typed, by the form that the help names."""
REFUSED = ("Workspace guests cannot use NeonOps", "Only members of this workspace can use NeonOps")

PEOPLE = {
    "no role": Person("U06FABIO", "fabio", "Fábio Farias", "fabio@neonpro.example"),
    "a role": Person("U02BRUNO", "bruno", "Bruno Barros", "bruno@neonpro.example"),
    "guest": Person("U07GUEST", "gabi", "Gabi Gomes", "gabi@agency.example", is_restricted=True),
    "deactivated": Person("U05ELISA", "elisa", "Elisa Esteves", "elisa@neonpro.example", deleted=True),
    "bot": Person("U11ROBOT", "robot", "A robot", is_bot=True),
    "stranger": Person("U08OTTO", "otto", "Otto Outsider", "otto@partner.example", team_id="T0PARTNER"),
}
WITHOUT_MEMBERSHIP, AT_THE_DOOR = ("no role", "a role"), ("guest", "deactivated", "bot", "stranger")


def test_everything_that_can_be_pressed_sent_and_typed_is_classified() -> None:
    assert {*ABOUT_INCIDENTS, *ABOUT_RUNS, *ABOUT_NOTHING, *SILENT} == set(ACTIONS)
    assert {*FORMS, *FORMS_ABOUT_NOTHING} == set(SUBMITTED)
    assert {name: set(forms) for name, forms in COMMANDS.items()} == {
        name: {form for form, _ in command.forms} for name, command in TABLE.items()
    }
    assert {*INCIDENT_WORDS, *OF_NONE} == {*TOPICS, *(topic.word for area in AREAS for topic in area.topics)}


async def _visit(workspace: Workspace, who: str) -> Visitor:
    """A security incident of Carla's with a failed item, and somebody who is not in it."""
    await workspace.declare(f"security {TITLE}", by=workspace.carla)
    await workspace.bot.database.write(lambda tx: tx.gates.add(Gate(0, THERE, GateKind.FAILED, tx.now, STEP)))
    person = PEOPLE[who]
    visitor = Visitor(workspace, person)
    workspace.slack._core.workspace.people[person.id] = person
    await workspace.bot.people.ask(person.id)
    return visitor


async def _rows(workspace: Workspace) -> list[Any]:
    """All that is known of the incident, but for what was refused."""

    def read(tx: Any) -> list[Any]:
        events = [event for event in tx.timeline.after(0, 10_000) if "refused" not in event.kind]
        return [tx.runs.get(THERE), tx.incidents.get(THERE), tx.steps.find(run_id=THERE), tx.gates.get(THERE),
                [event for event in events if event.run_id == THERE], tx.effects.find(run_id=THERE)]  # fmt: skip

    return await workspace.read(read)


@pytest.mark.parametrize("who", WITHOUT_MEMBERSHIP)
async def test_who_is_no_member_is_answered_as_if_it_were_not_there(workspace: Workspace, who: str) -> None:
    visitor = await _visit(workspace, who)
    card, before = await workspace.slack.say("alice", "devops", "a card"), await _rows(workspace)
    for action, value in {**ABOUT_INCIDENTS, **ABOUT_RUNS}.items():
        there, nowhere = [await visitor.clicks(card, action, value(number)) for number in (THERE, NOWHERE)]
        assert _same(there, nowhere), f"{action}: {there} {nowhere}"
    for callback, filled in FORMS.items():
        there, nowhere = [await visitor.submits(callback, *filled(number)) for number in (THERE, NOWHERE)]
        assert _same(there, nowhere), f"{callback}: {there} {nowhere}"
    for word, more in INCIDENT_WORDS.items():
        there, nowhere = [await visitor.types("/incident", f"{n} {word} {more}") for n in (THERE, NOWHERE)]
        assert _same(there, nowhere), f"{word}: {there} {nowhere}"
    assert await _rows(workspace) == before


def _same(there: Heard, nowhere: Heard) -> bool:
    """Whether both were refused, in the same words and without a form."""
    return bool(there.words.strip()) and there.plain == nowhere.plain and there.forms == nowhere.forms == ()


@pytest.mark.parametrize("who", WITHOUT_MEMBERSHIP)
async def test_nothing_that_is_typed_and_nothing_shown_names_it_to_others(workspace: Workspace, who: str) -> None:
    visitor = await _visit(workspace, who)
    heard = [
        await visitor.types(command, text.format(n=THERE))
        for command, forms in COMMANDS.items() for text in forms.values()
    ]  # fmt: skip
    for shortcut in (ids.NOTE_FROM_MESSAGE, ids.MESSAGE_SAVE):
        heard.append(await visitor.uses(shortcut, await workspace.slack.say("alice", "devops", "hello")))
    await workspace.slack.open_home(visitor.person.id)
    home = await workspace.until(lambda: workspace.slack.home(visitor.person.id))
    await workspace.settled()
    public = [m for c in workspace.slack.channels() if c.is_public for m in workspace.slack.messages(c.id)]
    seen = json.dumps([*(each.words for each in heard), *(each.forms for each in heard), home.blocks,
                       *((m.text, m.blocks) for m in public)], default=list)  # fmt: skip
    channel = (await workspace.read(lambda tx: tx.incidents.get(THERE))).channel
    assert TITLE not in seen
    assert str(channel) not in seen


@pytest.mark.parametrize("who", AT_THE_DOOR)
async def test_who_may_use_nothing_is_refused_everything(workspace: Workspace, who: str) -> None:
    visitor = await _visit(workspace, who)
    card, before = await workspace.slack.say("alice", "devops", "a card"), await _rows(workspace)
    count = await workspace.read(lambda tx: len(tx.runs.find()))
    presses = {**{a: value(THERE) for a, value in {**ABOUT_INCIDENTS, **ABOUT_RUNS}.items()}, **ABOUT_NOTHING}
    sends = {**{callback: filled(THERE) for callback, filled in FORMS.items()}, **FORMS_ABOUT_NOTHING}
    heard = [(action, await visitor.clicks(card, action, value)) for action, value in presses.items()]
    heard += [(callback, await visitor.submits(callback, *filled)) for callback, filled in sends.items()]
    heard += [(f"{command} {text}", await visitor.types(command, text.format(n=THERE)))
              for command, forms in COMMANDS.items() for text in forms.values()]  # fmt: skip
    heard += [(name, await visitor.uses(name, card)) for name in (ids.NOTE_FROM_MESSAGE, ids.INCIDENT_DECLARE)]
    assert [(name, each) for name, each in heard if each.forms or not _refused(each)] == []
    assert await workspace.read(lambda tx: len(tx.runs.find())) == count
    assert await _rows(workspace) == before


def _refused(heard: Heard) -> bool:
    return any(words in heard.words for words in REFUSED)


async def test_a_member_meets_what_is_there(workspace: Workspace) -> None:
    await _visit(workspace, "no role")
    carla = Visitor(workspace, workspace.slack.person("carla"))
    card = await workspace.slack.say("alice", "devops", "a card")
    answered = {ids.GATE_AGAIN, ids.GATE_DONE, ids.GATE_ABORT}  # by the tick, which comes before
    for action, value in ((action, value) for action, value in ABOUT_INCIDENTS.items() if action not in answered):
        there = await carla.clicks(card, action, value(THERE), quiet=True)
        nowhere = await carla.clicks(card, action, value(NOWHERE))
        assert (there.plain, there.forms) != (nowhere.plain, nowhere.forms), action
    for word, more in INCIDENT_WORDS.items():
        there, nowhere = [await carla.types("/incident", f"{n} {word} {more}") for n in (THERE, NOWHERE)]
        assert there.plain != nowhere.plain, word
