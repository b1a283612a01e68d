"""The past that the practice NeonPro wakes up with: commits, deployments of both projects, previews."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from sandbox.neonpro.vercel.deployments import Commit, Deployment, Project

PROJECTS = ("neonpro-api", "neonpro-web")
DAY = 86_400.0

# Oldest first. The last two are on main and were not deployed to production yet.
COMMITS = tuple(
    Commit(hashlib.sha1(message.encode(), usedforsecurity=False).hexdigest(), message, author)
    for message, author in (
        ("Add clinics and professionals to the agenda", "Alice Andrade"),
        ("Keep consent records for LGPD requests", "Carla Costa"),
        ("Speed up the search of appointments", "Bruno Barros"),
        ("Move session storage to the edge (#412)", "Bruno Barros"),
        ("Fix double booking at month ends (#418)", "Alice Andrade"),
        ("Ask for consent before the first chat (#421)", "Carla Costa"),
        ("Retry the AI provider once (#427)", "Bruno Barros"),
        ("Show the waiting list to receptionists (#431)", "Alice Andrade"),
        ("Add the reminder channel to appointments (#436)", "Bruno Barros"),
        ("Explain the reminder channel in the README", "Alice Andrade"),
    )
)
_AGES = (21.0, 17.0, 13.0, 9.0, 8.9, 5.0, 2.0, 0.4)  # days; the fifth follows the bad fourth within hours
_BAD, _ERROR = 3, 4
_STAGED = {"neonpro-api": 7, "neonpro-web": 5}


def project_id(name: str) -> str:
    return "prj_" + _letters(name)[:24]


def past_projects() -> dict[str, Project]:
    return {name: Project(project_id(name), name, live=_past_id(name, _live(name))) for name in PROJECTS}


def past_deployments(now: float) -> dict[str, Deployment]:
    """Eight production deployments and two previews for each project, ending shortly before `now`."""
    past = [one for name in PROJECTS for one in (*_production(name, now), *_previews(name, now))]
    return {one.id: one for one in past}


def _live(name: str) -> int:
    return 6 if name == "neonpro-api" else 7


def _past_id(name: str, index: int) -> str:
    return "dpl_" + _letters(f"{name}/{index}")


def _letters(seed: str) -> str:
    return hashlib.sha256(seed.encode()).hexdigest()[:28]


def _production(name: str, now: float) -> Iterator[Deployment]:
    for index, age in enumerate(_AGES):
        fails, staged = index == _ERROR, index == _STAGED[name]
        made = Deployment(_past_id(name, index), name, COMMITS[index], now - age * DAY, 74.0, fails=fails)
        served = not fails and not staged
        yield replace(
            made,
            auto_assign=not staged,
            passed_over=not served,
            healthy=index != _BAD,
            promoted_at=made.ended_at + 4 if served else None,
        )


def _previews(name: str, now: float) -> Iterator[Deployment]:
    for index, age in ((8, 1.6), (9, 0.1)):
        commit = replace(COMMITS[index - 1], ref=f"feature/reminders-{index}")
        yield Deployment(_past_id(name, index), name, commit, now - age * DAY, 61.0, target=None)
