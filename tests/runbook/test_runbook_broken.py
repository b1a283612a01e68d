"""A broken file is refused with the exact line, the field and what is allowed, all problems at once."""

# ruff: noqa: E501 - one broken file on each line

from pathlib import Path

import pytest

from bot.errors import Refusal
from bot.runbook.load import load, parse
from bot.runbook.parsing.document import MAX_BYTES
from bot.runbook.problems import RunbookError

SMALL = """\
schema: 1
name: small
title: A small runbook
permissions: {respond: [devops], deploy: [devops], approve: [devops]}
variables:
  API_URL: {default: "https://api.example.com", text: The API}
services:
  - {id: api, title: API, url: "${API_URL}", vercel_project: api}
  - {id: docs, title: Docs, url: "https://docs.example.com"}
vendors:
  - {id: vercel, title: Vercel, status_url: "https://www.vercel-status.com"}
health:
  - id: api
    title: API
    checks:
      - {id: overall, text: Overall health, url: "${API_URL}/health"}
      - {id: rows, kind: sql, text: Rows, query: SELECT 1}
procedures:
  - id: deploy
    kind: deploy
    title: Deploy
    phases:
      - id: prepare
        title: Prepare
        mode: sequence
        window: {starts: 0s, until: 15m}
        steps:
          - {id: read, text: Read the change}
          - id: fetch
            kind: shell
            text: Fetch
            run: [[git, fetch, "{ref}"]]
            timeout: 2m
      - id: ship
        title: Ship
        window: {starts: 15m}
        steps:
          - {id: build, kind: vercel.deploy, text: Build, service: api}
          - {id: live, kind: vercel.promote, text: Go live, service: api}
          - {id: check, kind: health.check, text: Check, groups: [api]}
          - {id: status, kind: statuspage.check, text: Status, vendors: [vercel]}
          - {id: tell, kind: notify, text: Tell, roles: [devops]}
  - id: incident
    kind: incident
    title: Incident
    phases:
      - id: act
        title: Act
        steps:
          - {id: again, kind: start_procedure, text: Deploy again, procedure: deploy}
severities:
  - {id: p1, title: P1, impact: All, invite: [devops], response: 15m, procedure: incident, rank: 1}
maintenance:
  title: Maintenance
  schedule_heading: Windows
  frequency: Monthly
  min_duration: 2h
  max_duration: 4h
  notice: 72h
  window: Sunday
  cron: 0 2 * * sun
  length: 4h
  timezone: America/Sao_Paulo
  procedure: incident
"""


def line_of(text: str) -> int:
    (line,) = [number for number, each in enumerate(SMALL.splitlines(), start=1) if text in each]
    return line


def problems(text: str) -> list[str]:
    with pytest.raises(RunbookError) as caught:
        parse(text, source="small.yml", env={})
    return str(caught.value).splitlines()


def test_the_small_runbook_is_right() -> None:
    assert parse(SMALL, env={}).warnings == ()


@pytest.mark.parametrize(("told", "warned"), [("", True), ("alert: [], ", True), ("alert: [devops], ", False)])
def test_a_severity_that_alerts_nobody_is_noticed(told: str, warned: bool) -> None:
    warnings = parse(SMALL.replace("invite: [devops], ", told), env={}).warnings
    assert ["severities.p1: warning: alerts nobody" in str(each) for each in warnings] == [True] * warned


