"""What of a migration's SQL an older version of the code may not survive: read by PostgreSQL's own rules of writing.

Only the words that count are looked at, in whole statements: what stands in comments, in strings and in quoted names
is never taken for a keyword. (sqlparse takes `'C:\\'` for an unfinished string and overlooks what follows it.)
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Danger = Literal["drop", "rename", "not_null", "alter_type", "data", "code"]
_TOKEN = re.compile(
    r"""(?P<line>--[^\r\n]*)|(?P<block>/\*)
      |(?P<string>[eE]'(?:\\.|''|[^'\\])*'|(?:\b[uU]&|\b[bBxXnN])?'(?:''|[^'])*')
      |(?P<dollar>\$(?P<tag>[^\W\d]\w*)?\$.*?\$(?P=tag)\$|\$\$.*?\$\$)
      |(?P<quoted>(?:[uU]&)?"(?:""|[^"])*")|(?P<word>[^\W\d][\w$]*)|(?P<number>\d[\w.]*)|(?P<other>\S)""",
    re.VERBOSE | re.DOTALL,
)
_BRACKET = re.compile(r"/\*|\*/")
_UNTOUCHED = {"INDEX", "CONSTRAINT", "NOT"}
"""What code does not ask for by its name: dropping it, or `DROP NOT NULL`, leaves older code as it was."""
_FILLED = {"DEFAULT", "GENERATED", "SERIAL", "BIGSERIAL", "SMALLSERIAL"}
_DATA = {"TRUNCATE", "DELETE", "UPDATE", "MERGE"}


@dataclass(frozen=True)
class Change:
    """One change that older code may not survive, and all of the SQL that makes it: neither cut nor masked."""

    kind: Danger
    sql: str


@dataclass(frozen=True)
class _Token:
    """A word in capitals (empty for what is no keyword), and the text as it was written."""

    word: str
    text: str


def changes(sql: str) -> tuple[Change, ...]:
    """Every dangerous change in a migration, in order; each once."""
    found = (change for statement in _statements(sql) for change in _of_statement(statement))
    return tuple(dict.fromkeys(found))


def _statements(sql: str) -> Iterator[list[_Token]]:
    statement: list[_Token] = []
    for token in _tokens(sql):
        if token.text == ";":
            yield statement
            statement = []
        else:
            statement.append(token)
    yield statement


def _tokens(sql: str) -> Iterator[_Token]:
    at = 0
    while match := _TOKEN.search(sql, at):
        at = match.end()
        if match["block"]:
            at = _after_comment(sql, at)
        elif not match["line"]:
            word = (match["word"] or "").upper()
            yield _Token(word, match[0])


def _after_comment(sql: str, at: int) -> int:
    """Where a block comment ends: in PostgreSQL they nest."""
    depth = 1
    while depth and (bracket := _BRACKET.search(sql, at)):
        depth += 1 if bracket[0] == "/*" else -1
        at = bracket.end()
    return len(sql) if depth else at


def _of_statement(tokens: list[_Token]) -> Iterator[Change]:
    first, second, *_ = [*(token.word for token in tokens[:2]), "", ""]
    match first:
        case "DROP" if second not in _UNTOUCHED:
            yield _change("drop", tokens)
        case "ALTER" if second == "TYPE":
            yield _change("rename" if "RENAME" in _words(tokens) else "alter_type", tokens)
        case "ALTER" if second != "INDEX":
            name = _name_ends(tokens)
            for action in _split(tokens[name:]):
                kind = _of_action(action)
                if kind:
                    yield _change(kind, [*tokens[:name], *action])
        case "DO":
            yield _change("code", tokens)
        case "WITH" if _DATA & {*_words(tokens)}:
            yield _change("data", tokens)
        case word if word in _DATA:
            yield _change("data", tokens)


def _of_action(action: list[_Token]) -> Danger | None:
    """What one action of an ALTER does to older code."""
    words = _words(_outside_brackets(action))
    first = words[0] if words else ""
    after = words[words.index("DROP") + 1 :] if "DROP" in words else []
    if first == "RENAME":
        return None if words[1:2] == ["CONSTRAINT"] else "rename"
    if first in ("DROP", "ALTER") and "DROP" in words:
        return None if after[:1] and after[0] in _UNTOUCHED else "drop"
    if first == "ALTER" and "TYPE" in words:
        return "alter_type"
    if _has_pair(words, "SET", "NOT") or (first == "ADD" and _required(words)):
        return "not_null"
    return "rename" if _has_pair(words, "SET", "SCHEMA") and first == "SET" else None


def _required(words: list[str]) -> bool:
    """Whether an added column has to be filled by who inserts a row."""
    return "CONSTRAINT" not in words[:2] and _has_pair(words, "NOT", "NULL") and not _FILLED & set(words)


def _has_pair(words: list[str], one: str, two: str) -> bool:
    return (one, two) in pairwise(words)


def _words(tokens: list[_Token]) -> list[str]:
    return [token.word for token in tokens if token.word]


def _outside_brackets(tokens: list[_Token]) -> list[_Token]:
    depth, kept = 0, []
    for token in tokens:
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0:
            kept.append(token)
    return kept


def _name_ends(tokens: list[_Token]) -> int:
    """Where the first action of `ALTER TABLE [IF EXISTS] [ONLY] name …` begins."""
    at = 2
    while at < len(tokens) and tokens[at].word in ("IF", "EXISTS", "ONLY", "VIEW"):
        at += 1
    at += 1
    while at + 1 < len(tokens) and tokens[at].text == ".":
        at += 2
    return at


def _split(tokens: list[_Token]) -> Iterator[list[_Token]]:
    """The actions of an ALTER, which commas outside of brackets part."""
    depth = 0
    part: list[_Token] = []
    for token in tokens:
        depth += (token.text == "(") - (token.text == ")")
        if token.text == "," and depth == 0:
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _change(kind: Danger, tokens: list[_Token]) -> Change:
    words = re.sub(r"\s+", " ", " ".join(token.text for token in tokens))
    return Change(kind, re.sub(r" ?([.(]) | ([,)])", r"\1\2", words))
