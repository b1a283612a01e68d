"""What may be concluded from what Vercel shows."""

from typing import Any

import pytest

from bot.integrations.vercel import Deployment, Project, judge_alias, recommend

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


def test_a_pin_knows_since_when() -> None:
    rolled_back = alias("a", "succeeded", after(3), kind="rollback")
    assert Project.model_validate(
        project(autoAssignCustomDomains=False, lastAliasRequest=rolled_back)
    ).pinned_at == after(3)


def live(id: str) -> dict[str, Any]:
    return {"targets": {"production": {"id": id}}}


JUDGEMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "nothing was asked": ({}, "unseen"),
    "only an older request": (
        {"lastAliasRequest": alias("dpl_new", "succeeded", after(-60)), **live("dpl_new")},
        "unseen",
    ),
    "pending": ({"lastAliasRequest": alias("dpl_new", "pending", after(1))}, "running"),
    "in progress": ({"lastAliasRequest": alias("dpl_new", "in-progress", after(1))}, "running"),
    "the job is done, the target is not": ({"lastAliasRequest": alias("dpl_new", "succeeded", after(1))}, "running"),
    "all three": ({"lastAliasRequest": alias("dpl_new", "succeeded", after(1)), **live("dpl_new")}, "succeeded"),
    "all three, by a clock behind ours": (
        {"lastAliasRequest": alias("dpl_new", "succeeded", after(-2)), **live("dpl_new")},
        "succeeded",
    ),
    "failed": ({"lastAliasRequest": alias("dpl_new", "failed", after(1))}, "failed"),
    "skipped": ({"lastAliasRequest": alias("dpl_new", "skipped", after(1))}, "failed"),
    "another one since": ({"lastAliasRequest": alias("dpl_x", "pending", after(1))}, "superseded"),
    "another one just before": ({"lastAliasRequest": alias("dpl_x", "pending", after(-1))}, "unseen"),
}


@pytest.mark.parametrize(("changes", "state"), JUDGEMENTS.values(), ids=JUDGEMENTS.keys())
def test_live_is_three_things_at_once(changes: dict[str, Any], state: str) -> None:
    assert judge_alias(Project.model_validate(project(**changes)), "dpl_new", NOON).state == state


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