PARTS = [
    ("kind: shell", "kind: shel", "procedures.deploy.phases[0].steps[1].kind: 'shel' is not a kind of step; did you mean 'shell'?; allowed: manual, http, notify, shell"),
    ("kind: sql, text: Rows", "kind: sq, text: Rows", "health.api.checks[1].kind: 'sq' is not a kind of check; did you mean 'sql'?; allowed: http, sql"),
    ("timeout: 2m", "timeout: 2 min", "procedures.deploy.phases[0].steps[1].timeout: '2 min' is wrong: write a duration as 90s, 15m"),
    ("timeout: 2m", "timeot: 2m", "procedures.deploy.phases[0].steps[1].timeot: 'timeot' is not a field here; did you mean 'timeout'?"),
    ("mode: sequence", "mode: sequense", "procedures.deploy.phases[0].mode: 'sequense' is not allowed here; did you mean 'sequence'?; allowed: checklist, sequence"),
    ("text: Read the change", "text: 42", "procedures.deploy.phases[0].steps[0].text: 42 must be text: put it in quotes"),
    ("{id: read, text: Read the change}", "{id: Read!, text: Read}", "procedures.deploy.phases[0].steps[0].id: 'Read!' must start with a lower-case letter"),
    ("{id: read, text: Read the change}", "{id: read}", "procedures.deploy.phases[0].steps[0].text: is missing"),
    ("rank: 1}", "rank: 0}", "severities.p1.rank: 0 should be greater than or equal to 1"),
    ("name: small", "nam: small", "nam: 'nam' is not a field here; did you mean 'name'?"),
    ("schema: 1", "schema: 2", "schema: 2 is not allowed here; allowed: 1"),
    ("permissions:", "permissions: {fly: [devops], respond: [devops]} #", "permissions.fly: 'fly' is not allowed here"),
    ('"${API_URL}/health"', '"${API_ULR}/health"', "health.api.checks[0].url: ${API_ULR} is not among the variables; did you mean 'API_URL'?; allowed: API_URL"),
    ("title: Prepare", "title: Prepare\n        title: Again", "procedures.deploy.phases[0].title: is set twice"),
    ("title: Ship", "title: !!python/object:os.system Ship", "procedures.deploy.phases[1].title: 'Ship' cannot be read: put it in quotes"),
    ("title: Ship", "on: Ship", "procedures.deploy.phases[1]: a field's name must be text: put it in quotes"),
]  # fmt: skip

REFERENCES = [
    ("{id: read, text: Read the change}", "{id: fetch, text: Read}", "fetch", "procedures.deploy.phases[0].steps[1].id: 'fetch' is used twice in this procedure"),
    ("id: ship", "id: prepare", "id: ship", "procedures.deploy.phases[1].id: 'prepare' is used twice"),
    ("{id: docs,", "{id: api,", "{id: docs,", "services[1].id: 'api' is used twice"),
    ("procedure: incident, rank", "procedure: incidnt, rank", "procedure: incident, rank", "severities.p1.procedure: 'incidnt' is not a procedure of this runbook; did you mean 'incident'?; allowed: deploy, incident"),
    ("vendors: [vercel]", "vendors: [versel]", "vendors: [vercel]", "steps[3].vendors[0]: 'versel' is not a vendor of this runbook; did you mean 'vercel'?"),
    ("groups: [api]", "groups: [web]", "groups: [api]", "steps[2].groups[0]: 'web' is not a group of this runbook; allowed: api"),
    ("roles: [devops]}", "roles: []}", "roles: [devops]}", "steps[4].roles: has no recipients"),
    ("invite: [devops]", "invite: [cto]", "rank: 1", "severities.p1.invite[0]: 'cto' is not a role of this runbook"),
    ("invite: [devops]", "alert: [cto]", "rank: 1", "severities.p1.alert[0]: 'cto' is not a role of this runbook"),
    ("roles: [devops]}", "roles: [cto]}", "roles: [devops]}", "steps[4].roles[0]: 'cto' is not a role of this runbook; allowed: devops"),
    ("text: Build, service: api", "text: Build, service: web", "text: Build", "steps[0].service: 'web' is not a service of this runbook; allowed: api, docs"),
    ("text: Build, service: api", "text: Build, service: docs", "text: Build", "steps[0].service: the service 'docs' has no vercel_project"),
    ("kind: vercel.deploy, text: Build", "kind: vercel.list, services: [api], text: Build", "text: Go live", "steps[1].kind: there is no vercel.deploy of this service before it"),
    ("text: Deploy again, procedure: deploy", "text: Again, procedure: incident", "text: Deploy again", "'incident' would start itself again through 'incident'"),
    ("window: {starts: 15m}", "window: {starts: 10m}", "window: {starts: 15m}", "phases[1].window: starts before the window of 'prepare' ends"),
    ("until: 15m", "until: 0s", "until: 15m", "phases[0].window: ends before it starts"),
    ("kind: incident", "kind: deploy", "kind: incident", "procedures.incident.kind: only one procedure can be of kind 'deploy'"),
    ("cron: 0 2 * * sun", "cron: 0 2 * * 0", "cron: 0 2", "maintenance.cron: name the weekday (sun)"),
    ("cron: 0 2 * * sun", "cron: 0 25 * * sun", "cron: 0 2", "maintenance.cron: '0 25 * * sun' is not a crontab"),
    ("timezone: America/Sao_Paulo", "timezone: Brasilia", "timezone:", "maintenance.timezone: 'Brasilia' is not a time zone"),
    ("{ref}", "{branch}", "{ref}", "run[0][2]: 'branch' in braces is not known; allowed: ref, sha, target, run, data"),
    ("timeout: 2m", "cwd: ../elsewhere", "timeout: 2m", "steps[1].cwd: must be below the work directory"),
    ("title: Ship", "title: Ship\n        stage: before", "title: Ship", "phases[1].stage: a phase of stage 'before' cannot follow one of 'main'"),
    ("https://docs.example.com", "docs.example.com", "id: docs", "services.docs.url: 'docs.example.com' is not an http or https address"),
    ("response: 15m", "response: 0s", "response: 15m", "severities.p1.response: a response time must be more than "
                                                       "zero"),
    ("kind: vercel.promote, text: Go live", "kind: vercel.probe, groups: [web], text: Go live", "text: Go live", "steps[1].groups[0]: 'web' is not a group of this runbook"),
    ("kind: vercel.deploy, text: Build", "kind: vercel.probe, groups: [api], text: Build", "text: Build", "steps[0].kind: there is no vercel.deploy of this service before it"),
    ("kind: vercel.promote, text: Go live, service: api", "kind: vercel.probe, groups: [api], text: Go live, service: docs", "text: Go live", "steps[1].groups[0]: a check of 'api' is not below the address of 'docs'"),
    ("groups: [api]}", "groups: [api], soak: {over: 2m}}", "groups: [api]", "steps[2].soak: a run of passing checks takes 2m: the step's timeout must leave time"),
    ("groups: [api]}", "groups: [api], soak: {over: 20s, every: 2s, metrics: [cpu]}}", "groups: [api]", "steps[2].soak.metrics[0]: 'cpu' is not a metric of this runbook"),
    ("kind: statuspage.check, text: Status, vendors: [vercel]", "kind: metrics.check, text: Status, metrics: [cpu]", "text: Status", "steps[3].metrics[0]: 'cpu' is not a metric of this runbook"),
    ("length: 4h", "length: 3h", "length: 4h", "maintenance.length: the window is shorter than max_duration"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), PARTS)
