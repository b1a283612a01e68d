"""The bundled runbook's own commands do what they mean, run for real: git on a repository, pg_dump on a PostgreSQL."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bot.runbook.load import bundled_path, load
from bot.runbook.steps import ShellStep
from sandbox.neonpro.postgres import Postgres, programs

DEPLOY = load(bundled_path(), {}).runbook.procedure("deploy")
PROGRAMS = programs()


def commands(step_id: str, **values: str | Path) -> list[list[str]]:
    step = DEPLOY.step(step_id)
    assert isinstance(step, ShellStep)
    filled = []
    for argv in step.run:
        for name, value in values.items():
            argv = tuple(word.replace("{" + name + "}", str(value)) for word in argv)
        filled.append(list(argv))
    return filled


def run(argv: list[str], cwd: Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, cwd=cwd, env=env, text=True, capture_output=True, check=False, timeout=120)


def git(cwd: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com"]
    found = run(["git", *who, *arguments], cwd)
    assert found.returncode == 0, found.stderr
    return found.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository of the product."""
    if not shutil.which("git"):
        pytest.skip("git is not installed")
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    origin.mkdir()
    git(origin, "init", "--quiet", "--initial-branch=main")
    (origin / ".gitignore").write_text("dist/\nnode_modules/\n.turbo/\n", encoding="utf-8")
    for folder in ("apps/api", "packages/database"):
        (origin / folder).mkdir(parents=True)
        (origin / folder / "package.json").write_text("{}", encoding="utf-8")
    git(origin, "add", ".")
    git(origin, "commit", "--quiet", "-m", "first")
    git(tmp_path, "clone", "--quiet", str(origin), "clone")
    return clone


def test_only_build_artefacts_are_cleaned(checkout: Path) -> None:
    gone = ["packages/a/dist/x", "apps/api/dist/x", ".turbo/x", "node_modules/.cache/x"]
    kept = ["packages/a/src/x", "node_modules/left-pad/index.js", "packages/a/node_modules/y", "apps/api/.env"]
    for name in gone + kept:
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text("x", encoding="utf-8")
    for argv in commands("clean_artifacts"):
        assert run(argv, checkout).returncode == 0
    assert [name for name in gone + kept if (checkout / name).exists()] == kept


def test_cleaning_what_is_clean_is_fine(checkout: Path) -> None:
    assert [run(argv, checkout).returncode for argv in commands("clean_artifacts")] == [0, 0]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = Postgres(tmp_path_factory.mktemp("pg"))
    server.start()
    url = server.dsn("postgres")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE users (id int)")
        connection.execute("INSERT INTO users SELECT generate_series(1, 5000)")
    yield url
    server.remove()


def back_up(url: str, data: Path) -> list[subprocess.CompletedProcess[str]]:
    step = DEPLOY.step("backup")
    assert isinstance(step, ShellStep)
    env = {"PATH": f"{PROGRAMS}:{os.environ['PATH']}"} | step.environment({"DIRECT_URL": url})
    done = []
    for argv in commands("backup", data=data, run="42"):
        done.append(run(argv, data, env))
        if done[-1].returncode:
            break
    return done


def test_the_backup_is_a_whole_dump_with_rows(database: str, tmp_path: Path) -> None:
    done = back_up(f"{database}?schema=public", tmp_path)
    assert [each.returncode for each in done] == [0, 0, 0, 0], done
    assert "TABLE DATA public users" in done[2].stdout
    assert (tmp_path / "backups" / "backup-42.dump").stat().st_size > 5000


def test_a_backup_that_is_cut_short_is_found_out(database: str, tmp_path: Path) -> None:
    back_up(database, tmp_path)
    dump = tmp_path / "backups" / "backup-42.dump"
    dump.write_bytes(dump.read_bytes()[:-500])
    read_whole = commands("backup", data=tmp_path, run="42")[-1]
    assert run([str(PROGRAMS / read_whole[0]), *read_whole[1:]], tmp_path).returncode != 0


def test_a_database_that_does_not_answer_fails_the_backup(tmp_path: Path) -> None:
    done = back_up("postgresql://nobody:hunter22@127.0.0.1:1/none?connect_timeout=2", tmp_path)
    assert len(done) == 2
    assert done[-1].returncode != 0
    assert "hunter22" not in done[-1].stderr + " ".join(done[-1].args)
