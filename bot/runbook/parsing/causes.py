"""One line for each cause: what follows from a variable is told where that is wrong first, and once."""

import difflib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from bot.runbook.parsing.document import VARIABLE, Document
from bot.runbook.problems import Finding, Path
from bot.text import plural


def by_cause(findings: Sequence[Finding], document: Document) -> list[Finding]:
    """The findings without those that follow from others."""
    declared = document.data.get("variables", {}) if isinstance(document.data, dict) else {}
    if not isinstance(declared, dict) or any(map(_is_meant, findings)):
        return [each for each in findings if not _variables(document.data, each.path)]
    known = set(declared or ())
    wrong = {str(each.path[1]) for each in findings if each.path[:1] == ("variables",) and len(each.path) > 1}
    findings = [each for each in findings if not (set(each.allowed) & _meant(each.value, wrong))]
    known -= wrong
    kept: list[Finding] = []
    places: Counter[str] = Counter()
    for finding in findings:
        cause = _cause(finding, document.data, known)
        if cause is None or not places[cause]:
            kept.append(finding)
        if cause:
            # What is told of a variable that nobody knows is that; what else is wrong there follows from it.
            places[cause] += cause in known or finding.value == cause
    return [_counted(each, places[_cause(each, document.data, known) or ""] - 1) for each in kept]


def _is_meant(finding: Finding) -> bool:
    """Whether a part that nobody knows was to be the variables."""
    return len(finding.path) == 1 and bool(difflib.get_close_matches(finding.value or "", ["variables"], cutoff=0.8))


def _meant(name: str | None, wrong: Collection[str]) -> set[str]:
    """The variables that are wrong already, and were to be this one."""
    return {each for each in wrong if each.upper() == name}


def _cause(finding: Finding, data: Any, known: Collection[str]) -> str | None:
    """The variable that the finding is about, or follows from: one that nobody knows before one with a wrong value."""
    names = _variables(data, finding.path)
    return next((name for name in names if name not in known), next(iter(names), None))


def _counted(finding: Finding, more: int) -> Finding:
    if more < 1:
        return finding
    one, many = "{reason} (and {count} more place)", "{reason} (and {count} more places)"
    return replace(finding, reason=plural(one, many, more, reason=finding.reason))


def _variables(data: Any, path: Path) -> list[str]:
    """The variables in the text that stands at the path."""
    for key in path:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return []
    return [name for name in VARIABLE.findall(data) if name] if isinstance(data, str) else []
