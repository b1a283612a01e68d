"""What people do to what the app shows them: clicks, choices, forms submitted and closed.

A confirmation dialog counts as confirmed. Only what is on the screen can be used, unless a test hands in the older
message that a slow client still shows (`seen`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from . import forms, payloads, wire
from .api.args import Args
from .blocks.validate import check_view
from .blocks.walk import elements
from .channels import Message
from .deliveries import Ack, Delivery
from .errors import Impossible, SlackError
from .people import Person
from .people_actions import PeopleActions
from .views import View

Json = Mapping[str, Any]
_CARRIED = ("type", "block_id", "action_id", "text", "value", "style", "placeholder", "url", "icon")


@dataclass(frozen=True)
class _Touched:
    """An element in its block, and the current values beside it."""

    block: Json
    element: Json
    values: dict[str, dict[str, Any]]

    @property
    def is_stateful(self) -> bool:
        return self.element["type"] in forms.KINDS

    @property
    def is_silent(self) -> bool:
        """Whether using it tells the app nothing yet: an input without dispatch_action."""
        return self.block["type"] == "input" and not self.block.get("dispatch_action")

    def put(self, given: Json) -> None:
        """Take over what a person chose or typed."""
        if self.is_stateful:
            block = self.values.setdefault(self.block["block_id"], {})
            block[self.element["action_id"]] = forms.value_from(self.element, given)

    def action(self, given: Json, at: str) -> dict[str, Any]:
        """The entry of `actions`."""
        element = {**self.element, "block_id": self.block["block_id"]}
        action = {name: element[name] for name in _CARRIED if name in element}
        if self.is_stateful:
            action |= self.values[self.block["block_id"]][self.element["action_id"]]
        elif self.element["type"] == "overflow":
            action["selected_option"] = forms.option_of(self.element, given.get("selected_option"))
        return {**action, "action_ts": at}


class Touches(PeopleActions):
    """Clicks and forms."""

    async def click(
        self,
        user: str,
        channel: str,
        ts: str,
        *,
        action_id: str,
        block_id: str | None = None,
        element: Json | None = None,
        seen: Message | None = None,
    ) -> Ack:
        """Use an element of a message; without `block_id` the first with this action_id.

        `element` carries the choice (`selected_option`, `selected_options`, `value` …); options may be given by value.
        """
        container = {"type": "message", "channel": channel, "ts": ts, "seen": seen}
        return await self.action(user, container, action_id=action_id, block_id=block_id, element=element)

    async def action(
        self,
        user: str,
        container: Json,
        *,
        action_id: str,
        block_id: str | None = None,
        element: Json | None = None,
        state: Mapping[str, Json] | None = None,
    ) -> Ack:
        """Use an element of a message (`{type: message, channel, ts}`) or a view (`{type: view, view_id}`).

        `state` is what else was typed into the form so far, `{block_id: {action_id: value}}`.
        """
        person = self.person(user)
        if container["type"] == "view":
            return await self._in_view(person, container["view_id"], (block_id, action_id), element or {}, state or {})
        return await self._in_message(person, container, (block_id, action_id), element or {})

    async def submit(self, user: str, view_id: str, state: Mapping[str, Json] | None = None) -> Ack:
        """Press a form's submit button, with `state` typed in before.

        Inputs that Slack's client does not take come back in `errors` and nothing is sent (`error`: "invalid_input").
        """
        core, person = self._core, self.person(user)
        view = self._open_view(person, view_id)
        if not view.body.get("submit"):
            raise Impossible("no_submit", "The form has no submit button.")
        self._type_in(view.blocks, view.values, state or {})
        if problems := forms.problems(view.blocks, view.values):
            return Ack(ok=False, error="invalid_input", errors=problems)
        shown = core.views.as_object(view)
        payload = payloads.submission(self._deed(person), core.app, shown, self._response_urls(person, view))
        ack = await core.deliveries.interact(Delivery("interactive", payload, view.callback_id, answerable=True))
        return self._complain(person, self._follow(view, ack) if ack.ok else ack)

    async def close_view(self, user: str, view_id: str | None = None, *, all_views: bool = False) -> Ack:
        """Close the visible form, or with `all_views` the whole stack; the app hears it if the view asked to."""
        core, person = self._core, self.person(user)
        view = self._open_view(person, view_id)
        stack = core.views.stack(person.id)
        closing = list(reversed(stack)) if all_views or view.body.get("clear_on_close") else [view]
        core.views.close(closing[-1])
        for closed in (one for one in closing if one.body.get("notify_on_close")):
            shown = core.views.as_object(closed)
            payload = payloads.closing(self._deed(person), core.app, shown, is_cleared=len(closing) > 1)
            ack = await core.deliveries.interact(Delivery("interactive", payload, closed.callback_id))
            if ack.failed:
                return ack
        return Ack(ok=True)

    async def _in_message(self, person: Person, container: Json, wanted: tuple[str | None, str], given: Json) -> Ack:
        core, place = self._core, self.channel(container["channel"])
        message = place.messages.get(container["ts"]) or place.ephemerals.get(container["ts"])
        if message is None or not place.sees(person.id) or message.ephemeral_to not in (None, person.id):
            raise Impossible("message_not_found", f"{person.name} sees no such message.")
        blocks = (container.get("seen") or message).blocks or ()
        key = (person.id, place.id, message.ts)
        values = core.message_states[key] = forms.carried_over(core.message_states.get(key, {}), blocks)
        touched = _find(blocks, values, wanted, person)
        touched.put(given)
        if touched.is_silent:
            return Ack(ok=True)
        operation, sent = self._deed(person), wire.message_object(message, place, core.app)
        url = core.response_url(core.responses.new(person.id, place.id, message))
        payload = payloads.message_action(operation, core.app, message, channel=place, wire=sent, url=url)
        action = touched.action(given, operation.at)
        return await self._send(person, {**payload, "state": {"values": values}, "actions": [action]})

    async def _in_view(
        self, person: Person, view_id: str, wanted: tuple[str | None, str], given: Json, state: Mapping[str, Json]
    ) -> Ack:
        core = self._core
        home = core.views.home(person.id)
        view = home if home is not None and home.id == view_id else self._open_view(person, view_id)
        self._type_in(view.blocks, view.values, state)
        touched = _find(view.blocks, view.values, wanted, person)
        touched.put(given)
        if touched.is_silent:
            return Ack(ok=True)
        operation = self._deed(person)
        payload = payloads.view_action(operation, core.app, core.views.as_object(view))
        return await self._send(person, {**payload, "actions": [touched.action(given, operation.at)]})

    async def _send(self, person: Person, payload: Json) -> Ack:
        if not self._core.manifest.interactivity:
            return self._complain(person, Ack(ok=False, error="dispatch_failed"))
        name = payload["actions"][0]["action_id"]
        return self._complain(person, await self._core.deliveries.interact(Delivery("interactive", payload, name)))

    def _open_view(self, person: Person, view_id: str | None) -> View:
        stack = self._core.views.stack(person.id)
        if not stack or view_id not in (None, stack[-1].id):
            raise Impossible("not_found", f"{person.name} does not have this form in front of them.")
        return stack[-1]

    def _type_in(self, blocks: list[Json], values: dict[str, dict[str, Any]], state: Mapping[str, Json]) -> None:
        for block_id, inputs in state.items():
            for action_id, given in inputs.items():
                _find(blocks, values, (block_id, action_id)).put(given)

    def _response_urls(self, person: Person, view: View) -> list[payloads.Json]:
        """Addresses for the channels chosen in menus with response_url_enabled."""
        core, urls = self._core, []
        for block, element in elements(view.blocks):
            value = view.values.get(block["block_id"], {}).get(element["action_id"], {})
            channel = value.get("selected_conversation") or value.get("selected_channel")
            if element.get("response_url_enabled") and channel in core.workspace.channels:
                url = core.response_url(core.responses.new(person.id, channel))
                ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
                urls.append({**ids, "channel_id": channel, "response_url": url})
        return urls

    def _follow(self, view: View, ack: Ack) -> Ack:
        """Do what the submission's ack says; an answer Slack does not take leaves the form open."""
        try:
            errors = self._act_on_answer(view, ack.payload)
        except SlackError as error:
            return replace(ack, ok=False, error=error.error, payload={**ack.payload, **error.extra})
        return replace(ack, errors=errors)

    def _act_on_answer(self, view: View, answer: Json) -> Mapping[str, str]:
        views, action = self._core.views, answer.get("response_action")
        if action == "errors":
            return _checked_errors(view, answer.get("errors"))
        if action in ("update", "push"):
            body = Args(answer).parsed("view")
            check_view(body)
            views.update(view, body) if action == "update" else views.push(view.user, body)
        elif action == "clear":
            views.clear(view.user)
        elif action is None:
            views.close(view)
        else:
            raise SlackError.with_messages("invalid_arguments", f"unknown response_action: {action}")
        return {}


def _checked_errors(view: View, errors: Any) -> Mapping[str, str]:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, Mapping) or not errors:
        raise SlackError.with_messages("invalid_arguments", "errors must name at least one block")
    if unknown := set(errors) - inputs:
        raise SlackError.with_messages("invalid_arguments", f"no input block with block_id {sorted(unknown)[0]}")
    return errors


def _find(
    blocks: Any, values: dict[str, dict[str, Any]], wanted: tuple[str | None, str], person: Person | None = None
) -> _Touched:
    block_id, action_id = wanted
    for block, element in elements(blocks):
        if element["action_id"] == action_id and block_id in (None, block["block_id"]):
            if person is not None and person.id not in element.get("visible_to_user_ids", (person.id,)):
                break
            return _Touched(block, element, values)
    raise Impossible("no_such_element", f"There is nothing called {action_id!r} in block {block_id!r}.")
