"""What status updates bring to Slack."""

from handlers.slack.area import Area, FormEntry
from handlers.slack.blocks import ids
from handlers.slack.updates import forms
from handlers.slack.updates.command import TOPICS
from handlers.slack.updates.messages import MESSAGES

AREA = Area(
    topics=TOPICS,
    actions={ids.INCIDENT_UPDATE: forms.open_update},
    forms={
        ids.INCIDENT_UPDATE: FormEntry(forms.chosen, "audience"),
        ids.UPDATE_TEXT: FormEntry(forms.written, "en"),
        ids.UPDATE_SEND: FormEntry(forms.confirmed, "sure"),
    },
    messages=MESSAGES,
)
