"""Bytes of a file that a person wrote, as text: UTF-8, or one sentence about what they are instead."""

from bot.text import say

_UTF32 = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
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
    if form := _other_form(data):
        raise Unreadable(1, say("the file is {form}, not UTF-8: save it as UTF-8", form=form))
    if (at := data.find(b"\x00")) >= 0:
        line = data[:at].count(b"\n") + 1
        raise Unreadable(line, say("the file contains the character U+0000: remove it"))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Unreadable(line, say("the file is not UTF-8, probably Latin-1: save it as UTF-8")) from None


def _other_form(data: bytes) -> str:
    """UTF-16 or UTF-32 by their first bytes, or by every second byte that is zero."""
    if data.startswith(_UTF32) or b"\x00\x00\x00" in data[:200]:
        return "UTF-32"
    zeros = data[:200].count(0)
    return "UTF-16" if data.startswith(_UTF16) or zeros * 3 > len(data[:200]) else ""
