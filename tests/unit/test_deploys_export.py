"""`neonops deploys export`: the deployment log for whoever keeps the books."""

import csv
import io
import json
from pathlib import Path

import pytest
from domain_world import BRUNO, TEAM, World

from bot.cli.deploys import COLUMNS, _cell, export, row_of
from bot.deploys.history import log
from bot.deploys.request import Asked, request_deploy
from bot.domain.names import Names
from bot.errors import Refusal
from bot.people import Member
from bot.runs import stopping
from storage.migrate import upgrade


def test_a_row_says_who_what_when_and_how_it_ended(world: World) -> None:
    run = world.do(request_deploy, BRUNO, Asked("api", "C1"))
    world.ask(lambda tx: tx.members.add(Member(BRUNO.user, "T1", "Bruno Barros")))
    world.do(stopping.cancel, BRUNO, run.id)
    row = world.ask(lambda tx: row_of(log.entry(world.domain, tx, run.id), Names(tx, TEAM)))
    assert tuple(row) == COLUMNS
    assert (row["verdict"], row["asked_by"]) == ("cancelled", f"Bruno Barros ({BRUNO.user})")
    assert row["asked_at"] == "2026-11-23T15:00:00+00:00"
    assert json.dumps(row)


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+1", "-1"])
def test_no_text_becomes_a_formula(text: str) -> None:
    assert _cell(text) == f"'{text}"
    assert _cell([text, "b"]) == f"'{text}; b"
    assert _cell(-1) == -1


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory of a bot that has never run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEONOPS_DATA_DIR", str(tmp_path))
    return tmp_path


async def test_an_empty_log_is_a_heading_or_an_empty_list(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    upgrade(f"sqlite:///{home}/neonops.db")
    assert await export("csv") == 0
    assert next(csv.reader(io.StringIO(capsys.readouterr().out))) == list(COLUMNS)
    assert await export("json") == 0
    assert json.loads(capsys.readouterr().out) == []


async def test_another_format_is_refused(home: Path) -> None:
    with pytest.raises(Refusal, match="Use csv or json"):
        await export("xml")
