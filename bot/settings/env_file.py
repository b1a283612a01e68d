"""The `.env` file: what it sets, and everything that is wrong with it, by line. No value is ever repeated."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream

from bot.settings.values import char_name
from bot.text import say
from bot.text.plain_text import Unreadable, decode

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_ODD = r"[^\S \t\r\n\v\f]"
_ODD_EDGE = re.compile(rf"^\s*({_ODD})|({_ODD})\s*=|=\s*({_ODD})|({_ODD})\s*$")
"""White space around a name or a value that the parser takes off, and other readers of the file do not."""


@dataclass(frozen=True)
class EnvFile:
    """What a file sets, and a sentence for each thing that is wrong with it: `.env:3: …`."""

    values: dict[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


def read_env_file(path: Path) -> EnvFile:
    """The file's settings; none when there is no file. `export`, quotes, and spaces around `=` are understood."""
    try:
        text = decode(path.read_bytes())
    except FileNotFoundError:
        return EnvFile()
    except OSError as error:
        return EnvFile(faults=(say("{file} cannot be read: {why}.", file=path, why=error.strerror),))
    except Unreadable as error:
        return EnvFile(faults=(_fault(path, error.line, error.reason),))
    if faults := tuple(_fault(path, line, reason) for line, reason in _wrong(text)):
        return EnvFile(faults=faults)
    written = dotenv_values(stream=io.StringIO(text))
    return EnvFile({name: value for name, value in written.items() if value is not None})


def _fault(path: Path, line: int, reason: str) -> str:
    return say("{file}:{line}: {reason}.", file=path, line=line, reason=reason)


def _wrong(text: str) -> Iterator[tuple[int, str]]:
    first: dict[str, int] = {}
    for binding in parse_stream(io.StringIO(text)):
        line = _line(binding)
        if binding.error:
            yield line, say("this cannot be parsed: write NAME=value, and close quotation marks")
        elif binding.key is None or binding.value is None:
            continue  # a comment, or a name that Docker passes on from its own environment
        elif not _NAME.fullmatch(binding.key):
            yield line, say("a name contains only unaccented letters, digits and _: write NAME=value")
        elif odd := _odd(binding):
            yield line, say("it is surrounded by the character {char}: remove that", char=char_name(odd))
        elif binding.key.upper() in first:
            at = first[binding.key.upper()]
            yield line, say("{name} is set twice, first in line {at}: keep one", name=binding.key, at=at)
        else:
            first[binding.key.upper()] = line


def _odd(binding: Binding) -> str:
    """White space at an edge of the statement that nobody sees, such as a no-break space; a comment may hold it."""
    written = re.split(r"[ \t]#", binding.original.string.lstrip(" \t\r\n\v\f"), maxsplit=1)[0]
    found = _ODD_EDGE.search(written)
    return next((each for each in found.groups() if each), "") if found else ""


def _line(binding: Binding) -> int:
    """Where the statement itself begins: the parser counts the empty lines before it in."""
    written = binding.original.string
    before = written[: len(written) - len(written.lstrip())]
    return binding.original.line + len(re.findall(r"\r\n|\n|\r", before))