def test_a_wrong_part_is_named_with_its_line(old: str, new: str, message: str) -> None:
    found = problems(SMALL.replace(old, new, 1))
    line = SMALL[: SMALL.index(old)].count("\n") + 1 + new.count("\n")
    assert any(each.startswith(f"small.yml:{line}: {message}") for each in found), found


@pytest.mark.parametrize(("old", "new", "at", "message"), REFERENCES)
def test_a_wrong_reference_is_named_with_its_line(old: str, new: str, at: str, message: str) -> None:
    assert SMALL.count(old) == 1
    line = SMALL[: SMALL.index(at)].count("\n") + 1 + new.count("\n")
    found = problems(SMALL.replace(old, new, 1))
    assert [each for each in found if message in each and each.startswith(f"small.yml:{line}: ")], found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "small.yml:1: the file is empty"),
        ("a: [1, 2", "small.yml:2: line 2, column 1: not YAML: "),
        ("a: b\nc: 'open\n", "not YAML: "),
        ("a: b\n---\nc: d\n", "small.yml:2: line 2, column 1: not YAML: "),
        ("a: *nobody\n", "small.yml:1: line 1, column 4: not YAML: "),
        ("a: b\nc: \x07\n", "small.yml:2: line 2, column 4: the character U+0007 is not allowed"),
        ("a: \ud800", "small.yml:1: line 1, column 4: the character U+D800 is not allowed"),
        ("just text", "small.yml:1: 'just text' must be fields with values"),
        ("[" * 100_000, "small.yml:1: nested more than 40 deep"),
        ("a: &a [*a]", "too many values: anchors that repeat anchors"),
        ("#" * (MAX_BYTES + 1), "small.yml:1: the file is larger than 1 MB"),
    ],
    ids=range(11),
)
def test_what_is_no_yaml_is_refused_with_its_place(text: str, message: str) -> None:
    (found,) = problems(text)
    assert message in found


@pytest.mark.parametrize(
    ("metric", "thresholds", "lacks"),
    [
        ("{id: cpu, text: CPU, target: low}", "[{metric: cpu, above: 1, unit: x, level: warning, text: x}]", "query"),
        ("{id: cpu, text: CPU, target: low, query: up}", "[]", "threshold"),
    ],
)
def test_a_metric_that_is_checked_has_a_query_and_a_threshold(metric: str, thresholds: str, lacks: str) -> None:
    section = f"""
monitoring:
  {{title: M, metrics_heading: M, metrics: [{metric}], thresholds_heading: T, thresholds: {thresholds},
   dashboards_heading: D, dashboards: []}}
"""
    check = "kind: metrics.check, text: Status, metrics: [cpu]"
    found = problems(SMALL.replace("kind: statuspage.check, text: Status, vendors: [vercel]", check) + section)
    assert [each for each in found if f"the metric 'cpu' has no {lacks}" in each], found


