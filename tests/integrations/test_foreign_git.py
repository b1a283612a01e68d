"""Whatever stands in a commit, a path or a branch is read as it is: nothing breaks, nothing drops out."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.deploys.commits.facts import Changes, _changes, migration_name
from bot.errors import Refusal
from bot.execution.captured import records
from bot.integrations.http.client import open_client
from bot.integrations.statuspage.client import StatusCache
from bot.machine.clock import SystemClock
from bot.masking import Masker
from bot.steps.worktree import being_made
from bot.tools import Tools
from bot.tools.git.client import git, git_bytes

from .fakes import run

EVIL = {
    "a carriage return": "fix\r1700000000 deadbee all is well",
    "CRLF": "fix\r\nsecond",
    "escape sequences": "\x1b[2J\x1b]0;title\x07red",
    "separators of Unicode": "a\x85b\u2028c\u2029d\x0be\x0cf\x1cg",
    "quotes, tabs, backslashes": "\"a\"\t'b' \\n \\r",
    "an override of direction": "safe \u202egpj.exe\u202c \u2066x",
    "what is not seen": "a\u200bb\ufeff\u200dc",
    "another script": "إصلاح תיקון correção 🏳️‍🌈",
    "only blanks": " ",
    "a form of ours": "%ct%x00%H %n",
    "an option": "--output=/tmp/x",
    "very long": "x" * 300_000,
}


@dataclass(frozen=True)
class Repository:
    """A clone with its origin; `live` is the commit that runs."""

    clone: Path
    origin: Path
    live: str

    def commit(
        self, subject: bytes, paths: tuple[bytes, ...] = (), encoding: bytes = b"", at: bytes = b"1700000000"
    ) -> str:
        """A commit after `live` at the origin."""
        files = b"".join(b"M 100644 inline %s\ndata 9\nSELECT 1;\n" % path for path in paths)
        head = b"commit refs/heads/next\ncommitter A <a@b.c> %s +0000\n" % at
        head += b"encoding %s\n" % encoding if encoding else b""
        said = b"data %d\n%s\nfrom %s\n" % (len(subject), subject, self.live.encode())
        argv = ["git", "fast-import", "--quiet", "--force"]
        subprocess.run(argv, cwd=self.origin, input=head + said + files, check=True)
        return _git(self.origin, "rev-parse", "refs/heads/next")

    def ask(self, work: Callable[[Tools], object]) -> object:
        """What comes of some work with the tools of a bot whose checkout this is."""

        async def main() -> object:
            async with open_client() as client:
                tools = Tools(client, SystemClock(), Masker(), StatusCache(client), workdir=self.clone,
                              environment=dict(os.environ))  # fmt: skip
                return await work(tools)  # type: ignore[misc]

        return run(main())

    def changes(self, sha: str) -> Changes:
        found = self.ask(lambda tools: _changes(tools, self.live, sha))
        assert isinstance(found, Changes)
        return found


def _git(directory: Path, *words: str) -> str:
    done = subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@b.c", *words], cwd=directory, check=True,
                          capture_output=True)  # fmt: skip
    return done.stdout.decode().strip()


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    directory = tmp_path_factory.mktemp("git")
    _git(directory, "init", "--quiet", "--bare", "--initial-branch=main", "origin.git")
    _git(directory, "clone", "--quiet", "origin.git", "clone")
    _git(directory / "clone", "commit", "--quiet", "--allow-empty", "--message=first")
    _git(directory / "clone", "push", "--quiet", "origin", "HEAD:refs/heads/main")
    return Repository(directory / "clone", directory / "origin.git", _git(directory / "clone", "rev-parse", "HEAD"))


@pytest.mark.parametrize("subject", EVIL.values(), ids=EVIL.keys())
def test_a_commit_is_one_commit_whatever_its_subject(repository: Repository, subject: str) -> None:
    sha = repository.commit(subject.encode())
    found = repository.changes(sha)
    assert (len(found.commits), found.times, found.more) == (1, [1700000000], 0)
    assert found.commits[0].startswith(f"{sha[:7]} ")
    assert found.commits[0].isprintable() or "\u200d" in found.commits[0] or "\u200c" in found.commits[0]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(subject=st.binary(min_size=1, max_size=40), encoding=st.sampled_from([b"", b"ISO-8859-1", b"nonsense"]))
def test_a_commit_of_any_bytes_is_one_commit(repository: Repository, subject: bytes, encoding: bytes) -> None:
    sha = repository.commit(subject, encoding=encoding)
    assert [each[:8] for each in repository.changes(sha).commits] == [f"{sha[:7]} "]


PATHS = {
    b"prisma/migrations/1_plain/migration.sql": "1_plain",
    b'"prisma/migrations/2_a\\tb/migration.sql"': "2_a b",
    b'"prisma/migrations/3_a\\nb/migration.sql"': "3_a b",
    b"prisma/migrations/4_a\rb/migration.sql": "4_a b",
    "prisma/migrations/5_a\u2028b\u202ec/migration.sql".encode(): "5_a bc",
    b"prisma/migrations/6_\xff\xfe/migration.sql": "6_\ufffd\ufffd",
    'prisma/migrations/7_"ação"/migration.sql'.encode(): '7_"ação"',
    b"migrations/8_x.SQL": "8_x.SQL",
    b"migrations/9_<@U02BRUNO>.sql": "9_‹@U02BRUNO>.sql",
    "prisma/migrations/\u200b\u202e/migration.sql".encode(): "(an invisible name)",
}


@pytest.mark.parametrize(("path", "name"), PATHS.items(), ids=PATHS.values())
def test_no_migration_drops_out_whatever_its_path(repository: Repository, path: bytes, name: str) -> None:
    assert repository.changes(repository.commit(b"x", (path, b"README.md"))).migrations == [name]


def test_a_migration_that_is_like_another_is_new_all_the_same(repository: Repository) -> None:
    _git(repository.clone, "config", "diff.renames", "copies")
    two = (b"migrations/1/migration.sql", b"migrations/2/migration.sql")
    assert repository.changes(repository.commit(b"x", two)).migrations == ["1", "2"]


OWN_SETTINGS = ("log.showSignature=true", "color.ui=always", "format.pretty=full", "log.follow=true", "core.abbrev=40",
                "diff.noprefix=true", "diff.relative=true")  # fmt: skip


def test_settings_of_a_person_change_nothing(repository: Repository) -> None:
    for setting in OWN_SETTINGS:
        _git(repository.clone, "config", *setting.split("="))
    sha = repository.commit(b"a subject")
    assert repository.changes(sha).commits == [f"{sha[:7]} a subject"]


def test_commits_beyond_the_list_are_counted(repository: Repository) -> None:
    tip = repository.live
    tree = _git(repository.origin, "rev-parse", f"{tip}^{{tree}}")
    for number in range(53):
        tip = _git(repository.origin, "commit-tree", "-p", tip, "-m", f"c{number}", tree)
    _git(repository.origin, "update-ref", "refs/heads/many", tip)
    found = repository.changes(tip)
    assert (len(found.commits), found.more) == (50, 3)


@pytest.mark.parametrize("live", ["--output=/tmp/masking-x", "HEAD", "main", "", "abc1234", "4f2c9d1" + "0" * 34])
def test_a_live_commit_that_is_none_is_never_given_to_git(repository: Repository, live: str) -> None:
    with pytest.raises(Refusal, match="has no commit"):
        repository.ask(lambda tools: _changes(tools, live, repository.live))


def test_records_that_do_not_add_up_are_not_guessed_at() -> None:
    assert records(b"1\0a\0002\0b\0", 2) == [("1", "a"), ("2", "b")]
    for said in (b"1\0a\0002\0", b"1\0a", b"x"):
        with pytest.raises(Refusal, match="unknown format"):
            records(said, 2)


def test_what_git_complains_of_is_one_line_and_never_in_its_answer(repository: Repository) -> None:
    with pytest.raises(Refusal, match=r"^git rev-parse failed: fatal: [^\n]*$"):
        repository.ask(lambda tools: git(tools, "rev-parse", "--verify", "no\nsuch\u2028ref"))


def test_an_answer_that_is_too_long_is_refused_and_waited_for_no_longer(repository: Repository) -> None:
    sha = repository.commit(b"x" * 500_000)
    with pytest.raises(Refusal, match="it answered with more than 100 B"):
        repository.ask(lambda tools: git_bytes(tools, "cat-file", "commit", sha, directory=repository.origin, most=100))


def test_a_file_comes_byte_for_byte(repository: Repository) -> None:
    sha = repository.commit(b"\r\n\x1b\0\xff\n\n")
    said = repository.ask(lambda tools: git_bytes(tools, "cat-file", "commit", sha, directory=repository.origin))
    assert isinstance(said, bytes)
    assert said.endswith(b"\r\n\x1b\0\xff\n\n")


def test_checkouts_with_odd_paths_are_told_apart() -> None:
    listed = b"worktree /a\nb\0HEAD x\0locked initializing\0\0worktree /c\0HEAD y\0locked \nlocked initializing\0\0"
    assert being_made(listed) == [Path("/a\nb")]


@pytest.mark.parametrize("path", ["README.md", "docs/migrations.sql", "migrations/README.md", "src/x.sql"])
def test_other_files_are_no_migrations(path: str) -> None:
    assert migration_name(path) is None


@pytest.mark.parametrize("at", [b"0", b"4294967296123", b"253402300800"])
def test_a_commit_of_no_time_has_none_and_is_listed(repository: Repository, at: bytes) -> None:
    sha = repository.commit(b"x", at=at)
    found = repository.changes(sha)
    assert found.commits == [f"{sha[:7]} x"]
    assert found.times == ([0] if at == b"0" else [])


def test_a_subject_is_masked_before_it_is_cut(repository: Repository) -> None:
    sha = repository.commit(b"x" * 180 + b" token ghp_" + b"abcdEFGH1234" * 4 + b" end")
    (line,) = repository.changes(sha).commits
    assert "ghp" not in line
    assert len(line) <= 210
