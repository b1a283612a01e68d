"""Drafts of what the law has the team communicate: written and reviewed by people, sent by people, never by NeonOps."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain import Domain
from bot.domain.messages import plan_message
from bot.effects.outgoing import RUN, Outgoing
from bot.errors import Refusal
from bot.incidents.conduct import may_conduct, run_of
from bot.incidents.model import Incident
from bot.legal import clocks
from bot.legal.clocks import clocks_of, knowledge_of, legal_of, require_decider
from bot.legal.model import ClockState, DraftState, LegalDraft
from bot.people import Actor
from bot.ports import Tx
from bot.runbook.sections.legal import Communication
from bot.runs.model import StepState
from bot.runs.start import records_of
from bot.text import listing, moment, say, shorten

FIELD_LIMIT = 3000
"""Characters of a field: what Slack's forms take."""


@dataclass(frozen=True)
class DraftRef:
    """A communication of an incident, and the version of its draft that was shown (0 = none yet)."""

    number: int
    communication: str
    version: int


def communication(domain: Domain, name: str) -> Communication:
    """The communication of the runbook; a Refusal that names those there are."""
    known = {each.id: each for each in legal_of(domain).communications}
    if name not in known:
        raise Refusal(say("{word} is no communication of the runbook: {known}.", word=name, known=listing([*known])))
    return known[name]


def draft_of(tx: Tx, number: int, name: str) -> LegalDraft | None:
    """The draft; None when nobody has begun it."""
    found = tx.rows(LegalDraft).find(incident=number, communication=name, limit=1)
    return found[0] if found else None


def prefilled(domain: Domain, tx: Tx, incident: Incident, asked: Communication) -> dict[str, str]:
    """What is known already, by field; the draft's own words once there is one."""
    draft = draft_of(tx, incident.id, asked.id)
    known = _known(domain, tx, incident)
    return dict(draft.fields) if draft else {each.id: known[each.filled] for each in asked.fields if each.filled}


def _known(domain: Domain, tx: Tx, incident: Incident) -> Mapping[str, str]:
    run, said = run_of(tx, incident), knowledge_of(tx, incident.id)
    records = records_of(tx, run.id)
    done = [step.text for _, step in domain.procedure_of(tx, run).steps()
            if step.id in records and records[step.id].state is StepState.DONE]  # fmt: skip
    dates = [say("Declared: {time}", time=moment(incident.declared_at, domain.zone))]
    if said:
        dates.append(say("Knowledge: {time}", time=moment(said.known_at, domain.zone)))
    severity = domain.runbook_of(tx, run).severity(incident.severity)
    return {
        "description": "\n".join(filter(None, (incident.title, severity.impact, incident.summary))),
        "dates": "\n".join(map(str, dates)),
        "measures": shorten("\n".join(f"- {text}" for text in done), FIELD_LIMIT),
    }


def write_draft(domain: Domain, tx: Tx, actor: Actor, ref: DraftRef, fields: Mapping[str, str]) -> LegalDraft:
    """Keep what a person wrote; what was reviewed before has to be reviewed anew."""
    incident, asked = may_conduct(domain, tx, actor, ref.number), communication(domain, ref.communication)
    words = {each.id: fields.get(each.id, "").strip()[:FIELD_LIMIT] for each in asked.fields}
    draft = draft_of(tx, incident.id, asked.id)
    if (draft.version if draft else 0) != ref.version:
        raise Refusal(
            say("Nothing was saved: somebody else changed this draft meanwhile. Copy your words and open it again.")
        )
    if draft and draft.state is DraftState.SENT:
        raise Refusal(say("Nothing was saved: this was sent already. Write what is new into the complement."))
    if draft is None:
        draft = tx.rows(LegalDraft).add(
            LegalDraft(0, incident.id, asked.id, DraftState.DRAFT, words, actor.user, tx.now, version=1)
        )
    else:
        draft = tx.rows(LegalDraft).save(
            draft, state=DraftState.DRAFT, fields=words, edited_by=actor.user, edited_at=tx.now, reviewed_by=None,
            reviewed_at=None,
        )  # fmt: skip
    _record(tx, incident, actor, asked, draft, "legal.drafted")
    return draft


