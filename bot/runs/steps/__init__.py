"""What the bot does for each kind of step: one coroutine a kind, and for changing kinds how to find out what happened.

A new kind is one module here, one model in `bot/runbook/steps/`, and one line below.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.runs.outcome import Context, Outcome
from bot.runs.steps import (
    backup,
    backups,
    build,
    checking,
    github,
    health,
    http,
    metrics,
    moving,
    probe,
    restore,
    shell,
    sql,
    statuspage,
    vercel,
    wait_alias,
    worktree,
)

Kind = Callable[[Any, Context], Awaitable[Outcome]]

KINDS: dict[str, Kind] = {
    "git.worktree": worktree.run,
    "shell": shell.run,
    "http": http.run,
    "supabase.backup": backup.run,
    "backup.list": backups.run,
    "supabase.restore": restore.run,
    "backup.check": checking.run,
    "sql": sql.run,
    "github.check": github.run,
    "health.check": health.run,
    "metrics.check": metrics.run,
    "statuspage.check": statuspage.run,
    "vercel.list": vercel.list_deployments,
    "vercel.deploy": build.deploy,
    "vercel.probe": probe.run,
    "vercel.promote": moving.promote,
    "vercel.rollback": moving.rollback,
    "vercel.wait_alias": wait_alias.run,
}

RECONCILE: dict[str, Kind] = {
    "supabase.restore": restore.reconcile,
    "vercel.deploy": build.reconcile_deploy,
    "vercel.promote": moving.reconcile,
    "vercel.rollback": moving.reconcile,
}
"""How a later execution finds out, by reading only, what an interrupted step did."""
