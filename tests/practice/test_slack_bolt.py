"""A real Bolt app works against the practice Slack as it does against Slack."""

import pytest
from slack_world import ALICE, BRUNO, DEVOPS, World, actions, button, in_world, modal, section, text_input

from sandbox.slack import Impossible, Limits

QUICK = Limits(ack_seconds=0.2, retry_after_seconds=(0.0, 0.0, 0.0))


def test_what_a_command_acks_is_seen_by_its_author_only() -> None:
    async def test(world: World) -> None:
        async with world.bolt() as app:

            @app.command("/probe")
            async def probe(ack, command) -> None:  # type: ignore[no-untyped-def]
                await ack(f"{command['user_name']} in {command['channel_name']}: {command['text']}")

            ack = await world.slack.command("alice", "devops", "/probe", "ask @bruno about #devops & <b>")
        (seen,) = world.slack.messages(DEVOPS, as_user="alice")
        assert ack.ok
        assert seen.text == f"alice in devops: ask <@{BRUNO.id}> about <#{DEVOPS}|devops> &amp; &lt;b&gt;"
        assert seen.ephemeral_to == ALICE.id
        assert world.slack.messages(DEVOPS, as_user="bruno") == []

    in_world(test)


def test_a_command_without_should_escape_arrives_as_typed() -> None:
    async def test(world: World) -> None:
        async with world.bolt() as app:

            @app.command("/raw")
            async def raw(ack, command) -> None:  # type: ignore[no-untyped-def]
                await ack({"response_type": "in_channel", "text": command["text"]})

            await world.slack.command("alice", "devops", "/raw", "@bruno & co")
        assert [message.text for message in world.slack.messages(DEVOPS)] == ["@bruno & co"]

    in_world(test)


def test_a_click_brings_the_message_and_its_update_is_seen() -> None:
    async def test(world: World) -> None:
        async with world.bolt() as app:

            @app.action("press")
            async def press(ack, body, client) -> None:  # type: ignore[no-untyped-def]
                await ack()
                message = body["message"]
                text = f"{body['user']['id']} pressed {body['actions'][0]['value']}"
                await client.chat_update(
                    channel=body["channel"]["id"], ts=message["ts"], text=text, blocks=[section(text)]
                )

            await world.web.conversations_join(channel=DEVOPS)
            posted = await world.web.chat_postMessage(channel=DEVOPS, text="card", blocks=[actions(button(value="7"))])
            ack = await world.slack.click("alice", DEVOPS, posted["ts"], block_id="row", action_id="press")
            edited = await world.slack.wait_for(lambda: [m for m in world.slack.messages(DEVOPS) if m.revision])
        assert ack.ok
        assert edited[0].text == f"{ALICE.id} pressed 7"
        assert edited[0].edited is None, "an edit with blocks shows no (edited)"

    in_world(test)


def test_a_form_is_opened_filled_refused_and_accepted() -> None:
    async def test(world: World) -> None:
        async with world.bolt() as app:

            @app.shortcut("probe_it")
            async def probe_it(ack, body, client) -> None:  # type: ignore[no-untyped-def]
                await ack()
                await client.views_open(trigger_id=body["trigger_id"], view=modal(text_input(min_length=3)))

            @app.view("form")
            async def form(ack, view) -> None:  # type: ignore[no-untyped-def]
                typed = view["state"]["values"]["title"]["value"]["value"]
                await (ack() if typed == "right" else ack(response_action="errors", errors={"title": "Wrong"}))

            await world.slack.shortcut("alice", "probe_it")
            view = await world.slack.wait_for(lambda: world.slack.view("alice"))
            short = await world.slack.submit("alice", view.id, {"title": {"value": {"value": "ab"}}})
            wrong = await world.slack.submit("alice", view.id, {"title": {"value": {"value": "wrong"}}})
            still_open = world.slack.views("alice")
            right = await world.slack.submit("alice", view.id, {"title": {"value": {"value": "right"}}})
        assert short.errors == {"title": "Your entry must be at least 3 characters."}
        assert (wrong.ok, wrong.errors, still_open) == (True, {"title": "Wrong"}, (view,))
        assert right.ok
        assert world.slack.views("alice") == ()

    in_world(test)


@pytest.mark.parametrize(("answer", "stack"), [("update", ["second"]), ("push", ["form", "second"]), ("clear", [])])
def test_a_submission_may_update_push_or_clear(answer: str, stack: list[str]) -> None:
    async def test(world: World) -> None:
        async with world.bolt() as app:

            @app.shortcut("probe_it")
            async def probe_it(ack, body, client) -> None:  # type: ignore[no-untyped-def]
                await ack()
                await client.views_open(trigger_id=body["trigger_id"], view=modal(section()))

            @app.view("form")
            async def form(ack) -> None:  # type: ignore[no-untyped-def]
                view = {} if answer == "clear" else {"view": modal(section(), callback_id="second")}
                await ack(response_action=answer, **view)

            await world.slack.shortcut("alice", "probe_it")
            view = await world.slack.wait_for(lambda: world.slack.view("alice"))
            ack = await world.slack.submit("alice", view.id)
        assert ack.ok
        assert [open_view.callback_id for open_view in world.slack.views("alice")] == stack

    in_world(test)


