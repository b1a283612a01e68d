"""Text from outside as it may be shown and kept: nothing in it turns, hides or forges what stands around it."""

import re
import unicodedata

# Colours, cursor movements, titles and links (ECMA-48). A string that does not end takes nothing with it.
ANSI = r"\x1b(?:\[[0-?]*+[ -/]*+[@-~]|[\]PX^_](?:[^\x07\x1b\n]{0,500}+(?:\x07|\x1b\\))?|[ -/]++[0-~]|[0-~])"
_ANSI = re.compile(ANSI)
# What ends a line somewhere: a carriage return and the separators of Unicode as well as a newline.
_BREAK = re.compile(r"\r\n?|[\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_ODD = re.compile(r"[^\n\t\x20-\x7e]")
# Control characters; what turns the direction of writing; what has no width or no shape.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e001f\U000e0080-\U000e0fff]++"
)
_JOINERS = re.compile(r"[\u200c\u200d]++")
_SELECTORS = re.compile(r"[\ufe00-\ufe0f]++")
_TAGS = re.compile(r"(?<!\U0001f3f4)(?<![\U000e0020-\U000e007f])[\U000e0020-\U000e007f]++")
_UNSAFE = re.compile(
    r"[\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e001f]"
)
_MENTION = re.compile(r"<(?=[@!#])")
_HALF = re.compile(r"[\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


def storable(text: str) -> str:
    """The text without what no database keeps: NUL and halves of surrogate pairs are shown as replaced."""
    return _HALF.sub(_REPLACEMENT, text.replace("\0", _REPLACEMENT))


def legible(text: str) -> str:
    """The text, its lines ended by newlines, without control characters, overrides of direction and what is not seen.

    Letters of every script stay, as do the joiners in emoji and in scripts that need them.
    """
    if not _ODD.search(text):
        return text
    text = _UNSEEN.sub("", _BREAK.sub("\n", _ANSI.sub("", _HALF.sub(_REPLACEMENT, text))))
    return text if text.isascii() else _TAGS.sub("", _SELECTORS.sub(_selector, _JOINERS.sub(_joiner, text)))


def lines_of(text: str) -> list[str]:
    """The lines of a text, legible; none when there is nothing to read."""
    found = legible(text).strip()
    return found.split("\n") if found else []


def escaped(text: str) -> str:
    """JSON in which what would turn, hide or break a line is written as an escape."""
    return text if text.isascii() else _UNSAFE.sub(_as_escape, text)


def _as_escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))


def one_line(text: str, between: str = " ") -> str:
    """The same on one line; `between` stands where it went on."""
    return between.join(line for line in legible(text).replace("\t", " ").split("\n"))


def named(text: str) -> str:
    """What somebody outside called something, for a sentence of ours: on one line, and it mentions nobody."""
    return _MENTION.sub("‹", one_line(text))


def _joiner(match: re.Match[str]) -> str:
    """One joiner between two letters of a script that has them, or between two emoji; else none."""
    before, after = _neighbours(match)
    return match[0][0] if _joins(before) and _joins(after) else ""


def _neighbours(match: re.Match[str]) -> tuple[str, str]:
    text, start, end = match.string, match.start(), match.end()
    return text[max(0, start - 1) : start], text[end : end + 1]


def _joins(character: str) -> bool:
    if not character or character < "\u0590":
        return False
    # Marks belong to the letter before them: vowel signs, skin tones, the selector of an emoji.
    return unicodedata.category(character) in ("Lo", "Mn", "Mc", "So", "Sk")


def _selector(match: re.Match[str]) -> str:
    """One selector after an emoji or a symbol, or after what becomes a keycap; else none."""
    before, _ = _neighbours(match)
    return match[0][0] if before and (before in "0123456789#*" or unicodedata.category(before) in _SYMBOLS) else ""


_SYMBOLS = ("So", "Sm", "Po", "Lo", "Pd", "Sk")
