"""Secrets that stand in a file of their own: `SLACK_BOT_TOKEN_FILE=/run/secrets/bot` instead of the token itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.settings.values import AROUND
from bot.text import say
from bot.text.plain_text import Unreadable, decode

SUFFIX = "_FILE"
MOST = 65_536
"""Bytes of such a file at most."""


@dataclass(frozen=True)
class Filled:
    """Values with those of files among them, and why a setting could not be filled, by its name."""

    values: dict[str, str]
    faults: dict[str, str]


def file_names(secrets: Iterable[str]) -> set[str]:
    """The names under which files of these settings are given."""
    return {name + SUFFIX for name in secrets}


def secret_files(values: Mapping[str, str], secrets: Iterable[str]) -> list[Path]:
    """The files that are named."""
    return [Path(values[name]) for name in sorted(file_names(secrets)) if values.get(name, "").strip()]


def fill(values: Mapping[str, str], secrets: Iterable[str]) -> Filled:
    """Read the file of each secret setting that has one."""
    found, faults = dict(values), {}
    for name in secrets:
        path = found.pop(name + SUFFIX, None)
        if path is None:
            continue
        try:
            found[name] = _read(name, path.strip(), found)
        except ValueError as error:
            found.pop(name, None)
            faults[name] = str(error)
    return Filled(found, faults)


def _read(name: str, path: str, values: Mapping[str, str]) -> str:
    if name in values:
        raise ValueError(say("{file} is set as well: keep one of the two", file=name + SUFFIX))
    try:
        with open(path, "rb") as file:
            value = decode(file.read(MOST)).strip(AROUND)
    except (OSError, Unreadable) as error:
        why = error.strerror if isinstance(error, OSError) else error
        sentence = "{file} names {path}, which cannot be read: {why}"
        raise ValueError(say(sentence, file=name + SUFFIX, path=path, why=why)) from None
    if not value:
        raise ValueError(say("{file} names {path}, which is empty", file=name + SUFFIX, path=path))
    return value
