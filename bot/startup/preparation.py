"""What a start sees to before anything else: the data is for the bot only, and where commands run is said."""

from collections.abc import Mapping
from pathlib import Path

import structlog

from bot.execution.mode import Isolation
from bot.machine.private_files import close, is_open, kept, make_private, take_over
from bot.runbook.lint.worktrees import runs_code
from bot.runbook.model import Runbook
from bot.settings import ENV_FILE, Settings, secret_names
from bot.settings.dsn import sqlite_path
from bot.settings.files import secret_files

log = structlog.get_logger()


def close_data(settings: Settings) -> None:
    """What is kept is for the bot's user only, also what an earlier version or somebody's hand left wider."""
    data, file = settings.data_dir, sqlite_path(settings.database)
    try:
        make_private(data)
        take_over(data, kept(data, file))
        wider = close(kept(data, file))
    except OSError as error:
        log.warning("data.readable_by_others", path=error.filename, why=error.strerror)
    else:
        if wider:
            log.warning("data.closed_to_others", count=len(wider), first=str(wider[0]))


def tell_isolation(isolation: Isolation, runbook: Runbook, open_files: list[Path]) -> None:
    """Say where the runbook's commands run, when there are any, and which secrets they could read there."""
    if not any(runs_code(procedure) for procedure in runbook.procedures):
        return
    (log.info if isolation.confined else log.warning)("commands.isolation", how=isolation.words)
    if isolation.own_users and isolation.namespaces is None:
        for path in open_files:
            log.warning("commands.can_read", path=str(path))


def exposed(settings: Settings, environ: Mapping[str, str]) -> list[Path]:
    """The files with secrets that another user can get at."""
    files = [Path(ENV_FILE), *secret_files(environ, secret_names()), *([settings.team] if settings.team else [])]
    return [path for path in files if is_open(path.resolve())]
