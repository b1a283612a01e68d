"""Approving a deploy, the gates it has to pass, and holding deploys back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from domain_world import ALICE, BRUNO, CARLA, FABIO, World

from bot.deploys.approval import approve
from bot.deploys.approval.approvers import asking_words
from bot.deploys.gates import overridden
from bot.deploys.request import Asked, request_deploy, request_rollback
from bot.errors import Refusal
from bot.holds import holds
from bot.incidents import conduct
from bot.people import Actor
from bot.production.inputs.deploy import DeployInputs, Gate, Override
from bot.production.periods import periods_of
from bot.runbook.sections import DeployPolicy, Freeze
from bot.runs.checklist import items
from bot.runs.model import Run, RunState
from bot.runs.start import finish
from handlers.slack.cards.view import read_view
from handlers.slack.deploys.dry_run import _words
from handlers.slack.drawing import draw

LEAD = Actor("U09LEAD", "Lia", frozenset({"platform_lead"}))
OLD, NEW = "a" * 40, "b" * 40


def waiting(world: World, *, ticked: bool = True, by: Actor = BRUNO, **more: Any) -> Run:
    """A deploy whose first checklist is ticked."""
    run = world.do(request_deploy, by, Asked("all", "C1", **more))
    if ticked:
        world.tick_all(run.id, "before")
    return run


def override(world: World, run_id: int, gate: str, why: str, actor: Actor = ALICE) -> None:
    """Override a gate in a form that shows what stands in the way now."""
    shown = [each.fingerprint for each in DeployInputs.of(world.run(run_id)).failed]
    world.do(approve.override, actor, run_id, gate, why, shown)


@pytest.mark.parametrize(("seconds", "over"), [(-1, False), (1, True)])
def test_what_a_look_saw_before_production_moved_says_nothing_of_it(world: World, seconds: int, over: bool) -> None:
    live = world.begin("deploy", targets=("api",))
    world.seen_live(live.id, "api", "dpl_new", was_live="dpl_old")
    world.do(finish, live, RunState.DONE)
    asked = (world.now + timedelta(seconds=seconds)).isoformat()
    world.wait(seconds=2)
    world.do(approve.looked, waiting(world).id, replace(world.facts(production={"api": "dpl_old"}), at=asked))
    (period,) = world.ask(lambda tx: periods_of(tx, live.id))
    assert (period.over_at is not None) == over


def approved(world: World, **more: Any) -> Run:
    return world.approve(waiting(world, **more).id)


def failed(world: World, run: int) -> list[str]:
    """The gates that stand in the way, as the card has them."""
    return [gate.id for gate in world.run(run).inputs.gates if gate.verdict == "failed"]


def test_another_person_approves_and_then_it_starts(world: World) -> None:
    run = world.approve(waiting(world).id, facts=world.facts(sha=NEW))
    assert (run.state, run.approved_by) == (RunState.WAITING, ALICE.user)
    started = world.start(run.id, world.facts(sha=NEW))
    assert (started.state, started.inputs.sha) == (RunState.ACTIVE, NEW)
    assert world.ask(lambda tx: tx.locks.holder("production")) == run.id
    assert [gate.answered_by for gate in world.gates(run.id, "answered")] == [ALICE.user]
    assert world.kinds(run.id)[-2:] == ["run.approved", "run.started"]


def test_what_nobody_approved_does_not_start(world: World) -> None:
    assert world.start(waiting(world).id).state is RunState.WAITING


def test_it_starts_once(world: World) -> None:
    run = approved(world)
    world.start(run.id)
    world.start(run.id)
    assert world.kinds(run.id).count("run.started") == 1


def refused(world: World, actor: Actor, run: int, words: str) -> None:
    before = world.run(run), world.gates(run), world.kinds(run)
    with pytest.raises(Refusal, match=words):
        world.do(approve.approve, actor, run, "")
    assert (world.run(run), world.gates(run), world.kinds(run)) == before


def test_nobody_approves_their_own_deploy(world: World) -> None:
    refused(world, ALICE, waiting(world, by=ALICE).id, "another person must approve")


@pytest.mark.parametrize("actor", [BRUNO, CARLA, FABIO])
def test_approving_takes_a_role(world: World, actor: Actor) -> None:
    refused(world, actor, waiting(world, by=LEAD).id, "You may not approve")


def test_open_items_come_before_the_approval(world: World) -> None:
    refused(world, ALICE, waiting(world, ticked=False).id, "Still open: .* more")


def test_an_approval_of_what_runs_comes_too_late(world: World) -> None:
    run = approved(world)
    world.start(run.id)
    refused(world, LEAD, run.id, "is already active")


def test_what_is_no_deploy_cannot_be_approved(world: World) -> None:
    refused(world, ALICE, world.do(request_rollback, BRUNO, Asked("all", "C1")).id, "no such deploy")
    with pytest.raises(Refusal, match="no such deploy"):
        world.do(approve.approve, ALICE, 4711, "")


def test_the_environment_must_be_free_and_then_it_starts(world: World) -> None:
    first, second = approved(world), approved(world)
    world.start(first.id)
    assert world.start(second.id).state is RunState.WAITING
    assert failed(world, second.id) == ["running"]
    world.do(finish, world.run(first.id), RunState.DONE)
    assert world.start(second.id).state is RunState.ACTIVE


def test_an_approval_is_for_the_commit_that_was_shown(world: World) -> None:
    run = world.approve(waiting(world).id, facts=world.facts(sha=OLD))
    held = world.start(run.id, world.facts(sha=NEW))
    assert (held.state, held.approved_by) == (RunState.WAITING, None)
    assert world.kinds(run.id)[-1] == "approval.void"
    world.approve(run.id, facts=world.facts(sha=NEW))
    assert world.start(run.id, world.facts(sha=NEW)).state is RunState.ACTIVE


def test_a_card_that_showed_another_commit_approves_nothing(world: World) -> None:
    run = waiting(world)
    world.do(approve.looked, run.id, world.facts(sha=OLD))
    stale = world.run(run.id).inputs.facts.sha
    world.do(approve.looked, run.id, world.facts(sha=NEW))
    with pytest.raises(Refusal, match="the commit changed since this card was shown"):
        world.do(approve.approve, ALICE, run.id, stale)
    assert world.run(run.id).approved_by is None


def test_before_anything_was_looked_up_nothing_is_approved(world: World) -> None:
    refused(world, ALICE, waiting(world).id, "still looking up")


@pytest.mark.parametrize("now", [None, NEW])
def test_an_approved_commit_that_is_not_found_again_is_not_deployed(world: World, now: str | None) -> None:
    run = world.approve(waiting(world).id, facts=world.facts(sha=OLD))
    assert world.start(run.id, world.facts(sha=now, unasked={"commit": "git is away"})).state is RunState.WAITING


def test_an_override_is_for_what_stood_in_the_way_and_nothing_else(world: World) -> None:
    world.do(holds.put, BRUNO, "lock", "lunch")
    run = approved(world)
    world.start(run.id)
    override(world, run.id, "lock", "hotfix")
    world.do(holds.lift, BRUNO, "lock")
    world.wait(seconds=1)
    world.do(holds.put, BRUNO, "lock", "the database is on fire")
    assert world.start(run.id).state is RunState.WAITING
    assert failed(world, run.id) == ["lock"]


BAD = {"state": "bad", "words": "failed: test", "failed": "test"}
CAUSED = Gate("lock", "failed", "Locked by somebody.", about="7", cause=("production", "lock", "noon"))
OVERRIDES = [
    ("by its ids, however it is worded", Override("U1", "w", "Bloqueado.", "", CAUSED.cause), True),
    ("another cause in the same words", Override("U1", "w", CAUSED.why, "7", ("production", "lock", "one")), False),
    ("of an early version: by its words", Override("U1", "w", CAUSED.why, "7"), True),
    ("of the first versions: by its words alone", Override("U1", "w", CAUSED.why), True),
    ("of an early version: other words", Override("U1", "w", "Frozen.", "7"), False),
    ("of an early version: about another incident", Override("U1", "w", CAUSED.why, "8"), False),
]


@pytest.mark.parametrize(("given", "counts"), [each[1:] for each in OVERRIDES], ids=[each[0] for each in OVERRIDES])
def test_an_override_is_for_one_cause(given: Override, counts: bool) -> None:
    assert (overridden(CAUSED, {"lock": given}).verdict == "overridden") is counts


def test_a_lock_that_is_kept_longer_stays_overridden(world: World) -> None:
    hold = world.do(holds.put, BRUNO, "lock", "lunch", timedelta(hours=2))
    run = waiting(world)
    world.do(approve.looked, run.id, world.facts(sha=NEW))
    override(world, run.id, "lock", "hotfix")
    world.do(holds.keep, BRUNO, holds.HoldRef(hold.environment, hold.kind, hold.taken_at.isoformat()))
    world.do(approve.looked, run.id, world.facts(sha=NEW))
    assert failed(world, run.id) == []


def test_checks_that_failed_stay_overridden_while_github_cannot_be_asked(world: World) -> None:
    run = waiting(world)
    world.do(approve.looked, run.id, world.facts(sha=NEW, checks=BAD))
    override(world, run.id, "checks", "it is flaky")
    world.do(approve.looked, run.id, world.facts(sha=NEW, unasked={"checks": "GitHub is away"}))
    assert failed(world, run.id) == []
    world.do(approve.looked, run.id, world.facts(sha=NEW, checks={**BAD, "failed": "lint\ntest"}))
    assert failed(world, run.id) == ["checks"]


def test_an_approval_expires(world: World) -> None:
    run = approved(world)
    timer = world.ask(lambda tx: tx.timers.find(run_id=run.id, kind="approval"))[0]
    assert timer.due_at > world.now
    world.do(approve.expire, run.id)
    assert world.run(run.id).approved_by is None
    assert world.start(run.id).state is RunState.WAITING


def test_an_approval_that_was_used_does_not_expire(world: World) -> None:
    run = approved(world)
    world.start(run.id)
    world.do(approve.expire, run.id)
    assert world.run(run.id).approved_by == ALICE.user
    assert world.ask(lambda tx: tx.timers.find(run_id=run.id, kind="approval", state="pending")) == []


@pytest.mark.parametrize(("severity", "blocks"), [("p1", True), ("p3", False)])
def test_an_open_incident_is_in_the_way_when_the_runbook_says_so(world: World, severity: str, blocks: bool) -> None:
    incident = world.declare(severity)
    run = approved(world)
    assert (world.start(run.id).state is RunState.WAITING) is blocks
    if blocks:
        assert failed(world, run.id) == ["incidents"]
        world.do(conduct.resolve, ALICE, incident.id, "")
        assert world.start(run.id).state is RunState.ACTIVE


def test_the_fix_of_an_incident_and_a_drill_are_not(world: World) -> None:
    incident = world.declare("p1")
    world.declare("p1", drill=True)
    assert world.start(approved(world, fixes=incident.id).id).state is RunState.ACTIVE


@pytest.mark.parametrize("kind", ["lock", "freeze"])
def test_a_hold_is_in_the_way_until_it_is_lifted(world: World, kind: str) -> None:
    world.do(holds.put, ALICE, kind, "the migration is not tested")
    run = approved(world)
    assert world.start(run.id).state is RunState.WAITING
    assert failed(world, run.id) == [kind]
    world.do(holds.lift, BRUNO, kind)
    assert world.start(run.id).state is RunState.ACTIVE


def test_a_hold_ends_by_itself(world: World) -> None:
    world.do(holds.put, ALICE, "freeze", "release night", timedelta(hours=2))
    run = approved(world)
    assert world.start(run.id).state is RunState.WAITING
    world.wait(hours=2)
    assert world.start(run.id).state is RunState.ACTIVE


def test_a_failed_gate_is_overridden_with_a_reason_in_public(world: World) -> None:
    world.do(holds.put, BRUNO, "lock", "lunch")
    run = approved(world)
    world.start(run.id)
    override(world, run.id, "lock", "hotfix")
    assert world.start(run.id).state is RunState.ACTIVE
    assert "gate.overridden" in world.kinds(run.id)
    assert ["hotfix" in text for text in world.said(run_id=run.id)] == [True]


@pytest.mark.parametrize(
    ("actor", "gate", "why", "words"),
    [
        (BRUNO, "lock", "hotfix", "You may not override"),
        (ALICE, "lock", "  ", "A reason is required"),
        (ALICE, "running", "hotfix", "cannot be overridden"),
        (ALICE, "vendors", "hotfix", "cannot be overridden"),
        (ALICE, "nothing", "hotfix", "cannot be overridden"),
    ],
)
def test_not_everything_is_overridden_by_everybody(world: World, actor: Actor, gate: str, why: str, words: str) -> None:
    first = approved(world)
    world.start(first.id)
    world.do(holds.put, BRUNO, "lock", "lunch")
    run = approved(world)
    world.start(run.id)
    assert failed(world, run.id) == ["running", "lock"]
    with pytest.raises(Refusal, match=words):
        override(world, run.id, gate, why, actor)


@pytest.mark.parametrize("found", [{"pinned": {"api": "dpl_1"}}, {"vendors": {"Vercel": "outage"}},
                                   {"unasked": {"vendors": "no answer", "pin": "no token"}}])  # fmt: skip
def test_what_is_only_a_warning_or_unknown_holds_nobody_back(world: World, found: dict[str, Any]) -> None:
    run = approved(world)
    assert world.start(run.id, world.facts(**found)).state is RunState.ACTIVE
    assert {"warning", "unknown"} & {gate.verdict for gate in world.run(run.id).inputs.gates}


@pytest.mark.parametrize("sha", [None, "", "c0ffee0", "main", "C0FFEE0" + "0" * 33])
def test_without_a_whole_commit_nothing_is_approved(world: World, sha: str | None) -> None:
    run = waiting(world)
    with pytest.raises(Refusal, match=r"the commit is unknown \(git is away\)"):
        world.approve(run.id, facts=world.facts(sha=sha, unasked={"commit": "git is away"}))
    assert world.run(run.id).approved_by is None


def test_an_approval_of_no_commit_starts_nothing(world: World) -> None:
    run = approved(world)
    inputs = replace(run.inputs, approval=replace(run.inputs.approval, sha=None))
    world.ask(lambda tx: tx.runs.save(run, inputs=inputs))
    assert world.start(run.id, world.facts(sha=None)).state is RunState.WAITING
    assert world.run(run.id).approved_by is None


REFS = ["refs/heads/main", "refs/pull/7/head", "pull/7/head", "pull/7/merge", "HEAD", "head", "FETCH_HEAD", "@",
        "remotes/origin/main", "REFS/heads/main"]  # fmt: skip


@pytest.mark.parametrize("ref", REFS)
def test_what_is_not_a_name_of_its_own_is_no_ref(world: World, ref: str) -> None:
    with pytest.raises(Refusal, match="is not a branch, tag or commit"):
        world.do(request_deploy, BRUNO, Asked("api", "C1", ref=ref))


@pytest.mark.parametrize("ref", ["ahead", "look-ahead", "spearhead"])
def test_a_branch_whose_name_ends_like_that_is_one(world: World, ref: str) -> None:
    assert world.do(request_deploy, BRUNO, Asked("api", "C1", ref=ref)).inputs.ref == ref


def test_checks_that_failed_stay_failed_while_github_cannot_be_asked(world: World) -> None:
    run = waiting(world)
    bad = {"state": "bad", "words": "test failed"}
    world.do(approve.looked, run.id, world.facts(sha=NEW, checks=bad))
    world.do(approve.looked, run.id, world.facts(sha=NEW, unasked={"checks": "GitHub is away"}))
    checks = next(gate for gate in world.run(run.id).inputs.gates if gate.id == "checks")
    assert checks.verdict == "failed"
    assert "test failed (last known; now: GitHub is away)" in checks.why
    world.do(approve.looked, run.id, world.facts(sha=OLD, unasked={"checks": "GitHub is away"}))
    checks = next(gate for gate in world.run(run.id).inputs.gates if gate.id == "checks")
    assert checks.verdict == "unknown"


def test_names_in_what_would_change_push_no_gate_off_the_card(world: World) -> None:
    run = waiting(world)
    world.do(holds.put, ALICE, "lock", "hands off", None)
    names, commits = ["&" * 255] * 9, ["abc1234 " + "&" * 200] * 9
    facts = world.facts(live="b" * 40, migrations=names, commits=commits)
    world.do(approve.looked, run.id, facts)
    view = world.do(read_view, world.ask(lambda tx: tx.cards.find(run_id=run.id))[0])
    assert view
    for text in (str(draw(view).blocks), world.do(_words, run, facts)):
        assert "hands off" in text
        assert "gates passed" in text


@pytest.mark.parametrize("kind", ["lock", "freeze"])
def test_a_hold_has_a_reason_an_owner_and_is_put_once(world: World, kind: str) -> None:
    with pytest.raises(Refusal, match="A reason is required"):
        world.do(holds.put, ALICE, kind, "  ")
    hold = world.do(holds.put, ALICE, kind, " audit ")
    assert (hold.reason, hold.owner, hold.expires_at) == ("audit", ALICE.user, None)
    with pytest.raises(Refusal, match="by <@U01ALICE>: audit"):
        world.do(holds.put, BRUNO, kind, "mine")


def test_holding_takes_a_role(world: World) -> None:
    with pytest.raises(Refusal, match="You may not lock deploys"):
        world.do(holds.put, FABIO, "lock", "because")
    world.do(holds.put, ALICE, "lock", "because")
    with pytest.raises(Refusal, match="You may not unlock deploys"):
        world.do(holds.lift, FABIO, "lock")


def test_the_owner_of_a_hold_is_told_when_somebody_else_lifts_it(world: World) -> None:
    world.do(holds.put, ALICE, "lock", "audit")
    world.do(holds.lift, BRUNO, "lock")
    told = [each.to[0] for each in world.messages("text")]
    assert told == ["devops", "devops", ALICE.user]
    with pytest.raises(Refusal, match="There is no deploy lock"):
        world.do(holds.lift, BRUNO, "lock")


def test_what_is_unticked_after_the_approval_holds_the_start_back(world: World) -> None:
    run = approved(world)
    world.do(items.untick, BRUNO, world.ref(run.id, "reviewed"))
    assert world.start(run.id).state is RunState.WAITING
    assert world.kinds(run.id)[-1] == "run.held"
    world.tick(run.id, "reviewed")
    assert world.start(run.id).state is RunState.ACTIVE


def test_a_second_approval_changes_nothing(world: World) -> None:
    run = approved(world)
    refused(world, LEAD, run.id, "<@U01ALICE> already approved it")


def test_who_lost_the_role_since_has_not_approved(world: World) -> None:
    run = approved(world)
    world.domain = replace(world.domain, team=world.domain.team.model_copy(update={"roles": {"devops": ("alice",)}}))
    held = world.start(run.id)
    assert (held.state, held.approved_by) == (RunState.WAITING, None)
    assert "<@U01ALICE> may no longer approve deploys" in held.inputs.voided


@pytest.mark.parametrize(
    ("change", "voids"),
    [
        ({"title": "Another title"}, False),
        ({"deploys": DeployPolicy(blocked_by=("p1",))}, True),
        ({"freezes": (Freeze(id="xmas", text="Holidays", cron="0 0 24 dec *", length=timedelta(days=2)),)}, True),
    ],
)
def test_a_runbook_that_means_something_else_voids_the_approval(
    world: World, change: dict[str, Any], voids: bool
) -> None:
    run = approved(world)
    other = world.domain.runbook.model_copy(update=change)
    world.domain = replace(world.domain, loaded=replace(world.domain.loaded, runbook=other, version="another"))
    started = world.start(run.id)
    assert (started.state is RunState.WAITING, started.approved_by is None) == (voids, voids)
    if voids:
        assert world.start(world.approve(run.id).id).state is RunState.ACTIVE


@pytest.mark.parametrize(
    ("rules", "hour", "verdict"),
    [
        ({}, 15, "passed"),
        ({"only_in_maintenance": ("api",)}, 15, "failed"),
        ({"only_in_maintenance": ("api",)}, 5, "passed"),
        ({"only_in_maintenance": ("api",)}, 9, "failed"),
        ({"only_in_maintenance": ("web",)}, 15, "passed"),
    ],
)
def test_services_that_are_bound_to_the_maintenance_window(
    world: World, rules: dict[str, Any], hour: int, verdict: str
) -> None:
    world.now = datetime(2026, 11, 22, hour, tzinfo=UTC)  # Sunday; the window is 05:00-09:00 UTC
    other = world.domain.runbook.model_copy(update={"deploys": DeployPolicy(**rules)})
    world.domain = replace(world.domain, loaded=replace(world.domain.loaded, runbook=other))
    run = world.do(request_deploy, BRUNO, Asked("api", "C1"))
    world.do(approve.looked, run.id, world.facts())
    gate = next(gate for gate in world.run(run.id).inputs.gates if gate.id == "maintenance")
    assert gate.verdict == verdict


def test_a_deploy_waits_for_maintenance_that_did_not_start_it(world: World) -> None:
    maintenance = world.begin("maintenance")
    run = approved(world)
    assert world.start(run.id).state is RunState.WAITING
    assert failed(world, run.id) == ["maintenance"]
    own = approved(world, parent=(maintenance.id, "communicate"))
    assert world.start(own.id).state is RunState.ACTIVE


def test_who_may_approve_is_asked_once(world: World) -> None:
    run = waiting(world)
    asked = world.messages("deploy.approvers", run_id=run.id)
    assert [each.mentions and each.mentions.people for each in asked] == [("alice",)]
    assert "one of you approves it: <@U01ALICE>." in asking_words(run, ["U01ALICE"], [])


def test_what_came_into_the_way_while_the_form_was_open_is_not_overridden(world: World) -> None:
    world.do(holds.put, BRUNO, "lock", "lunch")
    run = approved(world)
    world.start(run.id)
    shown = [each.fingerprint for each in DeployInputs.of(world.run(run.id)).failed]
    world.do(holds.lift, BRUNO, "lock")
    world.wait(seconds=1)
    world.do(holds.put, BRUNO, "lock", "the database is restored")
    world.start(run.id)
    with pytest.raises(Refusal, match="has changed since the form was opened"):
        world.do(approve.override, ALICE, run.id, "lock", "lunch can wait", shown)
