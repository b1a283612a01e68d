"""views.*: opening, pushing and updating modals, publishing home tabs. A trigger is used up only when it worked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..blocks.validate import check_view
from ..core import Core
from ..errors import SlackError
from ..views import View
from .args import Args
from .methods import Answer, Method


def open_view(core: Core, args: Args) -> Answer:
    return _with_trigger(core, args, core.views.open)


def push(core: Core, args: Args) -> Answer:
    return _with_trigger(core, args, core.views.push)


def update(core: Core, args: Args) -> Answer:
    body = _view(args)
    if args.has("view_id"):
        view = core.views.get(args.text("view_id"))
    else:
        view = core.views.by_external_id(args.needed("external_id"))
    return _answer(core, core.views.update(view, body, hash=args.text("hash") or None))


def publish(core: Core, args: Args) -> Answer:
    if not core.manifest.home_tab:
        raise SlackError("not_enabled")
    user = args.needed("user_id")
    if user not in core.workspace.people:
        raise SlackError.with_messages("invalid_arguments", "user not found [json-pointer:/user_id]")
    body = _view(args)
    if body["type"] != "home":
        raise SlackError.with_messages("invalid_arguments", "must be a home view [json-pointer:/view/type]")
    return _answer(core, core.views.publish(user, body, hash=args.text("hash") or None))


def _with_trigger(core: Core, args: Args, show: Callable[[str, Any], View]) -> Answer:
    trigger_id = args.needed("trigger_id")
    user = core.triggers.check(trigger_id)
    body = _view(args)
    if body["type"] != "modal":
        raise SlackError.with_messages("invalid_arguments", "must be a modal view [json-pointer:/view/type]")
    view = show(user, body)
    core.triggers.use(trigger_id)
    return _answer(core, view)


def _view(args: Args) -> Any:
    body = args.parsed("view")
    if body is None:
        args.needed("view")
    check_view(body)
    return body


def _answer(core: Core, view: View) -> Answer:
    return {"view": core.views.as_object(view)}


METHODS = {
    "views.open": Method(open_view, 4),
    "views.push": Method(push, 4),
    "views.update": Method(update, 4),
    "views.publish": Method(publish, 4),
}
