"""Which files with secrets somebody else than the bot could read."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from bot.integrations.report import Finding, limited
from bot.machine.private_files import is_open
from bot.people import Team
from bot.settings import ENV_FILE, Settings, secret_names
from bot.settings.files import secret_files


def look(settings: Settings, environ: Mapping[str, str], team: Team | None) -> list[Finding]:
    """A warning for each that is open to others."""
    urls = [url for person in (team.people.values() if team else ()) for url in person.page]
    pagers = [settings.team] if settings.team and any(map(_holds_token, urls)) else []
    files = [Path(ENV_FILE), *secret_files(environ, secret_names()), *pagers]
    found = [_warn(path, "chmod 600 {path}: it holds secrets.") for path in files if is_open(path.resolve())]
    if is_open(settings.data_dir):
        found.append(_warn(settings.data_dir, "chmod 700 {path}; the next start does that, too."))
    return found


def _holds_token(pager: str) -> bool:
    """Whether there is more in a pager's address than where it is."""
    return "@" in pager or bool(urlsplit(pager).path.strip("/"))


def _warn(path: Path, mend: str) -> Finding:
    return limited("Other users can access {path}.", mend, path=path)
