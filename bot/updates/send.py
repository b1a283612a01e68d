"""Sending a status update: to the channel, to where incidents are talked about, to subscribers, to customers."""

from dataclasses import replace

from bot.domain import Domain
from bot.errors import Refusal
from bot.incidents.conduct import conducted
from bot.incidents.model import Incident
from bot.incidents.telling import announce, is_public, tell
from bot.people import Actor
from bot.ports import Tx
from bot.runs.model import Run
from bot.text import say
from bot.text.legible import legible
from bot.updates.due import set_due
from bot.updates.events import StatusUpdated
from bot.updates.hearing import tell_subscribers
from bot.updates.look import is_for_customers
from bot.updates.model import Audience, StatusUpdate, UpdateDraft, UpdateStatus, Wording
from bot.updates.privacy import without_patients

TEXT_LIMIT = 1500
"""Characters of an update in one language."""


def may_update(domain: Domain, tx: Tx, actor: Actor, number: int, audience: Audience) -> tuple[Incident, Run]:
    """The incident, when the actor may send an update of it to them; a Refusal otherwise."""
    incident, run = conducted(domain, tx, actor, number)
    if audience is Audience.CUSTOMERS and not is_for_customers(incident):
        why = say("a drill") if incident.drill else say("private")
        raise Refusal(say("Incident {id} is {why}: customers are told nothing of it.", id=incident.id, why=why))
    return incident, run


def keep_draft(domain: Domain, tx: Tx, actor: Actor, number: int, wording: Wording) -> UpdateDraft:
    """Keep what was written until its writer has seen it as others will; what looks like a patient's is hidden."""
    incident, _ = may_update(domain, tx, actor, number, wording.audience)
    texts = _clean(wording.texts)
    draft = UpdateDraft(
        0, incident.id, wording.audience, wording.status, texts, actor.user, tx.now, wording.services
    )  # fmt: skip
    added = tx.rows(UpdateDraft).add(draft)
    stored = tx.rows(UpdateDraft).get(added.id)
    assert stored, "it was added in this transaction"
    return stored


def send_draft(domain: Domain, tx: Tx, actor: Actor, draft_id: int) -> StatusUpdate:
    """Send what was looked at, once."""
    draft = tx.rows(UpdateDraft).get(draft_id)
    if draft is None or draft.by != actor.user:
        raise Refusal(say("This draft is not there any more. Write the update again: /incident update."))
    if draft.update is not None:
        raise Refusal(say("This update was sent already."))
    update = send(domain, tx, actor, draft.incident, draft.wording)
    tx.rows(UpdateDraft).save(draft, update=update.id)
    return update


def send(domain: Domain, tx: Tx, actor: Actor, number: int, wording: Wording) -> StatusUpdate:
    """Send an update: what it is to say to customers was confirmed."""
    incident, run = may_update(domain, tx, actor, number, wording.audience)
    wording = replace(wording, texts=_clean(wording.texts))
    update = tx.rows(StatusUpdate).add(
        StatusUpdate(0, incident.id, wording.audience, wording.status, wording.texts, actor.user, tx.now,
                     wording.services)
    )  # fmt: skip
    if incident.responded_at is None:
        incident = tx.incidents.save(incident, responded_at=tx.now)
    said = {"audience": wording.audience.value, "status": wording.status.value, "texts": wording.texts}
    tx.timeline.record("update.sent", actor, run.id, update=update.id, **said)
    _spread(domain, tx, incident, run, update)
    domain.publish(tx, StatusUpdated(incident, update))
    return update


def _spread(domain: Domain, tx: Tx, incident: Incident, run: Run, update: StatusUpdate) -> None:
    """Say it in the channel, in public when the incident is known there, and to subscribers; the next one is due."""
    severity, said = domain.runbook_of(tx, run).severity(incident.severity), {"update": update.id}
    tell(tx, incident, "update", said)
    if is_public(tx, incident, severity):
        announce(tx, run.id, "announce.update", said)
    tell_subscribers(domain, tx, incident, "announce.update", said, update.services)
    set_due(tx, incident, severity, tx.now)


def status_of(tx: Tx, incident: Incident) -> UpdateStatus:
    """How far an incident is, as its last update says."""
    last = tx.rows(StatusUpdate).find(incident=incident.id, order="-id", limit=1)
    return last[0].status if last else UpdateStatus.INVESTIGATING


def _clean(texts: dict[str, str]) -> dict[str, str]:
    """The texts that say something, without data of patients; a Refusal when none does, or one is too long."""
    readable = {language: legible(text).strip() for language, text in texts.items()}
    found = {language: without_patients(text) for language, text in readable.items() if text}
    if not found:
        raise Refusal(say("An update needs text: what happens, for whom, and what is done about it."))
    longest = max(len(text) for text in found.values())
    if longest > TEXT_LIMIT:
        counts = {"count": f"{longest:,}", "limit": f"{TEXT_LIMIT:,}"}
        raise Refusal(say("This update has {count} characters, and one holds {limit}. Nothing was sent.", **counts))
    return found
