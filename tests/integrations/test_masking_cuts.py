"""What came from outside is masked before it is cut, and aside when it is long."""

import json
import os
import threading
from pathlib import Path

import pytest

from bot.errors import OutsideError
from bot.execution.captured import capture
from bot.execution.output import Output
from bot.execution.shell import Command
from bot.health.checks import look
from bot.integrations.http.call import HttpCall, request
from bot.integrations.statuspage.client import StatusCache
from bot.machine.clock import SystemClock
from bot.masking import LONGEST_LINE, Masker
from bot.production.inputs.deploy import Facts
from bot.runbook.sections.services import HealthGroup
from bot.runs.outcome import Failed
from bot.text import shorten
from bot.tools import Tools
from bot.waking import Alone

from .fakes import ok, run, serving

SECRET = "s3cr3t-V4lue-0123456789"


@pytest.mark.parametrize("before", range(270, 310))
def test_a_vendors_message_shows_no_half_of_a_secret(before: int) -> None:
    async def main() -> str:
        answer = ok({"message": "x" * before + SECRET}, 422)
        async with serving(**{"GET /x": answer}).client() as client:
            with pytest.raises(OutsideError) as caught:
                await request(client, HttpCall("GET", "https://vendor/x"))
        return (await Masker([SECRET]).foreign(Failed(caught.value.sentence))).found

    assert "s3cr" not in shorten(run(main()), 300)


def test_records_from_outside_are_masked_however_deep() -> None:
    facts = Facts("now", commits=[f"abc1234 use {SECRET}"], newer={"api": [{"id": "dpl_1", "message": SECRET}]})
    masked = Masker([SECRET]).mask_record(facts)
    assert SECRET not in json.dumps(vars(masked))
    assert masked.newer["api"][0]["id"] == "dpl_1"


@pytest.mark.parametrize("before", range(275, 301, 5))
def test_what_is_wrong_with_a_check_shows_no_half_of_a_secret(before: int) -> None:
    check = {"id": "a", "text": "A", "url": "https://h/x", "json_values": {"status": ["ok"]}}
    group = HealthGroup.model_validate({"id": "web", "title": "Web", "checks": [check]})

    async def main() -> str:
        async with serving(**{"GET /x": ok({"status": "x" * before + SECRET})}).client() as client:
            tools = Tools(client, SystemClock(), Masker([SECRET]), StatusCache(client))
            return str((await look(tools, [group])).results[0].reason)

    assert "s3cr" not in run(main())


@pytest.mark.parametrize("before", [4060, 4075, 4090])
def test_what_a_short_command_complains_of_shows_no_half_of_a_secret(tmp_path: Path, before: int) -> None:
    script = f"printf 'x%.0s' {{1..{before}}} >&2; echo {SECRET} >&2; exit 1"

    async def main() -> str:
        command = Command(("bash", "-c", script), tmp_path, Path(), timeout_s=20)
        ended = await capture(command, environ=os.environ, lease=Alone())
        return ended.as_outcome(Masker([SECRET])).tail

    assert "s3cr" not in run(main())


def test_a_status_page_is_masked_before_anybody_has_it() -> None:
    page = {"page": {"name": "V"}, "status": {"indicator": "major", "description": f"see {SECRET}"},
            "components": [{"name": SECRET, "status": "major_outage"}]}  # fmt: skip

    async def main() -> str:
        async with serving(**{"GET /api/v2/summary.json": ok(page)}).client() as client:
            return repr(await StatusCache(client, masker=Masker([SECRET])).get("https://v"))

    assert SECRET not in run(main())


class Observed(Masker):
    """Knows in which threads it was at work."""

    def __init__(self) -> None:
        super().__init__([SECRET])
        self.threads: set[int] = set()

    def mask_known(self, text: str) -> str:
        self.threads.add(threading.get_ident())
        return super().mask_known(text)


@pytest.mark.parametrize(("size", "aside"), [(100, False), (40_000, True)])
def test_a_long_line_is_masked_in_a_thread_while_others_go_on(tmp_path: Path, size: int, aside: bool) -> None:
    masker = Observed()

    async def main() -> None:
        with Output(tmp_path / "log", masker, cap=100_000, tail=1000) as output:
            output.feed(b"x" * size)
            await output.take(b"\n")

    run(main())
    assert (threading.get_ident() not in masker.threads) == aside


def test_a_line_is_cut_before_it_is_masked(tmp_path: Path) -> None:
    line = "x" * (LONGEST_LINE - 10) + SECRET + "y" * 200_000
    with Output(tmp_path / "log", Masker([SECRET]), cap=100_000, tail=100_000) as output:
        output.feed(line.encode() + b"\nnext\n")
    shown = (tmp_path / "log").read_text()
    assert "s3cr" not in shown
    assert shown.endswith("next\n")
