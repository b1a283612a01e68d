"""What the legal side of incidents brings to Slack."""

from bot.legal import clocks
from handlers.slack.area import Area, FormEntry
from handlers.slack.blocks import ids
from handlers.slack.legal import drafts, forms
from handlers.slack.legal.command import TOPICS
from handlers.slack.legal.messages import MESSAGES

AREA = Area(
    topics=(*TOPICS, drafts.TOPIC),
    actions={
        ids.DRAFT_WRITE: drafts.open_draft,
        ids.DRAFT_REVIEW: drafts.reviewed,
        ids.DRAFT_EXPORT: drafts.exported,
        ids.DRAFT_SENT: drafts.open_sent,
        ids.LEGAL_KNOWLEDGE: forms.open_knowledge,
        ids.LEGAL_MEET: forms.opener("Met", "Reference number, or how it was done", ids.LEGAL_MEET, "Save"),
        ids.LEGAL_ASIDE: forms.opener("Does not apply", "Why, and who decided that?", ids.LEGAL_ASIDE, "Save"),
        ids.LEGAL_AGAIN: forms.opener("Run again", "Why does it run again?", ids.LEGAL_AGAIN, "Save"),
    },
    forms={
        ids.DRAFT_WRITE: FormEntry(drafts.written, "risks"),
        ids.DRAFT_SENT: FormEntry(drafts.marked_sent, "reference"),
        ids.LEGAL_KNOWLEDGE: FormEntry(forms.knowledge_filled, "date"),
        ids.LEGAL_MEET: FormEntry(forms.filled(clocks.meet), "words"),
        ids.LEGAL_ASIDE: FormEntry(forms.filled(clocks.set_aside), "words"),
        ids.LEGAL_AGAIN: FormEntry(forms.filled(clocks.run_again), "words"),
    },
    messages={**MESSAGES, **drafts.MESSAGES},
)
