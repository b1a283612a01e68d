"""Real commands: how they end, what is left of them, what is kept of what they print."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.execution.output import plain
from bot.execution.process_group import end_group, kill_group
from bot.execution.shell import Command, Outcome, run
from bot.masking import MASK, Masker

from .fakes import run as wait_for

SECRET = "hunter2hunter2"
SHORT = {"grace_s": 0.3}


def command(directory: Path, *argv: str, **changes: Any) -> Command:
    return Command(argv, directory, directory / "logs" / "step.log", **changes)


def bash(directory: Path, script: str, **changes: Any) -> Outcome:
    return wait_for(run(command(directory, "bash", "-c", script, **changes), masker=Masker([SECRET])))


def is_running(pid: int) -> bool:
    """A zombie does not run any more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except FileNotFoundError:
        return False


def until(condition: Callable[[], Any], timeout_s: float = 10.0) -> Any:
    deadline = time.monotonic() + timeout_s
    while not (value := condition()):
        assert time.monotonic() < deadline, "waited too long"
        os.sched_yield()
    return value


ENDS: dict[str, tuple[str, dict[str, Any], tuple[str, int | None]]] = {
    "well": ("true", {}, ("exited", 0)),
    "badly": ("exit 3", {}, ("exited", 3)),
    "by a signal": ("kill -SEGV $$", {}, ("exited", 128 + signal.SIGSEGV)),
    "too late": ("sleep 60", {"timeout_s": 0.2}, ("timed_out", None)),
    "too late, with a pipe": ("sleep 60 | cat", {"timeout_s": 0.2}, ("timed_out", None)),
    "too quiet": ("echo x; sleep 60", {"idle_s": 0.2}, ("idle", None)),
    "deaf to SIGINT and SIGTERM": (
        "trap '' INT TERM; while true; do sleep 0.02; done",
        {"timeout_s": 0.2, "grace_s": 0.1},
        ("timed_out", None),
    ),
    "polite, but late is late": (
        "trap 'exit 0' INT; while true; do sleep 0.02; done",
        {"timeout_s": 0.2},
        ("timed_out", None),
    ),
}


@pytest.mark.parametrize(("script", "changes", "ending"), ENDS.values(), ids=ENDS.keys())
def test_a_command_ends(tmp_path: Path, script: str, changes: dict[str, Any], ending: tuple[str, int | None]) -> None:
    outcome = bash(tmp_path, script, **{**SHORT, **changes})
    assert (outcome.reason, outcome.exit_code) == ending
    assert outcome.duration_s < 5
    assert outcome.succeeded is (ending == ("exited", 0))


def stopped_when_it_prints(directory: Path, script: str, **changes: Any) -> Outcome:
    async def main() -> Outcome:
        stop = asyncio.Event()
        asked = command(directory, "bash", "-c", script, **changes)
        return await run(asked, masker=Masker(), on_line=lambda _: stop.set(), stop=stop)

    return wait_for(main())


def test_a_command_may_clean_up_when_interrupted(tmp_path: Path) -> None:
    script = "trap 'echo cleaned up; exit' INT; echo ready; while true; do sleep 0.02; done"
    outcome = stopped_when_it_prints(tmp_path, script)
    assert (outcome.reason, outcome.tail) == ("cancelled", "ready\ncleaned up")


