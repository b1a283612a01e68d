"""What a run keeps of itself, as rows have it: written by this version or an earlier one."""

import json
from typing import Any

import pytest
from unit.domain_world import World

from bot.kinds import KINDS
from bot.production.inputs import ProductionInputs
from bot.production.inputs.deploy import Approval, DeployInputs, Facts, Gate, Override
from bot.production.inputs.rollback import Ahead, Confirmed, Emergency, Later, RollbackInputs
from bot.restores.model import Choice, Offered, RestoreInputs
from bot.runs.inputs import Ended, Inputs, Stop, Then

DUMP = Offered(7, "2026-11-23T03:00:00+00:00", "backups/7", "ab" * 32, 48, {"users": 3})
KEPT: list[tuple[str, Inputs]] = [
    ("deploy", DeployInputs(ref="main", stop=Stop("U1", "t", Then("U2", 4)), ended=Ended("U1", "because"))),
    ("deploy", DeployInputs(facts=Facts("t", newer={"api": [{"id": "dpl_1"}]}), gates=(Gate("pin", "failed", "why"),))),
    ("deploy", DeployInputs(approval=Approval("U1", "t", "u", "c0ffee"), overrides={"lock": Override("U1", "w", "x")})),
    ("rollback", RollbackInputs(ahead=Ahead("t", {"api": "dpl_1"}, later=(Later("20_drop", "t"),)), undoes=3)),
    ("rollback", RollbackInputs(confirmed=Confirmed("U1", "t", {"api": "dpl_1"}, ("drop",)), told=("it was bad",))),
    ("restore", RestoreInputs(backups=(DUMP,), restore=Choice("new", "t", 7, rows={"users": 3}))),
    ("incident", Inputs(unknown={"n": [1, None, 1.5]})),
]


@pytest.mark.parametrize(("kind", "kept"), KEPT, ids=[f"{kind} {number}" for number, (kind, _) in enumerate(KEPT)])
def test_what_is_kept_is_read_as_it_was_written(kind: str, kept: Inputs) -> None:
    assert KINDS[kind].inputs.read(json.loads(json.dumps(kept.written()))) == kept


def test_a_row_has_only_what_is_not_its_default() -> None:
    assert RollbackInputs(choice={"api": "dpl_1"}).written() == {"choice": {"api": "dpl_1"}}


ROWS: list[tuple[str, dict[str, Any], Inputs]] = [
    ("deploy", {"ref": "main", "overrides": {"lock": {"by": "U1", "why": "w", "what": "x"}}},
     DeployInputs(ref="main", overrides={"lock": Override("U1", "w", "x")})),
    ("deploy", {"facts": {"at": "t", "sha": "c0ffee"}, "gates": [{"id": "pin", "verdict": "failed", "why": "w"}]},
     DeployInputs(facts=Facts("t", "c0ffee"), gates=(Gate("pin", "failed", "w"),))),
    ("deploy", {"approval": {"by": "U1", "at": "t", "until": "u", "sha": "c0ffee"}},
     DeployInputs(approval=Approval("U1", "t", "u", "c0ffee"))),
    ("rollback", {"typed": {}, "emergency": {"by": "U1", "at": "t", "why": "w"}, "voided": None},
     RollbackInputs(emergency=Emergency("U1", "t", "w"))),
    ("incident", {"stop": {"by": "U1", "at": "t", "then": None}}, Inputs(stop=Stop("U1", "t"))),
    ("checklist", {"stop": {"by": "U1", "at": "t", "then": None}}, ProductionInputs(stop=Stop("U1", "t"))),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "row", "expected"), ROWS, ids=[f"{row[0]} {n}" for n, row in enumerate(ROWS)])
def test_rows_of_earlier_versions_are_read(kind: str, row: dict[str, Any], expected: Inputs) -> None:
    assert KINDS[kind].inputs.read(row) == expected


def test_a_key_that_this_version_does_not_know_is_kept(world: World) -> None:
    run = world.begin("deploy", inputs=DeployInputs(ref="main", unknown={"later": {"a": 1}}))
    assert world.run(run.id).inputs.written() == {"ref": "main", "later": {"a": 1}}
