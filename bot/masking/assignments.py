"""A name that says what its value is: `PASSWORD=…`, `"password": "…"`, `password: …`, `--token …`.

Prose has such names too ("the password: reset page"), so that a bare word after a colon has to look like a secret.
"""

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass

from bot.masking.shapes import looks_random
from bot.masking.views import MASK_CHARACTER, Span

_ROOTS = {
    "pass": ("password", "passwd", "passphrase", "passcode", "_pass"),
    "pw": ("pwd", "_pw"),
    "senha": ("senha",),
    "secret": ("secret", "secrets", "secret_key_base"),
    "token": ("token",),
    "credential": ("credential", "credentials"),
    "key": (
        *(f"{word}{between}key" for word in ("api", "access", "private", "secret") for between in ("_", "", "-", " ")),
        *(f"{word}{mark}key" for word in ("signing", "encryption", "master", "account") for mark in ("_", "", "-")),
        "service_role_key", "service-role-key", "servicerolekey", "sharedaccesskey", "auth_key", "authkey", "_key",
        "client-key-data",
    ),
    "connection": ("connection_string", "connectionstring"),
    "_auth": ("_auth",),
    "bypass": ("protection-bypass", "protection_bypass"),
}  # fmt: skip
"""How the name of a secret ends, in small letters, by what all these endings have in common."""
NAMES = tuple(name for names in _ROOTS.values() for name in names)

# Names that end like those and are none: of tables, of caches, of what is public.
_PLAIN_KEYS = re.compile(
    r"(?:primary|foreign|public|publishable|cache|sort|partition|object|file|unique|index|group|lookup|map|row|range|host"
    r"|translation|idempotency|order|project|issue|locale|s3)_key$"
)
# Values that tell nothing: types, placeholders, what stands for something else.
_EXEMPT = re.compile(
    r"(?:none|null|nil|undefined|true|false|yes|no|on|off|str|string|strings|bytes|int|number|boolean|bool|any|unknown"
    r"|void|object|optional|required|missing|invalid|expired|empty|unset|changed|changes|rotated|revoked|reset|refresh|redacted"
    r"|hidden|masked|wrong|failed|denied|ok|done|secretstr|optional\[.*|secretstr.*|string\|.*|\[?<?redacted>?\]?"
    r"|\*+|x{3,}|\.{3,}|…|<[\w -]+>|\$\{[^}]*\}?|\$\([^)]*\)?|\$[a-z_]+|\{\{.*|\{\w*\}?|%\w|%\(\w+\)s|process\.env\b.*"
    r"|os\.environ.*|import\.meta\b.*|[|>][+\-]?|[\[({\])}]+|&&|\|\||-+)[.,;:!?)\]}]*",
    re.IGNORECASE | re.DOTALL,
)
_IDENTIFIER = string.ascii_letters + string.digits + "_.-"
_TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?\b|\d{1,3}$")
_SYMBOL = re.compile(r"[!@#$%^&*+=~|\\/?]")
_END_OF_LINE = re.compile(r"[\s\"'`,;)\]}]*(?:#[^\n]*)?(?:\n|$)")
_LINE_BEGINS = re.compile(r"(?:\A|\n)[ \t\-]*\Z")
_LINE_ENDS = re.compile(r"(?:(?! #)[^\n])*+")
# How a sentence goes on after a name: "SESSION_SECRET: not set", "GITHUB_TOKEN: copy it anew".
_SENTENCE = re.compile(
    r"and|any|are|ask|but|cannot|change|check|choose|copy|could|create|does|each|ensure|every|find|for|from|generate|get|give"
    r"|has|have|how|if|in|is|it|its|make|may|missing|must|need|needs|never|new|not?|of|on|only|or|our|paste|please|put|renew"
    r"|rotate|see|set|should|so|that|the|their|then|there|these|this|to|try|until|use|used|was|were|what|when|where|which"
    r"|will|with|without|would|wrong|you|your",
    re.IGNORECASE,
)
_MENTION = re.compile(r"[@#<][A-Za-z@#!][A-Za-z_.\-]*[>,.;)]*$")
_BLOCK = re.compile(r"[|>][+\-]?\d?[+\-]?")
_LONGEST_BLOCK = 50
"""Lines of a block that are looked at: no password is longer."""
_LONG = 20
"""So many characters without a blank are no word."""

