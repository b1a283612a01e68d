"""Where YAML reads something else than was meant: what follows a `#` or a colon, or begins with a sign of its own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from bot.runbook.problems import Finding, Path
from bot.text import say

PROSE = {"text", "pt", "title", "heading", "note", "message", "impact", "scope", "how", "details", "corrects",
         "frequency", "retention", "target", "window", "headings", "changes"}  # fmt: skip
"""Fields that hold what people read."""
_HINTS = {
    "mapping values are not allowed": "a text that holds ': ' goes in quotes",
    "did not find expected ',' or": "a text that holds ': ', ' #' or a bracket goes in quotes",
    "did not find expected key": "a text that begins with a quotation mark or a bracket goes in quotes as a whole",
    "cannot start any token": "a text that begins with @, ` or % goes in quotes",
    "did not find expected alphabetic": "a text that begins with * or & goes in quotes",
    "did not find expected comment or line break": "a text that begins with > or | goes in quotes",
    "block sequence entries are not allowed": "a text that begins with - goes in quotes",
    "mapping keys are not allowed": "a text that begins with ? goes in quotes",
    "found undefined alias": "a text that begins with * goes in quotes",
    "could not find expected ':'": "a field is written as name: value",
}
_COMMENT = re.compile(r"(\s+)#(\S?)")


@dataclass(frozen=True)
class Misread:
    """Where a text stops being YAML, and why; lines and columns are counted from 1."""

    line: int
    column: int
    why: str


def misread(error: yaml.MarkedYAMLError, text: str) -> Misread:
    """What is likely meant by the parser's complaint, where it is likely meant."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    written = [*text.split("\n"), ""]
    if "\t" in _indent(written[line - 1]):
        return Misread(line, column, say("a tab; indent with spaces"))
    why = str(error.problem)
    hint = next((words for sign, words in _HINTS.items() if sign in why), None)
    began = error.context_mark
    if hint and began and began.line + 1 < line and (comment := re.search(r"\s#", written[began.line][began.column :])):
        line, column = began.line + 1, began.column + comment.start() + 2
        hint = "what follows # is a comment, also the bracket: a text with # goes in quotes"
    return Misread(line, column, f"{why}; {say(hint)}" if hint else why)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def cut_off(node: yaml.Node, path: Path, written: list[str]) -> Iterator[Finding]:
    """What people would read, and YAML takes for a comment."""
    field = next((each for each in reversed(path) if isinstance(each, str)), "")
    if not (field in PROSE or field.endswith("_heading")) or not isinstance(node, yaml.ScalarNode) or node.style:
        return
    mark = node.end_mark
    rest = written[mark.line][mark.column :] if mark.line < len(written) else ""
    comment = _COMMENT.match(rest)
    if comment is None:
        return
    reason = say("it ends before the #, where a comment begins: put the text in quotes if that belongs to it")
    if comment[2]:
        yield Finding(path, reason, level="doubt", line=mark.line + 1)
    elif comment[1] == " ":
        yield Finding(path, reason, level="warning", line=mark.line + 1)
