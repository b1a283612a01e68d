"""The watch after a deploy: looks at fixed instants, once after a downtime, until it is over or something is newer."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from domain_world import BRUNO, NOON, World, manual, opened, phase, procedure, runbook
from hypothesis import given
from hypothesis import strategies as st

from bot.deploys import monitoring
from bot.deploys.monitoring import Production
from bot.deploys.monitoring.figures import Figure, looks, next_look, summary
from bot.duties.timers import fire
from bot.effects import Effect
from bot.kinds import KINDS
from bot.production.periods import periods_of
from bot.runbook.load import Loaded
from bot.runbook.sections import Watch
from bot.runs.model import Run, RunState, StepState
from bot.runs.start import finish
from handlers.slack.deploys.monitoring import watch_message

EVERY = timedelta(minutes=30)
PLAN = Watch(metric="error_rate", every="30m", lasts="24h")
GOOD, WARNING = Figure(0.2, "0.2%", "healthy", "fine"), Figure(2.0, "2%", "warning", "breaks 1%")
CRITICAL, BLIND = Figure(7.0, "7%", "critical", "breaks 5%"), Figure(None, "no data", "unknown", "no data")


def watched(**more: Any) -> Loaded:
    """A deploy of one step whose error rate is watched every half hour for two hours."""
    metric = {"id": "error_rate", "text": "Error Rate", "target": "< 1%", "unit": "%", "query": "up"}
    monitoring = {
        "title": "Monitoring", "metrics_heading": "M", "metrics": [metric], "thresholds_heading": "T",
        "thresholds": [{"metric": "error_rate", "above": 5, "unit": "%", "level": "critical", "text": "> 5%"}],
        "dashboards_heading": "D", "dashboards": [],
    }  # fmt: skip
    watch = {"metric": "error_rate", "every": "30m", "lasts": "2h", "item": "rates", **more}
    moves = [{"id": kind, "text": kind, "kind": f"vercel.{kind}", "service": "api"} for kind in ("deploy", "promote")]
    later = phase(manual("rates"), name="later", stage="after")
    services = [{"id": name, "title": name.upper(), "url": f"https://{name}.example.com", "vercel_project": name}
                for name in ("api", "web")]  # fmt: skip
    deploy = procedure(phase(*moves), later, kind="deploy")
    return runbook(deploy, monitoring=monitoring, deploys={"watch": [watch]}, services=services)


def deployed(world: World, *targets: str) -> Run:
    """A deploy that is done and live, and what follows from its end."""
    run = world.begin("work", channel="C1", targets=targets or ("api",), started_at=world.now)
    world.set_step(run.id, "promote", state=StepState.DONE, detail={"deployment": f"dpl_{run.id}"})
    for service in run.targets:
        world.seen_live(run.id, service, f"dpl_{run.id}")
    world.do(finish, run, RunState.DONE)
    return world.run(run.id)


def fired(world: World) -> list[Effect]:
    """The looks that are planned by what is due now."""
    for timer in world.ask(lambda tx: tx.timers.due(world.now)):
        world.do(fire, timer.id)
    return world.ask(lambda tx: tx.effects.find(kind="watch", state="pending"))


def look(
    world: World, figure: Figure = GOOD, production: dict[str, str] | None = None, at: datetime | None = None
) -> int:
    """Every planned look comes back with this figure; how many there were."""
    planned = fired(world)
    for effect in planned:
        world.ask(lambda tx, effect=effect: tx.effects.save(effect, state="done"))  # type: ignore[misc]
        assert effect.run_id
        world.do(monitoring.seen, effect.run_id, effect.payload, figure, Production(production or {}, at or world.now))
    return len(planned)


def told(world: World) -> list[dict[str, Any]]:
    return [each.data for each in world.messages("watch.changed")]


spans = st.integers(1, 3000).map(lambda minutes: timedelta(minutes=minutes))


@given(spans, st.integers(1, 400), st.timedeltas(timedelta(0), timedelta(days=400)))
def test_the_next_look_is_the_first_instant_that_lies_ahead(every: timedelta, count: int, passed: timedelta) -> None:
    plan = Watch(metric="m", every=every, lasts=every * count)
    found = next_look(NOON, plan, NOON + passed)
    if found is None:
        assert passed >= plan.lasts
    else:
        number, due = found
        assert due == NOON + number * every
        assert timedelta(0) < due - (NOON + passed) <= every
        assert number <= looks(plan) == count


@given(st.lists(st.timedeltas(timedelta(0), timedelta(hours=5)), max_size=100))
def test_however_late_each_look_is_no_instant_is_looked_at_twice(delays: list[timedelta]) -> None:
    now: datetime = NOON
    numbers = []
    for delay in delays:
        if (found := next_look(NOON, PLAN, now)) is None:
            break
        numbers.append(found[0])
        now = found[1] + delay
    assert numbers == sorted(set(numbers))
    assert len(numbers) <= 48


def test_a_clock_that_is_set_back_before_the_deploy_gives_the_first_look() -> None:
    assert next_look(NOON, PLAN, NOON - timedelta(days=1)) == (1, NOON + EVERY)


def test_a_deploy_that_is_done_is_looked_at_on_time_and_to_the_end() -> None:
    with opened(watched()) as world:
        run = deployed(world)
        counts = []
        for _ in range(6):
            world.wait(minutes=30)
            counts.append(look(world))
        assert counts == [1, 1, 1, 1, 0, 0]
        assert world.step(run.id, "rates").state is StepState.DONE
        assert world.said()[-1] == (
            "👀 Work (run 1) was monitored for 2 h. Error Rate: now 0.2%, worst 0.2%; 4 of 4 checks passed."
        )
        assert world.faults() == []


def test_after_a_downtime_it_is_looked_at_once_and_goes_on_at_its_instants() -> None:
    with opened(watched()) as world:
        run = deployed(world)
        world.wait(minutes=75)
        assert look(world) == 1
        assert [t.due_at for t in world.ask(lambda tx: tx.timers.find(kind="watch", state="pending"))] == [
            NOON + timedelta(minutes=90)
        ]
        world.wait(hours=30)
        assert look(world) == 1
        record = world.step(run.id, "rates")
        assert (record.state, record.found) == (
            StepState.OPEN, "now 0.2%, worst 0.2%; 2 of 2 checks passed (4 planned)",
        )  # fmt: skip


def test_a_timer_that_fires_twice_plans_one_look() -> None:
    with opened(watched()) as world:
        deployed(world)
        world.wait(minutes=30)
        due = world.ask(lambda tx: tx.timers.due(world.now))
        world.do(fire, due[0].id)
        world.do(fire, due[0].id)
        assert len(world.ask(lambda tx: tx.effects.find(kind="watch"))) == 1


def test_what_gets_worse_is_told_once_with_a_mention_and_what_is_good_again_without() -> None:
    with opened(watched(lasts="24h")) as world:
        deployed(world)
        for figure in (GOOD, WARNING, WARNING, CRITICAL, CRITICAL, WARNING, BLIND, BLIND, GOOD, GOOD):
            world.wait(minutes=30)
            look(world, figure)
        assert [(each["state"], each["worse"]) for each in told(world)] == [
            ("warning", True), ("critical", True), ("warning", False), ("unknown", False), ("healthy", False),
        ]  # fmt: skip


def test_no_data_is_never_good() -> None:
    with opened(watched()) as world:
        run = deployed(world)
        for _ in range(4):
            world.wait(minutes=30)
            look(world, BLIND)
        record = world.step(run.id, "rates")
        assert record.state is StepState.OPEN
        assert record.found == "now no data, no data in 4 checks; 0 of 4 checks passed"


def test_a_newer_run_that_moved_the_same_service_takes_over() -> None:
    with opened(watched()) as world:
        first = deployed(world)
        world.wait(minutes=30)
        look(world)
        second = deployed(world)
        pending = world.ask(lambda tx: tx.timers.find(kind="watch", state="pending"))
        assert [timer.run_id for timer in pending] == [second.id]
        assert world.step(first.id, "rates").found == (
            "now 0.2%, worst 0.2%; 1 of 1 checks passed (4 planned); then run 2 moved production"
        )
        assert "watch.superseded" in world.kinds(first.id)


def test_one_of_two_services_that_moves_on_leaves_the_other_watched() -> None:
    with opened(watched()) as world:
        first = deployed(world, "api", "web")
        deployed(world, "api")
        pending = world.ask(lambda tx: tx.timers.find(kind="watch", state="pending", run_id=first.id))
        assert len(pending) == 1


@pytest.mark.parametrize("state", [RunState.ABORTED, RunState.CANCELLED, RunState.FAILED])
def test_a_newer_run_that_moved_nothing_ends_no_watch(state: RunState) -> None:
    with opened(watched()) as world:
        first = deployed(world)
        newer = world.begin("work", channel="C1", targets=("api",), started_at=world.now)
        world.set_step(newer.id, "promote", state=StepState.DONE, detail={"deployment": "dpl_x", "before": "dpl_1"})
        world.do(finish, newer, state)
        world.wait(minutes=30)
        assert look(world) == 1
        assert "watch.superseded" not in world.kinds(first.id)


def test_a_look_from_before_a_newer_deploy_ends_nothing_of_it() -> None:
    with opened(watched()) as world:
        deployed(world)
        world.wait(minutes=30)
        (planned,), asked = fired(world), world.now
        world.wait(seconds=1)
        newer = deployed(world)
        world.do(monitoring.seen, planned.run_id, planned.payload, GOOD, Production({"api": "dpl_1"}, asked))
        assert [each.over_at for each in world.ask(lambda tx: periods_of(tx, newer.id))] == [None]
        assert not [words for words in world.said() if "outside NeonOps" in words]


def test_production_that_was_moved_outside_is_said_once_and_ends_the_watch() -> None:
    with opened(watched()) as world:
        run = deployed(world)
        world.wait(minutes=30)
        look(world, production={"api": "dpl_other"})
        assert world.said()[-1].startswith("⚠️ Production was moved outside NeonOps after Work (run 1): API → dpl_other")
        assert str(world.step(run.id, "rates").found).endswith("production was moved outside NeonOps to dpl_other")
        world.wait(hours=3)
        assert look(world, production={"api": "dpl_other"}) == 0


def test_what_a_run_of_ours_is_just_moving_is_nobodys_outside() -> None:
    with opened(watched()) as world:
        first = deployed(world)
        newer = world.begin("work", channel="C1", targets=("api",), environment="production", started_at=world.now)
        world.ask(lambda tx: tx.locks.take("production", newer.id))
        world.wait(minutes=30)
        look(world, production={"api": "dpl_2"})
        assert [each.over_at for each in world.periods(first.id)] == [None]


def test_a_deploy_that_is_not_done_is_not_watched() -> None:
    with opened(watched()) as world:
        run = world.begin("work", channel="C1", targets=("api",), started_at=world.now)
        world.do(finish, run, RunState.ABORTED, BRUNO)
        assert world.ask(lambda tx: tx.timers.find(kind="watch")) == []


def test_what_a_person_has_ticked_is_left_alone() -> None:
    with opened(watched()) as world:
        run = deployed(world)
        world.tick(run.id, "rates")
        world.wait(minutes=30)
        look(world, CRITICAL)
        assert world.step(run.id, "rates").found == "NeonOps checks every 30 min for 2 h"


@pytest.mark.parametrize(
    ("worse", "expected"),
    [("higher", "now 0.2%, worst 0.4%; 2 of 2 checks passed (48 planned)"),
     ("lower", "now 0.2%, worst 0.2%; 2 of 2 checks passed (48 planned)")],
)  # fmt: skip
def test_the_worst_figure_is_the_highest_or_the_lowest(worse: str, expected: str) -> None:
    plan = Watch(metric="m", every="30m", worse=worse)
    assert summary(plan, [Figure(0.4, "0.4%", "healthy", ""), GOOD]) == expected


def test_an_alert_mentions_people_and_offers_the_ways_out() -> None:
    run = Run(7, "deploy", KINDS["deploy"], RunState.DONE, "v", "Deploy <!channel>", "U1", NOON, channel="C1")
    bad = watch_message(run, {**vars(CRITICAL), "worse": True}, ["U02BRUNO"])
    assert bad.text == "🔴 <@U02BRUNO> breaks 5%. Seen after *Deploy &lt;!channel&gt;* (run 7)."
    assert [element["text"]["text"] for element in bad.blocks[1]["elements"]] == ["Roll back…", "Declare an incident…"]
    assert watch_message(run, {**vars(GOOD), "worse": False}, []).blocks == []


@pytest.mark.parametrize(
    ("state", "after"),
    [("healthy", "It is healthy again after *Deploy* (run 7)."),
     ("unknown", "Whether it is healthy after *Deploy* (run 7) is unknown.")],
)  # fmt: skip
def test_a_change_of_one_metric_is_said_of_that_metric_alone(state: str, after: str) -> None:
    run = Run(7, "deploy", KINDS["deploy"], RunState.DONE, "v", "Deploy", "U1", NOON, channel="C1")
    seen = watch_message(run, {**vars(GOOD), "state": state, "worse": False}, [])
    assert seen.text.endswith(f". {after}")


def test_an_alert_that_reaches_none_of_its_people_says_so_to_the_whole_channel() -> None:
    run = Run(7, "deploy", KINDS["deploy"], RunState.DONE, "v", "Deploy", "U1", NOON, channel="C1")
    bad = watch_message(run, {**vars(CRITICAL), "worse": True}, [], ["Bruno (is deactivated in Slack)"])
    assert bad.text.startswith("🔴 <!channel> breaks 5%.")
    assert bad.text.endswith("Not reached: Bruno (is deactivated in Slack).")
