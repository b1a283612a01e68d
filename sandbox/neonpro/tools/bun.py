"""`bun`: install, run a script of package.json, test, audit. Prisma's scripts do the real thing."""

import json
from pathlib import Path
from typing import Any

from sandbox.neonpro.tools.stage import Failed, play, say, state

VERSION = "1.3.0"


def run(words: list[str]) -> int:
    match words:
        case ["--version" | "-v"]:
            say(VERSION)
        case ["install" | "i" | "ci", *_]:
            _install()
        case ["test", *rest]:
            _test(rest)
        case ["audit", *_]:
            play([f"bun audit v{VERSION}", "No vulnerabilities found"], 0.6)
        case ["x", *rest]:
            return _prisma(rest)
        case ["run", name, *rest]:
            return _script(name, rest)
        case ["run"] | []:
            say("Usage: bun <command> [...flags] [...args]")
        case _:
            raise Failed(f'error: Script not found "{words[0]}"')
    return 0


def _install() -> None:
    _package()
    play([f"bun install v{VERSION}"], 0.3)
    if state("install_fails"):
        raise Failed('error: GET https://registry.npmjs.org/hono - 503\nerror: Failed to install 1 package "hono"')
    play(["", "Checked 1274 installs across 1391 packages (no changes) [1.21s]"], 0.9)


def _package() -> dict[str, Any]:
    for folder in (Path.cwd(), *Path.cwd().parents):
        if (folder / "package.json").is_file():
            found: dict[str, Any] = json.loads((folder / "package.json").read_text())
            return found
    raise Failed('error: Could not find a "package.json" in this directory or any parent')


def _script(name: str, rest: list[str]) -> int:
    command = _package().get("scripts", {}).get(name)
    if command is None:
        raise Failed(f'error: Script not found "{name}"')
    say(f"$ {' '.join([command, *rest])}", error=True)
    match command.split():
        case ["prisma", *words]:
            return _prisma(["prisma", *words, *rest])
        case ["bun", "test", *words]:
            _test(words + rest)
        case _ if name == "build":
            _build()
        case _:
            play(_turbo(name), 1.0)
    return 0


def _prisma(words: list[str]) -> int:
    # Loaded when it is needed: it brings the database's driver, which costs more than all else that a tool does.
    from sandbox.neonpro.tools import prisma

    return prisma.bunx(words)


def _turbo(task: str) -> list[str]:
    done = [f"@neonpro/{one}:{task}: cache miss, executing" for one in ("database", "api", "web")]
    return ["• turbo 2.5.8", f"• Running {task} in 3 packages", *done, "", " Tasks:    3 successful, 3 total"]


def _build() -> None:
    if state("local_build_fails"):
        play(_turbo("build")[:4], 0.8)
        raise Failed(
            "src/main.ts(2,3): error TS2322: Type 'undefined' is not assignable to type 'string'.\n"
            'error: script "build" exited with code 2',
            2,
        )
    play([*_turbo("build"), "   Time:    1.874s"], 2.0)


def _test(words: list[str]) -> None:
    what = words[0] if words else "agenda"
    play([f"bun test v{VERSION}", "", f"test/{Path(what).name}.test.ts:"], 0.4)
    if state("tests_fail"):
        play(["(pass) the agenda has a title [0.31ms]", "(fail) no appointment is booked twice [4.02ms]"], 0.5)
        raise Failed(" 47 pass\n 1 fail\n 163 expect() calls\nRan 48 tests across 9 files. [812.00ms]")
    play(["(pass) the agenda has a title [0.31ms]", "(pass) no appointment is booked twice [3.84ms]", ""], 0.5)
    play([" 48 pass", " 0 fail", " 164 expect() calls", "Ran 48 tests across 9 files. [798.00ms]"], 0.3)
