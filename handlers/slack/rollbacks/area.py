"""What rollbacks bring to Slack."""

from bot.text import say
from handlers.slack.area import Area, FormEntry
from handlers.slack.blocks import ids
from handlers.slack.cards.drawing import Drawing
from handlers.slack.rollbacks import actions, emergency, incident, undo
from handlers.slack.rollbacks.card import rollback_card
from handlers.slack.rollbacks.command import COMMAND

AREA = Area(
    commands=(COMMAND,),
    actions={
        ids.ROLLBACK_REQUEST: actions.request,
        ids.ROLLBACK_CHOOSE: actions.choose,
        ids.RUN_CONFIRM: actions.confirm_shown,
        ids.RUN_ROLL_BACK: actions.roll_back,
        ids.RUN_PROMOTE: actions.promote,
        ids.RUN_TAKE_OVER: actions.take_over,
        ids.ROLLBACK_EMERGENCY: emergency.open_emergency,
        ids.RUN_UNDO: undo.open_undo,
        ids.INCIDENT_ROLL_BACK: incident.open_which,
    },
    forms={
        ids.ROLLBACK_EMERGENCY: FormEntry(emergency.start_emergency, "reason"),
        ids.RUN_UNDO: FormEntry(undo.undo_rollback, "sure"),
        ids.INCIDENT_ROLL_BACK: FormEntry(incident.start, "target"),
    },
    drawings={
        "rollback": Drawing("⏪", lambda: say("pre-rollback checks"), lambda: say("post-rollback"), rollback_card)
    },
)
