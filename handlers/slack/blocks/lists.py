"""Answers to "what is there?": a text, and blocks of as many lines each as fit."""

from bot.text import shorten
from handlers.slack.blocks.elements import SECTION_LIMIT, Block, section

Answer = tuple[str, tuple[Block, ...]]


def chunks(lines: list[str], limit: int = SECTION_LIMIT, most: int = 20) -> tuple[Block, ...]:
    """Lines as sections, as many to each as fit."""
    texts = [""]
    for line in lines:
        line = shorten(line, limit)
        if len(texts[-1]) + len(line) + 1 > limit:
            texts.append("")
        texts[-1] = f"{texts[-1]}\n{line}".strip()
    return tuple(section(text) for text in texts[:most] if text)


def answer(title: str, lines: list[str]) -> Answer:
    """A title over lines."""
    return shorten("\n".join([title, *lines]), 3000), (section(f"*{title}*"), *chunks(lines))
