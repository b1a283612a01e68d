"""Texts of the bot's own on the status page, in the languages that it has."""

from bot.runbook.base import Titled, Worded
from bot.status.page import Wording
from bot.text.values import ENGLISH, Reader, Text, said_to

PORTUGUESE = Reader("pt-BR")


def wording(text: Text) -> Wording:
    """A sentence of the catalogue, in each language."""
    return Wording(str(said_to(ENGLISH, text)), str(said_to(PORTUGUESE, text)))


def title_of(section: Titled) -> Wording:
    """The title of a part of the runbook."""
    return Wording(str(said_to(ENGLISH, section.title)), section.pt)


def text_of(part: Worded) -> Wording:
    """The text of a part of the runbook."""
    return Wording(str(said_to(ENGLISH, part.text)), part.pt)
