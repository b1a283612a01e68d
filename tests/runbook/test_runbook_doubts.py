"""What is right by itself and leads nowhere is found, and does not keep the bot from starting."""

# ruff: noqa: E501 - one mistake on each line

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.runbook import runbook_app
from bot.runbook.load import bundled_path, load, parse

from .test_runbook_broken import SMALL

BEFORE_INCIDENT, BEFORE_SEVERITIES = "  - id: incident\n", "severities:\n"
PHASE = "      - id: early\n        title: Early\n        stage: before\n        steps: [{id: early, text: Early}]\n"
LOST = "  - id: lost\n    title: Lost\n    phases: [{id: a, title: A, steps: [{id: a, text: Alone}]}]\n"
CHILD = "  - id: child\n    title: Child\n    phases: [{id: a, title: A, steps: [{id: b, text: Below}]}]\n"
STARTS = LOST.replace("{id: a, text: Alone}", "{id: a, kind: start_procedure, text: Go, procedure: child}")
LIST = "{id: there, kind: vercel.list, text: Where to, services: [api, docs]}"
BACK = "{id: back, kind: vercel.rollback, text: Back, service: api}"


def rollback(before: str, main: str) -> str:
    phases = f"[{{id: b, title: B, stage: before, steps: [{before}]}}, {{id: m, title: M, steps: [{main}]}}]"
    return f"  - id: back\n    kind: rollback\n    title: Back\n    phases: {phases}\n{BEFORE_INCIDENT}"


def allowed(**permissions: str) -> str:
    kept = {"respond": "[devops]", "deploy": "[devops]", "approve": "[devops]", **permissions}
    return "{" + ", ".join(f"{name}: {roles}" for name, roles in kept.items() if roles) + "}"


def doubts(text: str) -> list[str]:
    loaded = parse(text, source="small.yml", env={})
    assert loaded.warnings == ()
    return [str(each) for each in loaded.doubts]


ALLOWED = allowed()
DOUBTS = [
    (BEFORE_SEVERITIES, LOST + BEFORE_SEVERITIES, "  - id: lost", "procedures.lost.id: nothing starts it: reference it in a severity or a start_procedure step"),
    (BEFORE_SEVERITIES, STARTS + CHILD + BEFORE_SEVERITIES, "  - id: lost", "procedures.lost.id: nothing starts it"),
    ("      - id: act\n", PHASE + "      - id: act\n", "stage: before", "procedures.incident.phases[0].stage: a procedure of kind 'incident' has no stage before: this phase is "
        "never shown"),
    (ALLOWED, allowed(approve=""), "permissions:", "permissions.approve: no role has 'approve': nobody may approve a deploy, so it can never start"),
    (ALLOWED, allowed(approve="[]"), "permissions:", "permissions.approve: no role has 'approve'"),
    (ALLOWED, allowed(deploy=""), "permissions:", "permissions.deploy: no role has 'deploy': nobody may request a deploy"),
    (ALLOWED, allowed(respond=""), "permissions:", "permissions.respond: no role has 'respond': nobody may tick 'Read the change' and other items"),
    (ALLOWED, allowed(respond="[cto]"), "id: p1", "severities.p1.invite: none of these roles may tick items ('respond')"),
    ("procedure: incident, rank", "procedure: deploy, rank", "procedure: deploy, rank", "severities.p1.procedure: 'deploy' is of kind 'deploy': an incident needs one of kind 'incident'"),
    ("kind: notify, text: Tell, roles: [devops]", "kind: channel.create, text: Open", "text: Open", "phases[1].steps[4].kind: no severity has this procedure: there is no incident"),
    ("kind: notify, text: Tell, roles: [devops]", "kind: vercel.rollback, service: api, text: Tell", "text: Tell", "phases[1].steps[4].kind: only a procedure of kind 'rollback' knows its target"),
    ("  - id: deploy\n    kind: deploy\n", "  - id: deploy\n    kind: checklist\n", "{id: build", "phases[1].steps[0].kind: only a procedure of kind 'deploy' has exclusive use of production"),
    ("      - id: act\n", "      - id: act\n        stage: after\n", "phases:\n      - id: act", "procedures.incident.phases: no phase of stage main, so it does nothing"),
    (BEFORE_SEVERITIES, "freezes: [{id: f, text: Always, cron: 0 0 * * *, length: 1d}]\n" + BEFORE_SEVERITIES, "freezes:", "freezes: together they never end: no deploy is possible without an override"),
    (BEFORE_SEVERITIES, "freezes:\n  - {id: f, text: A, cron: 0 0 * * *, length: 12h}\n  - {id: g, text: B, cron: 0 12 * * *, length: 12h}\n" + BEFORE_SEVERITIES, "freezes:", "freezes: together they never end"),
    (BEFORE_SEVERITIES, "freezes:\n  - {id: f, text: A, cron: 0 0 31 2 *, length: 12h}\n" + BEFORE_SEVERITIES, "  - {id: f,", "freezes.f.cron: no such day: it never occurs"),
    ("cron: 0 2 * * sun", "cron: 0 2 30 2 *", "cron: 0 2", "maintenance.cron: no such day: it never occurs"),
    ("maintenance:\n", "deploys: {rollback_after: 5m}\nmaintenance:\n", "deploys:", "deploys.rollback_after: there is no procedure of kind 'rollback'"),
    ('url: "${API_URL}/health"}', 'url: "${API_URL}/health", method: HEAD, contains: ok}', "id: overall", "health.api.checks[0].contains: the answer to HEAD has no body: use GET"),
    ('url: "${API_URL}/health"}', 'url: "${API_URL}/health", method: HEAD, json_values: {a: [1]}}', "id: overall", "health.api.checks[0].json_values: the answer to HEAD has no body"),
    ("variables:\n", "variables:\n  NEONOPS_PLACE: {default: x, text: X}\n", "NEONOPS_PLACE", "variables.NEONOPS_PLACE: names that begin with NEONOPS_ are for NeonOps' settings"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "at", "message"), DOUBTS, ids=range(len(DOUBTS)))
