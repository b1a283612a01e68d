"""The commits that deployments were built from, as far as runs have kept them: people know commits."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from bot.ports import Tx
from bot.production.model import LivePeriod
from bot.runs.model import Run
from bot.runs.start import records_of
from bot.text import shorten


def commit_of(tx: Tx, run: Run, deployment: str | None) -> str:
    """`c0ffee0`; the deployment's id when neither this run nor those that had it live know its commit."""
    row = _row(tx, run, deployment)
    return str(row["sha"]) if row else deployment or ""


def commit_and_id(tx: Tx, run: Run, deployment: str) -> str:
    """`c0ffee0 Cache the agenda (dpl_1)`; its id alone when no run of ours knows more."""
    row = _row(tx, run, deployment)
    return f"{row['sha']} {shorten(row['message'], 60)} ({deployment})" if row else deployment


def commits_of(tx: Tx, run: Run, deployments: Iterable[str | None]) -> dict[str | None, str]:
    """Deployment -> its commit; with the id behind it where several were built from one commit."""
    found = {each: commit_of(tx, run, each) for each in deployments}
    count = Counter(found.values())
    return {each: f"{commit} ({each})" if count[commit] > 1 else commit for each, commit in found.items()}


def commits_in(tx: Tx, run: Run, periods: Iterable[LivePeriod]) -> dict[str | None, str]:
    """The same of all deployments that these periods name."""
    return commits_of(tx, run, {name for each in periods for name in (each.deployment, each.followed_by) if name})


def _row(tx: Tx, run: Run, deployment: str | None) -> dict[str, Any] | None:
    known = _kept(tx, run, deployment) if deployment else ()
    return next((row for row in known if row.get("id") == deployment and row.get("sha")), None)


def _kept(tx: Tx, run: Run, deployment: str) -> Iterator[dict[str, Any]]:
    """What runs have kept of deployments: what a rollback's listings showed, and what deploys made."""
    for run_id in dict.fromkeys((run.id, *(each.run_id for each in tx.live_periods.find(deployment=deployment)))):
        for record in records_of(tx, run_id).values():
            for listed in record.detail.get("services", {}).values():
                yield from (*listed.get("deployments", ()), *filter(None, map(listed.get, ("back_to", "typed"))))
            if "made" in record.detail:
                yield record.detail["made"]
