"""Bytes of a file that a person wrote, as text: UTF-8, or one sentence about what they are instead."""

from bot.text import say

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Unreadable(Exception):
    """A file is not what it should be; `line` is where, counted from 1, `reason` says why, after the place."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.reason = line, reason


def decode(data: bytes) -> str:
    """The text, without a byte order mark.

    Raises:
        Unreadable: it is of another encoding; nothing of the text is repeated.
    """
    if data.startswith(_UTF16) or b"\x00" in data[:200]:
        raise Unreadable(1, say("the file is not UTF-8 text but UTF-16: save it as UTF-8"))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Unreadable(line, say("the file is not UTF-8 text; it looks like Latin-1: save it as UTF-8")) from None
