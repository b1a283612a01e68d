"""Takes secrets out of texts: known values in every form, and the shapes of tokens, keys and passwords."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import structlog

from bot.masking.finding import masked_shapes, merged, replaced
from bot.masking.known_values import Known
from bot.text import shorten
from bot.text.legible import storable

T = TypeVar("T")
# A line without an end is cut here (characters), so that no output can fill the memory.
LONGEST_LINE = 16_384
# What is kept back at such a cut: room for the longest token or DSN that a pattern could only see the start of.
PATTERN_ROOM = 4_096
PIECE = 32_768
"""Characters that are masked at a time: other threads get their turn after each piece."""
SHORT, REMEMBERED = 500, 4000
"""Characters of a text that is worth remembering as clean, and how many of them are."""
_ROUNDS = 5
# How much longer a value can be made by escapes (`\\u0041`), and by line breaks and what cannot be seen.
_WIDEST, _BROKEN_UP = 8, 3


class Masker:
    """Masks the given values, in every form in which they travel, and everything that looks like a token."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = frozenset(secrets)
        self._known = Known(self._secrets)
        self._clean: set[str] = set()
        """Short texts in which nothing was found: a card says most of its words again and again."""

    def learn(self, secrets: Iterable[str]) -> None:
        """Mask these values, too, from now on."""
        if not self._secrets.issuperset(secrets := frozenset(secrets)):
            self._secrets |= secrets
            self._known = Known(self._secrets)
            self._clean = set()

    def mask(self, text: str) -> str:
        """The text without its secrets. Masking twice changes nothing."""
        clean = self._clean  # That of the values known now: `learn` may come in between, in another thread.
        if text in clean:
            return text
        masked = self._mask(text)
        if len(text) <= SHORT and masked == text:
            if len(clean) >= REMEMBERED:
                clean.clear()
            clean.add(text)
        return masked

    def _mask(self, text: str) -> str:
        if len(text) > PIECE and "\n" in text:
            pieces = (text[start : start + PIECE] for start in range(0, len(text), PIECE))
            return "\n".join(LineMasker(self, longest=len(text)).all(pieces))
        return masked_shapes(self.mask_known(text))[0]

    def mask_known(self, text: str) -> str:
        """The text without the known values."""
        for _ in range(_ROUNDS):
            # Around a mask a value that itself holds one could form anew.
            masked = replaced(text, merged(self._known.spans(text)))
            if masked == text:
                break
            text = masked
        return text

    def head(self, text: str, limit: int) -> str:
        """The beginning of a text in at most `limit` characters: masked, and only then cut.

        What is far beyond the cut is not looked at.
        """
        most = max(limit, LONGEST_LINE) + self.room
        masked = self.mask(text[:most])
        # The end of what was looked at may be the first half of a secret.
        return shorten(masked if len(text) <= most else masked[: -self.room], limit)

    def lines(self, chunks: Iterable[str]) -> Iterator[str]:
        """Masked lines, without their ends, out of chunks that may break anywhere."""
        yield from LineMasker(self).all(chunks)

    @property
    def room(self) -> int:
        """How many characters at the end of an unfinished text could be the start of a secret."""
        return max(_WIDEST * self._known.longest, PATTERN_ROOM)

    @property
    def reach(self) -> int:
        """How many characters before a text can belong to a known value that ends in it."""
        return _BROKEN_UP * self._known.longest

    def unfinished(self, text: str) -> int | None:
        """Where a known value may begin whose end is still to come; None when the text does not end like that."""
        return self._known.unfinished(text)

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

    def mask_record(self, record: T) -> T:
        """The same frozen dataclass, whose texts are masked however deep; what was read outside comes in by this."""
        masked: T = _in_record(record, lambda text: self.mask(storable(text)))
        return masked

    async def foreign(self, record: T) -> T:
        """The same, in a thread: what came from outside may be long."""
        return await asyncio.to_thread(self.mask_record, record)

    def processor(self, logger: Any, name: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        """A structlog processor. It renders `exc_info` itself, so that no later processor can print it unmasked."""
        rendered = structlog.processors.format_exc_info(logger, name, event)
        return {str(self.mask_value(key)): self._logged(value) for key, value in rendered.items()}

    def _logged(self, value: Any) -> Any:
        return self.head(value, LONGEST_LINE) if isinstance(value, str) else self.mask_value(value)


class LineMasker:
    """Cuts a stream of text into masked lines; a secret that is split over chunks or lines is found all the same.

    `clean` is applied to each line first: a colour in the middle of a secret would hide it from the mask. Lines that
    end in what may be the beginning of a known value are kept back until the next ones come.
    """

    def __init__(self, masker: Masker, *, longest: int = LONGEST_LINE, clean: Callable[[str], str] = str) -> None:
        self._masker, self._longest, self._clean = masker, longest, clean
        self._rest, self._dropped = "", 0
        self._kept_back: list[tuple[str, int]] = []
        self._before = ""
        self._within_key = False

    def all(self, chunks: Iterable[str]) -> Iterator[str]:
        """The lines of these chunks."""
        for chunk in chunks:
            yield from self.feed(chunk)
        yield from self.end()

    def feed(self, chunk: str) -> list[str]:
        """The lines that this chunk finishes, masked, without their ends. Lines end at a newline."""
        *whole, last = chunk.split("\n")
        for piece in whole:
            self._append(piece)
            self._kept_back.append(self._line())
        self._append(last)
        return self._masked() if whole else []

    def end(self) -> list[str]:
        """What was left at the end of the stream."""
        if self._rest:
            self._kept_back.append(self._line())
        return self._masked(at_end=True) if self._kept_back else []

    @property
    def waiting(self) -> int:
        """How many characters are still to be masked."""
        return len(self._rest) + sum(len(line) for line, _ in self._kept_back)

    def _append(self, piece: str) -> None:
        room = self._longest + self._masker.room - len(self._rest)
        self._rest += piece[:room]
        self._dropped += max(0, len(piece) - room)

    def _line(self) -> tuple[str, int]:
        """The line that is finished now, and how much of it was left out."""
        line = self._clean(self._rest), self._dropped
        self._rest, self._dropped = "", 0
        return line

    def _masked(self, *, at_end: bool = False) -> list[str]:
        lines = [line for line, _ in self._kept_back]
        text = "\n".join([self._before, *lines])
        masked = self._masker.mask_known(text).split("\n")[self._before.count("\n") + 1 :]
        count = len(lines) if at_end else self._settled(text, len(lines))
        shown = ""
        if count:
            shown, self._within_key = masked_shapes("\n".join(masked[:count]), self._within_key)
        pairs = zip(shown.split("\n"), self._kept_back[:count], strict=False)
        finished = [self._told(line, dropped) for line, (_, dropped) in pairs]
        self._before = "\n".join([self._before, *lines[:count]])[-self._masker.reach :] if count else self._before
        self._kept_back = self._kept_back[count:]
        return finished

    def _settled(self, text: str, count: int) -> int:
        """How many of the last `count` lines of the text can be shown: what comes next changes nothing about them."""
        begins = self._masker.unfinished(text)
        if begins is None or self.waiting > self._longest:
            return count
        return max(0, count - text.count("\n", begins) - 1)

    def _told(self, line: str, dropped: int) -> str:
        if not dropped:
            return line
        # The end of what was kept may be the first half of a secret: it is dropped with the rest.
        kept = line[: -self._masker.room]
        return f"{kept} [… {dropped + self._masker.room} more characters of this line left out]"


def _in_record(value: Any, mask: Callable[[str], str]) -> Any:
    match value:
        case str():
            return mask(value)
        case dict():
            return {_in_record(key, mask): _in_record(each, mask) for key, each in value.items()}
        case list() | tuple():
            return type(value)(_in_record(each, mask) for each in value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{each.name: _in_record(getattr(value, each.name), mask) for each in fields(value)})
        case _:
            return value
