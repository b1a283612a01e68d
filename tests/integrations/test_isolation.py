"""A build is strangers' code: what it tries against the bot, other runs and the machine, in each way of isolation."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from torture import some

from bot.execution.files import below, give, remove
from bot.execution.mode import Allowed, Isolation, decide
from bot.execution.shell import Command, run
from bot.runs.checkouts.caches import drop, keep
from bot.runs.checkouts.directories import home_of
from bot.runs.checkouts.worktrees import clear, path_of, work_place
from bot.runs.inputs import Inputs
from bot.runs.outcome import Done
from bot.steps import worktree
from sandbox.neonpro.checkout import Checkout, make_checkout

from .isolation_world import POSSIBLE, SECRET, STEP, WAYS, World, printed, world


@pytest.fixture(scope="module")
def checkout() -> Iterator[Checkout]:
    """Where others may pass through: without namespaces a command gets to the clone's objects only so."""
    folder = Path(tempfile.mkdtemp(prefix="neonops-clone-"))
    folder.chmod(0o755)
    yield make_checkout(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="module", params=POSSIBLE)
def attacked(request: pytest.FixtureRequest, checkout: Checkout) -> Iterator[World]:
    with world(WAYS[request.param], checkout) as made:
        yield made


@pytest.fixture
def open_world(checkout: Checkout) -> Iterator[World]:
    with world(Isolation(why_not="x"), checkout) as made:
        yield made


def test_this_machine_allows_something_to_be_shown() -> None:
    assert POSSIBLE


READ = {
    "every environment": "cat /proc/*/environ | tr '\\0' '\\n'",
    "the bot's environment": "cat /proc/{bot}/environ",
    "its parent's environment": "cat /proc/$PPID/environ",
    "the bot's files by its process": "cat /proc/{bot}/cwd/.env /proc/{bot}/root/{home}/.env /proc/*/cwd/.env",
    "the settings": "cat {home}/.env {data}/../.env",
    "the database": "cat {data}/neonops.db",
    "a backup": "cat {data}/backups/*/* ; cat {data}/backups/1/database.dump",
    "an output": "cat {data}/outputs/run-9/x.log",
    "everything below": "grep -r the-bots-own {home} {data} .. ../..",
}


@pytest.mark.parametrize("name", some([*READ], 8))
async def test_it_reads_nothing_of_the_bots(attacked: World, name: str) -> None:
    await attacked.there()
    script = READ[name].format(bot=attacked.bot.pid, home=attacked.home, data=attacked.data)
    assert SECRET not in await attacked.says(1, script)


async def test_it_reads_nothing_that_only_root_may(attacked: World) -> None:
    await attacked.there()
    said = await attacked.says(1, "cat /etc/shadow; cat /etc/sudoers; ls /root")
    assert "root:" not in said
    assert "ALL" not in said


async def test_it_reads_no_memory(attacked: World) -> None:
    await attacked.there()
    said = await attacked.says(1, f"cat /proc/{attacked.bot.pid}/maps /proc/{attacked.bot.pid}/auxv && echo READ")
    assert "\nREAD" not in said


CHANGE = {
    "the database": "echo x > {data}/neonops.db",
    "the settings": "echo x > {home}/.env",
    "a backup": "rm -rf {data}/backups/1",
    "its data": "mv {data} {data}.gone",
}


@pytest.mark.parametrize("script", CHANGE.values(), ids=CHANGE.keys())
async def test_it_changes_nothing_of_the_bots(attacked: World, script: str) -> None:
    await attacked.there()
    await attacked.does(1, script.format(home=attacked.home, data=attacked.data))
    for name in (".env", "data/neonops.db", "data/backups/1/database.dump"):
        assert (attacked.home / name).read_text() == SECRET


async def test_it_ends_neither_the_bot_nor_what_started_it(attacked: World) -> None:
    await attacked.there()
    said = await attacked.says(
        1, f"for n in INT TERM KILL; do kill -$n {attacked.bot.pid}; kill -$n $PPID; done; echo on"
    )
    assert "\non\n" in said
    assert attacked.is_alive()


