"""Prisma's migrations, as they lie in their folder."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

TEMPLATE = Path(__file__).parents[1] / "template"
FOLDER = "packages/database/prisma/migrations"
APPLIED = 3  # how many of the bundled migrations the practice database starts with


@dataclass(frozen=True)
class Migration:
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def bundled() -> list[Migration]:
    return in_folder(TEMPLATE / FOLDER)


def in_folder(folder: Path) -> list[Migration]:
    """The migrations of a Prisma folder, oldest first."""
    return [Migration(one.parent.name, one.read_text()) for one in sorted(folder.glob("*/migration.sql"))]
