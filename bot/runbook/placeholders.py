"""`{ref}` and its like in the words of a command; `{{ref}}` stands for the word `{ref}` itself."""

import re
from collections.abc import Mapping

PLACEHOLDERS = ("ref", "sha", "target", "run", "data")
_FORM = re.compile(r"\{\{[A-Za-z_]\w*\}\}|(?<!\$)\{([A-Za-z_]\w*)\}")
"""`${NAME}` is a shell's own, and none of ours."""


def placeholders(word: str) -> list[str]:
    """The names in single braces."""
    return [found.group(1) for found in _FORM.finditer(word) if found.group(1)]


def fill_word(word: str, values: Mapping[str, str]) -> str:
    """The word with its placeholders filled in, all at once: what is filled in is never looked at again."""
    return _FORM.sub(lambda found: _filled(found, values), word)


def _filled(found: re.Match[str], values: Mapping[str, str]) -> str:
    name = found.group(1)
    return found.group()[1:-1] if name is None else values.get(name, found.group())
