"""A live card of 60 steps in 12 phases: in every state it fits, and says where the run is, to eyes and to ears."""

import re
from collections.abc import Iterator

import pytest
from card_states import NOW, refused
from domain_world import ALICE, TEAM, runbook
from torture import some

from bot.kinds import KINDS
from bot.runs.checklist.layout import pages
from bot.runs.model import Gate, GateKind, Run, RunState, StepRecord, StepState
from bot.runs.start import fresh_records
from handlers.slack.cards.view import CardView
from handlers.slack.drawing import draw

PHASES, EACH = 12, 5
LONG = " and then some more words about it that a card has to find room for, in two lines at least" * 2


def made(words: str = "") -> tuple[Run, CardView]:
    phases = [
        {"id": f"p{p}", "title": f"Phase {p + 1}: Part {p + 1}", "mode": "sequence", "budget": "10m",
         "steps": [{"id": f"s{p}x{n}", "kind": "shell", "run": [["true"]], "text": f"Do {p + 1}.{n + 1}{words}"[:300]}
                   for n in range(EACH)]}
        for p in range(PHASES)
    ]  # fmt: skip
    loaded = runbook({"id": "deploy", "kind": "deploy", "title": "Deploy", "phases": phases}).runbook
    procedure = loaded.procedure("deploy")
    run = Run(7, "deploy", KINDS["deploy"], RunState.ACTIVE, "v", "Deploy all", ALICE.user, NOW, started_at=NOW)
    records = {record.step_id: record for record in fresh_records(run, procedure)}
    return run, CardView(run, pages(procedure)[0], loaded, procedure, records, NOW, team=TEAM)


def at(view: CardView, step: int, state: StepState, **more: object) -> CardView:
    """Everything before the step is done, and the step is in this state."""
    records: dict[str, StepRecord] = {}
    for number, (name, record) in enumerate(view.records.items()):
        done = record.evolve(state=StepState.DONE, by="neonops", at=NOW, started_at=NOW, ended_at=NOW, output="out.log")
        records[name] = (
            done if number < step else record.evolve(state=state, found="boom") if number == step else record
        )
    return CardView(**{**vars(view), "records": records, **more})


STATES = (StepState.OPEN, StepState.STARTED, StepState.FAILED, StepState.UNKNOWN, StepState.SKIPPED)


def every() -> Iterator[tuple[int, CardView]]:
    for words in ("", LONG):
        run, view = made(words)
        for step in range(PHASES * EACH):
            for state in STATES:
                asked = state in (StepState.FAILED, StepState.UNKNOWN)
                name = list(view.records)[step]
                gates = {name: Gate(1, run.id, GateKind.FAILED, NOW, name)} if asked else {}
                yield step, at(view, step, state, gates=gates)


def test_it_fits_in_every_state_and_shows_where_it_is() -> None:
    for step, view in some(list(every()), 150):
        message = draw(view)
        assert refused(message) == []
        shown = "\n".join(block["text"]["text"] for block in message.blocks if block["type"] == "section")
        assert all(f"Phase {number + 1}: Part {number + 1}*" in shown for number in range(PHASES))
        settled = list(view.records.values())[step].state.settled
        current = min(step + settled, PHASES * EACH - 1)
        if current != step or not settled:
            assert f"Do {current // EACH + 1}.{current % EACH + 1}" in shown


def test_to_a_screen_reader_too_it_says_every_phase_and_the_step_it_is_at() -> None:
    for step, view in some(list(every()), 150):
        text = draw(view).text
        assert len(re.findall(r"^Phase \d+: Part \d+ \(", text, re.MULTILINE)) == PHASES
        record = list(view.records.values())[step]
        if not record.state.settled:
            assert f"- Do {step // EACH + 1}.{step % EACH + 1}" in text


@pytest.mark.parametrize("state", [RunState.DONE, RunState.ABORTED, RunState.FAILED, RunState.CANCELLED])
def test_it_fits_when_it_has_ended(state: RunState) -> None:
    run, view = made(LONG)
    ended = Run(**{**vars(run), "state": state, "ended_at": NOW})
    message = draw(at(view, 31, StepState.FAILED, run=ended))
    assert refused(message) == []
    broken = state is not RunState.DONE
    assert any("Do 7.2" in block["text"]["text"] for block in message.blocks if block["type"] == "section") is broken


def test_phases_behind_and_ahead_are_a_line_each_with_their_counts() -> None:
    _, view = made()
    shown = [
        block["text"]["text"] for block in draw(at(view, 31, StepState.STARTED)).blocks if block["type"] == "section"
    ]
    assert shown[0] == "✅ *Phase 1: Part 1*  ·  5 steps  ·  0 s of 10 min"
    assert shown[6].startswith("▶️ *Phase 7: Part 7*  ·  1 of 5 steps")
    assert shown[11] == "▫️ *Phase 12: Part 12*  ·  5 steps  ·  10 min planned"


def test_what_is_too_long_for_a_phase_is_counted() -> None:
    steps = [{"id": f"s{n}", "kind": "shell", "run": [["true"]], "text": f"Do {n}{LONG}"[:300]} for n in range(60)]
    loaded = runbook({"id": "deploy", "kind": "deploy", "title": "Deploy",
                      "phases": [{"id": "p", "title": "All", "mode": "sequence", "steps": steps}]}).runbook  # fmt: skip
    procedure = loaded.procedure("deploy")
    run = Run(7, "deploy", KINDS["deploy"], RunState.ACTIVE, "v", "Deploy all", ALICE.user, NOW, started_at=NOW)
    records = {record.step_id: record for record in fresh_records(run, procedure)}
    view = CardView(run, pages(procedure)[0], loaded, procedure, records, NOW, team=TEAM)
    message = draw(at(view, 30, StepState.STARTED))
    text = next(block["text"]["text"] for block in message.blocks if block["type"] == "section")
    assert "✅ 30 steps finished" in text
    assert "Do 30" in text
    assert re.search(r"…and \d+ more steps", text)
    assert refused(message) == []
