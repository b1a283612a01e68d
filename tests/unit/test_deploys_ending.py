"""How deploys and rollbacks end: by what production was seen to be, at the end and afterwards."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from domain_world import BRUNO, World, opened, phase, procedure, runbook
from test_deploys_abort import MOVED, deploy

from bot.deploys.ending import follow_up, pending_moves
from bot.deploys.history import log
from bot.deploys.history.queries import pins
from bot.domain import Domain
from bot.duties.timers import fire
from bot.effects import Effect
from bot.kinds import KINDS
from bot.ports import Tx
from bot.production import ending
from bot.production.inputs import ProductionInputs
from bot.production.inputs.rollback import RollbackInputs
from bot.production.observation import Seen
from bot.production.periods import periods_of
from bot.runs import stopping
from bot.runs.checklist import items
from bot.runs.checklist.items import GateRef
from bot.runs.kind import Kind
from bot.runs.model import GateKind, Run, RunState, StepState
from bot.runs.outcome import Done, Failed, Unknown
from bot.runs.start import finish

LIVE, ELSEWHERE = Seen("api", "dpl_new", "dpl_new"), Seen("api", "dpl_new", "dpl_other")
UNASKED = Seen("api", "dpl_new", None, "Vercel did not answer: timeout.")


def at_its_end(world: World, wait: Done | Failed | None = None) -> Run:
    """A deploy of the API of which everything is settled. `wait`: what became of the wait until it is live."""
    run = deploy(world, "api_live")
    outcome = wait or Done(detail={"deployment": "dpl_new", "how": "alias_job"})
    world.settle(run.id, "api_live", outcome)
    if isinstance(outcome, Failed):
        world.do(items.skip, BRUNO, world.ref(run.id, "api_live"), "Vercel's page says it is fine")
    while tasks := world.advance(run.id).tasks:
        for task in tasks:
            world.settle(run.id, task.step.id, Done())
    for record in world.steps(run.id).values():
        if not record.state.settled and record.step_id in ("user_flows", "dashboards"):
            world.tick(run.id, record.step_id)
    assert world.advance(run.id).last_look
    return world.run(run.id)


def conclude(world: World, run: Run, *seen: Seen) -> Run:
    world.do(ending.conclude, run.id, run.token, seen)
    return world.run(run.id)


def verdict(world: World, run: Run) -> str:
    return world.do(log.entry, run.id).verdict


def test_what_is_seen_live_at_the_end_is_done_and_verified(world: World) -> None:
    run = at_its_end(world)
    assert conclude(world, run, LIVE).state is RunState.DONE
    assert verdict(world, run) == "verified"


def test_what_was_moved_away_meanwhile_asks_and_is_not_done(world: World) -> None:
    run = at_its_end(world)
    assert conclude(world, run, ELSEWHERE).state is RunState.ACTIVE
    record = world.step(run.id, "api_live")
    assert (record.state, record.detail["alias"]) == (StepState.FAILED, "superseded")
    assert "Production of API is dpl_other, not dpl_new" in (record.found or "")
    assert [gate.kind for gate in world.gates(run.id)] == [GateKind.FAILED]
    assert [each.followed_by for each in world.periods(run.id)] == ["dpl_other"]


def test_what_a_person_then_skips_ends_as_failed(world: World) -> None:
    run = at_its_end(world)
    conclude(world, run, ELSEWHERE)
    world.do(items.skip, BRUNO, world.ref(run.id, "api_live"), "we know")
    assert world.advance(run.id).last_look
    assert conclude(world, run, ELSEWHERE).state is RunState.FAILED
    assert verdict(world, run) == "aborted live"


def test_a_failed_wait_that_is_skipped_never_ends_as_verified(world: World) -> None:
    run = at_its_end(world, Failed("dpl_new is not live: the job ended as failed", {"alias": "failed"}))
    assert conclude(world, run, Seen("api", "dpl_new", "dpl_old")).state is RunState.FAILED
    assert world.periods(run.id) == []
    assert verdict(world, run) == "failed"
    assert "API is not live: production is dpl_old." in str(world.events(run.id)[-1].data["why"])


def test_a_wait_that_was_skipped_and_is_live_after_all_is_done(world: World) -> None:
    run = at_its_end(world, Failed("Vercel did not answer", {"alias": "timeout"}))
    assert conclude(world, run, LIVE).state is RunState.DONE
    assert [each.how for each in world.periods(run.id)] == ["production"]


def test_what_cannot_be_asked_at_the_end_is_done_and_not_verified(world: World) -> None:
    run = at_its_end(world)
    assert conclude(world, run, UNASKED).state is RunState.DONE
    assert verdict(world, run) == "unverified"


MOVES = phase(*({"id": kind.split(".")[1], "text": kind, "kind": kind, "service": "api"}
                for kind in ("vercel.deploy", "vercel.promote", "vercel.wait_alias")), mode="sequence")  # fmt: skip
"""What makes the API live, in whatever procedure."""


def test_a_checklist_that_moved_production_ends_although_it_cannot_be_asked() -> None:
    services = [{"id": "api", "title": "API", "url": "https://api.example.com", "vercel_project": "api"}]
    with opened(runbook(procedure(MOVES), services=services)) as world:
        run = world.begin("work", targets=("api",), inputs=ProductionInputs(ref="hotfix"))
        while tasks := world.advance(run.id).tasks:
            for task in tasks:
                world.settle(run.id, task.step.id, Done(detail={"deployment": "dpl_new"}))
        ended = conclude(world, world.run(run.id), UNASKED)
        assert ended.state is RunState.DONE
        assert ended.inputs.written() == {"ref": "hotfix", "unverified": {"api": UNASKED.why}}


@pytest.mark.parametrize("kind", [each for each in KINDS.values() if each.last_look], ids=lambda kind: kind.name)
def test_every_kind_that_looks_before_it_ends_keeps_what_it_could_not_see(kind: Kind) -> None:
    assert issubclass(kind.inputs, ProductionInputs)


def test_what_was_never_seen_and_cannot_be_asked_is_not_done(world: World) -> None:
    run = at_its_end(world, Failed("Vercel did not answer", {"alias": "timeout"}))
    assert conclude(world, run, UNASKED).state is RunState.FAILED
    assert "Unknown whether API is live" in str(world.events(run.id)[-1].data["why"])


def test_an_item_that_is_unticked_during_the_last_look_is_waited_for(world: World) -> None:
    run = at_its_end(world)
    world.do(items.untick, BRUNO, world.ref(run.id, "user_flows"))
    assert conclude(world, run, LIVE).state is RunState.ACTIVE


def test_asked_for_is_not_live(world: World) -> None:
    run = deploy(world, "api_live")
    world.settle(run.id, "api_live", Failed("not live", {"alias": "failed"}))
    world.do(finish, world.run(run.id), RunState.ABORTED)
    entry = world.do(log.entry, run.id)
    assert (entry.verdict, entry.moved, entry.live_at) == ("aborted", {}, None)


def rollback_to(world: World, outcome: Done | Failed) -> Run:
    """A rollback of a live deploy whose wait ends like this; then it is aborted or done."""
    conclude(world, at_its_end(world), LIVE)
    return rolled_back_by(world, outcome)


def rolled_back_by(world: World, outcome: Done | Failed) -> Run:
    """The same, of the deploy that is live."""
    asked = {"deployment": "dpl_old", "before": "dpl_new", "was_live": "dpl_new", "asked_at": world.now.isoformat()}
    inputs = RollbackInputs(choice={"api": "dpl_old"})
    run = world.begin("rollback", channel="C1", targets=("api",), started_at=world.now, inputs=inputs)
    world.set_step(run.id, "api_rollback", state=StepState.DONE, started_at=world.now, detail=asked)
    world.take(run.id)
    world.set_step(run.id, "api_live", state=StepState.STARTED, attempt=1)
    world.settle(run.id, "api_live", outcome)
    world.do(finish, world.run(run.id), RunState.DONE if isinstance(outcome, Done) else RunState.ABORTED)
    return world.run(run.id)


def test_a_rollback_that_moved_nothing_locks_nothing_and_took_nothing_back(world: World) -> None:
    back = rollback_to(world, Failed("not live", {"alias": "failed"}))
    assert world.ask(lambda tx: tx.holds.find()) == []
    assert [each.verdict for each in world.do(log.entries)] == ["aborted", "verified"]
    assert world.do(pins) == []
    assert world.periods(back.id) == []


def test_a_rollback_that_moved_production_locks_pins_and_says_what_it_took_back(world: World) -> None:
    back = rollback_to(world, Done(detail={"deployment": "dpl_old"}))
    assert len(world.ask(lambda tx: tx.holds.find())) == 1
    assert [each.verdict for each in world.do(log.entries)] == ["unverified", "rolled back"]
    assert [pin.run.id for pin in world.do(pins)] == [back.id]


@pytest.mark.parametrize(
    ("payload", "locks"), [({}, 1), ({"followed": True}, 0)], ids=["planned before", "planned now"]
)
def test_the_end_that_an_older_version_wrote_is_followed_when_it_is_told(
    world: World, payload: dict[str, bool], locks: int
) -> None:
    back = rollback_to(world, Done(detail={"deployment": "dpl_old"}))
    world.ask(lambda tx: tx.holds.remove("production", "lock"))
    planned = world.ask(lambda tx: tx.effects.find(kind="run.ended", run_id=back.id))[-1]
    told = asyncio.run(_delivered(replace(planned, payload=payload)))
    world.do(told)
    assert len(world.ask(lambda tx: tx.holds.find())) == locks


async def _delivered(effect: Effect) -> Callable[[Domain, Tx], object]:
    delivered = await follow_up.ended_deliverer()(effect)
    assert delivered.then
    return delivered.then


def test_a_rollback_to_what_is_live_already_moves_and_pins_nothing(world: World) -> None:
    first = at_its_end(world)
    conclude(world, first, LIVE)
    back = world.begin("rollback", channel="C1", targets=("api",), started_at=world.now)
    world.seen_live(back.id, "api", "dpl_new", was_live="dpl_new", state="already_current")
    world.do(finish, world.run(back.id), RunState.DONE)
    assert [each.over_at for each in world.periods(first.id)] == [None]
    assert (world.do(pins), world.ask(lambda tx: tx.holds.find())) == ([], [])


# What a request does after its run has ended.


def aborted(world: World) -> Run:
    run = deploy(world, "api_live")
    world.set_step(run.id, "api_promote", detail={**MOVED, "was_live": "dpl_old", "asked_at": world.now.isoformat()})
    world.do(finish, world.run(run.id), RunState.ABORTED)
    return world.run(run.id)


def due(world: World) -> int:
    """The looks that are due now, planned."""
    timers = [each for each in world.ask(lambda tx: tx.timers.due(world.now)) if each.kind == pending_moves.LATE]
    for timer in timers:
        world.do(fire, timer.id)
    return len(timers)


def test_traffic_that_moves_after_the_end_is_seen_written_and_told(world: World) -> None:
    run = aborted(world)
    world.wait(seconds=15)
    assert due(world) == 1
    world.do(pending_moves.looked, run.id, 0, [Seen("api", "dpl_new", "dpl_old", "in progress", "running")])
    world.wait(seconds=30)
    assert due(world) == 1
    world.do(pending_moves.looked, run.id, 1, [LIVE])
    assert verdict(world, run) == "aborted live"
    assert any("production moved afterwards: API → dpl_new" in text for text in world.said())
    world.wait(hours=2)
    assert due(world) == 0


def test_traffic_that_moved_on_since_it_was_asked_is_not_said_to_be_there(world: World) -> None:
    run, asked = aborted(world), world.now
    world.wait(seconds=15)
    due(world)
    newer = world.begin("deploy", targets=("api",))
    world.seen_live(newer.id, "api", "dpl_newer")
    world.do(finish, newer, RunState.DONE)
    world.do(pending_moves.looked, run.id, 0, [replace(LIVE, at=asked)])
    assert [each.over_at for each in world.ask(lambda tx: periods_of(tx, newer.id))] == [None]
    assert verdict(world, run) == "aborted"


@pytest.mark.parametrize("job", ["failed", "superseded"])
def test_a_request_that_has_failed_is_looked_at_no_more(world: World, job: str) -> None:
    run = aborted(world)
    world.wait(seconds=15)
    due(world)
    world.do(pending_moves.looked, run.id, 0, [Seen("api", "dpl_new", "dpl_old", "ended", job)])
    world.wait(hours=2)
    assert due(world) == 0


def test_the_looks_end_after_about_an_hour(world: World) -> None:
    run, looks = aborted(world), 0
    for number in range(20):
        world.wait(minutes=31)
        if due(world):
            world.do(pending_moves.looked, run.id, number, [Seen("api", "dpl_new", None, "no answer", "")])
            looks += 1
    assert looks == len(pending_moves.PAUSES)


# What a person says was done.


def interrupted(world: World) -> Run:
    run = deploy(world, "api_promote")
    world.settle(run.id, "api_promote", Unknown("NeonOps cannot tell whether it happened", MOVED))
    return run


def test_what_a_person_says_was_done_is_looked_up(world: World) -> None:
    run = interrupted(world)
    world.do(items.answer_gate, BRUNO, GateRef(world.gates(run.id)[0].id), "done")
    assert world.step(run.id, "api_promote").state is StepState.UNKNOWN
    looked_up = world.advance(run.id).reconcile
    assert [task.step.id for task in looked_up] == ["api_promote"]
    assert world.advance(run.id).reconcile == ()
    world.settle(run.id, "api_promote", Done("the request had arrived", MOVED))
    assert world.step(run.id, "api_promote").detail["before"] == "dpl_old"


def test_when_that_cannot_be_told_it_is_asked_again(world: World) -> None:
    run = interrupted(world)
    world.do(items.answer_gate, BRUNO, GateRef(world.gates(run.id)[0].id), "done")
    world.advance(run.id)
    world.settle(run.id, "api_promote", Unknown("Vercel did not answer"))
    assert [gate.kind for gate in world.gates(run.id)] == [GateKind.INTERRUPTED]
    assert world.step(run.id, "api_promote").detail["deployment"] == "dpl_new"


def test_a_crash_while_it_is_looked_up_looks_again(world: World) -> None:
    run = interrupted(world)
    world.do(items.answer_gate, BRUNO, GateRef(world.gates(run.id)[0].id), "done")
    world.advance(run.id)
    assert [task.step.id for task in world.take(run.id).reconcile] == ["api_promote"]


def test_after_a_job_that_failed_vercel_is_asked_again_and_waited_for(world: World) -> None:
    run = deploy(world, "api_live")
    world.settle(run.id, "api_live", Failed("the job ended as failed", {"alias": "failed"}))
    world.do(items.answer_gate, BRUNO, GateRef(world.gates(run.id)[0].id), "again")
    assert [task.step.id for task in world.advance(run.id).tasks] == ["api_promote"]
    world.settle(run.id, "api_promote", Done(detail=MOVED))
    assert [task.step.id for task in world.advance(run.id).tasks] == ["api_live"]


# What was started under a runbook that this version of NeonOps cannot read any more.


def unreadable(world: World, run: Run) -> Run:
    """The run, under an archived runbook that is none by the rules of today."""
    world.ask(lambda tx: tx.runbooks.keep("0ld", "services: 1\n", "neonpro.yml"))
    return world.ask(lambda tx: tx.runs.save(run, runbook_version="0ld"))


def test_a_run_whose_runbook_cannot_be_read_is_cancelled_and_frees_production(world: World) -> None:
    run = unreadable(world, deploy(world, "monitoring"))
    assert world.do(stopping.cancel, BRUNO, run.id).state is RunState.ABORTED
    assert world.ask(lambda tx: tx.locks.holder("production")) is None


def test_a_rollback_ends_also_when_it_ends_the_watch_of_a_run_that_cannot_be_read(world: World) -> None:
    first = at_its_end(world)
    unreadable(world, conclude(world, first, LIVE))
    back = rolled_back_by(world, Done(detail={"deployment": "dpl_old"}))
    assert (back.state, len(world.ask(lambda tx: tx.holds.find()))) == (RunState.DONE, 1)
    assert world.ask(lambda tx: tx.timers.find(run_id=first.id, kind="watch", state="pending")) == []