async def test_it_cannot_reach_another_run(attacked: World) -> None:
    other = await attacked.check_out(2)
    assert isinstance(await attacked.does(2, "echo theirs > mark; echo theirs > ~/mark"), Done)
    home = home_of(attacked.builds, 2)
    await attacked.there()
    said = await attacked.says(1, f"cat {other}/mark {home}/mark; echo x > {other}/mark; rm -rf {other} {home}")
    assert "theirs" not in said
    assert [(place / "mark").read_text() for place in (other, home)] == ["theirs\n", "theirs\n"]


async def test_it_shares_no_temporary_files_and_no_memory_with_the_bot(attacked: World) -> None:
    private = [Path(folder, f"neonops-{attacked.bot.pid}") for folder in ("/tmp", "/var/tmp", "/dev/shm")]
    await attacked.there()
    for path in private:
        path.touch(mode=0o600)
        path.write_text(SECRET)
    try:
        said = await attacked.says(1, "; ".join(f"cat {path}; echo x > {path}" for path in private))
        assert SECRET not in said
        assert [path.read_text() for path in private] == [SECRET] * 3
    finally:
        for path in private:
            path.unlink()


LEFT = {
    "in the background": "sleep 4321 & echo $!",
    "in a session of its own": "setsid sleep 4321 & echo $!; sleep 0.2",
    "twice forked, deaf": "(setsid bash -c 'trap \"\" INT TERM HUP; sleep 4321 & wait' &); sleep 0.3",
}


def until(condition: Callable[[], object]) -> None:
    over = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < over, "waited too long"
        os.sched_yield()


BOT = """
import asyncio, sys
from pathlib import Path
from bot.execution.shell import Command, run
from bot.execution.mode import Isolation
from bot.execution.plan import Ground, Place
from bot.masking import Masker
here, way, user = Path(sys.argv[1]), Isolation(sys.argv[2] == "True", sys.argv[3] or None), int(sys.argv[4]) or None
script = "(trap '' INT TERM HUP; setsid sleep 4322 & sleep 4322) & touch started; wait"
place = Place(way, Ground(), here, user, {here: "rw"})
asyncio.run(run(Command(("bash", "-c", script), here, here.parent / "log", place=place), masker=Masker()))
"""


def test_it_dies_with_the_bot(attacked: World) -> None:
    way, here = attacked.tools.isolation, attacked.builds / "dies"
    here.mkdir()
    give(here, user := way.user_of(1))
    about = [str(here), str(way.own_users), way.namespaces or "", str(user or 0)]
    bot = subprocess.Popen([sys.executable, "-c", BOT, *about])
    try:
        until(lambda: (here / "started").exists() and len(processes("sleep 4322")) == 2)
    finally:
        bot.kill()
        bot.wait()
    until(lambda: processes("sleep 4322") == [])


@pytest.mark.parametrize("script", LEFT.values(), ids=LEFT.keys())
async def test_it_leaves_nothing_running(attacked: World, script: str) -> None:
    await attacked.there()
    assert isinstance(await attacked.does(1, f"{script} >/dev/null 2>&1"), Done)
    assert processes("sleep 4321") == []


def processes(name: str) -> list[str]:
    found = subprocess.run(["pgrep", "-af", f"^{name}"], capture_output=True, text=True, check=False).stdout
    return found.splitlines()


HOOKS = {
    "of the clone": "printf '#!/bin/sh\\ntouch {mark}\\n' > {clone}/.git/hooks/post-checkout; "
    "chmod +x {clone}/.git/hooks/post-checkout",
    "by the configuration": "git config core.fsmonitor 'touch {mark}; false'; git -C {clone} config core.fsmonitor "
    "'touch {mark}; false'; git config core.hooksPath $PWD/hooks",
    "by another .git": "rm -rf .git; printf 'gitdir: %s\\n' {data} > .git",
}


@pytest.mark.parametrize("name", some([*HOOKS], 1))
async def test_it_leaves_nothing_that_the_bots_git_runs(attacked: World, name: str) -> None:
    await attacked.check_out(3)
    config = attacked.checkout.workdir / ".git" / "config"
    before, mark = config.read_text(), attacked.home / "owned"
    await attacked.does(3, HOOKS[name].format(clone=attacked.checkout.workdir, mark=mark, data=attacked.data))
    assert isinstance(await worktree.run(STEP, attacked.context(4)), Done)
    assert isinstance(await worktree.run(STEP, attacked.context(3)), Done)
    assert not mark.exists()
    assert config.read_text() == before


