"""What deploys bring to Slack."""

from handlers.slack.area import Area, FormEntry, QuickAction
from handlers.slack.blocks import ids
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
    quick_actions=(QuickAction("Deploy…", ids.DEPLOY_REQUEST),),
)
