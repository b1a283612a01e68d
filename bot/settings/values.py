"""Whether the value of a setting can be one, and how it is used. What is wrong is said without the value."""

import unicodedata
from urllib.parse import urlsplit

from bot.text import say

AROUND = " \t\r\n\v\f"
"""White space that a file or a copy puts around a value."""


def trimmed(value: str) -> str:
    """The value without the white space that a file or a copy put around it.

    Raises:
        ValueError: it holds a character that nobody sees.
    """
    value = value.strip(AROUND)
    for char in value:
        if char != " " and (unicodedata.category(char) in ("Zs", "Cf", "Cc", "Zl", "Zp")):
            raise ValueError(say("it contains the character {char}: copy it again without it", char=char_name(char)))
    return value


def token(value: str) -> str:
    """A token, as it stands in a header.

    Raises:
        ValueError: it holds what no token has.
    """
    for char in value:
        if char in "'\"":
            raise ValueError(say("it contains a quotation mark: write it without quotes"))
        if not char.isascii() or char.isspace():
            raise ValueError(
                say("it contains the character {char}, which no token has: copy it again", char=char_name(char))
            )
    return value


def address(value: str) -> str:
    """An address of http or https.

    Raises:
        ValueError: it is none.
    """
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in value
        # Reading the port raises when it is none.
        good = good and parts.port != 0 and "@" not in parts.path + parts.query + parts.fragment
    except ValueError:
        good = False
    if not good:
        raise ValueError(say("it is not an address; write https://host, or https://host:port"))
    return value


def char_name(char: str) -> str:
    """A character that nobody sees, in words."""
    return f"U+{ord(char):04X} ({unicodedata.name(char, 'control character').lower()})"