async def test_another_git_directory_is_not_followed(attacked: World) -> None:
    """What a first command makes of `.git` shows a second one no more than it saw before."""
    path = await attacked.check_out(5)
    evil = f"rm -rf .git; mkdir e e/refs; ln -s {attacked.data}/neonops.db e/index; ln -s {attacked.data} e/objects; "
    await attacked.does(5, evil + "echo x > e/HEAD; printf 'gitdir: %s/e\\n' $PWD > .git")
    said = await attacked.says(5, f"cat .git/index {attacked.data}/neonops.db; grep -r the-bots-own . {attacked.data}")
    assert SECRET not in said
    assert not (path / ".git").is_dir()


@pytest.fixture
def linked(checkout: Checkout) -> Iterator[tuple[str, Path]]:
    """A commit whose links lead out of the checkout by every name that the bot could write to, and where they lead."""
    outside = Path(tempfile.mkdtemp(prefix="neonops-outside-"))
    clone = outside / "clone"
    git(outside, "clone", "--quiet", str(checkout.workdir.parent / "origin.git"), str(clone))
    for name in (".git.new", ".given", ".home", "tmp", ".gitconfig", ".cache"):
        (clone / name).symlink_to(outside / "there")
    (outside / "there").mkdir()
    git(clone, "add", "--all", "--force")
    git(clone, "commit", "--quiet", "--message=Link")
    git(clone, "push", "--quiet", "--force", "origin", "HEAD:linked")
    yield "linked", outside / "there"
    shutil.rmtree(outside)


def git(directory: Path, *words: str) -> None:
    subprocess.run(("git", "-c", "user.name=A", "-c", "user.email=a@b.c", *words), cwd=directory, check=True)


async def test_links_of_a_commit_lead_the_bot_nowhere(attacked: World, linked: tuple[str, Path]) -> None:
    branch, outside = linked
    context = attacked.context(10)
    context = replace(context, run=replace(context.run, inputs=Inputs(ref=branch)))
    assert isinstance(await worktree.run(STEP, context), Done)
    said = await attacked.says(10, "git status --porcelain && git log -1 --format=%s")
    assert said.startswith("\nLink\n")
    assert list(outside.iterdir()) == []


async def test_borrowed_objects_show_nothing_else(attacked: World) -> None:
    await attacked.check_out(6)
    await attacked.does(6, f"echo {attacked.data} > .git/objects/info/alternates")
    assert SECRET not in await attacked.says(6, f"cat {attacked.data}/neonops.db")


async def test_a_password_in_the_clones_configuration_is_not_seen(attacked: World, checkout: Checkout) -> None:
    config = checkout.workdir / ".git" / "config"
    before = config.read_text()
    config.write_text(before + f'[remote "other"]\n\turl = https://bot:{SECRET}@example.com/x.git\n')
    config.chmod(0o600)
    try:
        await attacked.check_out(9)
        said = await attacked.says(9, f"git config --list; cat {config}; git -C {checkout.workdir} remote -v")
        assert SECRET not in said
    finally:
        config.write_text(before)


async def test_a_file_that_the_runbook_names_is_read_unless_it_is_private(attacked: World) -> None:
    await attacked.there()
    public, closed = attacked.home.parents[1] / "public.txt", attacked.home.parents[1] / "closed.txt"
    for path, mode in ((public, 0o644), (closed, 0o600)):
        path.write_text(f"found {SECRET}")
        path.chmod(mode)
    for path, seen in ((public, True), (closed, False), (attacked.data / "neonops.db", False)):
        outcome = await attacked.does(1, "", run=(("cat", str(path)),))
        assert (SECRET in printed(outcome)) is seen, path


async def test_what_it_may_know_is_what_it_was_given(attacked: World) -> None:
    await attacked.there()
    outcome = await attacked.does(1, "env", env=("GIVEN",))
    lines = [line.partition("=") for line in printed(outcome).splitlines() if "=" in line]
    known = {name: value for name, _, value in lines}
    assert known.keys() - {"LC_CTYPE", "TMPDIR"} == {"PATH", "HOME", "LANG", "TERM", "NO_COLOR", "GIVEN", "PWD",
                                                     "SHLVL", "_"}  # fmt: skip
    assert known["HOME"] == str(home_of(attacked.builds, 1))