def test_anchors_that_would_fill_the_memory_are_refused() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert "too many values" in problems("\n".join(levels))[0]


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    text = SMALL.replace("kind: shell", "kind: shel").replace("rank: 1}", "rank: one}").replace("name: small\n", "")
    text = text.replace("title: Ship", "title: Ship\n        title: Ship")
    found = problems(text.replace('"${API_URL}/health"', '"${NOPE}/health"'))
    assert len(found) == 5
    assert [int(each.split(":")[1]) for each in found] == sorted(int(each.split(":")[1]) for each in found)


def test_references_are_told_together() -> None:
    text = SMALL.replace("groups: [api]", "groups: [web]").replace("vendors: [vercel]", "vendors: [x, y]")
    assert len(problems(text)) == 3


def test_a_problem_is_one_line_even_when_its_value_has_many() -> None:
    (found,) = problems(SMALL.replace("timeout: 2m", 'timeout: "2\\nminutes\\u2028or so"'))
    assert "'2\\nminutes\\u2028or so' is wrong" in found


def test_a_problem_says_what_and_where_in_its_parts() -> None:
    with pytest.raises(RunbookError) as caught:
        parse(SMALL.replace("kind: shell", "kind: shel"), source="small.yml", env={})
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.value) == ("small.yml", line_of("kind: shell"), "shel")
    assert problem.field == "procedures.deploy.phases[0].steps[1].kind"
    assert "shell" in problem.allowed


def test_an_error_is_a_refusal_with_one_sentence_to_show() -> None:
    with pytest.raises(Refusal) as caught:
        parse(SMALL.replace("rank: 1}", "rank: 0}"), source="small.yml", env={})
    assert caught.value.sentence.startswith("The runbook has 1 problem. small.yml:")
    assert "\n" not in caught.value.sentence


def test_a_wrong_address_from_the_environment_is_refused() -> None:
    with pytest.raises(RunbookError) as caught:
        parse(SMALL, source="small.yml", env={"API_URL": "localhost:3000"})
    assert "small.yml:8: services.api.url: 'localhost:3000' is not an http or https address" in str(caught.value)


def test_a_blank_variable_counts_as_not_set() -> None:
    assert parse(SMALL, env={"API_URL": " "}).runbook.service("api").url == "https://api.example.com"


def test_a_value_from_the_environment_is_text_and_never_yaml() -> None:
    sly = "https://x.example.com/#], kind: deploy"
    with pytest.raises(RunbookError, match=r"services\.api\.url"):
        parse(SMALL, env={"API_URL": sly})


def test_anchors_are_followed_and_their_problems_told_where_they_are_written() -> None:
    text = SMALL.replace("groups: [api]}", "groups: &names [api, web]}")
    text = text.replace(
        "procedure: deploy}", "procedure: deploy}\n          - {id: b, kind: health.check, text: B, groups: *names}"
    )
    lines = {each.split(":")[1] for each in problems(text)}
    assert lines == {str(line_of("groups: [api]"))}


def test_a_long_text_is_only_a_warning() -> None:
    loaded = parse(SMALL.replace("Read the change", "x" * 151), source="small.yml", env={})
    assert [str(each) for each in loaded.warnings] == [
        f"small.yml:{line_of('id: read')}: procedures.deploy.phases[0].steps[0].text: "
        "warning: 151 characters; a card reads well up to 150"
    ]
    assert "300" in problems(SMALL.replace("Read the change", "x" * 301))[0]


def test_more_than_a_hundred_items_are_refused() -> None:
    more = "".join(f"          - {{id: s{n}, text: S{n}}}\n" for n in range(97))
    text = SMALL.replace("          - id: fetch\n", more + "          - id: fetch\n")
    assert "procedures.deploy: 104 items; at most 100" in problems(text)[0]


