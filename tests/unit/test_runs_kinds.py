"""A kind of run that this product does not have, beside those that it has: the core drives it all the same."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pytest
from domain_world import ALICE, BRUNO, CARLA, World, manual, opened, phase, procedure, runbook

from bot.domain import Domain
from bot.errors import Refusal
from bot.kinds import KINDS
from bot.ports import Tx
from bot.restores.model import RestoreInputs
from bot.runbook.steps import AnyStep
from bot.runs import stopping
from bot.runs.inputs import Inputs
from bot.runs.kind import Decision, Kind, LastLook, kind_of
from bot.runs.model import Run, RunState, StepRecord
from bot.runs.start import finish
from bot.runs.stopping import ask_to_stop
from bot.runs.waiting.decisions import next_decision
from bot.runs.waiting.expiry import expired


@dataclass(frozen=True)
class AuditInputs(Inputs):
    auditor: str = ""
    findings: tuple[str, ...] = ()


def to_start(run: Run, steps: Sequence[AnyStep], records: Mapping[str, StepRecord]) -> Decision:
    return Decision(f"name an auditor instead of {AuditInputs.of(run).auditor}", ("maintain",))


def stopped(domain: Domain, tx: Tx, run: Run) -> Run:
    run = tx.runs.save(run, inputs=replace(AuditInputs.of(run), findings=("it was stopped",)))
    return finish(domain, tx, run, RunState.ABORTED, why="the auditors left")


async def nothing(*_: object) -> None:
    raise AssertionError("the engine looks, not this test")


AUDIT = Kind(
    "audit", AuditInputs, work=("maintain",), cancel="maintain", to_start=to_start, stopped=stopped,
    counts=lambda step, stage: step.id != "coffee", expired=lambda: "no auditor came",
    last_look=LastLook(lambda run, procedure, records: not AuditInputs.of(run).findings, nothing),  # type: ignore[arg-type]
)  # fmt: skip


@pytest.fixture
def world() -> Iterator[World]:
    work = procedure(phase(manual("count"), manual("coffee")))
    permissions = {"maintain": ["devops"], "respond": ["platform_lead", "security_officer", "devops"]}
    with opened(runbook(work, permissions=permissions), {**KINDS, "audit": AUDIT}) as world:
        yield world


def begin(world: World, **more: object) -> Run:
    """An audit of the runbook's only procedure."""
    made = world.begin("work", **more)
    return world.ask(lambda tx: tx.runs.save(made, kind=AUDIT, inputs=AuditInputs(auditor="Zoe")))


def test_it_is_read_with_what_it_keeps(world: World) -> None:
    run = world.run(begin(world).id)
    assert (run.kind, AuditInputs.of(run).auditor) == (AUDIT, "Zoe")


def test_what_another_kind_keeps_is_not_kept(world: World) -> None:
    run = begin(world)
    with pytest.raises(AssertionError, match="runs of kind audit keep"):
        world.ask(lambda tx: tx.runs.save(run, inputs=RestoreInputs()))
    assert AuditInputs.of(world.run(run.id)).auditor == "Zoe"


def test_only_who_it_names_works_on_it(world: World) -> None:
    run = begin(world)
    with pytest.raises(Refusal, match="it requires the role devops"):
        world.tick(run.id, "count", ALICE)
    assert world.tick(run.id, "count", BRUNO).by == BRUNO.user


def test_it_says_what_is_to_be_decided_first(world: World) -> None:
    run = begin(world, state=RunState.WAITING)
    found = next_decision(run, world.domain.runbook.procedure("work"), world.steps(run.id), {})
    assert found == Decision("name an auditor instead of Zoe", ("maintain",))


def test_it_is_called_off_in_its_own_words(world: World) -> None:
    ended = world.do(expired, begin(world, state=RunState.WAITING).id)
    assert ended
    assert ended.inputs.ended
    assert ended.inputs.ended.why == "no auditor came"


def test_it_asks_for_a_last_look_before_it_ends(world: World) -> None:
    run = begin(world)
    for step in ("count", "coffee"):
        world.tick(run.id, step, BRUNO)
    world.take(run.id)
    assert world.advance(run.id).last_look
    assert world.run(run.id).state is RunState.ACTIVE


def test_it_ends_in_its_own_way_when_it_is_stopped(world: World) -> None:
    run = begin(world)
    world.ask(lambda tx: ask_to_stop(tx, BRUNO, run))
    world.take(run.id)
    ended = world.advance(run.id).run
    assert (ended.state, AuditInputs.of(ended).findings) == (RunState.ABORTED, ("it was stopped",))


def test_who_cancels_it_is_its_own_matter(world: World) -> None:
    run = begin(world)
    with pytest.raises(Refusal, match="You may not cancel this"):
        world.do(stopping.cancel, CARLA, run.id)


def test_a_run_of_a_kind_that_is_gone_can_be_read_and_ended(world: World) -> None:
    run = begin(world)
    world.domain = replace(world.domain, kinds=KINDS)
    found = world.run(run.id)
    assert (found.kind.name, found.inputs.written()) == ("audit", {"auditor": "Zoe"})
    assert world.do(stopping.cancel, ALICE, run.id).state is RunState.ABORTED
    assert kind_of(KINDS, "deploy") is KINDS["deploy"]
