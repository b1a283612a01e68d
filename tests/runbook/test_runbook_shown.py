"""Each line of the runbook's incident, escalation, breach and emergency sections has a test that shows it."""

import re
from pathlib import Path

import pytest
import yaml

from bot.runbook.load import bundled_path, load

TESTS = Path(__file__).parents[1]
RUNBOOK = load(bundled_path(), {}).runbook
SHOWN: dict[str, dict[str, str]] = yaml.safe_load(Path(__file__).with_name("shown.yml").read_text("utf-8"))


def lines() -> dict[str, list[str]]:
    """The lines by section: levels, severities, and each procedure's phases and items."""
    procedures = [RUNBOOK.procedure(name) for name in dict.fromkeys(each.procedure for each in RUNBOOK.severities)]
    found = {"escalation": [f"level {each.level}" for each in RUNBOOK.escalation]}
    for severity in RUNBOOK.severities:
        found[f"severity {severity.id}"] = ["declared", "response", "impact"]
    for each in procedures:
        phases = [f"phase {phase.id}" for phase in each.phases]
        found[each.id] = [*phases, *(f"{phase.id}.{step.id}" for phase, step in each.steps())]
    return found


LINES = lines()
NAMED = sorted({test for section in SHOWN.values() for test in section.values()})


@pytest.mark.parametrize("section", LINES)
def test_each_line_names_the_test_that_shows_it(section: str) -> None:
    assert sorted(SHOWN.get(section, {})) == sorted(LINES[section])


def test_no_section_is_named_that_the_runbook_does_not_have() -> None:
    assert sorted(SHOWN) == sorted(LINES)


@pytest.mark.parametrize("named", NAMED)
def test_each_test_that_is_named_is_there(named: str) -> None:
    path, name = named.split("::")
    assert re.search(rf"^(async )?def {name}\(", (TESTS / path).read_text("utf-8"), re.MULTILINE)
