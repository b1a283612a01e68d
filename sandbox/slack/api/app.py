"""auth.test, apps.connections.open, team.info, api.test and blocks.validate."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from ..app import TEAM_DOMAIN, TEAM_NAME
from ..blocks.checks import Problem
from ..blocks.validate import message_problems, view_problems
from ..core import Core
from ..errors import SlackError
from ..people import HOME_TEAM
from .args import Args
from .methods import Answer, Method


def auth_test(core: Core, args: Args) -> Answer:
    return {
        "url": core.base_url,
        "team": TEAM_NAME,
        "user": core.app.person().name,
        "team_id": HOME_TEAM,
        "user_id": core.bot,
        "bot_id": core.app.bot_id,
        "is_enterprise_install": False,
    }


def api_test(core: Core, args: Args) -> Answer:
    if args.has("error"):
        raise SlackError(args.text("error"))
    return {"args": dict(args.values)}


def open_connection(core: Core, args: Args) -> Answer:
    """A WebSocket address with a ticket that works once."""
    ticket = core.ids.secret(16)
    core.sockets.add_ticket(ticket)
    base = core.base_url.replace("http", "ws", 1)
    return {"url": f"{base}socket?{urlencode({'ticket': ticket, 'app_id': core.app.id})}"}


def team_info(core: Core, args: Args) -> Answer:
    team = {"id": HOME_TEAM, "name": TEAM_NAME, "domain": TEAM_DOMAIN, "email_domain": "", "icon": {}}
    return {"team": team}


def validate_blocks(core: Core, args: Args) -> Answer:
    """Exactly one of `blocks`, `message` and `view`."""
    given = [name for name in ("blocks", "message", "view") if args.has(name)]
    if len(given) != 1:
        raise SlackError("invalid_arguments")
    value = args.parsed(given[0])
    if given[0] == "message" and isinstance(value, Mapping):
        value = value.get("blocks") or []
    problems = view_problems(value) if given[0] == "view" else message_problems(value)
    if problems:
        raise SlackError("invalid_blocks", errors=[_problem(problem) for problem in problems])
    return {}


def _problem(problem: Problem) -> dict[str, object]:
    field = problem.pointer.rsplit("/", 1)[-1]
    return {
        "code": "invalid",
        "message": problem.message,
        "field": field,
        "pointer": problem.pointer,
        "constraint": None,
    }


METHODS = {
    "auth.test": Method(auth_test, 5),
    "api.test": Method(api_test, 4, token="none"),
    "apps.connections.open": Method(open_connection, 1, ("connections:write",), token="app"),
    "team.info": Method(team_info, 3, ("team:read",)),
    "blocks.validate": Method(validate_blocks, 4, token="none"),
}
