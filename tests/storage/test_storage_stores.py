"""The contract of every store, on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from storage_world import NOON, Opened, a_run, a_step, an_incident

from bot.backups.model import Backup, BackupKind
from bot.effects import Effect, Timer
from bot.holds.model import Hold
from bot.incidents.model import IncidentStatus
from bot.people import Member
from bot.ports import Changed, HealthResult, Tx, Wake
from bot.production.inputs.deploy import DeployInputs
from bot.runs.model import Card, Gate, GateKind, Run, RunState, StepState

ODD = "É ção 🎉 \"quoted\" 'x' %s {y} <!channel> \\ \n line two"
LATER = NOON + timedelta(hours=3)
RECORDS: dict[str, Any] = {
    "runs": replace(
        a_run(ODD), environment="production", targets=("api", "web"),
        inputs=DeployInputs(ref=ODD, unknown={"n": [1, None, 1.5]}), approved_by="U2", drill=True,
        channel="C1", parent_run=1, parent_step="rollback", started_at=NOON, ended_at=LATER, token=7, version=3,
    ),
    "steps": replace(
        a_step(), state=StepState.UNKNOWN, decision=2, attempt=3, asked_by="U1", by="U2", at=NOON, reason=ODD,
        found=ODD, detail={"services": {"api": [ODD]}}, output="out.log", started_at=NOON, ended_at=LATER,
    ),
    "gates": Gate(0, 1, GateKind.INTERRUPTED, NOON, "look", "answered", "retry", "U1", LATER),
    "incidents": replace(
        an_incident(), title=ODD, status=IncidentStatus.RESOLVED, channel="C9", private=True, confidential=True,
        drill=True, roles={"commander": "U1"}, members=("U1", "U2"), responded_at=NOON, resolved_at=LATER,
        closed_at=LATER, summary=ODD, version=4,
    ),
    "cards": Card(0, 1, "main/a/2", "op1", "C1", "171.5", 7, 5, "live", 3, ODD, NOON, LATER),
    "effects": Effect(
        0, "op1", "post", "run:1:say", {"text": ODD}, NOON, LATER, 1, "look", None, 1, "dead", 9, ODD, {"ts": "1"}, NOON
    ),
    "members": Member("U1", "T1", ODD, "x@example.com", guest=True, outsider=True, bot=True),
    "health": HealthResult(0, NOON, "api", "login", ODD, "unhealthy", 1234, ODD, 1),
    "backups": Backup(
        0, 1, "look", BackupKind.PITR, NOON, LATER, "backups/run-1-look-1", 9_000_000_000, {"public.Tabela É": 7},
        "ab12", "deleted",
    ),
    "holds": Hold("production", "lock", ODD, "U1", NOON, LATER),
}  # fmt: skip
KEYS = {"steps": ("run_id", "step_id"), "effects": ("seq",), "members": ("user",), "holds": ("environment", "kind")}


def store(tx: Tx, name: str) -> Any:
    return getattr(tx, name)


def keys(name: str, record: Any) -> tuple[Any, ...]:
    return tuple(getattr(record, key) for key in KEYS.get(name, ("id",)))


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_comes_back_as_it_was(opened: Opened, name: str) -> None:
    added = opened.write(lambda tx: store(tx, name).add(RECORDS[name]))
    found = opened.read(lambda tx: store(tx, name).get(*keys(name, added)))
    assert found == added
    changes = {key: getattr(found, key) for key in KEYS.get(name, ("id",))}
    assert replace(RECORDS[name], **changes) == found
    assert [type(each) for each in vars(found).values()] == [type(each) for each in vars(RECORDS[name]).values()]


@pytest.mark.parametrize("name", RECORDS)
def test_what_is_not_there_is_none(opened: Opened, name: str) -> None:
    record = RECORDS[name]
    missing = tuple(4711 if isinstance(each, int) else "nothing" for each in keys(name, record))
    assert opened.read(lambda tx: store(tx, name).get(*missing)) is None


def test_a_time_of_any_zone_comes_back_as_utc(opened: Opened) -> None:
    there = NOON.astimezone(timezone(timedelta(hours=-3)))
    run = opened.write(lambda tx: tx.runs.add(replace(a_run(), created_at=there)))
    found = opened.read(lambda tx: tx.runs.get(run.id))
    assert found is not None
    assert (found.created_at, found.created_at.utcoffset()) == (NOON, timedelta(0))


def test_a_time_without_a_zone_is_a_defect(opened: Opened) -> None:
    with pytest.raises(Exception, match="a time without a zone"):
        opened.write(lambda tx: tx.runs.add(replace(a_run(), created_at=datetime(2026, 1, 1))))  # noqa: DTZ001


def test_ids_are_given_in_order(opened: Opened) -> None:
    ids = opened.write(lambda tx: [tx.runs.add(a_run()).id for _ in range(3)])
    assert ids == [3, 4, 5]


def test_finding_compares_orders_and_limits(opened: Opened) -> None:
    opened.write(lambda tx: [tx.runs.add(replace(a_run(f"run {n}"), token=n % 2, channel=None)) for n in range(4)])

    def titles(**wanted: Any) -> list[str]:
        return [run.title for run in opened.read(lambda tx: tx.runs.find(**wanted))]

    assert titles(token=1) == ["run 1", "run 3"]
    assert titles(token=1, title="run 3") == ["run 3"]
    assert titles(title=("run 0", "run 2", "nothing")) == ["run 0", "run 2"]
    assert titles(order="-id", limit=2) == ["run 3", "run 2"]
    assert titles(order="-title", title=("run 0", "run 2")) == ["run 2", "run 0"]
    assert titles(state=RunState.WAITING, limit=1) == ["First"]
    assert titles(title=()) == []
    assert titles(limit=0) == []


def test_nothing_is_found_by_equality_with_none(opened: Opened) -> None:
    opened.write(lambda tx: tx.runs.add(replace(a_run("with"), channel="C1")))
    assert [run.title for run in opened.read(lambda tx: tx.runs.find(channel=None))] == ["First", "Second"]


def test_saving_changes_what_is_named_and_counts_the_version(opened: Opened) -> None:
    run = opened.read(lambda tx: tx.runs.find()[0])
    saved = opened.write(lambda tx: tx.runs.save(run, state=RunState.ACTIVE, targets=("api",)))
    assert saved == replace(run, state=RunState.ACTIVE, targets=("api",), version=1)
    assert opened.read(lambda tx: tx.runs.get(run.id)) == saved


@pytest.mark.parametrize("name", ["runs", "incidents"])
def test_who_read_an_older_version_is_told(opened: Opened, name: str) -> None:
    record = opened.write(lambda tx: store(tx, name).add(replace(RECORDS[name], version=0)))
    first = opened.write(lambda tx: store(tx, name).save(record, title="first"))
    with pytest.raises(Changed, match="Somebody else changed this"):
        opened.write(lambda tx: store(tx, name).save(record, title="second"))
    assert opened.read(lambda tx: store(tx, name).get(record.id)) == first


def test_saving_what_is_gone_is_told_too(opened: Opened) -> None:
    with pytest.raises(Changed):
        opened.write(lambda tx: tx.steps.save(a_step(1, "nothing"), state=StepState.DONE))


def test_many_steps_are_added_at_once(opened: Opened) -> None:
    steps = [a_step(1, f"s{n}", n) for n in range(100)]
    opened.write(lambda tx: tx.steps.add_all(steps))
    opened.write(lambda tx: tx.steps.add_all([]))
    assert opened.read(lambda tx: tx.steps.find(run_id=1, order="position")) == steps


def test_runs_at_work_have_a_step_that_runs_or_is_asked_for(opened: Opened) -> None:
    opened.write(lambda tx: tx.runs.add(a_run("Third")))
    opened.write(lambda tx: tx.steps.add(replace(a_step(1), state=StepState.STARTED)))
    opened.write(lambda tx: tx.steps.add(replace(a_step(2), asked_by="U1")))
    opened.write(lambda tx: tx.steps.add(replace(a_step(3), state=StepState.DONE)))
    assert sorted(opened.read(lambda tx: tx.steps.runs_at_work())) == [1, 2]


SECRET = "hunter2secret"


def test_what_people_and_programs_wrote_is_masked(opened: Opened) -> None:
    written = replace(a_step(), state=StepState.SKIPPED, reason=SECRET, found=f"x {SECRET}", detail={"a": [SECRET]})
    opened.write(lambda tx: tx.steps.add_all([written]))
    found = opened.read(lambda tx: tx.steps.get(1, "look"))
    assert found == replace(written, reason="•••", found="x •••", detail={"a": ["•••"]})
    opened.write(lambda tx: tx.steps.save(found, found=SECRET) if found else None)
    run = opened.write(lambda tx: tx.runs.add(replace(a_run(SECRET), inputs=DeployInputs(ref=SECRET))))
    opened.write(lambda tx: tx.effects.plan("post", "a", {"text": SECRET}))
    assert SECRET not in str(opened.read(lambda tx: (tx.runs.get(run.id), tx.steps.find(), tx.effects.find())))


# Effects.


def planned(opened: Opened, *targets: str, **more: Any) -> list[Effect]:
    return opened.write(lambda tx: [tx.effects.plan("post", target, {}, run_id=1, **more) for target in targets])


def test_effects_of_a_target_come_in_order(opened: Opened) -> None:
    first, second, other = planned(opened, "a", "a", "b")
    assert opened.read(lambda tx: tx.effects.next("a")) == first
    opened.write(lambda tx: tx.effects.save(first, state="sending"))
    assert opened.read(lambda tx: tx.effects.next("a")).seq == first.seq  # type: ignore[union-attr]
    opened.write(lambda tx: tx.effects.save(first, state="done"))
    assert opened.read(lambda tx: tx.effects.next("a")) == second
    opened.write(lambda tx: tx.effects.save(second, state="dead"))
    assert opened.read(lambda tx: tx.effects.next("a")) is None
    assert opened.read(lambda tx: tx.effects.next("b")) == other


def test_every_effect_has_a_mark_of_its_own(opened: Opened) -> None:
    assert len({effect.op_id for effect in planned(opened, *"aabb")}) == 4


def test_targets_are_those_with_something_due(opened: Opened) -> None:
    a, b, c = planned(opened, "a", "b", "c")
    opened.write(lambda tx: tx.effects.save(b, due_at=LATER))
    opened.write(lambda tx: tx.effects.save(c, state="done"))
    assert opened.read(lambda tx: tx.effects.targets(NOON)) == ["a"]
    assert sorted(opened.read(lambda tx: tx.effects.targets(LATER))) == ["a", "b"]
    opened.write(lambda tx: tx.effects.save(a, state="sending"))
    assert opened.read(lambda tx: tx.effects.targets(NOON)) == ["a"]


def test_followers_are_the_targets_that_wait(opened: Opened) -> None:
    (first,) = planned(opened, "create")
    planned(opened, "invite", "topic", "topic", after=first.seq)
    assert sorted(opened.read(lambda tx: tx.effects.followers(first.seq))) == ["invite", "topic"]


def test_what_waits_is_counted_with_the_oldest(opened: Opened) -> None:
    assert opened.read(lambda tx: tx.effects.waiting()) == (0, None)
    (first,) = planned(opened, "a")
    opened.clock.wait(minutes=5)
    planned(opened, "a", "b")
    assert opened.read(lambda tx: tx.effects.waiting()) == (3, NOON)
    opened.write(lambda tx: tx.effects.save(first, state="done"))
    assert opened.read(lambda tx: tx.effects.waiting()) == (2, NOON + timedelta(minutes=5))


def test_what_was_done_long_ago_is_forgotten(opened: Opened) -> None:
    done, dead, new = planned(opened, "a", "b", "c")
    opened.write(lambda tx: tx.effects.save(done, state="done"))
    opened.write(lambda tx: tx.effects.save(dead, state="dead"))
    assert opened.write(lambda tx: tx.effects.forget(NOON)) == 0
    assert opened.write(lambda tx: tx.effects.forget(LATER)) == 1
    assert opened.read(lambda tx: [effect.seq for effect in tx.effects.find()]) == [dead.seq, new.seq]


def test_planning_wakes_the_target(opened: Opened) -> None:
    planned(opened, "a", "b", "a")
    assert opened.woken == [Wake("target", "a"), Wake("target", "b")]


# Timers.


def due(opened: Opened, at: datetime) -> list[str]:
    return [timer.key for timer in opened.read(lambda tx: tx.timers.due(at))]


def test_timers_are_due_in_the_order_of_their_times(opened: Opened) -> None:
    for key, minutes in (("b", 20), ("a", 30), ("c", 10), ("d", 99)):
        opened.write(lambda tx, k=key, m=minutes: tx.timers.set("phase", k, NOON + timedelta(minutes=m), 1))  # type: ignore[misc]
    assert due(opened, NOON + timedelta(minutes=30)) == ["c", "b", "a"]
    assert opened.read(lambda tx: tx.timers.next_due()) == NOON + timedelta(minutes=10)


def test_a_timer_set_again_is_the_same_timer(opened: Opened) -> None:
    first = opened.write(lambda tx: tx.timers.set("phase", "a", NOON, 1, n=1))
    again = opened.write(lambda tx: tx.timers.set("phase", "a", LATER, 1, n=2))
    assert (again.id, again.due_at, again.payload) == (first.id, LATER, {"n": 2})
    assert due(opened, NOON) == []
    assert due(opened, LATER) == ["a"]


def test_a_cancelled_timer_is_not_due_and_can_be_set_again(opened: Opened) -> None:
    opened.write(lambda tx: tx.timers.set("phase", "a", NOON, 1))
    assert opened.write(lambda tx: tx.timers.cancel(1)) == 1
    assert (due(opened, LATER), opened.read(lambda tx: tx.timers.next_due())) == ([], None)
    opened.write(lambda tx: tx.timers.set("phase", "a", NOON, 1))
    assert due(opened, NOON) == ["a"]


def test_cancelling_touches_the_kinds_and_the_run_that_are_named(opened: Opened) -> None:
    for kind, run in (("phase", 1), ("response", 1), ("phase", 2)):
        opened.write(lambda tx, k=kind, r=run: tx.timers.set(k, f"{k}{r}", NOON, r))  # type: ignore[misc]
    assert opened.write(lambda tx: tx.timers.cancel(1, "phase")) == 1
    assert sorted(due(opened, NOON)) == ["phase2", "response1"]
    assert opened.write(lambda tx: tx.timers.cancel(1)) == 1
    assert opened.write(lambda tx: tx.timers.cancel(1)) == 0


def test_a_fired_timer_is_not_due(opened: Opened) -> None:
    timer = opened.write(lambda tx: tx.timers.set("phase", "a", NOON, 1))
    opened.write(lambda tx: tx.timers.save(timer, state="fired", fired_at=NOON))
    assert due(opened, LATER) == []


def test_a_timer_of_no_run_is_one_by_its_kind_and_key(opened: Opened) -> None:
    first = opened.write(lambda tx: tx.timers.set("window", "sunday", NOON, None, n=1))
    again = opened.write(lambda tx: tx.timers.set("window", "sunday", LATER, None, n=2))
    assert (again.id, again.run_id, due(opened, NOON), due(opened, LATER)) == (first.id, None, [], ["sunday"])


def test_timers_of_no_run_and_those_of_runs_are_cancelled_apart(opened: Opened) -> None:
    for kind, run in (("window", None), ("review", None), ("window", 1)):
        opened.write(lambda tx, k=kind, r=run: tx.timers.set(k, f"{k} {r}", NOON, r))  # type: ignore[misc]
    assert opened.write(lambda tx: tx.timers.cancel(None, "window")) == 1
    assert sorted(due(opened, NOON)) == ["review None", "window 1"]
    assert opened.write(lambda tx: tx.timers.cancel(1)) == 1
    assert opened.write(lambda tx: tx.timers.cancel(None)) == 1


def test_setting_a_timer_wakes_the_clock(opened: Opened) -> None:
    opened.write(lambda tx: tx.timers.set("phase", "a", NOON, 1))
    assert opened.woken == [Wake("timers")]


# Cards.


def carded(opened: Opened, *pages: str, run: int = 1, **more: Any) -> list[int]:
    cards = [Card(0, run, page, f"{run}{page}", "C1", **{"shown": 1, **more}) for page in pages]
    return opened.write(lambda tx: [tx.cards.add(card).id for card in cards])


def test_touching_makes_every_live_card_of_the_run_dirty(opened: Opened) -> None:
    first, second = carded(opened, "a", "b")
    carded(opened, "dead", state="dead")
    carded(opened, "a", run=2)
    assert opened.read(lambda tx: tx.cards.dirty()) == []
    opened.write(lambda tx: tx.cards.touch(1))
    assert opened.read(lambda tx: tx.cards.dirty()) == [first, second]
    assert opened.woken == [Wake("card", str(first)), Wake("card", str(second))]


def test_touching_one_page_leaves_the_others(opened: Opened) -> None:
    _, second = carded(opened, "a", "b")
    opened.write(lambda tx: tx.cards.touch(1, "b"))
    opened.write(lambda tx: tx.cards.touch(1, "b"))
    assert opened.read(lambda tx: tx.cards.dirty()) == [second]
    assert opened.read(lambda tx: tx.cards.get(second)).wanted == 3  # type: ignore[union-attr]


def test_a_card_without_a_channel_is_not_dirty(opened: Opened) -> None:
    card = opened.write(lambda tx: tx.cards.add(Card(0, 1, "a", "op")))
    opened.write(lambda tx: tx.cards.touch(1))
    assert opened.read(lambda tx: tx.cards.dirty()) == []
    opened.write(lambda tx: tx.cards.save(card, channel="C1"))
    assert opened.read(lambda tx: tx.cards.dirty()) == [card.id]


# Locks, deliveries, runbooks, holds.


def test_an_environment_has_one_holder(opened: Opened) -> None:
    assert opened.read(lambda tx: tx.locks.holder("production")) is None
    assert opened.write(lambda tx: tx.locks.take("production", 1)) == 1
    assert opened.write(lambda tx: tx.locks.take("production", 2)) == 1
    assert opened.write(lambda tx: tx.locks.take("staging", 2)) == 2
    opened.write(lambda tx: tx.locks.release(1))
    assert opened.write(lambda tx: tx.locks.take("production", 2)) == 2
    assert opened.read(lambda tx: tx.locks.holder("production")) == 2


def test_rows_are_found_by_the_record_that_they_are(opened: Opened) -> None:
    opened.write(lambda tx: tx.rows(Timer).add(Timer(0, "phase", "a", NOON, 1)))
    assert [timer.key for timer in opened.read(lambda tx: tx.rows(Timer).find())] == ["a"]


def test_who_does_not_hold_it_releases_nothing(opened: Opened) -> None:
    opened.write(lambda tx: tx.locks.take("production", 1))
    opened.write(lambda tx: tx.locks.release(2))
    assert opened.read(lambda tx: tx.locks.holder("production")) == 1


def test_the_same_delivery_is_claimed_once(opened: Opened) -> None:
    claims = [opened.write(lambda tx: tx.claims.claim("click:1")) for _ in range(3)]
    assert claims == [True, False, False]
    assert opened.write(lambda tx: tx.claims.claim("click:2"))


def test_a_claim_of_a_transaction_that_failed_is_free_again(opened: Opened) -> None:
    def work(tx: Tx) -> None:
        assert tx.claims.claim("click:1")
        raise LookupError

    with pytest.raises(LookupError):
        opened.write(work)
    assert opened.write(lambda tx: tx.claims.claim("click:1"))


def test_old_deliveries_are_forgotten(opened: Opened) -> None:
    opened.write(lambda tx: tx.claims.claim("old"))
    opened.write(lambda tx: tx.claims.claim("older"))
    now = opened.clock.wait(days=3)
    opened.write(lambda tx: tx.claims.claim("new"))
    assert opened.write(lambda tx: tx.claims.forget(now)) == 2
    assert [opened.write(lambda tx, n=name: tx.claims.claim(n)) for name in ("old", "new")] == [True, False]  # type: ignore[misc]


def test_a_runbook_is_kept_once_by_its_version(opened: Opened) -> None:
    opened.write(lambda tx: tx.runbooks.keep("v2", ODD, "mine.yml"))
    opened.write(lambda tx: tx.runbooks.keep("v2", "another", "theirs.yml"))
    assert opened.read(lambda tx: tx.runbooks.text("v2")) == (ODD, "mine.yml")
    assert opened.read(lambda tx: tx.runbooks.text("v3")) is None


def test_a_run_needs_its_runbook(opened: Opened) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        opened.write(lambda tx: tx.runs.add(replace(a_run(), runbook_version="never kept")))


def test_a_hold_is_removed_by_its_place_and_kind(opened: Opened) -> None:
    holds = [Hold("production", kind, "why", "U1", NOON) for kind in ("lock", "freeze")]
    opened.write(lambda tx: tx.holds.add_all(holds))
    opened.write(lambda tx: tx.holds.remove("production", "lock"))
    opened.write(lambda tx: tx.holds.remove("staging", "freeze"))
    assert opened.read(lambda tx: tx.holds.find()) == holds[1:]


def test_two_incidents_never_have_one_channel_name(opened: Opened) -> None:
    opened.write(lambda tx: tx.incidents.add(an_incident(1, "incident-1")))
    with pytest.raises(Exception, match=r"(?i)unique"):
        opened.write(lambda tx: tx.incidents.add(an_incident(2, "incident-1")))


def test_a_run_record_has_every_field_of_its_row(opened: Opened) -> None:
    assert opened.read(lambda tx: tx.runs.get(1)) == replace(a_run("First"), id=1)
    assert isinstance(opened.read(lambda tx: tx.runs.get(1)), Run)
