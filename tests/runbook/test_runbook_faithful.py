"""The bundled runbook says all that the written one says, word for word."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.runbook.load import bundled_path, load
from bot.runbook.model import Phase, Procedure

WRITTEN = Path(__file__).with_name("RUNBOOK.md").read_text(encoding="utf-8")
RUNBOOK = load(bundled_path(), {}).runbook


def strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    for each in data.values() if isinstance(data, dict) else data if isinstance(data, list | tuple) else ():
        yield from strings(each)


STRINGS = set(strings(RUNBOOK.model_dump(by_alias=True)))


def section(heading: str) -> str:
    """The text under a heading, up to the next heading of any level; code blocks hide their comments."""
    text = re.sub(r"```.*?```", "", WRITTEN, flags=re.DOTALL)
    return re.split(r"^#+ ", text.split(f" {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def headings() -> list[str]:
    return re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", WRITTEN, flags=re.DOTALL), re.MULTILINE)


def items() -> list[str]:
    return re.findall(r"^\s*- \[ \] (.+)$", WRITTEN, re.MULTILINE)


def bold_lines(heading: str) -> list[str]:
    return re.findall(r"^\d\. \*\*(.+?)(?:\*\*)?$", section(heading), re.MULTILINE)


def checklists() -> list[tuple[str, list[str]]]:
    """(heading or bold numbered line, the items right below it) in the order of the written runbook."""
    found: list[tuple[str, list[str]]] = []
    for line in re.sub(r"```.*?```", "", WRITTEN, flags=re.DOTALL).splitlines():
        if title := re.match(r"(?:#+ |\d+\. \*\*)(.+?)(?:\*\*)?$", line):
            found.append((title[1], []))
        elif item := re.match(r"\s*- \[ \] (.+)$", line):
            found[-1][1].append(item[1])
    return [(title, lines) for title, lines in found if lines]


def procedure(name: str) -> Procedure:
    return RUNBOOK.procedure(name)


def phase_with(heading: str) -> Phase:
    (found,) = [phase for each in RUNBOOK.procedures for phase in each.phases if phase.heading == heading]
    return found


@pytest.mark.parametrize("heading", headings())
def test_every_heading_is_there(heading: str) -> None:
    assert heading in STRINGS


def test_the_written_runbook_has_the_headings_and_items_we_know_of() -> None:
    assert (len(headings()), len(items())) == (52, 86)


@pytest.mark.parametrize("item", items())
def test_every_item_is_the_text_of_a_step(item: str) -> None:
    assert item in {step.text for each in RUNBOOK.procedures for _, step in each.steps()}


@pytest.mark.parametrize(("title", "lines"), checklists())
def test_every_checklist_is_a_phase_with_the_same_items_in_the_same_order(title: str, lines: list[str]) -> None:
    ours = [
        [step.text for step in phase.steps]
        for each in RUNBOOK.procedures
        for phase in each.phases
        if title in (phase.heading, each.heading)
    ]
    assert lines in ours


@pytest.mark.parametrize(
    ("severity", "heading", "count"),
    [
        ("outage", "Complete System Failure", 5),
        ("security", "Security Incident", 5),
        ("data-loss", "Data Loss Event", 5),
    ],
)
def test_emergency_procedures_keep_every_line_in_order(severity: str, heading: str, count: int) -> None:
    first = procedure(RUNBOOK.severity(severity).procedure).phases[0]
    written = bold_lines(heading)
    assert first.heading == heading
    assert [step.text for step in first.steps] == written
    assert len(written) == count


def test_a_security_incident_goes_on_with_the_four_phases_of_a_breach() -> None:
    assert procedure("incident_security").phases[1:] == procedure("data_breach").phases
    assert [phase.title for phase in procedure("data_breach").phases] == [
        "Immediate containment",
        "Investigation",
        "Notification",
        "Recovery",
    ]


def test_the_escalation_matrix_is_the_written_one() -> None:
    written = re.findall(r"^\d\. \*\*(.+?)\*\*: (.+)$", section("Escalation Matrix"), re.MULTILINE)
    assert [(each.heading, each.how) for each in RUNBOOK.escalation] == written
    assert [each.level for each in RUNBOOK.escalation] == [1, 2, 3, 4]


def written_window(text: str) -> tuple[timedelta, timedelta | None] | None:
    found = re.search(r"\((\d+)(?:-(\d+)|\+) (minutes|hours)\)$", text)
    if not found:
        return None
    unit = timedelta(minutes=1) if found[3] == "minutes" else timedelta(hours=1)
    return int(found[1]) * unit, int(found[2]) * unit if found[2] else None


INCIDENT_PHASES = [phase for name in ("incident_p1", "incident_p2", "incident_p3") for phase in procedure(name).phases]


@pytest.mark.parametrize("phase", INCIDENT_PHASES, ids=lambda phase: str(phase.heading))
def test_windows_are_the_ones_in_the_heading(phase: Phase) -> None:
    assert phase.window is not None
    assert (phase.window.starts, phase.window.until) == written_window(str(phase.heading))


@pytest.mark.parametrize("heading", [each for each in headings() if each.startswith("Phase ")])
def test_budgets_are_the_ones_in_the_heading(heading: str) -> None:
    minutes = int(re.findall(r"\((\d+) minutes\)", heading)[0])
    assert phase_with(heading).budget == timedelta(minutes=minutes)
    assert phase_with(heading).mode == "sequence"


@pytest.mark.parametrize("severity", ["p1", "p2", "p3"])
def test_response_time_and_impact_are_the_written_ones(severity: str) -> None:
    found = RUNBOOK.severity(severity)
    body = section(str(found.heading))
    count, unit = re.findall(r"\*\*Response Time\*\*: (\d+) (minutes|hours)", body)[0]
    assert found.response == timedelta(**{unit: int(count)})
    assert f"**Impact**: {found.impact}\n" in body


@pytest.mark.parametrize("severity", ["security", "data-breach", "outage", "data-loss"])
def test_emergencies_without_a_written_response_time_take_that_of_p1_and_say_so(severity: str) -> None:
    found = RUNBOOK.severity(severity)
    assert found.response == RUNBOOK.severity("p1").response
    assert found.note


def test_metrics_and_their_targets_are_the_written_ones() -> None:
    assert RUNBOOK.monitoring is not None
    written = re.findall(r"^- \*\*(.+?)\*\*: (.+)$", section("Key Metrics to Monitor"), re.MULTILINE)
    ours = [(each.text, each.target) for each in RUNBOOK.monitoring.metrics]
    assert ours[: len(written)] == written


def test_thresholds_and_their_numbers_are_the_written_ones() -> None:
    assert RUNBOOK.monitoring is not None
    block = WRITTEN.split("### Alert Thresholds\n```yaml\n")[1].split("```")[0]
    written = [line.strip(" -") for line in block.splitlines() if line.startswith("  - ")]
    assert [each.text for each in RUNBOOK.monitoring.thresholds] == written
    for each in RUNBOOK.monitoring.thresholds:
        sign, number = (">", each.above) if each.above is not None else ("<", each.below)
        assert each.text == f"{each.metric} {sign} {number:g}{each.unit}"
    critical, warning = block.split("Warning:")
    assert {each.text for each in RUNBOOK.monitoring.thresholds if each.level == "warning"} == {
        line.strip(" -") for line in warning.splitlines() if line.strip()
    }
    assert "error_rate > 5%" in critical


def test_dashboards_are_the_written_links() -> None:
    assert RUNBOOK.monitoring is not None
    written = re.findall(r"^- \[(.+)\]\((.+)\)$", section("Dashboard Links"), re.MULTILINE)
    assert [(each.title, each.url) for each in RUNBOOK.monitoring.dashboards] == written


def colon_lines(heading: str) -> list[tuple[str, str]]:
    return re.findall(r"^(?:-|\d\.) \*\*(.+?)\*\*(?:: | \()(.+?)\)?$", section(heading), re.MULTILINE)


def test_backups_recovery_and_contacts_are_the_written_ones() -> None:
    assert RUNBOOK.backups is not None
    ours = [(each.every, each.text) for each in RUNBOOK.backups.kinds] + [("Retention", RUNBOOK.backups.retention)]
    assert ours == colon_lines("Database Backups")
    steps = [step.text for _, step in procedure("disaster_recovery").steps()]
    assert steps == [f"{what}: {how}" for what, how in colon_lines("Disaster Recovery")]
    assert [(each.title, each.details) for each in RUNBOOK.contacts] == colon_lines("Primary Contacts")


def test_compliance_and_upkeep_are_the_written_ones() -> None:
    assert RUNBOOK.compliance is not None
    assert RUNBOOK.upkeep is not None
    checks = [(each.every, each.text) for each in RUNBOOK.compliance.checks]
    assert checks == [(when.lower(), what) for when, what in colon_lines("Healthcare Compliance Checks")]
    frameworks = [(each.title, each.name) for each in RUNBOOK.compliance.frameworks]
    assert frameworks == colon_lines("Required Compliance Frameworks")
    reviews = [(each.every, each.text) for each in RUNBOOK.upkeep.reviews]
    assert reviews == [(when.lower().replace("-", ""), what) for when, what in colon_lines("Review Schedule")]
    assert list(RUNBOOK.upkeep.changes) == re.findall(r"^\d\. (.+)$", section("Change Management"), re.MULTILINE)


def test_the_maintenance_window_is_the_written_one() -> None:
    found = RUNBOOK.maintenance
    assert found is not None
    written = dict(colon_lines("Scheduled Maintenance"))
    assert (found.frequency, found.window) == (written["Frequency"], written["Time Window"])
    assert written["Duration"] == f"{found.min_duration.seconds // 3600}-{found.max_duration.seconds // 3600} hours"
    assert written["Notification"] == f"{int(found.notice.total_seconds()) // 3600} hours advance notice"


def test_everything_the_written_runbook_runs_is_a_step() -> None:
    """The numbered comments of its shell blocks, as the beginning of a step's text or the directory that it runs in."""
    texts = [step.text for each in RUNBOOK.procedures for _, step in each.steps()]
    notes = [step.note or "" for each in RUNBOOK.procedures for _, step in each.steps()]
    for comment in re.findall(r"^# \d\. (.+)$", WRITTEN, re.MULTILINE):
        assert any(text.startswith(comment) for text in texts) or any(f'"{comment}"' in note for note in notes), comment


