"""A draft as a Markdown document: every field with its source, who wrote and reviewed it, and that a lawyer decides."""

from zoneinfo import ZoneInfo

from bot.incidents.model import Incident
from bot.legal.drafts import fingerprint
from bot.legal.model import DraftState, LegalDraft
from bot.runbook.sections.legal import Communication
from bot.text import moment, say


def document(asked: Communication, incident: Incident, draft: LegalDraft, names: dict[str, str], zone: ZoneInfo) -> str:
    """The document; `names` are those of the users in it."""
    state = _state(draft, names, zone)
    parts = [f"# {asked.title}", say("Incident {id}: {title}", id=incident.id, title=incident.title), f"**{state}**",
             say("Source: {source}. A lawyer decides what has to be communicated; NeonOps files nothing.",
                 source=asked.source)]  # fmt: skip
    for each in asked.fields:
        parts += [f"## {each.text}", f"*{each.source}*", draft.fields.get(each.id) or say("(nothing written)")]
    parts.append(f"SHA-256: `{fingerprint(draft)}`")
    return "\n\n".join(map(str, parts)) + "\n"


def _state(draft: LegalDraft, names: dict[str, str], zone: ZoneInfo) -> str:
    match draft.state:
        case DraftState.SENT if draft.sent_at:
            return say("Sent by {who} {time} under {reference}", who=names.get(draft.sent_by or "", draft.sent_by),
                       time=moment(draft.sent_at, zone), reference=draft.reference)  # fmt: skip
        case DraftState.REVIEWED if draft.reviewed_at:
            return say("Reviewed by {who} {time}, not sent", time=moment(draft.reviewed_at, zone),
                       who=names.get(draft.reviewed_by or "", draft.reviewed_by))  # fmt: skip
    return say("Draft of {who} {time}, not reviewed: not to be sent", time=moment(draft.edited_at, zone),
               who=names.get(draft.edited_by, draft.edited_by))  # fmt: skip
