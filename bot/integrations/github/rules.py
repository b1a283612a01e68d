"""What may be concluded from what GitHub shows of a commit. Pure functions: no calls, no clock.

Fields and states: https://docs.github.com/en/rest (pulls/reviews, checks/runs, commits/statuses, code-scanning).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.integrations.http.api import Line, Shape
from bot.text import listing, plural, say

State = Literal["good", "bad", "pending", "unknown"]
GOOD_CONCLUSIONS = frozenset({"success", "neutral", "skipped"})
DECISIVE = frozenset({"APPROVED", "CHANGES_REQUESTED", "DISMISSED"})
INSIDERS = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
"""Who belongs to the repository: anybody can approve a public pull request, and that says nothing."""


@dataclass(frozen=True)
class Said:
    """What GitHub says about a commit, in words. `unknown` and `pending` settle nothing. `failed`: names of checks."""

    state: State
    words: str
    failed: tuple[str, ...] = ()


class User(Shape):
    """Who did something; `type` is User or Bot."""

    login: Line = ""
    type: str = "User"


class Head(Shape):
    """The newest commit of a pull request."""

    sha: str = ""


class Pull(Shape):
    """A pull request that has the commit."""

    number: int
    state: str = "open"
    merged_at: datetime | None = None
    user: User | None = None
    head: Head = Head()


class Review(Shape):
    """One review; those of a pull request come in the order in which they were made."""

    state: str
    user: User | None = None
    commit_id: str | None = None
    author_association: str = "NONE"


class App(Shape):
    """Who reports a check."""

    slug: Line = ""


class CheckRun(Shape):
    """One run of a check. `conclusion` is None until `status` is completed."""

    id: int
    name: Line
    status: str
    conclusion: str | None = None
    app: App | None = None


class Status(Shape):
    """The latest commit status of a context: error, failure, pending or success."""

    context: Line
    state: str


class Analysis(Shape):
    """One upload of code scanning."""

    commit_sha: str
    ref: str
    error: str = ""


class Alert(Shape):
    """One open alert."""

    number: int


def judge_reviews(reviewed: Sequence[tuple[Pull, Sequence[Review]]]) -> Said:
    """Approved by somebody else in one pull request that has the commit, and changes are asked for in none."""
    if not reviewed:
        return Said("bad", say("no pull request has this commit"))
    found = [(pull, _latest(pull, reviews)) for pull, reviews in reviewed]
    asked = [f"#{pull.number} ({login})" for pull, latest in found for login, each in latest.items()
             if each.state == "CHANGES_REQUESTED"]  # fmt: skip
    if asked:
        return Said("bad", say("changes requested in {pulls}", pulls=listing(asked)))
    current = {
        pull.number: [login for login, each in latest.items() if _approves(pull, each)] for pull, latest in found
    }
    approved = [say("#{number} by {who}", number=number, who=listing(who)) for number, who in current.items() if who]
    if approved:
        return Said("good", say("approved: {pulls}", pulls=listing(approved)))
    names = listing([f"#{pull.number}" for pull, _ in found])
    if any(each.state == "APPROVED" for _, latest in found for each in latest.values()):
        return Said("bad", say("{pulls}: commits came after the approval", pulls=names))
    return Said("bad", say("{pulls}: nobody else has approved it", pulls=names))


def _latest(pull: Pull, reviews: Iterable[Review]) -> dict[str, Review]:
    """The latest decisive review of each person who may judge: not the author, not a bot, not a stranger."""
    author = pull.user.login if pull.user else ""
    latest: dict[str, Review] = {}
    for review in reviews:
        who = review.user
        counts = who and who.type != "Bot" and who.login != author and review.author_association in INSIDERS
        if who and counts and review.state in DECISIVE:
            latest[who.login] = review
    return latest


def _approves(pull: Pull, review: Review) -> bool:
    """Whether the approval is of what the pull request holds now."""
    return review.state == "APPROVED" and review.commit_id == pull.head.sha


def judge_checks(runs: Iterable[CheckRun], statuses: Iterable[Status]) -> Said:
    """All that reported succeeded, and something reported: no checks at all are not green."""
    latest: dict[tuple[str, str], CheckRun] = {}
    for run in sorted(runs, key=lambda each: each.id):
        latest[(run.app.slug if run.app else "", run.name)] = run
    states = [*((run.name, _of_run(run)) for run in latest.values()), *((s.context, _of_status(s)) for s in statuses)]
    return _sum(states) if states else Said("unknown", say("no check has reported on this commit"))


def _of_run(run: CheckRun) -> State:
    if run.status != "completed":
        return "pending"
    return "good" if run.conclusion in GOOD_CONCLUSIONS else "bad"


def _of_status(status: Status) -> State:
    return {"success": "good", "pending": "pending"}.get(status.state, "bad")  # type: ignore[return-value]


def _sum(states: Sequence[tuple[str, State]]) -> Said:
    for state, words in (("bad", "failed: {names}"), ("pending", "still running: {names}")):
        names = [name for name, each in states if each == state]
        if names:
            failed = tuple(names) if state == "bad" else ()
            return Said(state, say(words, names=listing(names)), failed)  # type: ignore[arg-type]
    return Said("good", plural("{count} check succeeded", "{count} checks succeeded", len(states)))


def judge_alerts(analysis: Analysis, alerts: Sequence[Alert]) -> Said:
    """No critical alert is open where this very commit was scanned."""
    if analysis.error:
        return Said("unknown", say("code scanning of this commit ended with an error"))
    if alerts:
        count = plural("{count} critical alert is open", "{count} critical alerts are open", len(alerts))
        return Said(
            "bad", say("{count}: {numbers}", count=count, numbers=listing([f"#{each.number}" for each in alerts]))
        )
    return Said("good", say("scanned, no critical alert is open"))


def worst(found: Sequence[tuple[str, Said]]) -> Said:
    """What several repositories say together: the worst of it, each by its name when there are several."""
    order: tuple[State, ...] = ("bad", "unknown", "pending", "good")
    if len(found) == 1:
        return found[0][1]
    state = min((said.state for _, said in found), key=order.index)
    failed = tuple(f"{repo}: {name}" for repo, said in found for name in said.failed)
    return Said(state, "; ".join(f"{repo}: {said.words}" for repo, said in found), failed)
