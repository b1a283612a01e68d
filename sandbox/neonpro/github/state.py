"""The practice GitHub under /github, for `GITHUB_API_URL`: pull requests, reviews, checks and code scanning.

It has one repository, whose commits are those of the practice checkout: each came in by a merged pull request.
"""

from collections.abc import Callable
from typing import Any

from sandbox.neonpro.switches import Switches

REPOSITORY, REPOSITORY_ID = "neonpro/neonpro", 4711
Commits = tuple[tuple[str, str, str], ...]


class GitHubError(Exception):
    """What GitHub answers instead: an HTTP status and a message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


class GitHub:
    """Answers by the switches. `commits` are (sha, message, author), oldest first; `asked` counts requests."""

    def __init__(self, switches: Switches, commits: Callable[[], Commits]) -> None:
        self.switches, self.commits = switches, commits
        self.asked = 0
        self.forked: tuple[str, ...] = ()
        """Commits of forks: known by their hashes, and on no branch."""

    def number(self, sha: str) -> int:
        """The pull request that brought a commit. Raises GitHubError 422 for a commit that does not exist."""
        known = [each[0] for each in self.commits()]
        if sha not in known:
            raise GitHubError(422, f"No commit found for SHA: {sha}")
        return known.index(sha) + 1

    def commit(self, ref: str) -> dict[str, Any]:
        """The commit that the branch main, or (the start of) a hash, names. Raises GitHubError 422."""
        known = [each[0] for each in self.commits()]
        every = (*known, *self.forked)
        found = known[-1:] if ref == "main" else [sha for sha in every if len(ref) >= 7 and sha.startswith(ref)]
        if not found:
            raise GitHubError(422, f"No commit found for SHA: {ref}")
        message = "A stranger's" if found[0] in self.forked else self.pull(self.number(found[0]))["title"]
        return {"sha": found[0], "commit": {"message": message}}

    def compared(self, base: str, sha: str) -> dict[str, Any]:
        """How a commit stands to the branch main. Raises GitHubError 404 for another base."""
        known = [each[0] for each in self.commits()]
        if base != "main" or sha not in (*known, *self.forked):
            raise GitHubError(404, "Not Found")
        if sha in self.forked:
            return {"status": "diverged", "ahead_by": 1, "behind_by": 1}
        behind = len(known) - 1 - known.index(sha)
        return {"status": "behind" if behind else "identical", "ahead_by": 0, "behind_by": behind}

    def heads(self, sha: str) -> list[dict[str, Any]]:
        """The branches whose newest commit it is."""
        return [{"name": "main", "commit": {"sha": sha}}] if sha == self.commits()[-1][0] else []

    def pull(self, number: int) -> dict[str, Any]:
        """A merged pull request. Raises GitHubError 404."""
        commits = self.commits()
        if not 0 < number <= len(commits):
            raise GitHubError(404, "Not Found")
        sha, message, author = commits[number - 1]
        merged = "2026-01-01T12:00:00Z"
        return {"number": number, "state": "closed", "title": message, "merged_at": merged,
                "user": _user(_login(author)), "head": {"sha": sha, "ref": f"change-{number}"}}  # fmt: skip

    def reviews(self, number: int) -> list[dict[str, Any]]:
        """A comment that says nothing, then what the switch says."""
        pull = self.pull(number)
        sha, author = pull["head"]["sha"], pull["user"]["login"]
        made = [_review("COMMENTED", "reviewer-one", sha)]
        match self.switches.github_reviews:
            case "approved":
                made += [
                    _review("CHANGES_REQUESTED", "reviewer-one", "0" * 40),
                    _review("APPROVED", "reviewer-one", sha),
                ]
            case "changes":
                made += [_review("APPROVED", "reviewer-one", sha), _review("CHANGES_REQUESTED", "reviewer-two", sha)]
            case "own":
                made += [_review("APPROVED", author, sha)]
            case "late":
                made += [_review("APPROVED", "reviewer-one", "0" * 40)]
        return made

    def check_runs(self) -> list[dict[str, Any]]:
        """An old failure that was run again, then the newest runs."""
        state = self.switches.github_checks
        if state == "none":
            return []
        ending = {"failing": ("completed", "failure"), "pending": ("in_progress", None)}.get(
            state, ("completed", "success")
        )
        return [
            _run(1, "test", "completed", "failure"),
            _run(2, "test", *ending),
            _run(3, "lint", "completed", "skipped"),
        ]

    def statuses(self) -> list[dict[str, Any]]:
        on = self.switches.github_checks != "none"
        return [{"context": "coverage/patch", "state": "success"}] if on else []

    def analyses(self) -> list[dict[str, Any]]:
        """Scans of every commit. Raises GitHubError 403 or 404 as GitHub does when there are none to see."""
        match self.switches.github_scan:
            case "forbidden":
                raise GitHubError(403, "Resource not accessible by personal access token")
            case "off":
                raise GitHubError(404, "no analysis found")
            case "not scanned":
                return []
        return [{"commit_sha": sha, "ref": "refs/heads/main", "error": ""} for sha, _, _ in reversed(self.commits())]

    def alerts(self, severity: str) -> list[dict[str, Any]]:
        """One alert of medium severity, and a critical one when the switch says so."""
        found = [{"number": 3, "state": "open", "rule": {"security_severity_level": "medium"}}]
        if self.switches.github_scan == "critical":
            found += [{"number": 7, "state": "open", "rule": {"security_severity_level": "critical"}}]
        return [each for each in found if severity in ("", each["rule"]["security_severity_level"])]  # type: ignore[index]


def _user(login: str) -> dict[str, str]:
    return {"login": login, "type": "User"}


def _login(author: str) -> str:
    return author.split("@")[0].lower().replace(" ", "-")


def _review(state: str, login: str, sha: str) -> dict[str, Any]:
    return {"state": state, "user": _user(login), "commit_id": sha, "author_association": "MEMBER"}


def _run(number: int, name: str, status: str, conclusion: str | None) -> dict[str, Any]:
    return {"id": number, "name": name, "status": status, "conclusion": conclusion, "app": {"slug": "github-actions"}}
