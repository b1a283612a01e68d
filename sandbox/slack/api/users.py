"""users.* and usergroups.*: the people of the workspace."""

from __future__ import annotations

from ..core import Core
from ..errors import SlackError
from ..people import Person, user_object
from .args import Args
from .methods import Answer, Method, page


def info(core: Core, args: Args) -> Answer:
    person = core.workspace.people.get(args.needed("user"))
    if person is None:
        raise SlackError("user_not_found")
    return {"user": _object(core, person, args)}


def list_users(core: Core, args: Args) -> Answer:
    rows, metadata = page(list(core.workspace.people.values()), args, default=1000, most=1000)
    members = [_object(core, person, args) for person in rows]
    return {"members": members, "cache_ts": int(core.now()), **metadata}


def lookup_by_email(core: Core, args: Args) -> Answer:
    wanted = args.needed("email").casefold()
    for person in core.workspace.people.values():
        if person.email.casefold() == wanted and not person.deleted:
            return {"user": _object(core, person, args)}
    raise SlackError("users_not_found")


def list_usergroups(core: Core, args: Args) -> Answer:
    with_users = args.flag("include_users")
    groups = [_group(group, with_users=with_users) for group in core.workspace.usergroups.values()]
    return {"usergroups": groups}


def list_usergroup_users(core: Core, args: Args) -> Answer:
    group = core.workspace.usergroups.get(args.needed("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group["users"])}


def _group(group: dict[str, object], *, with_users: bool) -> dict[str, object]:
    return group if with_users else {name: value for name, value in group.items() if name != "users"}


def _object(core: Core, person: Person, args: Args) -> dict[str, object]:
    with_email = "users:read.email" in core.manifest.scopes
    return user_object(person, with_email=with_email, with_locale=args.flag("include_locale"))


METHODS = {
    "users.info": Method(info, 4, ("users:read",)),
    "users.list": Method(list_users, 2, ("users:read",)),
    "users.lookupByEmail": Method(lookup_by_email, 3, ("users:read.email",)),
    "usergroups.list": Method(list_usergroups, 2, ("usergroups:read",)),
    "usergroups.users.list": Method(list_usergroup_users, 2, ("usergroups:read",)),
}
