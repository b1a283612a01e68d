"""How far the runbook's commands are kept apart from the bot, and what they find of the clone."""

import re
from pathlib import Path

from bot.cli.diagnosis.findings import Finding, limited, well
from bot.isolation.mode import Isolation
from bot.isolation.probe import closed_to_others, find_isolation, is_for_all


def look(builds: Path, clone: Path) -> list[Finding]:
    """Look at this machine; blocks for a moment."""
    isolation = find_isolation(builds)
    seen = isolation.own_users and isolation.namespaces is None
    return [on_isolation(isolation), *(_on_clone(clone / ".git") if seen else [])]


def on_isolation(isolation: Isolation) -> Finding:
    """Where commands run here."""
    if isolation.confined:
        return well("{how}", how=isolation.words)
    mend = (
        "Run NeonOps where it may switch users (its Docker image with the capabilities of compose.yml, or root), or "
        "let its user make user namespaces (docs/neonops.service)."
    )
    return limited("The runbook's {how}.", mend, how=isolation.words)


def _on_clone(git: Path) -> list[Finding]:
    """What other users get to without namespaces: objects, which they need, and a password, which they do not."""
    findings, config = [], git / "config"
    if closed := closed_to_others(git / "objects"):
        mend = "Let others pass it (chmod o+x): a run's checkout borrows the clone's objects."
        findings.append(limited("{path} is closed, so git does not work in commands.", mend, path=closed))
    elif config.is_file() and is_for_all(config) and holds_password(config.read_text("utf-8", "replace")):
        mend = "Let nobody else read it (chmod 600), or keep the password elsewhere: a credential helper, an SSH key."
        findings.append(limited("{path} holds a password, and commands can read it.", mend, path=config))
    return findings


def holds_password(config: str) -> bool:
    """Whether a git configuration names a password."""
    return re.search(r"://[^/\s:@]+:[^/\s@]+@|extraheader", config, re.IGNORECASE) is not None
