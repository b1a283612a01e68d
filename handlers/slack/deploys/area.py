"""What deploys bring to Slack."""

from bot.text import say
from handlers.slack.area import Area, FormEntry, QuickAction
from handlers.slack.blocks import ids
from handlers.slack.cards.drawing import Drawing
from handlers.slack.deploys import approval, holds, request
from handlers.slack.deploys.command import COMMAND
from handlers.slack.deploys.messages import MESSAGES

AREA = Area(
    commands=(COMMAND,),
    actions={
        ids.DEPLOY_REQUEST: request.open_request,
        ids.RUN_APPROVE: approval.approve,
        ids.GATES_AGAIN: approval.check_again,
        ids.GATE_OVERRIDE: approval.open_override,
        ids.HOLD_LIFT: holds.lift_hold,
        ids.HOLD_KEEP: holds.keep_hold,
    },
    forms={
        ids.DEPLOY_REQUEST: FormEntry(request.request, "ref"),
        ids.GATE_OVERRIDE: FormEntry(approval.override, "reason"),
    },
    messages=MESSAGES,
    drawings={"deploy": Drawing("🚀", lambda: say("pre-deploy checks"), lambda: say("post-deploy"))},
    quick_actions=(QuickAction("Deploy…", ids.DEPLOY_REQUEST),),
)
