"""The deployment log and the figures of delivery, from runs and incidents as they are."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from card_states import refused
from domain_world import ALICE, BRUNO, NOON, World, changing, opened, phase, procedure, runbook
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.deploys.history import dora, log
from bot.deploys.history.dora import failed_changes, figures, weeks
from bot.deploys.history.log import Entry
from bot.errors import Refusal
from bot.incidents.model import Incident, IncidentStatus
from bot.kinds import KINDS
from bot.production.inputs.deploy import DeployInputs, Facts, Override
from bot.production.model import LivePeriod
from bot.production.wording import stood_words
from bot.runbook.load import Loaded
from bot.runs.model import Run, RunState, StepState
from bot.runs.start import finish
from handlers.slack.blocks.elements import Message
from handlers.slack.deploys.history import announcement, entry_answer, figure_lines, history_answer

HOUR = timedelta(hours=1)


def book() -> Loaded:
    moves = [{"id": kind, "text": kind, "kind": f"vercel.{kind}", "service": "api"} for kind in ("deploy", "promote")]
    wait = {"id": "live", "text": "Live", "kind": "vercel.wait_alias", "service": "api"}
    check = {"id": "check", "text": "Check", "kind": "http", "url": "https://api.example.com", "service": "api"}
    back = {"id": "back", "text": "Back", "kind": "vercel.rollback", "service": "api"}
    services = [{"id": "api", "title": "API", "url": "https://api.example.com", "vercel_project": "api"}]
    main = phase(*moves, wait, check, name="api")
    return runbook(
        procedure(phase(changing("build"), name="build"), main, kind="deploy", name="deploy"),
        procedure(phase(back), kind="rollback", name="rollback"),
        services=services,
    )


def deploy(
    world: World, *, state: RunState = RunState.DONE, live: bool = True, checked: bool = True, **more: Any
) -> Run:
    """A deploy of ten minutes: built, promoted, seen live, checked."""
    run = world.begin("deploy", channel="C1", targets=("api",), started_at=world.now, approved_by=ALICE.user, **more)
    began = world.now
    world.set_step(run.id, "build", state=StepState.DONE, started_at=began, ended_at=began + timedelta(minutes=4))
    if live:
        moved = {"deployment": f"dpl_{run.id}", "before": f"dpl_{run.id - 1}"}
        world.set_step(run.id, "promote", state=StepState.DONE, detail=moved, started_at=began, ended_at=began)
        world.wait(minutes=8)
        world.set_step(run.id, "live", state=StepState.DONE, started_at=began, ended_at=world.now)
        if not run.drill:
            world.seen_live(run.id, "api", f"dpl_{run.id}", was_live=f"dpl_{run.id - 1}")
    if checked:
        world.set_step(run.id, "check", state=StepState.DONE, started_at=world.now, ended_at=world.now)
    world.wait(minutes=2)
    world.do(finish, world.run(run.id), state)
    return world.run(run.id)


def roll_back(world: World, of: Run) -> Run:
    run = world.begin("rollback", channel="C1", targets=("api",), started_at=world.now)
    detail = {"deployment": f"dpl_{of.id - 1}", "before": f"dpl_{of.id}"}
    world.set_step(run.id, "back", state=StepState.DONE, detail=detail, started_at=world.now, ended_at=world.now)
    world.seen_live(run.id, "api", f"dpl_{of.id - 1}", was_live=f"dpl_{of.id}")
    world.do(finish, world.run(run.id), RunState.DONE)
    return run


@pytest.mark.parametrize(
    ("state", "live", "checked", "expected"),
    [
        (RunState.DONE, True, True, "verified"),
        (RunState.DONE, True, False, "unverified"),
        (RunState.ABORTED, True, False, "aborted live"),
        (RunState.ABORTED, False, False, "aborted"),
        (RunState.FAILED, False, False, "failed"),
        (RunState.CANCELLED, False, False, "cancelled"),
    ],
)
def test_the_verdict(state: RunState, live: bool, checked: bool, expected: str) -> None:
    with opened(book()) as world:
        run = deploy(world, state=state, live=live, checked=checked)
        assert world.do(log.entry, run.id).verdict == expected


def test_what_waits_does_not_run() -> None:
    with opened(book()) as world:
        waits, runs = (world.begin("deploy", channel="C1", targets=("api",), state=state)
                       for state in (RunState.WAITING, RunState.ACTIVE))  # fmt: skip
        assert [world.do(log.entry, each.id).verdict for each in (waits, runs)] == ["waiting", "running"]


def _period(service: str, deployment: str, *, moved: bool, how: str = "production") -> LivePeriod:
    return LivePeriod(0, 1, service, deployment, NOON, how, moved)


STOOD = [
    ([_period("api", "dpl_1", moved=False)], "No change: dpl_1 was already live."),
    ([_period("api", "dpl_1", moved=False), _period("web", "dpl_2", moved=False)],
     "No change: dpl_1 and dpl_2 were already live."),
    ([_period("api", "dpl_1", moved=True), _period("web", "dpl_2", moved=False)], "dpl_2 was already live."),
    ([_period("api", "dpl_1", moved=True)], ""),
    ([_period("api", "dpl_1", moved=False, how="migrated")], ""),
    ([], ""),
]  # fmt: skip


@pytest.mark.parametrize(("periods", "words"), STOOD)
def test_a_rollback_that_had_nothing_to_move_says_so(periods: list[LivePeriod], words: str) -> None:
    back = Run(1, "rollback", KINDS["rollback"], RunState.DONE, "v1", "Roll back", BRUNO.user, NOON)
    assert stood_words(back, periods) == words
    assert stood_words(replace(back, state=RunState.FAILED), periods) == ""
    assert stood_words(replace(back, kind=KINDS["deploy"]), periods) == ""


def test_what_was_rolled_back_later_says_by_which_run() -> None:
    with opened(book()) as world:
        first, second = deploy(world), deploy(world)
        back = roll_back(world, second)
        found = {each.run.id: each for each in world.do(log.entries)}
        assert (found[second.id].verdict, found[second.id].rolled_back_by) == ("rolled back", back.id)
        assert found[first.id].verdict == "verified"
        assert found[back.id].verdict == "unverified"


def test_an_entry_has_when_and_how_long_phase_by_phase() -> None:
    with opened(book()) as world:
        found = world.do(log.entry, deploy(world).id)
        assert found.live_at == NOON + timedelta(minutes=8)
        assert found.lasted == timedelta(minutes=10)
        assert found.phases == (("Build", timedelta(minutes=4)), ("Api", timedelta(minutes=8)))


def test_what_is_no_deploy_has_no_entry(world: World) -> None:
    incident = world.declare()
    for number in (incident.run_id, 4711):
        with pytest.raises(Refusal, match="is not a deploy or a rollback"):
            world.do(log.entry, number)


def changed(number: int, live_at: datetime, *commits: datetime, **more: Any) -> Entry:
    """A deploy that was done, live since then."""
    facts = Facts("", commit_times=[int(each.timestamp()) for each in commits])
    run = Run(number, "deploy", KINDS["deploy"], more.pop("state", RunState.DONE), "v", "Deploy", BRUNO.user, live_at,
              inputs=DeployInputs(facts=facts), started_at=live_at, ended_at=live_at)  # fmt: skip
    return Entry(run, "verified", (LivePeriod(number, number, "api", f"dpl_{number}", live_at, "alias_job"),), **more)


def incident(number: int, declared_at: datetime, resolved_at: datetime | None = None) -> Incident:
    return Incident(number, number, "p1", "Down", IncidentStatus.RESOLVED, "U1", declared_at, f"i{number}",
                    resolved_at=resolved_at)  # fmt: skip


def test_the_four_figures() -> None:
    changes = [changed(n, NOON - n * 24 * HOUR, NOON - n * 24 * HOUR - n * HOUR) for n in range(1, 6)]
    changes.append(changed(6, NOON - timedelta(days=60), rolled_back_by=7))
    restored = [incident(n, NOON - (n + 1) * HOUR, NOON - HOUR) for n in (1, 2, 6)]
    short = figures(changes, failed_changes(changes, restored), restored, now=NOON, days=30)
    assert (short.good, short.live, short.failed) == (5, 5, 0)
    assert (short.lead, short.commits) == (3 * HOUR, 5)
    assert (short.restore, short.failure_share) == (2 * HOUR, 0.0)
    long = figures(changes, failed_changes(changes, restored), restored, now=NOON, days=90)
    assert (long.live, long.failed, long.undated) == (6, 1, 1)
    assert long.failure_share == pytest.approx(1 / 6)


def test_of_too_few_cases_nothing_is_said() -> None:
    changes = [changed(n, NOON - HOUR, NOON - 2 * HOUR) for n in (1, 2)]
    few = figures(changes, frozenset(), [incident(1, NOON - HOUR, NOON)], now=NOON, days=30)
    assert (few.lead, few.restore, few.failure_share) == (None, None, None)


def test_a_change_failed_when_a_later_deploy_fixed_the_incident_that_came_after_it() -> None:
    before, cause = changed(1, NOON - 9 * HOUR), changed(2, NOON - 5 * HOUR)
    fix = changed(3, NOON - HOUR, fixes=7)
    assert failed_changes([before, cause, fix], [incident(7, NOON - 2 * HOUR)]) == {2}
    assert failed_changes([before, cause, fix], []) == frozenset()


def test_what_ended_badly_after_it_was_live_failed_and_what_never_was_live_did_not() -> None:
    live = changed(1, NOON, state=RunState.ABORTED)
    never = Entry(Run(2, "deploy", KINDS["deploy"], RunState.ABORTED, "v", "D", "U1", NOON), "aborted")
    assert failed_changes([live, never], []) == {1}


moments = st.integers(0, 8700).map(lambda hours: datetime(2026, 1, 1, tzinfo=UTC) + hours * HOUR)


@settings(deadline=None)
@given(st.lists(st.tuples(moments, st.booleans()), max_size=40), moments)
def test_every_deploy_of_twelve_weeks_is_in_one_week(found: list[tuple[datetime, bool]], now: datetime) -> None:
    with opened(book()) as world:
        zone = world.domain.zone
    changes = [changed(n, at) for n, (at, _) in enumerate(found)]
    failed = frozenset(n for n, (_, bad) in enumerate(found) if bad)
    columns = weeks(changes, failed, now=now, zone=zone)
    first = columns[0].monday
    inside = [at for at, _ in found if first <= at.astimezone(zone).date() < columns[-1].monday + timedelta(days=7)]
    assert sum(each.good + each.failed for each in columns) == len(inside)
    assert [(b.monday - a.monday).days for a, b in itertools.pairwise(columns)] == [7] * 11


def test_a_deploy_under_way_is_no_success_of_its_week() -> None:
    with opened(book()) as world:
        zone = world.domain.zone
    running = changed(1, NOON, state=RunState.ACTIVE)
    (*_, this) = weeks([running, changed(2, NOON)], frozenset(), now=NOON, zone=zone)
    assert (this.good, this.failed) == (1, 0)


def test_drills_and_confidential_incidents_leave_the_figures_alone() -> None:
    with opened(book()) as world:
        deploy(world, drill=True)
        assert world.do(dora.delivery).long.live == 0
        deploy(world)
        assert world.do(dora.delivery).long.live == 1


def test_the_answers_are_what_slack_takes() -> None:
    why = {"lock": Override(ALICE.user, "<!channel> urgent", "Locked")}
    facts = Facts("", "a" * 40, live="b" * 40, commits=["abc <!here>"] * 30, migrations=["one"])
    with opened(book()) as world:
        assert world.do(log.entries) == []
        for _ in range(4):
            run = deploy(world, inputs=DeployInputs(facts=facts, overrides=why))
        roll_back(world, run)
        found, delivery = world.do(log.entries), world.do(dora.delivery)
        text, blocks = history_answer(found, delivery)
        assert refused(Message(text, list(blocks))) == []
        assert "data_visualization" in [block["type"] for block in blocks]
        assert figure_lines(delivery)[0].startswith("Deployment frequency: *3 successful deploys, 0.7 per week*")
        assert "25 %" in figure_lines(delivery)[2]
        entry = world.do(log.entry, run.id)
        text, blocks = entry_answer(entry, "https://slack.example/archives/C1/p1")
        assert refused(Message(text.replace("&lt;https", ""), [b for b in blocks if "View run" not in str(b)])) == []
        assert "Override of lock by <@U01ALICE>" in text
        assert announcement(entry, "10 min", "", None) == (
            "⏪ *Deploy* (run 4): rolled back by run 5, took 10 min. Requested by <@U01ALICE>, approved by "
            "<@U01ALICE>. Commits bbbbbbb..aaaaaaa (30). Was live: api → dpl_4."
        )
