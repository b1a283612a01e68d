"""What people type and may do."""

from collections.abc import Awaitable, Callable

import pytest
from slack_world import DEVOPS, World, in_world

from sandbox.slack import Impossible
from sandbox.slack.call_log import mask

TYPED = [
    ("@alice", "<@U0ALICE>"),
    ("@ALICE, please", "<@U0ALICE>, please"),
    ("@nobody", "@nobody"),
    ("mail a@alice.com", "mail a@alice.com"),
    ("see #devops", f"see <#{DEVOPS}|devops>"),
    ("issue #42", "issue #42"),
    ("@here", "<!here>"),
    ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
    ("https://example.com/a?b=1&c=2", "<https://example.com/a?b=1&amp;c=2>"),
    ("<@U0ALICE> again", "<@U0ALICE> again"),
    ("<!channel>", "<!channel>"),
    ("<script>", "&lt;script&gt;"),
]


@pytest.mark.parametrize(("typed", "sent"), TYPED)
def test_names_and_links_are_resolved(typed: str, sent: str) -> None:
    async def test(world: World) -> None:
        assert (await world.slack.say("alice", "devops", typed)).text == sent

    in_world(test)


IMPOSSIBLE: list[tuple[str, Callable[[World], Awaitable[object]]]] = [
    ("unknown_command", lambda world: world.slack.command("alice", "devops", "/nothing")),
    ("not_in_channel", lambda world: world.slack.command("gil", "devops", "/probe")),
    ("channel_not_found", lambda world: world.slack.command("alice", "nowhere", "/probe")),
    ("user_not_found", lambda world: world.slack.command("gina", "devops", "/probe")),
    ("unknown_shortcut", lambda world: world.slack.shortcut("alice", "note_it")),
    ("message_not_found", lambda world: world.slack.click("alice", DEVOPS, "1.1", action_id="press")),
    ("not_found", lambda world: world.slack.submit("alice", "V0X")),
    ("channel_not_found", lambda world: world.slack.join("gil", "devops")),
    ("no_text", lambda world: world.slack.say("alice", "devops", " ")),
    ("name_taken", lambda world: world.slack.create_channel("alice", "devops")),
    ("restricted_action", lambda world: world.slack.create_channel("gil", "mine")),
]


@pytest.mark.parametrize(("error", "operation"), IMPOSSIBLE)
def test_what_the_client_does_not_offer_is_impossible(
    error: str, operation: Callable[[World], Awaitable[object]]
) -> None:
    async def test(world: World) -> None:
        with pytest.raises(Impossible) as refused:
            await operation(world)
        assert refused.value.error == error

    in_world(test)


def test_a_message_shortcut_brings_its_message() -> None:
    async def test(world: World) -> None:
        async with world.bolt() as app:

            @app.shortcut("note_it")
            async def note_it(ack, body, respond) -> None:  # type: ignore[no-untyped-def]
                await ack()
                await respond(text=f"noted: {body['message']['text']}", response_type="in_channel")

            said = await world.slack.say("bruno", "devops", "rolled back")
            assert (await world.slack.shortcut("alice", "note_it", channel=DEVOPS, ts=said.ts)).ok
            noted = await world.slack.wait_for(lambda: world.slack.messages(DEVOPS)[1])
        assert noted.text == "noted: rolled back"

    in_world(test)


def test_a_channel_that_is_not_there_yet_can_be_waited_for() -> None:
    async def test(world: World) -> None:
        with pytest.raises(TimeoutError):
            await world.slack.wait_for(lambda: world.slack.channel("later"), timeout=0.01)
        await world.web.conversations_create(name="later")
        assert (await world.slack.wait_for(lambda: world.slack.channel("later"))).creator == world.slack.bot_user_id

    in_world(test)


@pytest.mark.parametrize(
    "secret", ["xoxb-1-2-abcDEF", "xapp-1-A0-3-abc", "http://x/response/0a1b2c", "ws://x/socket?ticket=0a1b&app_id=A0"]
)
def test_secrets_are_masked(secret: str) -> None:
    assert "•••" in mask(f"here: {secret}.")
    assert not {"abcDEF", "0a1b2c", "0a1b"} & set(mask(secret).replace("/", " ").replace("=", " ").split())
