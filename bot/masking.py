"""Secrets never leave: known values and the shapes of tokens are masked before anything is stored, logged or sent."""

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import structlog

MASK = "•••"
# A shorter value is a word of everyday text. It is also longer than MASK, so masking again always ends.
SHORTEST = 6
# A line without an end is cut here (characters), so that no output can fill the memory.
LONGEST_LINE = 16_384
# What is kept back at such a cut: room for the longest token or DSN that a pattern could only see the start of.
PATTERN_ROOM = 4_096

_WORD = r"[A-Za-z0-9_\-]"
_VALUE = r"(?:\"[^\"]*\"|'[^']*'|[^\s\"'&;,]+)"
# Each pattern's group `secret` is what is hidden; what stands around it stays, so that a person sees what it was.
PATTERNS = (
    r"(?:postgres(?:ql)?|mysql|mariadb|mongodb|rediss?|amqps?)(?:\+\w+)?://[^\s:/@]*:(?P<secret>[^\s\"]+)@",
    r"://[^\s:/@]*:(?P<secret>[^\s/@\"]+)@",
    r"hooks\.slack\.com/(?:services|actions|commands|workflows|triggers)/(?P<secret>[^\s\"'<>|]+)",
    rf"(?P<secret>sb[pv]_{_WORD}{{8,}})",
    rf"(?P<secret>vc[a-z]_{_WORD}{{16,}})",
    rf"(?P<secret>sb_secret_{_WORD}{{6,}})",
    rf"(?P<secret>eyJ{_WORD}{{5,}}\.{_WORD}+(?:\.{_WORD}*)?)",
    rf"(?P<secret>xox[a-z](?:\.xox[a-z])?-{_WORD}{{6,}})",
    rf"(?P<secret>xapp-{_WORD}{{6,}})",
    rf"(?P<secret>gh[opsur]_{_WORD}{{16,}})",
    rf"(?P<secret>github_pat_{_WORD}{{16,}})",
    # A digit or 20 characters: "bearer authentication" is prose.
    r"(?i:\bbearer)\s+(?P<secret>(?=\S*\d|\S{20})[A-Za-z0-9._~+/\-]{6,}=*)",
    r"(?i:\bauthorization[\"']?\s*[:=]\s*[\"']?basic)\s+(?P<secret>[A-Za-z0-9+/_\-]{4,}=*)",
    r"(?i:[?&](?:token|access_token|api_?key|key|sig|signature|secret|password))=(?P<secret>[^\s&#\"'<>|]+)",
    rf"(?<!\S)--(?:token|password|secret|api-key)(?:=|\s+)(?P<secret>{_VALUE})",
    rf"(?:PASSWORD|PASSWD|SECRET|TOKEN|API_KEY|ACCESS_KEY|PRIVATE_KEY|SERVICE_ROLE_KEY)=(?P<secret>{_VALUE})",
    rf"\b(?:password|sslpassword)\s?=\s?(?P<secret>{_VALUE})",
)