def test_every_title_and_item_is_translated() -> None:
    assert [each.id for each in RUNBOOK.procedures if not each.pt] == []
    assert [(step.id, step.text) for each in RUNBOOK.procedures for _, step in each.steps() if not step.pt] == []
    assert [phase.id for each in RUNBOOK.procedures for phase in each.phases if not phase.pt] == []
    for named in (*RUNBOOK.severities, *RUNBOOK.services, *RUNBOOK.vendors, *RUNBOOK.health, *RUNBOOK.contacts):
        assert named.pt, named
    assert all(check.pt for group in RUNBOOK.health for check in group.checks)


def test_pre_deployment_items_are_all_required() -> None:
    before = [phase for phase in procedure("deploy").phases if phase.stage == "before"]
    assert [len(phase.steps) for phase in before] == [6, 5, 5]
    assert all(step.required for phase in before for step in phase.steps)


def test_secrets_are_never_arguments() -> None:
    argv = [
        word
        for each in RUNBOOK.procedures
        for _, step in each.steps()
        for run in getattr(step, "run", ())
        for word in run
    ]
    assert argv
    assert [word for word in argv if "://" in word or "$" in word or "password" in word.lower()] == []


@pytest.mark.parametrize(
    ("severity", "private"), [("security", True), ("data-breach", True), ("data-loss", True), ("p1", False)]
)
def test_channels_of_breaches_and_data_loss_are_private(severity: str, private: bool) -> None:
    assert RUNBOOK.severity(severity).channel.private is private


def test_only_security_and_breaches_are_confidential() -> None:
    assert [each.id for each in RUNBOOK.severities if each.confidential] == ["security", "data-breach"]


def test_addresses_come_from_the_environment() -> None:
    practice = {"NEONPRO_API_URL": "http://127.0.0.1:9/services/api", "VERCEL_STATUS_URL": "http://127.0.0.1:9/s.json"}
    runbook = load(bundled_path(), practice).runbook
    assert runbook.service("api").url == practice["NEONPRO_API_URL"]
    assert runbook.vendor("vercel").status_url == practice["VERCEL_STATUS_URL"]
    assert load(bundled_path(), practice).version == load(bundled_path(), {}).version
