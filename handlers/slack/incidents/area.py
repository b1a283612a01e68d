"""What incidents bring to Slack, beside their command: other areas have a say in that."""

from bot.incidents import conduct
from bot.incidents.acknowledge import hand_back
from handlers.slack.area import Area, FormEntry, QuickAction
from handlers.slack.blocks import ids
from handlers.slack.cards.drawing import Drawing
from handlers.slack.incidents import acknowledging, ending, escalating, escalation, forms, items, past, roles, windows
from handlers.slack.incidents.card import incident_card
from handlers.slack.incidents.duplicates import MESSAGES as DUPLICATES
from handlers.slack.incidents.messages import MESSAGES
from handlers.slack.incidents.shortcuts import DECLARE, NOTE_MESSAGE
from handlers.slack.interaction.transactions import about_incident

AREA = Area(
    actions={
        ids.INCIDENT_DECLARE: forms.open_declare,
        ids.INCIDENT_ACK: acknowledging.clicked,
        ids.INCIDENT_ESCALATE: escalating.open_form,
        ids.INCIDENT_HAND_BACK: about_incident(hand_back),
        ids.INCIDENT_ITEMS: items.open_items,
        ids.INCIDENT_NOTE: forms.open_note,
        ids.TIMELINE_EARLIER: past.open_page,
        ids.TIMELINE_LATER: past.open_page,
        ids.PHASE_SNOOZE: windows.snooze_clicked,
        ids.PHASE_UNNEEDED: windows.open_unneeded,
        ids.INCIDENT_RESOLVE: ending.open_resolve,
        ids.INCIDENT_CLOSE: ending.open_close,
        ids.INCIDENT_REOPEN: about_incident(conduct.reopen),
    },
    forms={
        ids.INCIDENT_DECLARE: FormEntry(forms.declare_filled, "title"),
        ids.INCIDENT_ESCALATE: FormEntry(escalating.filled, "reason"),
        ids.PHASE_UNNEEDED: FormEntry(windows.unneeded, "reason"),
        ids.INCIDENT_NOTE: FormEntry(forms.note, "text"),
        ids.INCIDENT_RESOLVE: FormEntry(ending.resolve, "text"),
        ids.INCIDENT_CLOSE: FormEntry(ending.close, "reason"),
    },
    redrawn={ids.INCIDENT_ITEMS: items.again},
    drawings={"incident": Drawing(main_card=incident_card)},
    shortcuts=(DECLARE, NOTE_MESSAGE),
    messages={**MESSAGES, **roles.MESSAGES, **escalation.MESSAGES, **windows.MESSAGES, **DUPLICATES},
    quick_actions=(QuickAction("Declare an incident", ids.INCIDENT_DECLARE, "danger"),),
)