_QUOTED = r"\"(?P<double>(?:[^\"\\\n]|\\.)*+)\"?|'(?P<single>(?:[^'\\\n]|\\.)*+)'?|`(?P<tick>[^`\n]*+)`?"
# What begins a block in YAML; else a separator ends a bare value only when another name, or nothing, follows it.
_BARE = r"(?P<bare>[|>][+\-\d]{0,2}(?=[ \t]{0,40}\n)|(?:[^\s\"'`&;,<>]|[&;,](?![\s\"']|$|[\w.\-]*+[=:]))++)"
# Within a string, quotes are escaped; what follows an escape in the value is found where the escapes are read.
_NESTED = r"\\++[\"'](?P<nested>[^\"'\\\n]*+)"
_VALUE = rf"(?:{_QUOTED}|{_NESTED}|{_BARE})"
_KINDS = ("double", "single", "tick", "nested", "bare")
_TAIL = rf"_?\d{{0,2}}(?P<closed>[\"'`\\\]]{{0,4}})[ \t]{{0,40}}(?P<by>=>|:=|[:=]|>)(?P<gap>[ \t]{{0,40}}){_VALUE}"
PATTERNS = {name: re.compile(re.escape(name) + _TAIL) for name in NAMES}
# A name and a value that are fields beside each other: `{"name": "DB_PASSWORD", "value": "x"}`, also in YAML and XML.
_FIELD = r"[\"'\\]{0,4}[ \t]{0,8}[:=][ \t]{0,8}[\"'\\]{0,4}"
_PAIR = re.compile(
    rf"(?<![a-z0-9])(?:name|key){_FIELD}(?P<name>[\w.\-]++)(?:[\"'\\,\s]{{1,40}}|[\"'][^{{}}\n]{{0,120}}?[\"',\s])"
    rf"[\"'\\]{{0,4}}value[\"'\\]{{0,4}}[ \t]{{0,8}}[:=][ \t]{{0,8}}{_VALUE}"
)
_FLAG = re.compile(rf"(?<!\S)--(?P<name>[\w\-]*+)(?P<by>=|[ \t]{{1,8}})(?!-){_VALUE}")


@dataclass(frozen=True)
class Assignment:
    """A name with its value, as it was found. `code`: the name is an identifier or quoted, not a word of prose."""

    code: bool
    by: str
    quoted: bool
    value: str
    last: bool
    """Whether nothing more stands on the line."""


def assignment_spans(text: str, folded: str) -> Iterator[Span]:
    """The values of all that is named like a secret; `folded` is the text in small letters."""
    for name in [name for root, names in _ROOTS.items() if root in folded for name in names if name in folded]:
        for match in PATTERNS[name].finditer(folded):
            yield from _hidden(name, match, text)
    for match in _PAIR.finditer(folded) if "value" in folded else ():
        if match["name"].endswith(NAMES) and not _PLAIN_KEYS.search(match["name"]) and _tells(match):
            yield match.span(_kind(match))
    if "--" in folded:
        for match in _FLAG.finditer(folded):
            if match["name"].endswith(NAMES) and _tells(match):
                yield _span(match)


def _tells(match: re.Match[str]) -> bool:
    """Whether the value is none of those that tell nothing."""
    return not _EXEMPT.fullmatch(match[_kind(match)])


