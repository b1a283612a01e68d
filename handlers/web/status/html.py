"""The status page as HTML: one file that needs nothing else, neither scripts nor pictures nor other hosts."""

import base64
import hashlib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.status.page import Day, Page, Wording
from bot.text import say
from bot.text.catalogue import languages
from bot.text.values import Reader, reading
from handlers.web.status import words

HERE = Path(__file__).parent / "templates"
LOCALES = {"en": "en", "pt": "pt-BR"}
"""The languages of the page, by the path that has it."""


@cache
def style() -> str:
    """The style sheet, which stands in the page."""
    return (HERE / "status.css").read_text("utf-8")


@cache
def policy() -> str:
    """The Content-Security-Policy: our own style, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def _environment() -> Environment:
    made = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.filters |= {"iso": iso, "shade": shade}
    return made


def render(page: Page, path: str, *, stale: bool = False) -> str:
    """The page in the language of `path`. `stale`: our records cannot be read, and this is what they said last."""
    locale = LOCALES[path]
    zone = ZoneInfo(page.zone)
    with reading(Reader(locale)):
        return _environment().get_template("status.html").render(
            page=page,
            path=path,
            spoken=locale if locale in languages() else "en",
            worded=lambda wording: wording.words(locale),
            tongue=lambda wording: _tongue(wording, locale),
            moment=lambda at: words.moment_words(at, zone),
            stale=say("Our own records cannot be read now: this may be out of date.") if stale else "",
            changed=words.last_change(page),
            style=style(),
            languages={"en": ("en", "English"), "pt": ("pt-BR", "Português")},
            labels=words.labels(),
            icons=words.ICONS,
            indicators=words.indicator_words(),
            components=words.component_words(),
            statuses=words.status_words(),
            days_words=words.days_words,
            availability=words.availability_words,
        )  # fmt: skip


def iso(at: datetime) -> str:
    """For machines: UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def shade(day: Day) -> str:
    """How a day is drawn."""
    return "none" if not day.answers else "good" if not day.bad else "bad"


def _tongue(wording: Wording, locale: str) -> str:
    """The language in which a wording is read in this one."""
    return "pt-BR" if locale == "pt-BR" and wording.pt else "en"