async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"ok")
    writer.close()


WORK = {
    "files": "echo x > made && cat made && echo y > ~/kept && t=$(mktemp) && echo z > $t && cat $t",
    "git": "git status --porcelain && git log --oneline | head -3 && echo x > made && git add made && "
    "git -c user.name=x -c user.email=x@example.com commit -qm x && git rev-parse HEAD origin/main",
    "the network": "exec 3<>/dev/tcp/127.0.0.1/{port} && head -c 2 <&3",
    "devices": "echo x > /dev/null && head -c 1 /dev/urandom > /dev/null && [ -d /proc/self/fd ] && cat < /dev/stdin",
    "a placeholder": "echo x > {{data}}/made && cat ~/made",
}


@pytest.mark.parametrize("script", WORK.values(), ids=WORK.keys())
async def test_it_can_do_its_work(attacked: World, script: str) -> None:
    await attacked.there()
    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        outcome = await attacked.does(1, script.format(port=server.sockets[0].getsockname()[1]))
    assert isinstance(outcome, Done), printed(outcome)


async def test_the_next_run_works_with_a_copy_of_the_caches_of_a_good_one(attacked: World) -> None:
    entry = "~/.bun/install/cache/react/index.js"
    await attacked.check_out(20)
    await attacked.does(20, f"mkdir -p $(dirname {entry}); echo react > {entry}; chmod 0 $(dirname {entry})")
    keep(attacked.builds, home_of(attacked.builds, 20), 20, attacked.tools.now())
    await attacked.check_out(21)
    said = await attacked.says(21, f"cat {entry} && echo poison > {entry}")
    await attacked.check_out(22)
    assert "react\n" in said
    assert "react\n" in await attacked.says(22, f"cat {entry}; cat {attacked.builds}/caches/run-20/*")
    drop(attacked.builds)


async def test_its_home_stays_from_step_to_step(attacked: World) -> None:
    await attacked.there()
    await attacked.does(1, "echo mine > ~/kept")
    assert await attacked.says(1, "cat ~/kept") == "\nmine\n\n[exit code 0 after 0 s]\n"


async def test_the_shared_checkout_is_worked_in_without_its_git(attacked: World, checkout: Checkout) -> None:
    said = await attacked.says(1, "git rev-parse HEAD; echo x > .git/config; echo x > .git/hooks/x; ls", own=False)
    assert "package.json" in said
    assert not (checkout.workdir / ".git" / "hooks" / "x").exists()
    assert "[core]" in (checkout.workdir / ".git" / "config").read_text()
    if attacked.tools.isolation.namespaces:
        assert isinstance(await attacked.does(1, "echo x > made-here; rm made-here", own=False), Done)


ENDS = {
    "by its time": ("trap 'echo cleaned up; exit' INT; echo ready; while true; do sleep 0.05; done", "cleaned up"),
    "by force": ("trap '' INT TERM; echo ready; while true; do sleep 0.05; done", "took too long"),
}


@pytest.mark.parametrize(("script", "said"), ENDS.values(), ids=ENDS.keys())
async def test_it_is_ended_like_any_command(attacked: World, script: str, said: str) -> None:
    path = await attacked.there()
    _, place = await work_place(attacked.context(1))
    command = Command(("bash", "-c", script), path, attacked.home / "o.log", timeout_s=1.0, grace_s=0.4, place=place)
    began = time.monotonic()
    ended = await run(command, masker=attacked.tools.masker, environ=attacked.tools.environment or {})
    assert (ended.reason, time.monotonic() - began < 15) == ("timed_out", True)
    assert said in ended.tail or said == "took too long"


async def test_an_exit_code_comes_through(attacked: World) -> None:
    await attacked.there()
    assert "exit code 7" in (await attacked.does(1, "exit 7")).found
    assert "exit code 137" in (await attacked.does(1, "kill -9 $$")).found


