"""One mistake is one line: nothing is invented that follows from it."""

# ruff: noqa: E501 - one mistake on each line

import pytest

from bot.runbook.load import parse
from bot.runbook.problems import RunbookError

from .test_runbook_broken import SMALL

READ = "- {id: read, text: Read the change}"
SHELL = "          - {id: more, kind: shell, text: More, run: [[make]]}\n"
WORKTREE = "          - {id: own, kind: git.worktree, text: Check out}\n"
CAUSES = [
    ("id: api, title: API, url", "id: api, titel: API, url", "services.api.titel: 'titel' is not a field here; did you mean 'title'"),
    (READ, "- {id: read, txt: Read the change}", "steps[0].txt: 'txt' is not a field here; did you mean 'text'"),
    (READ, "- Read the change", "steps[0]: 'Read the change' must be fields with values"),
    (READ, "- Call: the CTO", "steps[0].Call: 'Call' is not a field here; a text that holds a comma or a colon goes in quotes"),
    (READ, "-", "steps[0]: has no value"),
    ("{id: again, kind: start_procedure, text: Deploy again, procedure: deploy}", "Deploy again", "procedures.incident.phases[0].steps[0]: 'Deploy again' must be fields with values"),
    ('- {id: docs, title: Docs, url: "https://docs.example.com"}', "- docs", "services[1]: 'docs' must be fields with values"),
    ("text: Build, service: api", "text: Build, service: apii", "steps[0].service: 'apii' is not a service of this runbook; did you mean 'api'"),
    ("- {id: api, title: API, url", "- {id: apy, title: API, url", "steps[0].service: 'api' is not a service of this runbook (also named in 1 more place); did you mean 'apy'"),
    (", vercel_project: api", "", "steps[0].service: the service 'api' has no vercel_project"),
    ("{id: build, kind: vercel.deploy, text: Build, service: api}", "{id: build, text: Build}", "steps[1].kind: there is no vercel.deploy of this service before it"),
    ("kind: vercel.deploy, text: Build", "kind: vercel.deply, text: Build", "steps[0].kind: 'vercel.deply' is not a kind of step; did you mean 'vercel.deploy'"),
    ("  - id: incident\n", "  - id: deploy\n", "procedures[1].id: 'deploy' is used twice"),
    ("procedure: incident, rank", "procedure: incidnt, rank", "severities.p1.procedure: 'incidnt' is not a procedure of this runbook; did you mean 'incident'"),
    ("until: 15m", "until: 0s", "phases[0].window: ends before it starts"),
    ('"${API_URL}/health"', '"${API_ULR}/health"', "checks[0].url: ${API_ULR} is not among the variables; did you mean 'API_URL'"),
    ("timeout: 2m", 'timeout: "${PATIENCE}"', "steps[1].timeout: ${PATIENCE} is not among the variables"),
    ('default: "https://api.example.com"', "default: api.example.com", "services.api.url: 'api.example.com' is not an http or https address (and 1 more place)"),
    ('default: "https://api.example.com"', "default: 12", "variables.API_URL.default: 12 must be text: put it in quotes"),
    ('variables:\n  API_URL: {default: "https://api.example.com", text: The API}\n', "", "services.api.url: ${API_URL} is not among the variables (and 1 more place)"),
    ('variables:\n  API_URL: {default: "https://api.example.com", text: The API}\n', "variables: [API_URL]\n", "variables: ['API_URL'] must be fields with values"),
    ("respond: [devops], deploy: [devops], approve: [devops]", "respond: [devop], deploy: [devop], approve: [devop]", "steps[4].roles[0]: 'devops' is not a role of this runbook (also named in 1 more place); did you mean 'devop'"),
    ("            timeout: 2m\n", f"            timeout: 2m\n{SHELL}{WORKTREE}", "steps[1].kind: its checkout is created only after it"),
    ('run: [[git, fetch, "{ref}"]]', 'run: [git, fetch, "{ref}"]', "steps[1].run[0]: 'git' must be a list: write a list of lists, [[one, command], [another]]"),
    ("text: Fetch\n", "text: !important fetch\n", "steps[1].text: 'fetch' cannot be read: put it in quotes"),
    ("kind: shell\n", "kindd: shell\n", "steps[1].kindd: 'kindd' is not a field here; did you mean 'kind'"),
    ("            kind: shell\n", "", "steps[1].run: the field kind is missing: 'run' is one of kind 'shell'"),
    ("{id: rows, kind: sql,", "{id: rows,", "checks[1].query: the field kind is missing: 'query' is one of kind 'sql'"),
    ("{id: rows, kind: sql,", "{id: rows, knid: sql,", "checks[1].knid: 'knid' is not a field here; did you mean 'kind'"),
    ("{id: read, text: Read the change}", "{i: read, text: Read the change}", "steps[0].i: 'i' is not a field here"),
    ("variables:\n", "variabels:\n", "variabels: 'variabels' is not a field here; did you mean 'variables'"),
    ('variables:\n  API_URL: {default: "https://api.example.com", text: The API}\n', "variables:\n", "variables: has no value"),
    ("  API_URL: {", "  api_url: {", "variables.api_url: 'api_url' must start with a capital letter and hold only capital letters, digits and _"),
    ("{default: ", "{defalt: ", "variables.API_URL.defalt: 'defalt' is not a field here; did you mean 'default'"),
    ("{respond: [devops], ", "{respond: [devops], reply: devops, ", "permissions.reply: 'reply' is not allowed here"),
    ("steps:\n          - {id: again, kind: start_procedure, text: Deploy again, procedure: deploy}", "steps: []", "procedures.incident.phases[0].steps: needs at least 1 entry"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), CAUSES, ids=range(len(CAUSES)))
def test_one_mistake_is_one_line(old: str, new: str, message: str) -> None:
    assert old in SMALL
    with pytest.raises(RunbookError) as caught:
        parse(SMALL.replace(old, new, 1), source="small.yml", env={})
    (found,) = str(caught.value).splitlines()
    assert message in found


def test_a_mistake_in_what_an_alias_repeats_is_one_line() -> None:
    text = SMALL.replace("mode: sequence\n        window: {starts: 0s, until: 15m}", "mode: sequence")
    text = text.replace(
        "        steps:\n          - {id: read, text: Read the change}",
        "        steps: &all\n          - {id: read, txt: Read}",
    )
    other = "  - {id: other, title: Other, phases: [{id: one, title: One, steps: *all}]}\n"
    with pytest.raises(RunbookError) as caught:
        parse(text.replace("severities:\n", f"{other}severities:\n"), source="small.yml", env={})
    (found,) = str(caught.value).splitlines()
    assert "procedures.deploy.phases[0].steps[0].txt: 'txt' is not a field here" in found


def test_two_mistakes_are_two_lines() -> None:
    text = SMALL.replace(READ, "- {id: read, txt: Read}").replace("rank: 1}", "rank: 0}")
    with pytest.raises(RunbookError) as caught:
        parse(text, source="small.yml", env={})
    assert len(caught.value.problems) == 2
