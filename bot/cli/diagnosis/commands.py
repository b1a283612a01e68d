"""How far the runbook's commands are kept apart from the bot, and what they find of the clone."""

import pwd
import re
from pathlib import Path

from bot.execution.mode import FIRST_USER, USERS, Isolation
from bot.integrations.report import Finding, limited, well
from bot.settings import ENV_FILE, Settings
from bot.startup.isolation import closed_to_others, find_isolation, is_for_all


def look(settings: Settings, clone: Path) -> list[Finding]:
    """Look at this machine; blocks for a moment."""
    isolation = find_isolation(settings.builds)
    seen = isolation.own_users and isolation.namespaces is None
    findings = [on_isolation(isolation), *(_on_clone(clone / ".git") if seen else [])]
    taken = [each.pw_name for each in pwd.getpwall() if FIRST_USER <= each.pw_uid < FIRST_USER + USERS]
    if isolation.own_users and taken:
        mend = "Give these users other ids: those from {first} on, {count} of them, are for runs."
        what = "Ids of runs belong to {names}."
        findings.append(limited(what, mend, names=", ".join(taken[:3]), first=FIRST_USER, count=USERS))
    return [*findings, *in_clone(settings, clone)]


def in_clone(settings: Settings, clone: Path) -> list[Finding]:
    """What of the bot lies where commands write when their run has no checkout of its own."""
    ours = (settings.runbook, settings.team, settings.data_dir, settings.build_dir, Path(ENV_FILE))
    inside = [each for each in ours if each and clone.resolve() in each.resolve().parents and each.exists()]
    mend = "Move it elsewhere: commands of runs without their own checkout write in the clone."
    return [limited("{path} lies in the clone ({clone}).", mend, path=path, clone=clone) for path in inside]


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
        mend = "Make it traversable (chmod o+x): a run's checkout borrows the clone's objects."
        findings.append(
            limited("{path} is not accessible to other users, so git does not work in commands.", mend, path=closed)
        )
    elif config.is_file() and is_for_all(config) and holds_password(config.read_text("utf-8", "replace")):
        mend = "Let nobody else read it (chmod 600), or keep the password elsewhere: a credential helper, an SSH key."
        findings.append(limited("{path} holds a password, and commands can read it.", mend, path=config))
    return findings


def holds_password(config: str) -> bool:
    """Whether a git configuration names a password."""
    return re.search(r"://[^/\s:@]+:[^/\s@]+@|extraheader", config, re.IGNORECASE) is not None
