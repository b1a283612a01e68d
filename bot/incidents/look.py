"""Looking at incidents: which one is meant, which are open, what happened."""

from dataclasses import dataclass

from bot.domain import Domain
from bot.errors import Refusal
from bot.incidents.access import may_see, visible
from bot.incidents.model import Incident, IncidentStatus
from bot.people import Actor
from bot.ports import Tx
from bot.runbook.model import Procedure, Runbook
from bot.runs.checklist.counting import Count, count_items
from bot.runs.model import Run, StepRecord
from bot.runs.start import records_of
from bot.text import say
from bot.timeline import Event


@dataclass(frozen=True)
class Situation:
    """An incident with its run and steps, and the runbook that the run started with."""

    incident: Incident
    run: Run
    records: dict[str, StepRecord]
    runbook: Runbook

    @property
    def procedure(self) -> Procedure:
        """The checklist that it has now."""
        return self.runbook.procedure(self.run.procedure)

    def count(self, stage: str | None = None) -> Count:
        """How many of its items are settled; without a stage, of its checklist."""
        return count_items(self.run, self.procedure, self.records, stage)


def meant(domain: Domain, tx: Tx, actor: Actor, number: int | None, channel: str) -> Incident:
    """The incident of this number, else of this channel, else the only open one; a Refusal when it is not clear."""
    if number is not None:
        return visible(domain, tx, actor, number)
    here = _seen(domain, tx, actor, tx.incidents.find(channel=channel, order="-id", limit=1))
    found = here or open_incidents(domain, tx, actor)
    if len(found) != 1:
        raise Refusal(say("Which incident? Use its channel, or its number: /incident 7 status."))
    return found[0]


def _seen(domain: Domain, tx: Tx, actor: Actor, found: list[Incident]) -> list[Incident]:
    return [incident for incident in found if may_see(domain, tx, actor, incident)]


def open_incidents(domain: Domain, tx: Tx, actor: Actor) -> list[Incident]:
    """Incidents that are not closed and that the actor may see, newest first."""
    found = tx.incidents.find(status=(IncidentStatus.OPEN, IncidentStatus.RESOLVED), order="-id")
    return _seen(domain, tx, actor, found)


def situations(domain: Domain, tx: Tx, actor: Actor) -> list[Situation]:
    """The open incidents with how far they are."""
    return [situation(domain, tx, incident) for incident in open_incidents(domain, tx, actor)]


def situation(domain: Domain, tx: Tx, incident: Incident) -> Situation:
    """One incident with how far it is."""
    run = tx.runs.get(incident.run_id)
    assert run
    return Situation(incident, run, records_of(tx, run.id), domain.runbook_of(tx, run))


def timeline(tx: Tx, incident: Incident, *, before: int | None = None, limit: int = 30) -> list[Event]:
    """The latest events of an incident, oldest first."""
    return tx.timeline.of_run(incident.run_id, before=before, limit=limit)