def test_what_leads_nowhere_is_found_at_its_place(old: str, new: str, at: str, message: str) -> None:
    assert old in SMALL
    text = SMALL.replace(old, new, 1)
    (found,) = doubts(text)
    assert found.startswith(f"small.yml:{text[: text.index(at)].count(chr(10)) + 1}: ")
    assert message in found


@pytest.mark.parametrize("cron", ["0 0 * * mon-fri", "0 20 * * *", "*/5 0-11 * * *", "0 0 1 12 *"])
def test_freezes_with_time_between_them_are_none_of_it(cron: str) -> None:
    freeze = f"freezes: [{{id: f, text: Often, cron: '{cron}', length: 12h}}]\n"
    assert doubts(SMALL.replace(BEFORE_SEVERITIES, freeze + BEFORE_SEVERITIES)) == []


@pytest.mark.parametrize(
    ("before", "main", "message"),
    [
        (LIST, "{id: tell, text: Tell}", "there is no vercel.rollback step"),
        ("{id: think, text: Think}", BACK, "without a vercel.list in stage before, nobody can choose a deployment "
                                           "to roll back to"),
        (LIST.replace(", docs", ""), BACK, "no vercel.list in stage before shows docs, so a rollback of all services can never"),
        (LIST, BACK, None),
    ],
)  # fmt: skip
def test_a_rollback_knows_where_to_go(before: str, main: str, message: str | None) -> None:
    text = SMALL.replace(ALLOWED, allowed(rollback="[devops]")).replace(BEFORE_INCIDENT, rollback(before, main), 1)
    found = doubts(text.replace('com"}\nvendors', 'com", vercel_project: docs}\nvendors'))
    assert [message in each for each in found] == ([True] if message else []), found


def test_a_rollback_has_somebody_who_may() -> None:
    text = SMALL.replace(BEFORE_INCIDENT, rollback(LIST, BACK), 1)
    (found,) = doubts(text.replace('com"}\nvendors', 'com", vercel_project: docs}\nvendors'))
    assert "permissions.rollback: no role has 'rollback': nobody may request a rollback" in found


def test_the_bundled_runbook_has_no_doubts() -> None:
    loaded = load(bundled_path(), {})
    assert (loaded.doubts, loaded.warnings) == ((), ())


def test_the_command_line_does_not_let_doubts_pass(tmp_path: Path) -> None:
    path = tmp_path / "lost.yml"
    path.write_text(SMALL.replace(BEFORE_SEVERITIES, LOST + BEFORE_SEVERITIES))
    said = CliRunner().invoke(runbook_app, ["check", str(path)])
    assert (said.exit_code, said.stdout) == (1, "")
    assert "procedures.lost.id: nothing starts it" in said.stderr
