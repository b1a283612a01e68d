"""From a file to a runbook that is known to be right, or to everything that is wrong with it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.runbook.lint import lint
from bot.runbook.lint.doubts import doubts
from bot.runbook.model import Runbook
from bot.runbook.parsing.causes import by_cause
from bot.runbook.parsing.document import MAX_BYTES, TOO_LARGE, Document, fill_variables, read_document
from bot.runbook.parsing.explain import explain
from bot.runbook.problems import Finding, Problem, RunbookError, field_text
from bot.text import say
from bot.text.plain_text import Unreadable, decode


@dataclass(frozen=True)
class Loaded:
    """A runbook and the text that it was read from.

    `version` is the first 12 hexadecimal digits of the SHA-256 of the text (UTF-8). The values of its variables are not
    part of it: they belong to the installation. `doubts` and `warnings` did not keep it from being used.
    """

    runbook: Runbook
    version: str
    text: str
    source: str
    warnings: tuple[Problem, ...] = ()
    doubts: tuple[Problem, ...] = ()


def bundled_path() -> Path:
    """The NeonPro runbook that comes with the bot."""
    return Path(__file__).with_name("neonpro.yml")


def load(path: Path, env: Mapping[str, str]) -> Loaded:
    """The runbook in a file (UTF-8, at most 1 MB).

    Raises:
        RunbookError: it cannot be read, or see `parse`.
    """
    source = str(path)
    try:
        return parse(read_text(path), source=source, env=env)
    except Unreadable as error:
        raise RunbookError([unreadable(source, error)]) from None


def read_text(path: Path) -> str:
    """The text of a file (UTF-8, at most 1 MB).

    Raises:
        Unreadable: there is none.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise Unreadable(1, say("cannot be read: {why}", why=reason or error)) from None
    if len(data) > MAX_BYTES:
        raise Unreadable(1, TOO_LARGE)
    return decode(data)


def parse(text: str, *, source: str = "runbook.yml", env: Mapping[str, str], checked: bool = True) -> Loaded:
    """The runbook in `text`. `${NAME}` is `env[NAME]` when that is there and not blank, else the variable's default.

    `checked`: False for one that was in force before, which runs go on with whatever newer rules would say of it.

    Raises:
        RunbookError: with every problem of the text, each with its line. References between parts (`lint`) are
            looked at once the parts themselves are right.
    """
    try:
        document = read_document(text, source)
    except Unreadable as error:
        raise RunbookError([unreadable(source, error)]) from None
    data, findings = fill_variables(document, _values(document.data, env))
    findings += document.findings
    try:
        runbook = Runbook.model_validate(data)
    except ValidationError as error:
        raise RunbookError(_caused(document, [*findings, *explain(error, data, Runbook)])) from None
    problems = _judged(document, findings, runbook) if checked else []
    version = hashlib.sha256(text.encode()).hexdigest()[:12]
    warnings = tuple(each for each in problems if each.level == "warning")
    return Loaded(runbook, version, text, source, warnings, tuple(each for each in problems if each.level == "doubt"))


def _judged(document: Document, findings: Sequence[Finding], runbook: Runbook) -> list[Problem]:
    """What is doubtful about a runbook, or of poor style; what is wrong is raised, and nothing is doubted beside it."""
    problems = _caused(document, [*findings, *lint(runbook)])
    if any(each.level == "error" for each in problems):
        raise RunbookError(problems)
    return sorted(problems + problems_of(document, doubts(runbook)), key=lambda each: (each.line, each.field))


def _caused(document: Document, findings: Sequence[Finding]) -> list[Problem]:
    return problems_of(document, by_cause(findings, document))


def _values(data: Any, env: Mapping[str, str]) -> dict[str, str | None]:
    declared = data.get("variables") if isinstance(data, dict) else None
    return {name: _value(name, each, env) for name, each in declared.items()} if isinstance(declared, dict) else {}


def _value(name: str, declared: Any, env: Mapping[str, str]) -> str | None:
    default = declared.get("default") if isinstance(declared, dict) else None
    return env.get(name, "").strip() or (default if isinstance(default, str) else None)


def problems_of(document: Document, findings: Iterable[Finding]) -> list[Problem]:
    """The findings with their places in the file; what stands once there, and is used again by an alias, once."""
    places = {(document.origin(each.path), each.reason): each for each in reversed([*findings])}
    return [_problem(document, each) for each in reversed(places.values())]


def _problem(document: Document, finding: Finding) -> Problem:
    return Problem(
        document.source,
        finding.line or document.line(finding.path),
        field_text(finding.path, document.data),
        finding.value,
        finding.allowed,
        finding.reason,
        finding.level,
    )


def unreadable(source: str, error: Unreadable) -> Problem:
    """The one problem of a file that cannot be read."""
    return Problem(source, error.line, "", None, (), error.reason)
