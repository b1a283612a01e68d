"""The one function through which every text that a person reads goes, and small pieces of wording."""

import gettext as _catalogues
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

ROUGH = 10_000
"""Characters that are kept of a text from outside until its secrets are masked."""
_LOCALES = Path(__file__).parent.parent / "locales"


@cache
def _catalogue(locale: str) -> _catalogues.NullTranslations:
    return _catalogues.translation("neonops", _LOCALES, [locale.replace("-", "_")], fallback=True)


def say(sentence: str, locale: str = "en", **values: object) -> str:
    """`sentence` in the reader's language, its {named} placeholders filled in."""
    translated = _catalogue(locale).gettext(sentence)
    return translated.format(**values) if values else translated


def plural(one: str, many: str, count: int, locale: str = "en", **values: object) -> str:
    """The sentence for `count` things; `{count}` is filled in."""
    return _catalogue(locale).ngettext(one, many, count).format(count=count, **values)


def shorten(text: str, limit: int) -> str:
    """`text` in at most `limit` characters; what was cut shows as an ellipsis."""
    return text if len(text) <= limit else text[: max(limit - 1, 0)].rstrip() + "…"


def rough(text: str) -> str:
    """The beginning of what came from outside: more than is ever shown, so that it can be masked before it is cut."""
    return text[:ROUGH]


def listing(words: Sequence[str], *, most: int = 5) -> str:
    """`a, b and c`; beyond `most` words the rest is counted: `a, b and 7 more`."""
    shown = list(words[:most])
    if len(words) > most:
        shown.append(say("{count} more", count=len(words) - most))
    return (
        shown[0]
        if len(shown) == 1
        else say("{first} and {last}", first=", ".join(shown[:-1]), last=shown[-1])
        if shown
        else ""
    )


def span(duration: timedelta) -> str:
    """A duration as people say it: `45 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`."""
    seconds = max(int(duration.total_seconds()), 0)
    units = [("d", 86400), ("h", 3600), ("min", 60), ("s", 1)]
    parts = []
    for name, size in units:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {name}")
    return " ".join(parts[:2]) or "0 s"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """A time for readers in several zones: `Mon 23 Nov 14:00 (America/Sao_Paulo)`.

    In the hour that comes twice when clocks go back, the offset tells which one it is.
    """
    local = at.astimezone(zone)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{local:%a %d %b %H:%M}{' UTC' + local.isoformat()[-6:] if twice else ''} ({zone.key})"


def size_words(count: int) -> str:
    """A number of bytes as people say it: `812 B`, `48 kB`, `1.2 GB`."""
    size, unit = float(count), "B"
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if size < 1000 or unit == "TB":
            break
        size /= 1000
    return f"{size:.0f} {unit}" if size >= 10 or unit == "B" else f"{size:.1f} {unit}"