def test_closing_a_form_is_told_when_it_asked_for_it() -> None:
    async def test(world: World) -> None:
        closed = []
        async with world.bolt() as app:

            @app.shortcut("probe_it")
            async def probe_it(ack, body, client) -> None:  # type: ignore[no-untyped-def]
                await ack()
                await client.views_open(trigger_id=body["trigger_id"], view=modal(section(), notify_on_close=True))

            @app.view_closed("form")
            async def gone(ack, body) -> None:  # type: ignore[no-untyped-def]
                await ack()
                closed.append(body["is_cleared"])

            await world.slack.shortcut("alice", "probe_it")
            await world.slack.wait_for(lambda: world.slack.view("alice"))
            ack = await world.slack.close_view("alice")
        assert ack.ok
        assert closed == [False]
        assert world.slack.views("alice") == ()

    in_world(test)


def test_a_click_that_nobody_acks_fails_after_the_window() -> None:
    async def test(world: World) -> None:
        async with world.bolt():
            posted = await world.web.chat_postMessage(channel=DEVOPS, text="card", blocks=[actions(button("nobody"))])
            ack = await world.slack.click("alice", DEVOPS, posted["ts"], action_id="nobody")
        assert (ack.ok, ack.error) == (False, "timeout")

    in_world(test, limits=QUICK)


def test_without_a_connection_a_command_fails_at_once() -> None:
    async def test(world: World) -> None:
        ack = await world.slack.command("alice", "devops", "/probe")
        assert (ack.ok, ack.error) == (False, "dispatch_failed")

    in_world(test)


def test_what_is_not_on_the_screen_cannot_be_clicked_unless_it_was_seen_before() -> None:
    async def test(world: World) -> None:
        pressed = []
        async with world.bolt() as app:

            @app.action("press")
            async def press(ack, action) -> None:  # type: ignore[no-untyped-def]
                await ack()
                pressed.append(action["value"])

            posted = await world.web.chat_postMessage(
                channel=DEVOPS, text="card", blocks=[actions(button(value="old"))]
            )
            old = world.slack.message(DEVOPS, posted["ts"])
            await world.web.chat_update(channel=DEVOPS, ts=posted["ts"], text="only text")
            with pytest.raises(Impossible, match="no_such_element"):
                await world.slack.click("alice", DEVOPS, posted["ts"], action_id="press")
            await world.slack.click("alice", DEVOPS, posted["ts"], action_id="press", seen=old)
        assert pressed == ["old"]

    in_world(test)


def test_checkboxes_bring_the_whole_choice_and_the_state() -> None:
    async def test(world: World) -> None:
        got = []
        options = [{"text": {"type": "plain_text", "text": name}, "value": name} for name in ("a", "b")]
        boxes = {"type": "checkboxes", "action_id": "ticks", "options": options, "initial_options": options[:1]}
        async with world.bolt() as app:

            @app.action("ticks")
            async def ticks(ack, body) -> None:  # type: ignore[no-untyped-def]
                await ack()
                got.append((body["actions"][0]["selected_options"], body["state"]["values"]["row"]["ticks"]))

            posted = await world.web.chat_postMessage(channel=DEVOPS, text="card", blocks=[actions(boxes)])
            choice = {"selected_options": ["a", "b"]}
            await world.slack.click("alice", DEVOPS, posted["ts"], action_id="ticks", element=choice)
        assert got == [(options, {"type": "checkboxes", "selected_options": options})]

    in_world(test)


def test_the_home_tab_is_published_when_it_is_opened() -> None:
    async def test(world: World) -> None:
        async with world.bolt() as app:

            @app.event("app_home_opened")
            async def opened(event, client) -> None:  # type: ignore[no-untyped-def]
                await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [section("hello")]})

            await world.slack.open_home("alice")
            view = await world.slack.wait_for(lambda: world.slack.home("alice"))
        assert view.blocks[0]["text"]["text"] == "hello"
        assert world.slack.home("bruno") is None

    in_world(test)


def test_a_mention_reaches_the_bot_where_it_is_a_member_and_not_elsewhere() -> None:
    async def test(world: World) -> None:
        heard = []
        async with world.bolt() as app:

            @app.event("app_mention")
            async def mentioned(event, say) -> None:  # type: ignore[no-untyped-def]
                heard.append(event["text"])
                await say(text="yes?", thread_ts=event["ts"])

            @app.event("message")
            async def message() -> None:
                """Subscribed to, and of no interest here."""

            @app.event("member_joined_channel")
            async def joined() -> None:
                """Subscribed to, and of no interest here."""

            await world.web.conversations_join(channel=DEVOPS)
            await world.slack.say("alice", "general", "@probe here?")
            said = await world.slack.say("alice", "devops", "@probe there?")
            thread = await world.slack.wait_for(lambda: world.slack.messages(DEVOPS, thread=said.ts)[1:])
        assert heard == [f"<@{world.slack.bot_user_id}> there?"]
        assert thread[0].text == "yes?"

    in_world(test)
