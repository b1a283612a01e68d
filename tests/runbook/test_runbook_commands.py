"""The bundled runbook's own commands do what they mean, run for real on a repository."""

import shutil
import subprocess
from pathlib import Path

import pytest

from bot.runbook.load import bundled_path, load
from bot.steps.shell import ShellStep

DEPLOY = load(bundled_path(), {}).runbook.procedure("deploy")


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
