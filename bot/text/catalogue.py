"""Sentences in other languages: gettext catalogues, and one made-up language that shows what was not translated."""

import gettext
import re
from functools import cache
from pathlib import Path

LOCALES = Path(__file__).parent.parent / "locales"
"""Where the catalogues are: `<locale>/LC_MESSAGES/neonops.mo`."""
PAGERS = "pagers"
"""The catalogue of what people are told on their pagers: a language has it before it has all sentences."""
PSEUDO = "en_XA"
"""A locale whose words are English with accents, a third longer: any other word on a card was not translated."""
_ACCENTS = str.maketrans("aceinouyACEINOUY", "áçéíñóúýÁÇÉÍÑÓÚÝ")
_KEPT = re.compile(
    r"\{[^{}]*\}|<[^<>]*>|`[^`]*`|:[a-z0-9_+-]+:|https?://\S+"
    r"|(?<!\S)--?[a-z-]+|(?<!\S)/[a-z]+|\b[A-Z]+_[A-Z_]+\b"
)
"""What no translation changes: placeholders, Slack's mentions, code, emoji, links; options, commands, settings."""


@cache
def languages() -> list[str]:
    """What a team can read: English, the languages with a catalogue, and the made-up one."""
    found = sorted(each.parent.parent.name.replace("_", "-") for each in LOCALES.glob("*/LC_MESSAGES/neonops.mo"))
    return ["en", *found, PSEUDO.replace("_", "-")]


def translated(sentence: str, locale: str) -> str:
    """The sentence in this language; in English when the catalogue has it not."""
    if _name(locale) == PSEUDO:
        return pseudo(sentence)
    # gettext answers the empty sentence with the catalogue's header.
    return _catalogue(_name(locale)).gettext(sentence) if sentence else ""


def translated_as(context: str, sentence: str, locale: str, locales: Path = LOCALES) -> str | None:
    """What a sentence that stands somewhere means in this language; None when the catalogue has it not."""
    found = _catalogue(_name(locale), locales).pgettext(context, sentence)
    return found if found != sentence else None


def translated_count(one: str, many: str, count: int, locale: str) -> str:
    """The sentence for so many things in this language."""
    if _name(locale) == PSEUDO:
        return pseudo(one if count == 1 else many)
    return _catalogue(_name(locale)).ngettext(one, many, count)


def pseudo(sentence: str) -> str:
    """The sentence with accents and a third longer; placeholders, mentions, code and links as they are."""
    parts, at = [], 0
    for kept in _KEPT.finditer(sentence):
        parts += [sentence[at : kept.start()].translate(_ACCENTS), kept[0]]
        at = kept.end()
    accented = "".join(parts) + sentence[at:].translate(_ACCENTS)
    letters = sum(each.isalpha() for each in _KEPT.sub("", sentence))
    return accented + "·" * (letters // 3)


def _name(locale: str) -> str:
    """`pt-BR`, as Slack says it, is gettext's `pt_BR`."""
    return locale.replace("-", "_")


@cache
def _catalogue(locale: str, locales: Path = LOCALES) -> gettext.NullTranslations:
    found = gettext.translation("neonops", locales, [locale], fallback=True)
    found.add_fallback(gettext.translation(PAGERS, locales, [locale], fallback=True))
    return found
