"""What was in force and what is: who holds what. A difference is one event of the timeline, and told where deploys are.

A file that only reads differently (order, comments) changes nothing of it, and is not told.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.domain import Domain
from bot.domain.messages import tell
from bot.errors import Refusal
from bot.people import ROBOT, Member, Team, absence, mention
from bot.ports import Tx
from bot.power.events import PowersChanged, RolesChanged
from bot.power.model import InForce
from bot.runbook.diff import diff
from bot.runbook.load import parse
from bot.runbook.model import Runbook
from bot.text import listing, plural, say

TOLD = 15
"""Changes that a message names; the rest is counted, and stands in the timeline."""
KEPT = 200


def held_by(team: Team, runbook: Runbook) -> dict[str, Any]:
    """Who is who, which role is whose, what a role may do, and where things are said: plain data."""
    people = {key: {"name": p.name, "slack": p.slack, "email": p.email} for key, p in team.people.items()}
    return {
        "people": people,
        "roles": {role: sorted(holders) for role, holders in team.roles.items()},
        "permissions": {str(name): sorted(roles) for name, roles in runbook.permissions.items()},
        "channels": dict(team.channels),
    }


def take_stock(domain: Domain, tx: Tx) -> bool:
    """Compare what is in force now with what was in force last; whether it gave or took anything."""
    known = tx.in_force.get(1)
    now = InForce(1, tx.now, domain.team_version, domain.loaded.version, held_by(domain.team, domain.runbook))
    if known is None:
        tx.in_force.add(now)
        return False
    if (known.team_file, known.runbook, known.held) == (now.team_file, now.runbook, now.held):
        return False
    changes = [*changes_between(known.held, now.held), *_of_runbook(domain, tx, known.runbook)]
    tx.in_force.save(known, at=now.at, team_file=now.team_file, runbook=now.runbook, held=now.held)
    tx.wake("files")
    if changes:
        _tell(domain, tx, known, now, changes)
    return bool(changes)


def _tell(domain: Domain, tx: Tx, old: InForce, new: InForce, changes: list[str]) -> None:
    files = {"team_file": [old.team_file, new.team_file], "runbook": [old.runbook, new.runbook]}
    gained, lost = gains(old.held, new.held), gains(new.held, old.held)
    tx.timeline.record("power.changed", ROBOT, None, **files, changes=changes[:KEPT], gained=gained, lost=lost)
    lines = [f"• {each}" for each in changes[:TOLD]]
    if len(changes) > TOLD:
        lines.append(say("• and {count} more, listed in the timeline", count=len(changes) - TOLD))
    words = say("🔑 Configuration changed ({files}):", files=_files(old, new))
    places = {domain.team.channels.get("devops", "devops"), old.held["channels"].get("devops", "devops")}
    for place in sorted(places):
        tell(tx, place, "\n".join([words, *lines]))
    domain.publish(tx, PowersChanged())


def note_member(domain: Domain, tx: Tx, old: Member, new: Member) -> None:
    """Slack says something else of somebody: what roles that gave or took is an event, and what it gave is told."""
    was, now = _roles_of(domain, old), _roles_of(domain, new)
    if was == now:
        return
    gained, lost = sorted(now - was), sorted(was - now)
    tx.timeline.record("member.changed", ROBOT, None, user=new.user, why=absence(new), gained=gained, lost=lost)
    if gained:
        roles = listing([_words(role) for role in gained], most=8)
        tell(tx, "devops", say("🔑 {who} now has the role {roles}, based on their Slack account.",
                               who=mention(new.user), roles=roles))  # fmt: skip
    domain.publish(tx, RolesChanged(new.user))


def _roles_of(domain: Domain, member: Member) -> frozenset[str]:
    return frozenset() if absence(member) else domain.actor(member).roles


def _files(old: InForce, new: InForce) -> str:
    named = ((say("team file"), old.team_file, new.team_file), (say("runbook"), old.runbook, new.runbook))
    return ", ".join(f"{name} {was or '-'} → {now or '-'}" for name, was, now in named if was != now) or say(
        "on reading the files"
    )


def changes_between(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """What was given and taken, a sentence each."""
    names = {key: person["name"] for held in (old, new) for key, person in held["people"].items()}
    yield from _of_people(old["people"], new["people"], names)
    for role, key, given in _pairs(old["roles"], new["roles"]):
        sentence = "{who} now has the role {role}" if given else "{who} no longer has the role {role}"
        yield say(sentence, who=names.get(key, key), role=_words(role))
    for permission, role, given in _pairs(old["permissions"], new["permissions"]):
        sentence = "the role {role} may now {what}" if given else "the role {role} may no longer {what}"
        yield say(sentence, role=_words(role), what=_words(permission))
    yield from _of_channels(old["channels"], new["channels"])


def _of_people(old: Mapping[str, Any], new: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    for key in sorted({*old, *new}):
        if key not in old:
            yield say("{who} ({key}) was added to the team file", who=names[key], key=key)
        elif key not in new:
            yield say("{who} ({key}) was removed from the team file", who=names[key], key=key)
        elif _account(old[key]) != _account(new[key]):
            sentence = "{who} ({key}) changed account: {new} instead of {old}"
            yield say(sentence, who=names[key], key=key, old=_account(old[key]), new=_account(new[key]))


def _account(person: Mapping[str, Any]) -> str:
    return ", ".join(each for each in (person["slack"], person["email"]) if each) or say("nobody's")


def _of_channels(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            sentence = "the channel {name} is now {new} instead of {old}"
            yield say(sentence, name=name, old=old.get(name, "-"), new=new.get(name, "-"))


def _pairs(old: Mapping[str, Iterable[str]], new: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str, bool]]:
    """What stands in only one of two tables: its name, who or what it belongs to, and whether it came."""
    was = {(name, each) for name, holders in old.items() for each in holders}
    now = {(name, each) for name, holders in new.items() for each in holders}
    for name, each in sorted(was ^ now):
        yield name, each, (name, each) in now


def _words(name: str) -> str:
    return name.replace("_", " ")


def gains(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[str]]:
    """Short name -> what this person may do now and could not before; with the two exchanged, what they lost."""
    before, after = _rights(old), _rights(new)
    found = {key: sorted(rights - before.get(key, set())) for key, rights in after.items()}
    return {key: rights for key, rights in found.items() if rights}


def _rights(held: Mapping[str, Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for role, keys in held["roles"].items():
        for key in keys:
            may = {name for name, roles in held["permissions"].items() if role in roles}
            found.setdefault(key, set()).update(may, {f"role {role}"})
    return found


def _of_runbook(domain: Domain, tx: Tx, version: str) -> Iterator[str]:
    """How much else of the runbook changed by meaning; its permissions are told one by one."""
    if version == domain.loaded.version:
        return
    archived = tx.runbooks.text(version)
    try:
        old = parse(archived[0], source=archived[1], env=domain.env).runbook if archived else None
    except Refusal:
        old = None
    if old is None:
        yield say("the runbook changed, and the previous one can no longer be read")
        return
    changes = [each for each in diff(old, domain.loaded.runbook) if each.place[:1] != ("permissions",)]
    if changes:
        count = plural("{count} change", "{count} changes", len(changes))
        yield say("the runbook has {count}: {places}", count=count, places=_places([each.path for each in changes]))


def _places(paths: list[str]) -> str:
    """`procedures.deploy, severities.p1` …: which parts changed."""
    parts = list(dict.fromkeys(".".join(path.split(".")[:2]) for path in paths))
    return ", ".join(parts[:6]) + (" …" if len(parts) > 6 else "")
