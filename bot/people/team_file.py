"""From the team file to a team that is known to be right, or to everything that is wrong with it."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from bot.people.rotation import DAYS, Rotation
from bot.people.team import Team
from bot.runbook.lint.references import role_names
from bot.runbook.load import problems_of, read_text, unreadable
from bot.runbook.model import Runbook
from bot.runbook.parsing.document import Document, read_document
from bot.runbook.parsing.explain import explain
from bot.runbook.problems import Finding, Path, Problem, TeamError, quoted
from bot.text import say
from bot.text.plain_text import Unreadable

CHANNELS = ("devops", "incidents", "announcements")
"""The channels that NeonOps posts to by itself."""


@dataclass(frozen=True)
class LoadedTeam:
    """A team, and what is strange in its file: that does not keep the team from being used."""

    team: Team
    strange: tuple[Problem, ...] = ()
    version: str = ""
    """The first 12 hexadecimal digits of the SHA-256 of its text; empty without a file."""


def load_team(path: FilePath | None, runbook: Runbook | None = None) -> Team:
    """The team in a file (YAML, UTF-8); no path = a team of nobody.

    Raises:
        TeamError: with everything that is wrong with it, each with its line.
    """
    return read_team(path, runbook).team


def read_team(path: FilePath | None, runbook: Runbook | None = None) -> LoadedTeam:
    """The team in a file, and what is strange about it for this runbook.

    Raises:
        TeamError: with everything that is wrong with it, each with its line.
    """
    if path is None:
        return LoadedTeam(Team())
    try:
        text = read_text(path)
        version = hashlib.sha256(text.encode()).hexdigest()[:12]
        if _says_nothing(text):
            return LoadedTeam(Team(), version=version)
        document = read_document(text, str(path))
    except Unreadable as error:
        raise TeamError([unreadable(str(path), error)]) from None
    return replace(_checked(document, runbook), version=version)


def _says_nothing(text: str) -> bool:
    return all(line.lstrip().startswith("#") or not line.strip() for line in text.splitlines())


def _checked(document: Document, runbook: Runbook | None) -> LoadedTeam:
    wrong = [*document.findings, *contradictions(document.data)]
    strange = problems_of(document, strangers(document.data, runbook) if runbook else ())
    team = Team()
    try:
        team = Team.model_validate(document.data)
    except ValidationError as error:
        wrong += explain(error, document.data, Team)
    if wrong:
        raise TeamError([*problems_of(document, wrong), *strange])
    return LoadedTeam(team, tuple(strange))


def contradictions(data: Any) -> Iterator[Finding]:
    """One person under two names, and roles that are held by nobody of the file. What has another form is left out."""
    people = _part(data, "people")
    yield from _twice("slack", people)
    for role, holders in _part(data, "roles").items():
        for index, key in enumerate(holders if isinstance(holders, list) else ()):
            if isinstance(key, str) and key not in people:
                reason = say("gives the role {role} to {key}, not in people", role=role, key=key)
                yield Finding(("roles", role, index), reason, key, tuple(people))

    yield from _of_rotations(data, people)


def _of_rotations(data: Any, people: dict[str, Any]) -> Iterator[Finding]:
    """People who are not in the file, a first day that is no hand-over's, and covers that end before they begin."""
    for name, rotation in _part(data, "rotations").items():
        if not isinstance(rotation, dict):
            continue
        path: Path = ("rotations", name)
        covers = [each for each in rotation.get("overrides") or () if isinstance(each, dict)]
        named: list[tuple[Path, Any]] = [(("people", at), key) for at, key in enumerate(rotation.get("people") or ())]
        named += [(("overrides", at, "person"), each.get("person")) for at, each in enumerate(covers)]
        for place, key in named:
            if isinstance(key, str) and key not in people:
                reason = say("puts {key} on call, who is not in people", key=key)
                yield Finding((*path, *place), reason, key, tuple(people))
        if finding := _first_day(path, rotation):
            yield finding
        for at, each in enumerate(covers):
            if str(each.get("from")) >= str(each.get("until")):
                yield Finding((*path, "overrides", at, "until"), say("this ends before it begins"))


def _first_day(path: Path, rotation: dict[str, Any]) -> Finding | None:
    try:
        given = Rotation.model_validate({**rotation, "overrides": []})
    except ValidationError:
        return None
    day = DAYS[date.fromisoformat(given.since).weekday()]
    if day == given.day:
        return None
    sentence = "{since} is a {day}, and hands over on {wanted}: write the day of the first hand-over"
    return Finding((*path, "since"), say(sentence, since=given.since, day=day, wanted=given.day))


def _part(data: Any, name: str) -> dict[str, Any]:
    part = data.get(name) if isinstance(data, dict) else None
    return part if isinstance(part, dict) else {}


def _twice(field: str, people: dict[str, Any]) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for key in people:
        value = _part(people, key).get(field)
        if not isinstance(value, str):
            continue
        same = value.strip().casefold()
        if same in first:
            sentence = "{value} already belongs to {other}: list each person once"
            yield Finding(("people", key, field), say(sentence, value=quoted(value), other=first[same]))
        first.setdefault(same, key)


def strangers(data: Any, runbook: Runbook) -> Iterator[Finding]:
    """What leads nowhere: roles and channels that the runbook and NeonOps do not know; one person with two entries."""
    people = _part(data, "people")
    yield from _twice("email", people)
    yield from (finding for key in people for finding in _pagers(key, _part(people, key).get("page")))
    roles = role_names(runbook)
    for role, holders in _part(data, "roles").items():
        if role not in roles:
            yield Finding(("roles", role), say("{role} is not a role of the runbook", role=quoted(role)), role, roles)
        for index, key in enumerate(holders if isinstance(holders, list) else ()):
            if key in holders[:index]:
                yield Finding(("roles", role, index), say("{name} is listed twice", name=quoted(key)))
    for key, rotation in _part(data, "rotations").items():
        wanted = rotation.get("role") if isinstance(rotation, dict) else None
        if isinstance(wanted, str) and wanted not in roles:
            reason = say("{role} is not a role of the runbook", role=quoted(wanted))
            yield Finding(("rotations", key, "role"), reason, wanted, roles)
    channels = (*CHANNELS, *(level.channel for level in runbook.escalation if level.channel))
    for name in _part(data, "channels"):
        if name not in channels:
            reason = say("{name} is not a channel that NeonOps or the runbook names", name=quoted(name))
            yield Finding(("channels", name), reason, name, tuple(dict.fromkeys(channels)))


def _pagers(key: str, pagers: Any) -> Iterator[Finding]:
    """Addresses that nobody can be paged at; none is repeated, since it holds a password."""
    for index, each in enumerate(pagers if isinstance(pagers, list) else ()):
        if isinstance(each, str) and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*://.", each):
            sentence = "this is not a pager address: write one such as pover://user@token"
            yield Finding(("people", key, "page", index), say(sentence))
