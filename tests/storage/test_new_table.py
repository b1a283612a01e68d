"""A table is three files: the record, the table with its store, the migration. Nothing else names it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RECORD = '''"""Cups."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cup:
    """A cup of coffee."""

    id: int
    kind: str
'''
TABLE = '''"""Cups."""

from typing import ClassVar

from sqlmodel import Field, SQLModel

from bot.cups import Cup
from storage.rows import Rows


class CupRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "cup"
    id: int | None = Field(default=None, primary_key=True)
    kind: str


class CupRows(Rows[Cup]):
    model, entity = CupRow, Cup
'''
MIGRATION = '''"""Cups."""

import sqlalchemy as sa
from alembic import op

revision = "cups"
down_revision = "{head}"


def upgrade() -> None:
    op.create_table("cup", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("kind", sa.String()))
'''
PROGRAM = """
import asyncio, sys
from bot.cups import Cup
from bot.machine.clock import SystemClock
from storage.database import SqlDatabase
from storage.migrate import newest, upgrade

if sys.argv[1:] == ["head"]:
    raise SystemExit(print(newest()))
upgrade("sqlite:///cups.db")

async def drink():
    database = SqlDatabase("sqlite:///cups.db", SystemClock(), str)
    await database.write(lambda tx: tx.rows(Cup).add(Cup(0, "espresso")))
    print(await database.read(lambda tx: tx.rows(Cup).find(kind="espresso")))
    database.close()

asyncio.run(drink())
"""


def ran(place: Path, *words: str) -> str:
    program = [sys.executable, "-c", PROGRAM, *words]
    return subprocess.run(program, cwd=place, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A copy of the bot with a table more."""
    subprocess.run(["cp", "-r", str(ROOT / "bot"), str(ROOT / "storage"), str(tmp_path)], check=True)
    (tmp_path / "bot" / "cups.py").write_text(RECORD, "utf-8")
    (tmp_path / "storage" / "tables" / "cups.py").write_text(TABLE, "utf-8")
    migration = tmp_path / "storage" / "migrations" / "versions" / "cups.py"
    migration.write_text(MIGRATION.format(head=ran(tmp_path, "head")), "utf-8")
    return tmp_path


def test_a_new_table_is_three_files(elsewhere: Path) -> None:
    assert ran(elsewhere) == "[Cup(id=1, kind='espresso')]"
