"""The levels of an incident, as the runbook and the team file have them when its clock is started."""

from collections.abc import Iterator

from bot.alerts.model import LEVEL
from bot.alerts.outcome import may_know
from bot.domain import Domain
from bot.escalation.model import Level
from bot.incidents.model import Incident
from bot.oncall.duty import order_of
from bot.ports import Tx
from bot.runbook.model import EscalationLevel, Severity
from bot.runs.model import Run


def snapshot(domain: Domain, tx: Tx, incident: Incident, run: Run, number: int) -> Iterator[Level]:
    """The levels for the `number`-th start of the clock, in their order."""
    runbook = domain.runbook_of(tx, run)
    wanted = runbook.severity(incident.severity).levels
    for level in sorted(runbook.escalation, key=lambda each: each.level):
        if wanted is None or level.level in wanted:
            yield _level(domain, tx, incident, level, number)


def _level(domain: Domain, tx: Tx, incident: Incident, level: EscalationLevel, number: int) -> Level:
    order = order_of(domain, tx, level.roles, f"{LEVEL}{level.level}")
    return Level(
        0, incident.run_id, number, level.level, level.title, order.people, len(order.first),
        channel=None if incident.private else level.channel, pages=level.paged, confirm=level.confirm,
    )  # fmt: skip


def may_be_called(domain: Domain, tx: Tx, person: str, incident: Incident, severity: Severity) -> bool:
    """Whether the clock may call somebody: of a private incident only whom its severity invites, and its members."""
    if person not in domain.team.people or not may_know(domain, tx, person, incident):
        return False
    invited = bool(domain.team.roles_of(person) & set(severity.invite))
    return not incident.private or invited or domain.team.people[person].slack in incident.members