async def test_what_it_leaves_in_its_checkout_is_removed_and_nothing_else(attacked: World) -> None:
    path = await attacked.check_out(7)
    outside = attacked.home / "data" / "backups"
    script = f"mkdir -p a/b; touch a/b/c; ln -s {outside} link; ln -s {outside}/1/database.dump file; "
    await attacked.does(7, script + "chmod 000 a/b; chmod 500 a; mkdir ~/x; chmod 0 ~/x")
    assert clear(attacked.builds, 7)
    assert not path.exists()
    assert (outside / "1" / "database.dump").read_text() == SECRET


async def test_folders_that_are_deeper_than_any_path_are_removed(attacked: World) -> None:
    path = await attacked.check_out(11)
    deep = (
        "d=$(printf 'd/%.0s' {1..1500}); for top in ~/.cache $PWD; do mkdir -p $top/$d; cd $top/$d; mkdir -p $d; done"
    )
    assert isinstance(await attacked.does(11, deep), Done)
    keep(attacked.builds, home_of(attacked.builds, 11), 11, attacked.tools.now())
    assert not (attacked.builds / "caches" / "run-11").exists()
    assert clear(attacked.builds, 11)
    assert not path.exists()


@pytest.fixture
def deep_tree() -> Iterator[Path]:
    """Not below pytest's directory: a later session clears that, and cannot remove this when this one is killed."""
    top = Path(tempfile.mkdtemp(prefix="neonops-deep-"))
    try:
        subprocess.run(["mkdir", "-p", "d/" * 1500], cwd=top, check=True)
        yield top
    finally:
        subprocess.run(["rm", "-rf", str(top)], check=True)


def test_a_tree_of_folders_is_given_away_however_deep(deep_tree: Path) -> None:
    give(deep_tree, os.geteuid())
    assert len(list(below(deep_tree))) == 1500


async def test_it_is_made_anew_over_what_a_command_left(attacked: World) -> None:
    await attacked.check_out(8)
    await attacked.does(8, "mkdir x; touch x/y; chmod 0 x; rm -rf .git")
    await attacked.check_out(8)
    assert not (path_of(attacked.builds, 8) / "x").exists()
    assert isinstance(await attacked.does(8, "git rev-parse HEAD"), Done)


@pytest.mark.skipif("users" not in POSSIBLE or not shutil.which("setpriv"), reason="no power to switch users")
def test_four_capabilities_are_enough() -> None:
    """As in compose.yml: root that may switch users, give files away and end others' processes, and nothing else."""
    powers = ["--bounding-set=-all,+chown,+kill,+setgid,+setuid", "--inh-caps=-all", "--no-new-privs"]
    chosen = "users and (work or is_removed or leaves_nothing_running or reads_nothing_of)"
    argv = ["setpriv", *powers, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__, "-k", chosen]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout


async def test_without_isolation_a_command_reads_it_all(open_world: World) -> None:
    """The same attacks succeed where nothing is kept apart: they would be noticed above."""
    await open_world.check_out(1)
    said = await open_world.says(1, READ["every environment"] + f"; cat {open_world.data}/neonops.db")
    assert said.count(SECRET) >= 2


def test_a_link_is_removed_as_a_link(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "kept")
    remove(tmp_path / "link")
    assert (tmp_path / "kept").exists()


NO = "no"
DECISIONS = [
    (Allowed(None, None, None), Isolation(own_users=True, namespaces="root")),
    (Allowed(NO, None, None), Isolation(own_users=True)),
    (Allowed(NO, None, NO), Isolation(own_users=True)),
    (Allowed(NO, NO, None), Isolation(namespaces="user")),
]


@pytest.mark.parametrize(("found", "decided"), DECISIONS)
def test_the_strongest_way_is_taken(found: Allowed, decided: Isolation) -> None:
    assert decide(found) == decided


def test_without_any_way_it_is_said_why() -> None:
    decided = decide(Allowed("a", "may not switch users", "no user namespaces"))
    assert not decided.confined
    assert "may not switch users" in decided.words
    assert "no user namespaces" in decided.words


def test_each_run_has_a_user_of_its_own() -> None:
    isolation = replace(Isolation(), own_users=True)
    assert isolation.user_of(1) != isolation.user_of(2)
    assert Isolation().user_of(1) is None