class Masker:
    """Masks the given values, in every form in which they travel, and everything that looks like a token."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets for form in forms_of(secret)}
        self._longest = max(map(len, forms), default=0)
        self._known = _any_of(forms)
        self._patterns = tuple(re.compile(pattern) for pattern in PATTERNS)

    def mask(self, text: str) -> str:
        """The text without its secrets. Masking twice changes nothing."""
        return self._mask_patterns(self._mask_known(text))

    def _mask_known(self, text: str) -> str:
        # Around a mask a secret could form anew out of what stood beside it; each round shortens the text.
        while spans := merged(_spans(self._known, text)):
            text = _replaced(text, spans)
        return text

    def _mask_patterns(self, text: str) -> str:
        for pattern in self._patterns:
            spans = [match.span("secret") for match in pattern.finditer(text)]
            text = _replaced(text, spans) if spans else text
        return text

    def lines(self, chunks: Iterable[str]) -> Iterator[str]:
        """Masked lines, without their ends, out of chunks that may break anywhere."""
        splitter = LineMasker(self)
        for chunk in chunks:
            yield from splitter.feed(chunk)
        yield from splitter.end()

    @property
    def room(self) -> int:
        """How many characters at the end of an unfinished text could be the start of a secret."""
        return max(self._longest, PATTERN_ROOM)

    def mask_value(self, value: Any) -> Any:
        """The value with every string in it masked, keys too. An object whose repr holds a secret becomes a text."""
        match value:
            case str():
                return self.mask(value)
            case None | bool() | int() | float():
                return value
            case Mapping():
                return {self.mask_value(key): self.mask_value(item) for key, item in value.items()}
            case tuple() | list() | set() | frozenset():
                return [self.mask_value(item) for item in value]
            case _:
                shown = str(value) if isinstance(value, BaseException) else repr(value)
                masked = self.mask(shown)
                return value if masked == shown and not isinstance(value, BaseException) else masked

    def processor(self, logger: Any, name: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        """A structlog processor. It renders `exc_info` itself, so that no later processor can print it unmasked."""
        rendered = structlog.processors.format_exc_info(logger, name, event)
        return {str(self.mask_value(key)): self.mask_value(value) for key, value in rendered.items()}


class LineMasker:
    """Cuts a stream of text into masked lines. Only whole lines are masked, so no secret is split over two chunks.

    `clean` is applied to each line first: a colour in the middle of a secret would hide it from the mask.
    """

    def __init__(self, masker: Masker, *, longest: int = LONGEST_LINE, clean: Callable[[str], str] = str) -> None:
        self._masker, self._longest, self._clean = masker, longest, clean
        self._rest = ""
        self._dropped = 0

    def feed(self, chunk: str) -> list[str]:
        """The lines that this chunk finishes, masked, without their ends. Lines end at a newline."""
        *whole, last = chunk.split("\n")
        finished = []
        for piece in whole:
            self._append(piece)
            finished.append(self._finish())
        self._append(last)
        return finished

    def end(self) -> list[str]:
        """What was left without a newline at the end of the stream."""
        return [self._finish()] if self._rest else []

    def _append(self, piece: str) -> None:
        room = self._longest + self._masker.room - len(self._rest)
        self._rest += piece[:room]
        self._dropped += max(0, len(piece) - room)

    def _finish(self) -> str:
        line, dropped = self._rest, self._dropped
        self._rest, self._dropped = "", 0
        if not dropped:
            return self._masker.mask(self._clean(line))
        # The end of what was kept may be the first half of a secret: it is dropped with the rest.
        kept = self._masker.mask(self._clean(line))[: -self._masker.room]
        return f"{kept} [… {dropped + self._masker.room} more characters of this line left out]"


def forms_of(secret: str) -> set[str]:
    """The forms in which this value may be met: as it is, in URLs, base64, hex, JSON, its lines, a DSN's password."""
    values = {secret, secret.strip(), *secret.splitlines(), *_passwords(secret)}
    long_enough = {value for value in values if len(value) >= SHORTEST}
    return {form for value in long_enough for form in _encodings(value) if len(form) >= SHORTEST}


def _encodings(value: str) -> Iterator[str]:
    yield value
    yield from (_quoted(value, safe=""), _quoted(value), _quoted(value, safe="").replace("%20", "+"))
    for ascii_only in (True, False):
        yield json.dumps(value, ensure_ascii=ascii_only)[1:-1]
    raw = value.encode("utf-8", "surrogatepass")
    yield from _base64_forms(raw)
    yield from (raw.hex(), raw.hex().upper())


def _quoted(value: str, safe: str = "/") -> str:
    return quote(value, safe=safe, errors="surrogatepass")


def _base64_forms(raw: bytes) -> Iterator[str]:
    """Base64 of the value alone, and of its middle where it stands inside something longer (`user:password`)."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw).decode().rstrip("=")
        for before in (1, 2):
            whole = encode(b"\0" * before + raw).decode().rstrip("=")
            # The first and the last characters also carry bits of the neighbours.
            yield whole[before + 1 : -1]
        yield encode(raw).decode().rstrip("=")[:-1]


def _passwords(secret: str) -> set[str]:
    """The password in a DSN, as written and decoded; not one that is also the user's name, which is in plain sight."""
    try:
        parts = urlsplit(secret)
        password = parts.password
    except ValueError:
        return set()
    if not password or password in (parts.username, parts.hostname, parts.path.strip("/")):
        return set()
    return {password, unquote(password)}


def _any_of(forms: set[str]) -> re.Pattern[str] | None:
    ordered = sorted(forms, key=len, reverse=True)
    # %C3 and %c3 are the same, in any mixture.
    patterns = [re.sub(r"%([0-9A-F]{2})", r"%(?i:\1)", re.escape(form)) for form in ordered]
    return re.compile("|".join(patterns)) if patterns else None


def _spans(known: re.Pattern[str] | None, text: str) -> Iterator[tuple[int, int]]:
    """Every occurrence, the longest at each place; occurrences that overlap are all found."""
    match = known.search(text) if known else None
    while known and match:
        yield match.span()
        match = known.search(text, match.start() + 1)


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same ground in as few spans as possible. The spans come in the order of their starts."""
    result: list[tuple[int, int]] = []
    for start, end in spans:
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def _replaced(text: str, spans: list[tuple[int, int]]) -> str:
    pieces, position = [], 0
    for start, end in spans:
        pieces += [text[position:start], MASK]
        position = end
    return "".join([*pieces, text[position:]])
