"""What a run needs next, by table."""

from datetime import UTC, datetime
from typing import Any

import pytest
from domain_world import changing, manual, phase, procedure, reading, runbook

from bot.kinds import KINDS
from bot.runbook.model import Procedure
from bot.runs.model import Run, RunState, StepState
from bot.runs.plan import Execute, Finish, Rest, next_move
from bot.runs.start import fresh_records

NOW = datetime(2026, 11, 23, tzinfo=UTC)
OPEN, STARTED, DONE, FAILED = StepState.OPEN, StepState.STARTED, StepState.DONE, StepState.FAILED
UNKNOWN, SKIPPED = StepState.UNKNOWN, StepState.SKIPPED
Given = dict[str, Any] | StepState


def made(*phases: dict[str, Any], kind: str = "checklist") -> Procedure:
    return runbook(procedure(*phases, kind=kind)).runbook.procedure("work")


def plan(found: Procedure, given: dict[str, Given], state: RunState = RunState.ACTIVE, **more: Any) -> object:
    """The next move, in words: the ids to execute, `finish`, or `rest`."""
    run = Run(1, found.id, KINDS[more.pop("kind", found.kind)], state, "v", "Work", "U1", NOW, **more)
    records = {each.step_id: each for each in fresh_records(run, found)}
    for name, changes in given.items():
        changes = {"state": changes, "attempt": 1} if isinstance(changes, StepState) else changes
        records[name] = records[name].evolve(**changes)
    match next_move(run, found, records):
        case Execute(steps):
            return [step.id for step in steps]
        case Finish():
            return "finish"
        case Rest():
            return "rest"


CHECKLIST = made(
    phase(manual("look"), reading("probe"), changing("mend"), name="one"),
    phase(reading("ask", starts="button"), reading("extra", required=False), name="two"),
)
SEQUENCE = made(
    phase(reading("a"), changing("b"), name="one", mode="sequence"),
    phase(manual("c"), reading("d", required=False), changing("e"), name="two", mode="sequence"),
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({}, ["probe", "mend", "extra"], id="every step that starts by itself, side by side"),
        pytest.param({"probe": STARTED}, ["mend", "extra"], id="what runs is not started again"),
        pytest.param({"probe": FAILED}, ["mend", "extra"], id="what failed waits for a person"),
        pytest.param({"probe": UNKNOWN}, ["mend", "extra"], id="what is unknown waits for a person"),
        pytest.param({"probe": DONE, "mend": DONE, "extra": DONE}, "rest", id="manual and button steps wait"),
        pytest.param({"probe": {"decision": 2}}, ["mend", "extra"], id="an unticked step is not started by itself"),
        pytest.param({"ask": {"asked_by": "U1"}}, ["probe", "mend", "ask", "extra"], id="requested by a person"),
        pytest.param({"look": {"asked_by": "U1"}}, ["probe", "mend", "extra"], id="nobody can ask for a manual step"),
        pytest.param(
            {"look": DONE, "probe": SKIPPED, "mend": DONE, "ask": DONE}, ["extra"], id="an optional step is still tried"
        ),
        pytest.param(
            {"look": DONE, "probe": DONE, "mend": DONE, "ask": DONE, "extra": FAILED}, "finish", id="all required done"
        ),
        pytest.param(
            {"look": DONE, "probe": DONE, "mend": DONE, "ask": DONE, "extra": STARTED}, "rest", id="one still runs"
        ),
        pytest.param(
            {"look": DONE, "probe": DONE, "mend": DONE, "extra": DONE, "ask": FAILED}, "rest", id="one failed"
        ),
    ],
)
def test_a_checklist_does_side_by_side_what_it_can(given: dict[str, Given], expected: object) -> None:
    assert plan(CHECKLIST, given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({}, ["a"], id="the first"),
        pytest.param({"a": STARTED}, "rest", id="one at a time"),
        pytest.param({"a": DONE}, ["b"], id="the next"),
        pytest.param({"a": SKIPPED}, ["b"], id="a skipped step lets the next pass"),
        pytest.param({"a": FAILED}, "rest", id="a failure stops"),
        pytest.param({"a": UNKNOWN}, "rest", id="an unknown stops"),
        pytest.param({"a": {"attempt": 1, "asked_by": "U1"}}, ["a"], id="a retry was asked for"),
        pytest.param({"a": {"attempt": 1}}, "rest", id="tried and open again: nobody asked"),
        pytest.param({"a": DONE, "b": DONE}, "rest", id="a manual step stops until it is ticked"),
        pytest.param({"a": DONE, "b": DONE, "c": DONE}, ["d"], id="beyond the manual step"),
        pytest.param({"a": DONE, "b": DONE, "c": DONE, "d": STARTED}, "rest", id="an optional step is waited for"),
        pytest.param({"a": DONE, "b": DONE, "c": DONE, "d": FAILED}, ["e"], id="an optional failure is passed"),
        pytest.param({"a": DONE, "b": DONE, "c": DONE, "d": UNKNOWN}, "rest", id="an optional unknown is asked about"),
        pytest.param({"b": DONE, "c": DONE}, ["a"], id="what was ticked ahead does not open the way"),
        pytest.param(dict.fromkeys("abcde", DONE), "finish", id="all done"),
    ],
)
def test_a_sequence_does_one_after_another(given: dict[str, Given], expected: object) -> None:
    assert plan(SEQUENCE, given) == expected


STAGES = made(
    phase(reading("check"), manual("sign"), name="one", stage="before"),
    phase(changing("act"), name="two", mode="sequence"),
    phase(reading("watch"), manual("tell"), name="three", stage="after"),
)


@pytest.mark.parametrize(
    ("state", "given", "expected"),
    [
        (RunState.WAITING, {}, ["check"]),
        (RunState.WAITING, {"check": DONE, "sign": DONE}, "rest"),
        (RunState.ACTIVE, {}, ["act"]),
        (RunState.ACTIVE, {"act": DONE}, "finish"),
        (RunState.DONE, {"act": DONE}, ["watch"]),
        (RunState.DONE, {"act": DONE, "watch": DONE, "tell": DONE}, "rest"),
        (RunState.FAILED, {}, "rest"),
        (RunState.ABORTED, {}, "rest"),
        (RunState.CANCELLED, {}, "rest"),
    ],
)
def test_each_stage_has_its_time(state: RunState, given: dict[str, Given], expected: object) -> None:
    assert plan(STAGES, given, state) == expected


def test_an_incident_is_ended_by_people_only() -> None:
    assert plan(made(phase(manual("look")), kind="incident"), {"look": DONE}) == "rest"


def test_only_the_steps_of_the_targets_are_done() -> None:
    services = [{"id": each, "title": each, "url": f"https://{each}.example.com"} for each in ("api", "web")]
    steps = phase(reading("a", service="api"), reading("b", service="web"), reading("c"))
    found = runbook(procedure(steps), services=services).runbook.procedure("work")
    assert plan(found, {}, targets=("web",)) == ["b", "c"]
