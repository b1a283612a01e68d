"""What restores of the database bring to Slack."""

from handlers.slack.area import Area, FormEntry
from handlers.slack.blocks import ids
from handlers.slack.cards.drawing import Drawing
from handlers.slack.restores import forms
from handlers.slack.restores.card import restore_card, restored_words

AREA = Area(
    actions={ids.RESTORE_CHOOSE: forms.open_choice, ids.RESTORE_APPROVE: forms.open_approval},
    forms={
        ids.RESTORE_CHOOSE: FormEntry(forms.chosen, "typed"),
        ids.RESTORE_APPROVE: FormEntry(forms.approved, "typed"),
    },
    drawings={"restore": Drawing("🗄️", first_card=restore_card, verdict=restored_words)},
)
