"""What may be concluded from what Vercel shows."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.integrations.vercel.model import AliasRequest, Deployment, Project
from bot.integrations.vercel.rules import cannot_serve, judge_alias, recommend

from .fakes import NOON, after, alias, deployment, ms, project

NOTE = {"createdAt": ms(NOON), "description": "errors", "userId": "u", "username": "alice"}

PINS: dict[str, tuple[dict[str, Any], bool]] = {
    "new deployments go live": ({}, False),
    "rolled back": (
        {"autoAssignCustomDomains": False, "lastAliasRequest": alias("a", "succeeded", kind="rollback")},
        True,
    ),
    "rolled back, told by the note": ({"autoAssignCustomDomains": False, "rollbackDescription": NOTE}, True),
    "staged on purpose": ({"autoAssignCustomDomains": False}, False),
    "staged on purpose, promoted": (
        {"autoAssignCustomDomains": False, "lastAliasRequest": alias("a", "succeeded")},
        False,
    ),
    "staged, promoted since the rollback": (
        {
            "autoAssignCustomDomains": False,
            "rollbackDescription": NOTE,
            "lastAliasRequest": alias("a", "succeeded", after(9)),
        },
        False,
    ),
    "the promote that should undo it failed": (
        {
            "autoAssignCustomDomains": False,
            "rollbackDescription": NOTE,
            "lastAliasRequest": alias("a", "failed", after(9)),
        },
        True,
    ),
    "unpinned by a promote": (
        {"rollbackDescription": NOTE, "lastAliasRequest": alias("a", "succeeded", after(9))},
        False,
    ),
}


@pytest.mark.parametrize(("changes", "pinned"), PINS.values(), ids=PINS.keys())
def test_a_pin_is_a_rollback_that_no_promote_followed(changes: dict[str, Any], pinned: bool) -> None:
    assert Project.model_validate(project(**changes)).pinned is pinned


def live(id: str) -> dict[str, Any]:
    return {"targets": {"production": {"id": id}}}


EARLIER = alias("dpl_x", "succeeded", after(-60))
SAME = alias("dpl_new", "succeeded", after(-60))
JUDGEMENTS: dict[str, tuple[dict[str, Any] | None, dict[str, Any], str]] = {
    "nothing was asked": (None, {}, "unseen"),
    "only what was there before": (EARLIER, {"lastAliasRequest": EARLIER}, "unseen"),
    "only an older request for the same": (SAME, {"lastAliasRequest": SAME}, "unseen"),
    "an older request for the same, which is live": (SAME, {"lastAliasRequest": SAME, **live("dpl_new")}, "succeeded"),
    "live without any request": (None, live("dpl_new"), "succeeded"),
    "pending": (EARLIER, {"lastAliasRequest": alias("dpl_new", "pending", after(1))}, "running"),
    "in progress": (EARLIER, {"lastAliasRequest": alias("dpl_new", "in-progress", after(1))}, "running"),
    "live, and the job not over": (
        EARLIER,
        {"lastAliasRequest": alias("dpl_new", "in-progress", after(1)), **live("dpl_new")},
        "running",
    ),
    "the job is done, the target is not": (
        EARLIER,
        {"lastAliasRequest": alias("dpl_new", "succeeded", after(1))},
        "running",
    ),
    "both": (EARLIER, {"lastAliasRequest": alias("dpl_new", "succeeded", after(1)), **live("dpl_new")}, "succeeded"),
    "both, by a clock a minute behind ours": (
        EARLIER,
        {"lastAliasRequest": alias("dpl_new", "succeeded", after(-59)), **live("dpl_new")},
        "succeeded",
    ),
    "both, by a clock an hour before ours": (
        EARLIER,
        {"lastAliasRequest": alias("dpl_new", "succeeded", after(3600)), **live("dpl_new")},
        "succeeded",
    ),
    "failed": (EARLIER, {"lastAliasRequest": alias("dpl_new", "failed", after(1))}, "failed"),
    "skipped": (EARLIER, {"lastAliasRequest": alias("dpl_new", "skipped", after(1))}, "failed"),
    "another one since": (EARLIER, {"lastAliasRequest": alias("dpl_y", "pending", after(1))}, "superseded"),
    "another one since, by a clock behind ours": (
        EARLIER,
        {"lastAliasRequest": alias("dpl_y", "pending", after(-8))},
        "superseded",
    ),
    "live, and somebody moves it away": (
        SAME,
        {"lastAliasRequest": alias("dpl_y", "pending", after(1)), **live("dpl_new")},
        "superseded",
    ),
    "live, and an earlier job moves it away": (
        alias("dpl_y", "pending", after(-9)),
        {"lastAliasRequest": alias("dpl_y", "in-progress", after(-9)), **live("dpl_new")},
        "running",
    ),
}


@pytest.mark.parametrize(("earlier", "changes", "state"), JUDGEMENTS.values(), ids=JUDGEMENTS.keys())
def test_live_is_production_and_no_job_under_way(
    earlier: dict[str, Any] | None, changes: dict[str, Any], state: str
) -> None:
    before = Project.model_validate(project(lastAliasRequest=earlier)).alias_request
    seen = judge_alias(Project.model_validate(project(**changes)), "dpl_new", unlike(before))
    assert seen.state == state


def unlike(before: AliasRequest | None) -> Callable[[AliasRequest], bool]:
    return lambda request: before is None or request.identity != before.identity


def shown(*rows: dict[str, Any]) -> tuple[Deployment, ...]:
    return tuple(Deployment.model_validate(row) for row in rows)


CURRENT = deployment("dpl_current", at=after(100))
OLDER, OLDEST = deployment("dpl_older", at=after(50)), deployment("dpl_oldest", at=after(10))
PICKS: dict[str, tuple[list[dict[str, Any]], dict[str, Any], tuple[str, bool] | None]] = {
    "the newest seen healthy": ([CURRENT, OLDER, OLDEST], {"dpl_oldest": "healthy"}, ("dpl_oldest", True)),
    "else the newest, not verified": ([OLDEST, CURRENT, OLDER], {}, ("dpl_older", False)),
    "never one seen unhealthy": ([CURRENT, OLDER, OLDEST], {"dpl_older": "unhealthy"}, ("dpl_oldest", False)),
    "unknown is no verdict": ([CURRENT, OLDER], {"dpl_older": "unknown"}, ("dpl_older", False)),
    "nothing newer than the current": (
        [CURRENT, deployment("dpl_newer", at=after(200))],
        {"dpl_newer": "healthy"},
        None,
    ),
    "nothing never promoted": ([CURRENT, {**OLDER, "readySubstate": "STAGED"}], {}, None),
    "nothing broken": ([CURRENT, {**OLDER, "readyState": "ERROR"}], {}, None),
    "no preview": ([CURRENT, {**OLDER, "target": None}], {}, None),
    "nothing that Vercel has deleted": ([CURRENT, {**OLDER, "softDeletedByRetention": True}], {}, None),
    "nothing Vercel cannot roll back to": ([CURRENT, {**OLDER, "isRollbackCandidate": False}], {}, None),
    "without the current, only what is verified": ([OLDER, OLDEST], {"dpl_oldest": "healthy"}, ("dpl_oldest", True)),
    "without the current and a verdict, nothing": ([OLDER, OLDEST], {}, None),
    "nothing at all": ([], {}, None),
}


@pytest.mark.parametrize(("rows", "verdicts", "expected"), PICKS.values(), ids=PICKS.keys())
def test_the_last_stable_deployment(rows: Any, verdicts: Any, expected: Any) -> None:
    pick = recommend(shown(*rows), "dpl_current", verdicts)
    assert (pick and (pick.deployment.id, pick.verified)) == expected


def test_a_commit_is_read_from_the_meta_of_any_host() -> None:
    meta = {
        "gitlabCommitSha": "abc",
        "gitlabCommitRef": "main",
        "gitlabCommitMessage": "m",
        "gitlabCommitAuthorName": "A",
    }
    (row,) = shown(deployment("d", meta=meta))
    assert row.commit is not None
    assert (row.commit.sha, row.commit.ref, row.commit.message, row.commit.author) == ("abc", "main", "m", "A")


COMMAND_LINE = {"gitCommitSha": "c" * 40, "gitCommitRef": "main", "gitCommitMessage": "m", "gitCommitAuthorName": "B"}


def test_a_commit_is_read_from_what_vercels_command_line_writes() -> None:
    (row,) = shown(deployment("d", meta=COMMAND_LINE))
    assert row.commit is not None
    assert (row.commit.sha, row.commit.ref, row.commit.author) == ("c" * 40, "main", "B")


NO_SUBSTATE = {**OLDER, "readySubstate": None}
CANNOT: dict[str, tuple[dict[str, Any], str | None]] = {
    "what had traffic": (OLDER, None),
    "what is live": (CURRENT, None),
    "what is live and says no substate": ({**CURRENT, "readySubstate": None, "uid": "dpl_old"}, None),
    "no substate, and domains were assigned": ({**NO_SUBSTATE, "aliasAssigned": ms(NOON)}, None),
    "no substate, and no domains ever": (NO_SUBSTATE, "never had production traffic"),
    "staged": ({**OLDER, "readySubstate": "STAGED"}, "never had production traffic"),
    "a preview": ({**OLDER, "target": None}, "is a preview"),
    "another project's": ({**OLDER, "projectId": "prj_2", "name": "neonpro-web"}, "another project"),
    "another project's, told by its name": ({**OLDER, "projectId": None, "name": "neonpro-web"}, "another project"),
    "still building": ({**OLDER, "readyState": "BUILDING"}, "it is building"),
    "broken": ({**OLDER, "readyState": "ERROR"}, "it is error"),
    "deleted": ({**OLDER, "softDeletedByRetention": True}, "it is deleted"),
    "no candidate": ({**OLDER, "isRollbackCandidate": False}, "no longer accepts"),
}


@pytest.mark.parametrize(("row", "why"), CANNOT.values(), ids=CANNOT.keys())
def test_what_production_can_go_back_to(row: dict[str, Any], why: str | None) -> None:
    said = cannot_serve(shown(row)[0], Project.model_validate(project()))
    assert said is None if why is None else why in (said or "")
