"""The tables of README.md and .env.example that come from the code. Run this file to write README's anew."""

import re
from pathlib import Path

from bot.settings import Settings
from handlers.slack.area import Command
from handlers.slack.table import COMMANDS

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"


def settings() -> dict[str, tuple[str, str]]:
    """Each setting's default, as a person writes it, and what it is for."""
    return {
        str(info.validation_alias): ("" if info.default is None else str(info.default), info.description or "")
        for info in Settings.model_fields.values()
    }


def settings_table() -> str:
    """Every setting with its default."""
    rows = [
        f"| `{name}` | {f'`{default}`' if default else ''} | {text} |" for name, (default, text) in settings().items()
    ]
    return "\n".join(["| setting | default | what |", "|---|---|---|", *rows])


def commands_table() -> str:
    """Every form of every command."""
    rows = [row for command in COMMANDS.values() for row in _rows(command)]
    return "\n".join(["| type | to |", "|---|---|", *rows])


def _rows(command: Command) -> list[str]:
    return [
        f"| `{f'{command.name} {form}'.strip().replace('|', chr(92) + '|')}` | {text} |" for form, text in command.forms
    ]


TABLES = {"settings": settings_table, "commands": commands_table}


def between(name: str) -> re.Pattern[str]:
    """What stands between the marks of a table."""
    return re.compile(rf"(?<=<!-- {name} -->\n).*?(?=\n<!-- /{name} -->)", re.DOTALL)


def main() -> None:
    """Write the tables into README.md."""
    text = README.read_text("utf-8")
    for name, table in TABLES.items():
        before, _, rest = text.partition(f"<!-- {name} -->\n")
        text = f"{before}<!-- {name} -->\n{table()}\n{rest[rest.index(f'<!-- /{name} -->') :]}"
    README.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
