"""What runs bring to Slack, of whatever kind they are."""

from bot.alerts.again import AlertRef, page_again
from handlers.slack.area import Area, FormEntry
from handlers.slack.blocks import ids
from handlers.slack.incidents.items import below as list_below
from handlers.slack.interaction.transactions import about
from handlers.slack.runs import actions, forms
from handlers.slack.runs.messages import MESSAGES

AREA = Area(
    actions={
        ids.STEP_TICK: actions.tick,
        ids.STEP_UNTICK: actions.untick,
        ids.STEP_RUN: actions.run_step,
        ids.STEP_START: actions.start,
        ids.STEP_SKIP: forms.open_skip,
        ids.STEP_OUTPUT: actions.post_output,
        ids.ALERT_PAGE: about(AlertRef, page_again),
        ids.GATE_RETRY: actions.retry,
        ids.GATE_DONE: actions.done,
        ids.GATE_AGAIN: actions.again,
        ids.GATE_ABORT: actions.abort,
        ids.RUN_CANCEL: actions.cancel,
        ids.RUN_LOG: actions.post_log,
        ids.RUN_REVIVE: actions.revive,
        ids.LINK: actions.follow_link,
    },
    forms={ids.STEP_SKIP: FormEntry(forms.skip, "reason", list_below)},
    messages=MESSAGES,
)