def test_a_bot_that_ignores_interrupts_hands_that_to_no_command(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        outcome = stopped_when_it_prints(tmp_path, "echo ready; exec sleep 60", grace_s=60)
    finally:
        signal.signal(signal.SIGINT, before)
    assert (outcome.reason, outcome.tail) == ("cancelled", "ready")
    assert outcome.duration_s < 10


@pytest.mark.parametrize("ignored", [signal.SIGQUIT, signal.SIGHUP, signal.SIGUSR2])
def test_a_bot_that_ignores_a_signal_hands_that_to_no_command(tmp_path: Path, ignored: signal.Signals) -> None:
    before = signal.signal(ignored, signal.SIG_IGN)
    try:
        outcome = bash(tmp_path, "grep SigIgn /proc/self/status")
    finally:
        signal.signal(ignored, before)
    assert int(outcome.tail.split()[1], 16) & 1 << (ignored - 1) == 0


def test_printing_is_a_sign_of_life(tmp_path: Path) -> None:
    script = "for i in 1 2 3 4 5 6; do echo $i; sleep 0.25; done"
    assert bash(tmp_path, script, idle_s=1.2).succeeded


LEFT_BEHIND = {
    "in the background": "sleep 60 & echo $!",
    "deaf to SIGTERM": "bash -c 'trap \"\" TERM; sleep 60 & wait' & echo $!; sleep 0.1",
    "in a session of its own": "setsid sleep 60 & echo $!; sleep 0.1",
    "without the pipe": "sleep 60 >/dev/null 2>&1 & echo $!",
}


@pytest.mark.parametrize("script", LEFT_BEHIND.values(), ids=LEFT_BEHIND.keys())
def test_nothing_is_left_after_a_normal_exit(tmp_path: Path, script: str) -> None:
    outcome = bash(tmp_path, script, **SHORT)
    assert (outcome.reason, outcome.exit_code) == ("exited", 0)
    assert not is_running(int(outcome.tail.splitlines()[0]))


def test_nothing_is_left_after_a_time_limit(tmp_path: Path) -> None:
    outcome = bash(tmp_path, "sleep 60 & echo $!; wait", timeout_s=1.5, **SHORT)
    assert (outcome.reason, is_running(int(outcome.tail))) == ("timed_out", False)


@dataclass(frozen=True)
class Ended:
    """A command that has ended and was waited for: its number is free."""

    pid: int
    returncode: int = 0


def test_what_has_the_number_of_an_ended_command_by_now_is_let_live() -> None:
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as stranger:
        wait_for(end_group(Ended(stranger.pid), 0.1, politely=False))
        kill_group(Ended(stranger.pid))
        assert is_running(stranger.pid)
        stranger.kill()


def test_what_an_ended_command_left_in_its_group_is_killed() -> None:
    left = "sleep 60 >/dev/null & echo $!"
    leader = subprocess.Popen(["bash", "-c", left], start_new_session=True, stdout=subprocess.PIPE)
    said, _ = leader.communicate()
    assert is_running(int(said))
    kill_group(leader)
    until(lambda: not is_running(int(said)))


NOT_FOUND = {"no such name": "nonsense-command", "no such path": "./nonsense", "not executable": "./plain.txt"}


@pytest.mark.parametrize("program", NOT_FOUND.values(), ids=NOT_FOUND.keys())
def test_a_program_that_is_not_there(tmp_path: Path, program: str) -> None:
    (tmp_path / "plain.txt").write_text("x")
    outcome = wait_for(run(command(tmp_path, program), masker=Masker()))
    assert (outcome.reason, outcome.exit_code, outcome.tail) == ("not_found", None, f"{program}: not found")


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    nowhere = Command(("true",), tmp_path / "gone", tmp_path / "log")
    outcome = wait_for(run(nowhere, masker=Masker()))
    assert (outcome.reason, outcome.tail) == ("not_found", f"{tmp_path / 'gone'}: not found")


def test_a_program_is_found_from_its_own_directory(tmp_path: Path) -> None:
    program = tmp_path / "tool"
    program.write_text("#!/bin/sh\necho from $PWD\n")
    program.chmod(0o755)
    assert wait_for(run(command(tmp_path, "./tool"), masker=Masker())).tail == f"from {tmp_path}"


def test_a_file_the_kernel_cannot_run_says_so(tmp_path: Path) -> None:
    program = tmp_path / "tool"
    program.write_bytes(b"\x00nonsense")
    program.chmod(0o755)
    outcome = wait_for(run(command(tmp_path, "./tool"), masker=Masker()))
    assert (outcome.exit_code, "Exec format error" in outcome.tail) == (126, True)


def test_arguments_are_not_read_by_a_shell(tmp_path: Path) -> None:
    outcome = wait_for(run(command(tmp_path, "echo", "$HOME;", "`id`", "*"), masker=Masker()))
    assert outcome.tail == "$HOME; `id` *"


def test_a_command_knows_only_what_it_was_given(tmp_path: Path) -> None:
    ours = {"PATH": os.environ["PATH"], "SLACK_BOT_TOKEN": "xoxb-secret", "LANG": "C.UTF-8"}
    asked = command(tmp_path, "env", env={"VERCEL_ORG": "neon"})
    names = {line.split("=")[0] for line in wait_for(run(asked, masker=Masker(), environ=ours)).tail.splitlines()}
    assert names - {"LC_CTYPE"} == {"PATH", "LANG", "TERM", "NO_COLOR", "VERCEL_ORG"}


def test_a_command_has_nothing_to_read_and_signals_as_usual(tmp_path: Path) -> None:
    outcome = bash(tmp_path, "cat; grep -E 'Sig(Ign|Blk)' /proc/self/status")
    # The C library itself ignores the signals 32 and 33.
    usual = 0x7FFFFFFF
    assert [int(line.split()[1], 16) & usual for line in outcome.tail.splitlines()] == [0, 0]


def test_secrets_are_masked_wherever_output_goes(tmp_path: Path) -> None:
    seen: list[str] = []
    coloured = r"printf '\033[31mhunter2\033[0mhunter2 x\n'"
    script = f"{coloured}; printf hunter2; sleep 0.05; echo hunter2; echo {SECRET} >&2"
    asked = command(tmp_path, "bash", "-c", script)
    outcome = wait_for(run(asked, masker=Masker([SECRET]), on_line=seen.append))
    assert seen == [f"{MASK} x", MASK, MASK]
    assert outcome.tail == "\n".join(seen)
    assert asked.output.read_text() == outcome.tail + "\n"


def test_only_we_may_read_the_output(tmp_path: Path) -> None:
    assert stat.S_IMODE(bash(tmp_path, "echo x").path.stat().st_mode) == 0o600


def test_a_long_output_keeps_its_head_and_its_tail(tmp_path: Path) -> None:
    outcome = bash(tmp_path, "seq 1 20000", output_cap=2000, tail_bytes=100)
    lines = outcome.path.read_text().splitlines()
    assert (lines[0], lines[-1], outcome.truncated) == ("1", "20000", True)
    assert any("bytes left out: the cap is 2000 bytes" in line for line in lines)
    assert outcome.path.stat().st_size < 2200
    assert (outcome.tail.splitlines()[-1], len(outcome.tail) <= 100) == ("20000", True)


@pytest.mark.parametrize(("lines", "truncated"), [(19, False), (20, False), (21, True)])
def test_an_output_that_fits_is_kept_whole(tmp_path: Path, lines: int, truncated: bool) -> None:
    outcome = bash(tmp_path, f"for i in $(seq {lines}); do printf '%099d\\n' $i; done", output_cap=2000)
    assert outcome.truncated is truncated
    assert truncated or outcome.path.read_text().split() == [f"{number:099}" for number in range(1, lines + 1)]


def test_a_line_of_megabytes_does_no_harm(tmp_path: Path) -> None:
    outcome = bash(tmp_path, "head -c 5000000 /dev/zero | tr '\\0' x; echo; echo end")
    assert (outcome.succeeded, outcome.tail.splitlines()[-1]) == (True, "end")


def test_bytes_that_are_no_text_do_no_harm(tmp_path: Path) -> None:
    assert bash(tmp_path, r"printf 'a\xffb\xc3'; sleep 0.05; printf '\xa9\r\nc\rd'").tail == "a\ufffdbé\nc\nd"


PLAIN = {
    "\x1b[1;31mred\x1b[0m": "red",
    "\x1b]0;title\x07x": "x",
    "\x1b]8;;https://x\x1b\\link\x1b]8;;\x1b\\": "link",
    "\x1b(Bx\x1b[?25l\x1b=": "x",
    "a\tb\x08\x00c": "a\tbc",
}


@pytest.mark.parametrize(("text", "expected"), PLAIN.items())
def test_escapes_are_taken_out(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_a_wish_to_stop_ends_the_command(tmp_path: Path) -> None:
    outcome = stopped_when_it_prints(tmp_path, "echo ready; sleep 60", **SHORT)
    assert (outcome.reason, outcome.exit_code, outcome.tail) == ("cancelled", None, "ready")


def test_a_cancelled_task_leaves_nothing_running(tmp_path: Path) -> None:
    pids: list[int] = []

    async def main() -> None:
        started = asyncio.Event()

        def note(line: str) -> None:
            pids.append(int(line))
            started.set()

        asked = command(tmp_path, "bash", "-c", "sleep 60 & echo $!; wait", **SHORT)
        task = asyncio.create_task(run(asked, masker=Masker(), on_line=note))
        await started.wait()
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        wait_for(main())
    assert not is_running(pids[0])


def test_output_that_cannot_be_kept_ends_the_command(tmp_path: Path) -> None:
    def full(_line: str) -> None:
        raise OSError("no space left on device")

    began = time.monotonic()
    with pytest.raises(OSError, match="no space"):
        wait_for(run(command(tmp_path, "bash", "-c", "echo x; sleep 60", **SHORT), masker=Masker(), on_line=full))
    assert time.monotonic() - began < 10


def test_commands_run_side_by_side(tmp_path: Path) -> None:
    async def main() -> list[Outcome]:
        asked = [Command(("echo", str(number)), tmp_path, tmp_path / f"{number}.log") for number in range(8)]
        return await asyncio.gather(*(run(each, masker=Masker()) for each in asked))

    assert [outcome.tail for outcome in wait_for(main())] == [str(number) for number in range(8)]


BOT = """
import asyncio, sys
from pathlib import Path
from bot.execution.shell import Command, run
from bot.masking import Masker
here = Path(sys.argv[1])
script = "sleep 60 & echo $! > child.tmp; echo $$ > parent; mv child.tmp child; sleep 60"
asyncio.run(run(Command(("bash", "-c", script), here, here / "log"), masker=Masker()))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's service for this is Linux's")
def test_children_and_their_children_die_when_the_bot_is_killed(tmp_path: Path) -> None:
    bot = subprocess.Popen([sys.executable, "-c", BOT, str(tmp_path)])
    try:
        until(lambda: (tmp_path / "child").exists())
        pids = [int((tmp_path / name).read_text()) for name in ("child", "parent")]
        assert all(is_running(pid) for pid in pids)
    finally:
        bot.kill()
        bot.wait()
    until(lambda: not any(is_running(pid) for pid in pids))