def test_a_cycle_through_other_procedures_is_found() -> None:
    text = SMALL.replace(
        "{id: tell, kind: notify, text: Tell, roles: [devops]}",
        "{id: go, kind: start_procedure, text: Go, procedure: incident}",
    )
    assert [each.split(": ", 2)[2] for each in problems(text)] == [
        "'deploy' would start itself again through 'incident'",
        "'incident' would start itself again through 'deploy'",
    ]


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.yml").write_bytes(b"a: 1\nb: \xe9\n")
    (tmp_path / "big.yml").write_bytes(b"#" * (MAX_BYTES + 5))
    (tmp_path / "big_accents.yml").write_bytes(b"#" + "é".encode() * MAX_BYTES)
    for name, message in {
        "none.yml": ":1: cannot be read: No such file",
        ".": ":1: cannot be read: Is a directory",
        "latin.yml": "latin.yml:2: the file is not UTF-8",
        "big.yml": "larger than 1 MB",
        "big_accents.yml": "larger than 1 MB",
    }.items():
        with pytest.raises(RunbookError) as caught:
            load(tmp_path / name, {})
        assert message in str(caught.value)


def test_the_version_is_of_the_text_and_not_of_the_values() -> None:
    one = parse(SMALL, env={})
    assert len(one.version) == 12
    assert parse(SMALL, env={"API_URL": "https://other.example.com"}).version == one.version
    assert parse(SMALL + "\n", env={}).version != one.version


WORKTREE = "          - {id: own, kind: git.worktree, text: Check out}\n"
ANOTHER = WORKTREE.replace("own", "own2")
FIRST, LAST = "          - {id: read, text: Read the change}\n", "            timeout: 2m\n"
BUILD, BEFORE_INCIDENT = "          - {id: build,", "  - id: incident\n"
AFTER = """\
      - id: later
        title: Later
        stage: after
        steps:
          - {id: archive, kind: shell, text: Archive, run: [[tar, cf, x.tar, .]]}
"""


def test_a_checkout_comes_before_what_runs_in_it() -> None:
    assert parse(SMALL.replace(FIRST, FIRST + WORKTREE), env={}).warnings == ()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({LAST: LAST + WORKTREE}, "its checkout is created only after it (git.worktree)"),
        ({FIRST: FIRST + WORKTREE + ANOTHER}, "a procedure has one git.worktree"),
        (
            {
                BUILD: WORKTREE + BUILD,
                "kind: shell": "kind: manual",
                'run: [[git, fetch, "{ref}"]]': "note: x",
                LAST: "",
            },
            "must be in a phase of stage main and mode sequence",
        ),
        (
            {FIRST: FIRST + WORKTREE, BEFORE_INCIDENT: AFTER + BEFORE_INCIDENT},
            "its checkout is removed by then (git.worktree)",
        ),
    ],
)
def test_a_checkout_is_made_once_and_in_time(changes: dict[str, str], message: str) -> None:
    text = SMALL
    for old, new in changes.items():
        text = text.replace(old, new, 1)
    assert [each.split(": ", 2)[2] for each in problems(text)] == [message]


LIST = "          - {id: there, kind: backup.list, text: What there is}\n"
BACKUP = "          - {id: dump, kind: supabase.backup, text: Back up, postgres: DIRECT_URL}\n"
RESTORE = "          - {id: back, kind: supabase.restore, text: Restore, postgres: DIRECT_URL, new: RESTORE_URL}\n"


def restoring(kind: str, before: str, steps: str) -> str:
    head = f"  - id: restore\n    kind: {kind}\n    title: Restore\n    phases:\n"
    first = f"      - id: first\n        title: First\n        stage: before\n        steps:\n{before}"
    main = f"      - id: now\n        title: Now\n        mode: sequence\n        steps:\n{steps}"
    return SMALL.replace(BEFORE_INCIDENT, head + first + main + BEFORE_INCIDENT, 1)


def test_a_restore_comes_after_a_list_and_a_backup() -> None:
    assert parse(restoring("restore", LIST, BACKUP + RESTORE), env={}).warnings == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            restoring("checklist", LIST, BACKUP + RESTORE),
            "a supabase.restore belongs to a procedure of kind 'restore', which asks two people",
        ),
        (
            restoring("restore", BACKUP, RESTORE),
            "a restore needs a backup.list in a phase of stage before: what can be restored",
        ),
        (restoring("restore", LIST, RESTORE + BACKUP), "a supabase.backup has to come before the supabase.restore"),
        (restoring("restore", LIST, BACKUP), "a procedure of kind 'restore' has one supabase.restore"),
    ],
)
def test_a_restore_without_its_safeguards_is_refused(text: str, message: str) -> None:
    assert [each.split(": ", 2)[2] for each in problems(text)] == [message]
