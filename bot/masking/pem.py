"""Private keys in PEM: everything between their markers, line by line, also when one of the markers was cut off."""

import re

from bot.masking.views import Span

_MARKER = re.compile(r"-{4,5} ?(?P<which>BEGIN|END) (?P<label>[A-Z0-9 ]{0,40})PRIVATE KEY(?: BLOCK)? ?-{4,5}")
_LINE = re.compile(r"[^\n]*+")
# A line of a key, with what quotes it or stands before it: `> MIIE…`, `"MIIE…\n" +`.
_BODY = re.compile(r"[\s>|#*\"'`]*+(?P<key>[A-Za-z0-9+/=_-]*+)(?:\\[nr])*+[\s\"'`,\\+;]*+$")
_HEADER = re.compile(r"[\s>|#*\"'`]*+(?:Proc-Type|DEK-Info|Version|Comment|Subject|X-[\w-]{1,40}): ")
_LONG = re.compile(r"(?:^|\s)(?P<key>[A-Za-z0-9+/]{40,}+={0,2})[\s\"'`,\\+;]*+$")
_SHORTEST_LINE = 24
"""Characters of a line that can be one of a key whose beginning was cut off."""


def key_spans(text: str, within: bool = False) -> tuple[list[Span], bool]:
    """The lines of private keys, and whether one goes on after the text. `within`: whether the text begins in one."""
    if not within and "PRIVATE KEY" not in text:
        return [], False
    spans: list[Span] = []
    lines = [match.span() for match in _LINE.finditer(text) if match.start() == 0 or text[match.start() - 1] == "\n"]
    for number, (start, end) in enumerate(lines):
        markers = list(_MARKER.finditer(text, start, end))
        if not within and markers and markers[0]["which"] == "END":
            spans += _before(text, lines[:number])
        within = _line(text, (start, end), markers, spans, within)
    return sorted(spans), within


def _line(text: str, line: Span, markers: list[re.Match[str]], spans: list[Span], within: bool) -> bool:
    """Add what is to be hidden of this line; whether the key goes on after it."""
    position = line[0]
    for marker in markers:
        if within:
            spans.append((position, marker.start()))
        elif marker["which"] == "END" and (match := _LONG.search(text, position, marker.start())):
            spans.append(match.span("key"))
        within, position = marker["which"] == "BEGIN", marker.end()
    hidden = (position, line[1]) if markers else _of_key(text, *line)
    if not within or hidden is None:
        return False
    spans.append(hidden)
    return True


def _of_key(text: str, start: int, end: int) -> Span | None:
    """What is to be hidden of a line that may belong to a key; None when it does not."""
    if (match := _BODY.match(text, start, end)) or (match := _LONG.search(text, start, end)):
        return match.span("key")
    return (start, end) if _HEADER.match(text, start, end) else None


def _before(text: str, lines: list[Span]) -> list[Span]:
    """The lines before an end whose beginning is not there."""
    spans: list[Span] = []
    for start, end in reversed(lines):
        match = _BODY.match(text, start, end)
        if match is None or (len(match["key"]) < _SHORTEST_LINE and spans):
            break
        spans.append(match.span("key"))
    return spans