def _hidden(name: str, match: re.Match[str], text: str) -> Iterator[Span]:
    before = text[max(0, match.start() - 60) : match.start()]
    identifier = before[len(before.rstrip(_IDENTIFIER)) :]
    if name in ("_key", "_auth", "_pw") and not _is_setting(identifier, match, text, name):
        return
    start, end = match.span(_kind(match))
    found = Assignment(
        code=_is_code(identifier, match, text, name),
        by=match["by"],
        quoted=_kind(match) != "bare",
        value=text[start:end],
        last=bool(_END_OF_LINE.match(text, end)),
    )
    if found.by == ":" and found.last and _BLOCK.fullmatch(found.value):
        yield from _lines_of_block(before, text, end)
    if not is_secret(found, spaced=bool(match["gap"])):
        return
    if found.code and not found.quoted and found.by == ":" and _LINE_BEGINS.search(before.removesuffix(identifier)):
        # A value in YAML may have blanks.
        end = _rest_of_line(text, end)
    yield (start, end) if not found.quoted else _span(match)


def _lines_of_block(before: str, text: str, position: int) -> Iterator[Span]:
    """The lines of a YAML block behind `name: |`: those that are indented deeper than the name."""
    line = before.rpartition("\n")[2]
    indent = len(line) - len(line.lstrip(" "))
    deeper = re.compile(rf"[^\n]*+\n(?:[ \t]*+(?=\n)|(?: {{{indent}}}[ \t]++(?P<secret>[^\n]++)))")
    for _ in range(_LONGEST_BLOCK):
        match = deeper.match(text, position)
        if match is None:
            return
        if match["secret"]:
            yield match.span("secret")
        position = match.end()


def _rest_of_line(text: str, start: int) -> int:
    rest = _LINE_ENDS.match(text, start)
    assert rest
    return rest.end()


def _is_setting(before: str, match: re.Match[str], text: str, name: str) -> bool:
    """`STRIPE_KEY`, and not `primary_key` or `CACHE_KEY`; npm's `_auth`."""
    written = before + text[match.start() : match.start() + len(name)]
    return (written.isupper() or name == "_auth") and not _PLAIN_KEYS.search(written.lower())


def _is_code(before: str, match: re.Match[str], text: str, name: str) -> bool:
    """Whether the name is quoted, or an identifier: `DB_PASSWORD`, `clientSecret`; `reset-password` may be prose."""
    written = text[match.start() : match.start() + len(name)]
    in_identifier = before[-1:].isalnum() or before[-1:] in ("_", ".")
    in_words = " " in name or written[1:].islower()
    return bool(match["closed"]) or in_identifier or written.isupper() or "_" in name or not in_words


def is_secret(found: Assignment, *, spaced: bool) -> bool:
    """Whether this value is to be hidden."""
    if not found.value or _EXEMPT.fullmatch(found.value) or set(found.value) == {MASK_CHARACTER}:
        return False
    match found.by:
        case ">":
            return not spaced
        case "=" | ":=" | "=>":
            return not found.value.startswith("=")
        case _:
            if found.quoted or found.last:
                return True
            in_sentence = _SENTENCE.fullmatch(found.value) or _MENTION.match(found.value)
            return not in_sentence and (found.code or _looks_secret(found.value))


def _looks_secret(value: str) -> bool:
    """Whether a bare word among others is no word of prose."""
    word = value.strip(".,;:!?()")
    if _TIME.match(word):
        return False
    return looks_random(word) or len(word) >= _LONG or bool(_SYMBOL.search(word))


def _kind(match: re.Match[str]) -> str:
    return next(kind for kind in _KINDS if match[kind] is not None)


def _span(match: re.Match[str]) -> Span:
    """Of a shell's assignment the quotes go too; those of JSON and YAML stay, so that it stays readable."""
    kind = _kind(match)
    if kind in ("bare", "nested") or match["by"] in (":", "=>"):
        return match.span(kind)
    return match.end("gap") if "gap" in match.re.groupindex else match.end("by"), match.end()
