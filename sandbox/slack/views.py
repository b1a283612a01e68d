"""Modals and home tabs: each person's stack of open views, and the state typed into them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import forms
from .app import AppIdentity
from .blocks.walk import with_ids
from .errors import SlackError
from .ids import Ids
from .notifier import Notifier
from .people import HOME_TEAM

DEPTH = 3
Json = Mapping[str, Any]


@dataclass(eq=False)
class View:
    """An open modal or a published home tab; `body` is what the app sent, with the missing block_ids filled in."""

    id: str
    user: str
    body: Json
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    values: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def type(self) -> str:
        return str(self.body["type"])

    @property
    def callback_id(self) -> str:
        return str(self.body.get("callback_id", ""))

    @property
    def blocks(self) -> list[Json]:
        return list(self.body["blocks"])

    @property
    def private_metadata(self) -> str:
        return str(self.body.get("private_metadata", ""))


class Views:
    """The views of every person."""

    def __init__(self, app: AppIdentity, ids: Ids, notifier: Notifier) -> None:
        self._app = app
        self._ids = ids
        self._notifier = notifier
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def stack(self, user: str) -> tuple[View, ...]:
        """The person's open modals, the visible one last."""
        return tuple(self._stacks.get(user, ()))

    def home(self, user: str) -> View | None:
        return self._homes.get(user)

    def get(self, view_id: str) -> View:
        """Raises not_found."""
        return self._first(lambda view: view.id == view_id)

    def by_external_id(self, external_id: str) -> View:
        """Raises not_found."""
        return self._first(lambda view: view.body.get("external_id") == external_id)

    def open(self, user: str, body: Json) -> View:
        self._check_external_id(body)
        view = self._new(user, body)
        self._stacks[user] = [view]
        self._changed(view)
        return view

    def push(self, user: str, body: Json) -> View:
        """Raises not_found without an open modal, push_limit_reached above three."""
        stack = self._stacks.get(user) or []
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= DEPTH:
            raise SlackError("push_limit_reached")
        self._check_external_id(body)
        view = self._new(user, body)
        view.root_view_id, view.previous_view_id = stack[0].id, stack[-1].id
        stack.append(view)
        self._changed(view)
        return view

    def update(self, view: View, body: Json, *, hash: str | None = None) -> View:
        """Replace the content; what was typed stays where block_id and action_id do. Raises hash_conflict."""
        if hash and hash != view.hash:
            raise SlackError("hash_conflict")
        if body["type"] != view.type:
            raise SlackError.with_messages("invalid_arguments", "must keep the view's type [json-pointer:/view/type]")
        self._check_external_id(body, own=view)
        self._fill(view, body)
        self._changed(view)
        return view

    def publish(self, user: str, body: Json, *, hash: str | None = None) -> View:
        """Raises hash_conflict."""
        if (home := self._homes.get(user)) is not None:
            return self.update(home, body, hash=hash)
        if hash:
            raise SlackError("hash_conflict")
        self._check_external_id(body)
        view = self._homes[user] = self._new(user, body)
        self._changed(view)
        return view

    def close(self, view: View) -> None:
        """Close this view and those above it."""
        stack = self._stacks.get(view.user, [])
        if view in stack:
            del stack[stack.index(view) :]
        self._changed(view)

    def clear(self, user: str) -> None:
        for view in self._stacks.pop(user, [])[:1]:
            self._changed(view)

    def as_object(self, view: View) -> dict[str, Any]:
        """The view object of answers and payloads."""
        body = view.body
        return {
            "id": view.id,
            "team_id": HOME_TEAM,
            "type": view.type,
            "blocks": view.blocks,
            "private_metadata": view.private_metadata,
            "callback_id": view.callback_id,
            "state": {"values": {block: dict(values) for block, values in view.values.items()}},
            "hash": view.hash,
            "title": body.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
            "clear_on_close": body.get("clear_on_close", False),
            "notify_on_close": body.get("notify_on_close", False),
            "close": body.get("close"),
            "submit": body.get("submit"),
            "previous_view_id": view.previous_view_id,
            "root_view_id": view.root_view_id,
            "app_id": self._app.id,
            "external_id": body.get("external_id", ""),
            "app_installed_team_id": HOME_TEAM,
            "bot_id": self._app.bot_id,
        }

    def _new(self, user: str, body: Json) -> View:
        view_id = self._ids.new("V")
        view = View(view_id, user, body, hash="", root_view_id=view_id)
        self._fill(view, body)
        return view

    def _fill(self, view: View, body: Json) -> None:
        blocks = with_ids(body["blocks"], self._ids.short)
        view.values = forms.carried_over(view.values, blocks)
        view.body = {**body, "blocks": blocks}
        view.hash = f"{self._ids.ts().split('.')[0]}.{self._ids.secret(4)}"

    def _first(self, matches: Any) -> View:
        for view in (*self._homes.values(), *(view for stack in self._stacks.values() for view in stack)):
            if matches(view):
                return view
        raise SlackError("not_found")

    def _check_external_id(self, body: Json, own: View | None = None) -> None:
        external_id = body.get("external_id")
        if not external_id:
            return
        try:
            holder = self.by_external_id(external_id)
        except SlackError:
            return
        if holder is not own:
            raise SlackError("duplicate_external_id")

    def _changed(self, view: View) -> None:
        if view.type == "home":
            self._notifier.notify("home", only=view.user)
        else:
            self._notifier.notify("view", only=view.user, root_id=view.root_view_id)
