"""YAML text as plain data that knows the line of every value; nothing in the file is ever executed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import yaml

from bot.runbook.parsing.misreading import cut_off, misread
from bot.runbook.problems import Finding, Path, quoted
from bot.text import say
from bot.text.plain_text import Unreadable

MAX_BYTES = 1_000_000
TOO_LARGE = "the file is larger than 1 MB"
MAX_DEPTH = 40
MAX_VALUES = 100_000
"""Values after anchors are repeated: a few lines of nested anchors could otherwise fill the memory."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CORE = "tag:yaml.org,2002:"
_SCALARS = {_CORE + name for name in ("str", "int", "float", "bool", "null")}


@dataclass(frozen=True)
class Document:
    """`data` is what the YAML says; `lines` has the line (from 1) of every path; `findings` did not stop it.

    `repeats` has for each path that an alias (`*name`) fills the one where that is written.
    """

    source: str
    data: Any
    lines: dict[Path, int]
    findings: list[Finding]
    repeats: dict[Path, Path] = field(default_factory=dict)

    def origin(self, path: Path) -> Path:
        """Where what stands at the path is written."""
        for end in range(1, len(path) + 1):
            if path[:end] in self.repeats:
                return self.origin((*self.repeats[path[:end]], *path[end:]))
        return path

    def line(self, path: Path) -> int:
        """The line of the value at `path`, or of the nearest thing around it that is there."""
        return next((self.lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in self.lines), 1)


def read_document(text: str, source: str) -> Document:
    """The document in `text`.

    Raises:
        Unreadable: it is empty, too big, or not YAML; with the line, and the column where it is known.
    """
    return replace(_read(text), source=source)


@lru_cache(maxsize=4)
def _read(text: str) -> Document:
    """The document in a text; a reload of an unchanged file does not read it again."""
    _check_characters(text)
    try:
        _check_depth(text)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        found = misread(error, text)
        sentence = "line {line}, column {column}: not YAML: {why}"
        what = say(sentence, line=found.line, column=found.column, why=found.why)
        raise Unreadable(found.line, what) from None
    except (yaml.YAMLError, ValueError) as error:
        raise Unreadable(1, say("not YAML: {why}", why=error)) from None
    if node is None:
        raise Unreadable(1, say("the file is empty"))
    reader = _Reader(text.splitlines())
    return Document("", reader.value(node, ()), reader.lines, reader.findings, reader.repeats)


def _check_characters(text: str) -> None:
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Unreadable(1, TOO_LARGE)
    strange = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if strange:
        before = text[: strange.start()]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        what = "line {line}, column {column}: the character U+{code} is not allowed"
        raise Unreadable(line, say(what, line=line, column=column, code=f"{ord(strange.group()):04X}"))


def _check_depth(text: str) -> None:
    """Before the tree is built: building it is recursive, reading events is not."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise Unreadable(line, say("nested more than {limit} deep", limit=MAX_DEPTH))


@dataclass
class _Reader:
    written: list[str]
    lines: dict[Path, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    repeats: dict[Path, Path] = field(default_factory=dict)
    _first: dict[int, Path] = field(default_factory=dict)

    def value(self, node: yaml.Node, path: Path) -> Any:
        if (first := self._first.setdefault(id(node), path)) != path:
            self.repeats[path] = first
        self.lines.setdefault(path, node.start_mark.line + 1)
        if len(self.lines) > MAX_VALUES or len(path) > MAX_DEPTH:
            raise Unreadable(node.start_mark.line + 1, say("too many values: anchors that repeat anchors"))
        match node:
            case yaml.MappingNode():
                return self._mapping(node, path)
            case yaml.SequenceNode():
                return [self.value(each, (*path, index)) for index, each in enumerate(node.value)]
            case _:
                self.findings += cut_off(node, path, self.written)
                return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            if key.tag == _CORE + "merge":
                self._find(key, path, say("<< is not supported here: write its fields out"), key)
                repeated = self.value(value, (*path, key.value))
                # What it lacks without them is not told as well.
                found |= repeated if isinstance(repeated, dict) else {}
            elif not (isinstance(key, yaml.ScalarNode) and key.tag == _CORE + "str"):
                self._find(key, path, say("a field's name must be text: put it in quotes"), key)
            elif key.value in found:
                self._find(key, (*path, key.value), say("is set twice"), key)
            else:
                self.lines[*path, key.value] = key.start_mark.line + 1
                found[key.value] = self.value(value, (*path, key.value))
        return found

    def _scalar(self, node: yaml.Node, path: Path) -> Any:
        if node.tag == _CORE + "timestamp":
            return node.value
        try:
            if node.tag not in _SCALARS:
                raise ValueError(node.tag)
            return yaml.constructor.SafeConstructor().construct_object(node)
        except (ValueError, KeyError, IndexError, yaml.YAMLError):
            self._find(node, path, say("{value} cannot be read: put it in quotes", value=quoted(node.value)), node)
            return node.value

    def _find(self, node: yaml.Node, path: Path, reason: str, at: yaml.Node) -> None:
        text = node.value if isinstance(node.value, str) else None
        self.findings.append(Finding(path, reason, value=text, line=at.start_mark.line + 1))


VARIABLE = re.compile(r"\$\$\{[^}]*\}|\$\{([^}]*)\}")
"""`${NAME}`; `$${NAME}` stands for the words `${NAME}` and names nothing."""


def fill_variables(document: Document, values: dict[str, str | None]) -> tuple[Any, list[Finding]]:
    """The data with `${NAME}` replaced by `values[NAME]` (None = known, but with no value that could be used)."""
    findings = [
        Finding(path, say("${{{name}}} is not among the variables", name=name), value=name, allowed=tuple(values))
        for path, text in _strings(document.data, ())
        if path[0] != "variables"
        for found in VARIABLE.finditer(text)
        if (name := found.group(1)) is not None and name not in values
    ]
    return _filled(document.data, {name: value for name, value in values.items() if value is not None}), findings


def _strings(data: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(data, str) and path:
        yield path, data
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        yield from _strings(value, (*path, key))


def _filled(data: Any, values: dict[str, str]) -> Any:
    if isinstance(data, dict):
        return {key: value if key == "variables" else _filled(value, values) for key, value in data.items()}
    if isinstance(data, list):
        return [_filled(each, values) for each in data]
    if isinstance(data, str):
        return VARIABLE.sub(lambda found: _value(found, values), data)
    return data


def _value(found: re.Match[str], values: dict[str, str]) -> str:
    return found.group()[1:] if found.group(1) is None else values.get(found.group(1), found.group())
