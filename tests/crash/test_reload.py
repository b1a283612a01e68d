"""`neonops reload`: the running process reads its files anew, refuses broken ones, and says what came of it."""

import asyncio
import sys
from pathlib import Path

import yaml
from cluster_world import cluster_world
from crash_world import CrashWorld, crash_world

from bot.startup.reloading import Alive, running
from sandbox.world import team_file


async def _reload(world: CrashWorld, **changes: str) -> tuple[int, str]:
    """The command line beside the bot: its exit code, and what it says."""
    environment = world.bot._environment | changes
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "reload", env=environment, cwd=world.bot.directory,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


def _write(world: CrashWorld, text: str) -> None:
    assert world.settings.team
    world.settings.team.write_text(text, "utf-8")


def _without_bruno() -> str:
    team = yaml.safe_load(team_file())
    return yaml.safe_dump({**team, "roles": {**team["roles"], "devops": ["alice"]}}, allow_unicode=True)


async def test_the_running_bot_reads_its_files_anew(tmp_path: Path) -> None:
    async with crash_world(tmp_path) as world:
        world.bot.start()
        await world.connected()
        assert (await _reload(world))[1].startswith("Nothing has changed: team file ")
        _write(world, _without_bruno())
        code, said = await _reload(world)
        assert (code, said.startswith("Reloaded: team file ")) == (0, True), said
        events = await world.read(lambda tx: tx.timeline.after(0, 100))
        assert [event.kind for event in events] == ["power.changed"]


async def test_a_broken_file_is_refused_with_its_line_and_the_bot_goes_on(tmp_path: Path) -> None:
    async with crash_world(tmp_path) as world:
        world.bot.start()
        await world.connected()
        _write(world, "people: {bruno: {nmae: Bruno}}\n")
        assert "team.yml:1: people.bruno.nmae" in (await _reload(world))[1]
        code, said = await _reload(world, NEONOPS_TEAM="")
        assert (code, "team.yml:1: people.bruno.nmae" in said) == (1, True), said
        assert world.bot.alive


async def test_the_other_replicas_follow(tmp_path: Path) -> None:
    async with cluster_world(tmp_path) as world:
        _write(world, _without_bruno())
        code, said = await _reload(world)
        assert code == 0, said
        await world.until(lambda _: all("files.reloaded" in replica.log() for replica in world.replicas))
        events = await world.read(lambda tx: tx.timeline.after(0, 100))
        assert [event.kind for event in events] == ["power.changed"]


async def test_without_a_bot_there_is_nothing_to_tell(tmp_path: Path) -> None:
    async with crash_world(tmp_path) as world:
        world.bot.start()
        await world.connected()
        await world.kill()
        code, said = await _reload(world)
    assert code == 1
    assert "No NeonOps is running on this machine with the data directory" in said


def test_of_two_bots_in_one_directory_the_first_is_told(tmp_path: Path) -> None:
    first, second = Alive(tmp_path), Alive(tmp_path)
    first.begin()
    second.begin()
    second.end()
    assert running(tmp_path)
    first.end()
