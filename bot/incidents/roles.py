"""The roles of an incident, as its runbook has them: taken, given, handed over, and given back."""

from bot.domain import Domain
from bot.domain.messages import plan_message
from bot.effects.outgoing import Outgoing
from bot.errors import Refusal
from bot.incidents.acknowledge import acknowledge
from bot.incidents.conduct import conducted
from bot.incidents.model import Incident, IncidentStatus
from bot.incidents.telling import tell
from bot.people import Actor, absence, mention
from bot.ports import Tx
from bot.runbook.model import Runbook
from bot.runbook.sections.incidents import IncidentRole, leading_role
from bot.text import listing, say


def give_role(domain: Domain, tx: Tx, actor: Actor, number: int, word: str, user: str) -> Incident:
    """Give one of the incident's roles to a user, who may be the actor; whoever had it hands it over."""
    incident, run = conducted(domain, tx, actor, number)
    runbook = domain.runbook_of(tx, run)
    role, before = role_named(runbook, word), incident.roles.get
    known = tx.members.get(user)
    if known and (known.deleted or known.bot):
        raise Refusal(say("Nothing was changed: {who} {why}.", who=known.name, why=absence(known)))
    if before(role.id) == user:
        raise Refusal(say("{who} is {role} already.", who=mention(user), role=role.id))
    members = tuple(dict.fromkeys((*incident.members, user)))
    changed = tx.incidents.save(incident, roles={**incident.roles, role.id: user}, members=members)
    said = {"role": role.id, "user": user, "before": before(role.id)}
    tx.timeline.record("incident.role", actor, run.id, **said)
    invited = {"roles": [], "users": [user], "asked_by": actor.user}
    tx.effects.plan("channel.invite", f"run:{run.id}:invite", invited, run_id=run.id)
    tell(tx, changed, "role", {**said, "by": actor.user})
    if said["before"]:
        _brief(tx, changed, role, user)
    leads = (
        role == leading_role(runbook.incident_roles) and user == actor.user and changed.status is IncidentStatus.OPEN
    )
    return acknowledge(domain, tx, actor, number, "lead").incident if leads else changed


def _brief(tx: Tx, incident: Incident, role: IncidentRole, user: str) -> None:
    """Whoever takes over is told where the incident stands, as it is when they are told."""
    outgoing = Outgoing((user,), "incident.handover", {"role": role.id})
    plan_message(tx, outgoing, f"run:{incident.run_id}:handover:{user}", run_id=incident.run_id)


def give_back(domain: Domain, tx: Tx, actor: Actor, number: int, word: str) -> Incident:
    """Nobody holds the role any more."""
    incident, run = conducted(domain, tx, actor, number)
    role = role_named(domain.runbook_of(tx, run), word)
    if role.id not in incident.roles:
        raise Refusal(say("Nobody is {role}: there is nothing to give back.", role=role.id))
    left = {each: user for each, user in incident.roles.items() if each != role.id}
    changed = tx.incidents.save(incident, roles=left)
    said = {"role": role.id, "user": incident.roles[role.id]}
    tx.timeline.record("incident.role_back", actor, run.id, **said)
    tell(tx, changed, "role_back", {**said, "by": actor.user})
    return changed


def role_named(runbook: Runbook, word: str) -> IncidentRole:
    """The role that is meant by its id or by one of its titles; a Refusal that names all when there is none."""
    for role in runbook.incident_roles:
        if word.casefold() in {each.casefold() for each in (role.id, role.title, role.pt) if each}:
            return role
    known = listing([role.id for role in runbook.incident_roles], most=20)
    raise Refusal(say("{role} is not a role of an incident; the roles are {roles}.", role=word, roles=known))


def wanted_roles(runbook: Runbook, incident: Incident) -> list[IncidentRole]:
    """Roles that the runbook wants somebody to take in this incident, and nobody has; nothing is forced."""
    if incident.status is not IncidentStatus.OPEN:
        return []
    wanted = [role for role in runbook.incident_roles if incident.severity in role.wanted]
    return [role for role in wanted if role.id not in incident.roles]


def leader_of(runbook: Runbook, incident: Incident) -> str | None:
    """Who leads the incident."""
    return incident.roles.get(leading_role(runbook.incident_roles).id)


def teller_of(runbook: Runbook, incident: Incident) -> str | None:
    """Who sees to the status updates: the holder of the role for it, else who leads; None when nobody does either."""
    telling = [role.id for role in runbook.incident_roles if role.tells]
    return next((incident.roles[each] for each in telling if each in incident.roles), leader_of(runbook, incident))