def review(domain: Domain, tx: Tx, actor: Actor, ref: DraftRef) -> LegalDraft:
    """Somebody whose word counts has read this version, and it may be sent."""
    incident, asked, draft = _shown(domain, tx, actor, ref)
    require_decider(domain, actor, say("review a legal communication"))
    missing = [each.text for each in asked.fields if each.required and not draft.fields.get(each.id)]
    if missing:
        raise Refusal(say("It is not complete: {fields}.", fields=listing(missing, most=12)))
    draft = tx.rows(LegalDraft).save(draft, state=DraftState.REVIEWED, reviewed_by=actor.user, reviewed_at=tx.now)
    _record(tx, incident, actor, asked, draft, "legal.reviewed")
    return draft


def sent(domain: Domain, tx: Tx, actor: Actor, ref: DraftRef, reference: str) -> LegalDraft:
    """A person sent it, under this reference number: its clock is met by that."""
    incident, asked, draft = _shown(domain, tx, actor, ref)
    if draft.state is not DraftState.REVIEWED:
        raise Refusal(say("It was not reviewed: somebody with the role compliance officer reads it before it is sent."))
    reference = shorten(" ".join(reference.split()), clocks.WORDS_LIMIT)
    if not reference:
        raise Refusal(say("Write the reference number (protocol) under which it was sent."))
    draft = tx.rows(LegalDraft).save(
        draft, state=DraftState.SENT, sent_by=actor.user, sent_at=tx.now, reference=reference
    )
    _record(tx, incident, actor, asked, draft, "legal.sent")
    running = [each for each in clocks_of(tx, incident.id) if each.clock == asked.clock]
    if running and running[0].state is ClockState.RUNNING:
        clocks.meet(domain, tx, actor, incident.id, running[0].clock, reference)
    return draft


def export(domain: Domain, tx: Tx, actor: Actor, ref: DraftRef) -> None:
    """Have the draft posted as a file into the incident's private channel."""
    incident, asked, draft = _shown(domain, tx, actor, ref)
    if not incident.private or incident.channel is None:
        raise Refusal(say("The channel of incident {id} is not private: everybody could read it.", id=incident.id))
    payload = {"draft": draft.id, "channel": incident.channel}
    tx.effects.plan("legal.export", f"legal:{draft.id}:export", payload, run_id=incident.run_id)
    tx.timeline.record("legal.exported", actor, incident.run_id, title=asked.title, sha256=fingerprint(draft))


def _shown(domain: Domain, tx: Tx, actor: Actor, ref: DraftRef) -> tuple[Incident, Communication, LegalDraft]:
    incident, asked = may_conduct(domain, tx, actor, ref.number), communication(domain, ref.communication)
    draft = draft_of(tx, incident.id, asked.id)
    if draft is None:
        raise Refusal(say("Nobody has written this yet: *Write…* opens the form."))
    if draft.version != ref.version:
        raise Refusal(say("Nothing was done: the draft was changed since it was shown. Look at it again."))
    return incident, asked, draft


def fingerprint(draft: LegalDraft) -> str:
    """The SHA-256 of the words, by which the timeline shows what was reviewed and sent."""
    words = "\n".join(f"{name}\0{words}" for name, words in sorted(draft.fields.items()))
    return hashlib.sha256(words.encode()).hexdigest()


def _record(tx: Tx, incident: Incident, actor: Actor, asked: Communication, draft: LegalDraft, kind: str) -> None:
    said = {"title": asked.title, "sha256": fingerprint(draft), "reference": draft.reference}
    tx.timeline.record(kind, actor, incident.run_id, **said)
    data = {"title": asked.title, "state": str(draft.state), "by": actor.user, "reference": draft.reference}
    target = f"run:{incident.run_id}:say"
    plan_message(tx, Outgoing((RUN,), "legal.draft", data), target, run_id=incident.run_id)
