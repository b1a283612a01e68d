"""The practice checkout is a real repository, and its tools obey the switches of the page."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from guards import GUARD_S
from neonpro_world import staged
from starlette.applications import Starlette

from sandbox.neonpro import Checkout, PracticeNeonPro, make_checkout


@pytest.fixture
def neonpro() -> PracticeNeonPro:
    return PracticeNeonPro(build_seconds=0.4, alias_seconds=0.1)


@pytest.fixture
def url(neonpro: PracticeNeonPro) -> Iterator[str]:
    with staged() as stage:
        stage.app = Starlette(routes=neonpro.routes)
        yield stage.url


@pytest.fixture
def checkout(neonpro: PracticeNeonPro, tmp_path: Path) -> Checkout:
    made = neonpro.make_checkout(tmp_path / "a b's", vercel_url="http://127.0.0.1:9")
    neonpro.switches.tools_speed = 0
    return made


def run(checkout: Checkout, command: str, *, folder: str = ".", **env: str) -> subprocess.CompletedProcess[str]:
    path = {"PATH": f"{checkout.bin_dir}:/usr/local/bin:/usr/bin:/bin"}
    where = checkout.workdir / folder
    return subprocess.run(command.split(), cwd=where, env=path | env, capture_output=True, text=True, check=False)


def test_the_checkout_is_clean_and_one_commit_behind_its_origin(checkout: Checkout) -> None:
    assert run(checkout, "git status --porcelain").stdout == ""
    here = run(checkout, "git rev-parse HEAD").stdout.strip()
    assert here == checkout.commits[-2][0]
    assert run(checkout, "git pull origin main").returncode == 0
    assert run(checkout, "git rev-parse HEAD").stdout.strip() == checkout.commits[-1][0]


def test_deployments_speak_of_commits_that_the_checkout_has(neonpro: PracticeNeonPro, checkout: Checkout) -> None:
    live = neonpro.vercel.live("neonpro-api")
    assert run(checkout, f"git show -s --format=%s {live.commit.sha}").stdout.strip() == live.commit.message


@pytest.mark.parametrize(
    "command",
    ["bun install", "bun run build", "bun test", "bun run type-check", "bun run lint", "bun audit", "bun --version",
     "bun run prisma:generate", "bun run test:compliance", "bunx prisma --version", "supabase --version",
     "vercel --version", "git --version", "pg_dump --version"],
)  # fmt: skip
def test_the_tools_of_the_runbook_work(checkout: Checkout, command: str) -> None:
    said = run(checkout, command)
    assert (said.returncode, bool(said.stdout)) == (0, True)


@pytest.mark.parametrize(
    ("switch", "command"),
    [("install_fails", "bun install"), ("local_build_fails", "bun run build"), ("tests_fail", "bun test")],
)
def test_a_tool_fails_while_its_switch_is_on(
    neonpro: PracticeNeonPro, checkout: Checkout, switch: str, command: str
) -> None:
    neonpro.switches.set(switch, True)
    assert run(checkout, command).returncode != 0
    neonpro.switches.set(switch, False)
    assert run(checkout, command).returncode == 0


def test_tools_hang_while_the_switch_is_on(neonpro: PracticeNeonPro, checkout: Checkout) -> None:
    neonpro.switches.tools_hang = True
    with pytest.raises(subprocess.TimeoutExpired) as hung:
        subprocess.run([checkout.bin_dir / "bun", "test"], cwd=checkout.workdir, capture_output=True, timeout=1.5)
    assert hung.value.stdout == b"bun test\n"


def test_tools_print_secrets_while_the_switch_is_on(neonpro: PracticeNeonPro, checkout: Checkout) -> None:
    neonpro.switches.tools_print_secret = True
    assert neonpro.supabase_token in run(checkout, "bun test").stdout


@pytest.mark.parametrize("command", ["bun run nope", "bunx prisma migrate down", "bunx cowsay", "supabase login"])
def test_unknown_commands_fail(checkout: Checkout, command: str) -> None:
    assert run(checkout, command).returncode == 1


def test_prisma_wants_a_database_url(checkout: Checkout) -> None:
    assert "P1012" in run(checkout, "bunx prisma migrate deploy").stderr


def test_vercel_deploys_and_prints_only_the_address(neonpro: PracticeNeonPro, checkout: Checkout, url: str) -> None:
    said = run(checkout, "vercel --prod --yes", folder="apps/web", VERCEL_API_URL=f"{url}/vercel")
    assert said.returncode == 0, said.stderr
    assert [(one.kind, one.project) for one in neonpro.mutations] == [("create", "neonpro-web")]
    assert said.stdout.strip() == f"{url}/deployments/{neonpro.mutations[0].deployment}"


def test_vercel_takes_the_first_word_after_rollback_as_the_deployment(
    neonpro: PracticeNeonPro, checkout: Checkout, url: str
) -> None:
    known = next(one.id for one in neonpro.vercel.newest_first() if one.rollback_candidate(neonpro.vercel.now()))
    wrong = run(checkout, f"vercel rollback neonpro-api {known}", VERCEL_API_URL=f"{url}/vercel")
    assert (wrong.returncode, neonpro.mutations) == (1, [])
    target = neonpro.vercel.deployments[known]
    older = [one for one in neonpro.vercel.newest_first() if one.project == target.project and one.promoted_at]
    right = run(checkout, f"vercel rollback {older[1].id}", VERCEL_API_URL=f"{url}/vercel")
    assert (right.returncode, neonpro.vercel.live(target.project).id) == (0, older[1].id)


def test_making_it_again_replaces_it_and_nothing_else(tmp_path: Path) -> None:
    first = make_checkout(tmp_path)
    (first.workdir / "rubbish").touch()
    again = make_checkout(tmp_path)
    assert not (again.workdir / "rubbish").exists()
    other = tmp_path / "other"
    (other / "checkout").mkdir(parents=True)
    with pytest.raises(ValueError, match="not a practice checkout"):
        make_checkout(other)


@pytest.mark.parametrize("inherited", ["", "trap '' INT; "], ids=["asked", "in the background of a shell"])
def test_a_hanging_tool_ends_when_it_is_interrupted(
    neonpro: PracticeNeonPro, checkout: Checkout, inherited: str
) -> None:
    neonpro.switches.tools_hang = True
    argv = ["bash", "-c", f'{inherited}exec "$0" test', checkout.bin_dir / "bun"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, cwd=checkout.workdir) as hung:
        try:
            assert hung.stdout is not None
            assert hung.stdout.readline() == b"bun test\n"
            hung.send_signal(signal.SIGINT)
            assert hung.wait(GUARD_S) == 130
        finally:
            hung.kill()


@pytest.mark.parametrize(
    "words", ["checkout main", "pull origin main", "status", "log -1", "worktree prune", "rev-parse HEAD"]
)
def test_a_machine_without_git_has_a_practice_one(checkout: Checkout, words: str) -> None:
    command = f"{sys.executable} -m sandbox.neonpro.tools git {words}"
    said = run(checkout, command, NEONPRO_PRACTICE=str(checkout.state_dir), PYTHONPATH=str(Path.cwd()))
    assert said.returncode == 0, said.stderr
    assert words != "rev-parse HEAD" or said.stdout.strip() == checkout.commits[-1][0]
