"""The Web API refuses what Slack refuses, with Slack's errors, and pages what Slack pages."""

from typing import Any

import httpx
import pytest
from slack_world import (
    ALICE,
    BRUNO,
    DEVOPS,
    GONE,
    ONE_CHANNEL,
    OUTSIDER,
    PEOPLE,
    SCOPES,
    Clock,
    World,
    actions,
    button,
    in_world,
    manifest,
    modal,
    section,
)

from sandbox.slack import PracticeSlack


def test_auth_test_names_the_bot_and_its_scopes() -> None:
    async def test(world: World) -> None:
        answer = await world.web.auth_test()
        assert answer["user_id"] == world.slack.bot_user_id
        assert answer.headers["x-oauth-scopes"] == ",".join(SCOPES)

    in_world(test)


@pytest.mark.parametrize(
    ("token", "method", "error"),
    [
        (None, "auth.test", "not_authed"),
        ("xoxb-wrong", "auth.test", "invalid_auth"),
        ("app", "chat.postMessage", "not_allowed_token_type"),
        ("bot", "apps.connections.open", "not_allowed_token_type"),
        ("bot", "chat.shout", "unknown_method"),
    ],
)
def test_a_wrong_token_or_method_is_named(token: str | None, method: str, error: str) -> None:
    async def test(world: World) -> None:
        tokens = {"app": world.slack.app_token, "bot": world.slack.bot_token}
        assert await world.error_name(world.client(tokens.get(token or "", token)).api_call(method)) == error

    in_world(test)


@pytest.mark.parametrize(
    ("scope", "method", "args"),
    [
        ("chat:write", "chat.postMessage", {"channel": DEVOPS, "text": "x"}),
        ("channels:manage", "conversations.create", {"name": "x"}),
        ("groups:write", "conversations.create", {"name": "x", "is_private": True}),
        ("channels:history", "conversations.history", {"channel": DEVOPS}),
        ("groups:read", "conversations.list", {"types": "public_channel,private_channel"}),
        ("users:read.email", "users.lookupByEmail", {"email": "alice@example.com"}),
        ("im:write", "conversations.open", {"users": "U0ALICE"}),
        ("files:write", "files.getUploadURLExternal", {"filename": "a", "length": 1}),
    ],
)
def test_a_missing_scope_is_named(scope: str, method: str, args: dict[str, Any]) -> None:
    async def test(world: World) -> None:
        answer = await world.error(world.web.api_call(method, params=args))
        assert (answer["error"], answer["needed"]) == ("missing_scope", scope)
        assert scope not in answer["provided"].split(",")

    in_world(test, without=(scope,))


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "invalid_name_required"),
        ("a" * 81, "invalid_name_maxlength"),
        ("Incident", "invalid_name_specials"),
        ("in cident", "invalid_name_specials"),
        ("--", "invalid_name_punctuation"),
        ("devops", "name_taken"),
    ],
)
def test_a_channel_name_that_slack_does_not_take(name: str, error: str) -> None:
    async def test(world: World) -> None:
        assert await world.error_name(world.web.conversations_create(name=name)) == error

    in_world(test)


def test_an_archived_channel_keeps_its_name_and_takes_nothing() -> None:
    async def test(world: World) -> None:
        web = world.web
        channel = (await web.conversations_create(name="incident-1"))["channel"]["id"]
        posted = await web.chat_postMessage(channel=channel, text="x")
        await web.conversations_archive(channel=channel)
        assert await world.error_name(web.conversations_archive(channel=channel)) == "already_archived"
        assert await world.error_name(web.chat_postMessage(channel=channel, text="x")) == "is_archived"
        assert await world.error_name(web.chat_update(channel=channel, ts=posted["ts"], text="y")) == "is_inactive"
        assert await world.error_name(web.conversations_setTopic(channel=channel, topic="x")) == "is_archived"
        assert await world.error_name(web.conversations_invite(channel=channel, users=ALICE.id)) == "is_archived"
        assert await world.error_name(web.conversations_unarchive(channel=channel)) == "not_allowed_token_type"
        assert await world.error_name(web.conversations_create(name="incident-1")) == "name_taken"

    in_world(test)


def test_a_private_channel_does_not_exist_for_those_outside() -> None:
    async def test(world: World) -> None:
        secret = (await world.slack.create_channel("alice", "secret", is_private=True)).id
        calls = (
            world.web.chat_postMessage(channel=secret, text="x"),
            world.web.conversations_info(channel=secret),
            world.web.conversations_history(channel=secret),
            world.web.conversations_join(channel=secret),
        )
        assert {await world.error_name(call) for call in calls} == {"channel_not_found"}
        assert "secret" not in [channel.name for channel in world.slack.channels("bruno")]
        await world.slack.invite("alice", "secret", world.slack.bot_user_id)
        assert (await world.web.chat_postMessage(channel=secret, text="x"))["ok"]

    in_world(test)


def test_posting_without_membership_needs_its_scope() -> None:
    async def test(world: World) -> None:
        assert await world.error_name(world.web.chat_postMessage(channel=DEVOPS, text="x")) == "not_in_channel"

    in_world(test, without=("chat:write.public",))


def test_one_bad_id_keeps_everybody_out_unless_forced() -> None:
    async def test(world: World) -> None:
        channel = (await world.web.conversations_create(name="war-room"))["channel"]["id"]
        users = [ALICE.id, "U0NOBODY", OUTSIDER.id, GONE.id, ONE_CHANNEL.id, world.slack.bot_user_id]
        refused = await world.error(world.web.conversations_invite(channel=channel, users=users))
        assert [one["error"] for one in refused["errors"]] == [
            "user_not_found",
            "no_external_invite_permission",
            "cant_invite",
            "ura_max_channels",
            "cant_invite_self",
        ]
        assert world.slack.channel(channel).members.keys() == {world.slack.bot_user_id}
        forced = await world.web.conversations_invite(channel=channel, users=users, force=True)
        assert len(forced["errors"]) == 5
        again = await world.error_name(world.web.conversations_invite(channel=channel, users=[ALICE.id]))
        assert again == "already_in_channel"

    in_world(test)


def test_lists_are_paged_to_the_end() -> None:
    async def test(world: World) -> None:
        for n in range(5):
            await world.web.conversations_create(name=f"c{n}")
        names: list[str] = []
        async for answer in await world.web.conversations_list(limit=3):
            names += [channel["name"] for channel in answer["channels"]]
        assert names == ["general", "devops", "c0", "c1", "c2", "c3", "c4"]
        assert await world.error_name(world.web.conversations_list(cursor="wrong")) == "invalid_cursor"

    in_world(test)


def test_history_is_newest_first_and_bounded_by_time() -> None:
    async def test(world: World) -> None:
        await world.web.conversations_join(channel=DEVOPS)
        posted = [(await world.web.chat_postMessage(channel=DEVOPS, text=str(n)))["ts"] for n in range(3)]
        reply = (await world.web.chat_postMessage(channel=DEVOPS, text="r", thread_ts=posted[0]))["ts"]
        after = await world.web.conversations_history(channel=DEVOPS, oldest=posted[0])
        thread = await world.web.conversations_replies(channel=DEVOPS, ts=posted[0])
        assert [message["text"] for message in after["messages"]] == ["2", "1"]
        assert [message["ts"] for message in thread["messages"]] == [posted[0], reply]
        assert thread["messages"][0]["reply_count"] == 1
        assert await world.error_name(world.web.conversations_replies(channel=DEVOPS, ts="1.1")) == "thread_not_found"

    in_world(test)


def test_an_update_with_text_alone_takes_the_blocks_away() -> None:
    async def test(world: World) -> None:
        metadata = {"event_type": "probe", "event_payload": {"op_id": "1"}}
        posted = await world.web.chat_postMessage(channel=DEVOPS, text="x", blocks=[section()], metadata=metadata)
        await world.web.chat_update(channel=DEVOPS, ts=posted["ts"], text="y")
        message = world.slack.message(DEVOPS, posted["ts"])
        assert (message.text, message.blocks, message.metadata) == ("y", None, metadata)
        assert message.edited is not None

    in_world(test)


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "x", "blocks": "[{"}, "invalid_blocks_format"),
        ({"text": "x", "thread_ts": "1.1"}, "thread_not_found"),
        ({"text": "x", "metadata": {"event_type": "a b", "event_payload": {}}}, "invalid_metadata_schema"),
        ({"text": "x", "metadata": {"event_type": "a", "event_payload": {"x": "y" * 9000}}}, "metadata_too_large"),
        ({"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"text": "x", "channel": "C0NOWHERE"}, "channel_not_found"),
    ],
)
def test_a_message_that_slack_does_not_take(args: dict[str, Any], error: str) -> None:
    async def test(world: World) -> None:
        assert await world.error_name(world.web.api_call("chat.postMessage", json={"channel": DEVOPS, **args})) == error

    in_world(test)


def test_only_own_lasting_messages_are_edited() -> None:
    async def test(world: World) -> None:
        said = await world.slack.say("alice", "devops", "mine")
        await world.web.conversations_join(channel=DEVOPS)
        whisper = await world.web.chat_postEphemeral(channel=DEVOPS, user=ALICE.id, text="psst")
        update = world.web.chat_update
        assert await world.error_name(update(channel=DEVOPS, ts=said.ts, text="x")) == "cant_update_message"
        assert await world.error_name(update(channel=DEVOPS, ts=whisper["message_ts"], text="x")) == "message_not_found"
        long = (await world.web.chat_postMessage(channel=DEVOPS, text="x" * 5000))["ts"]
        assert await world.error_name(update(channel=DEVOPS, ts=long, text="x" * 4001)) == "msg_too_long"
        stranger = world.web.chat_postEphemeral(channel=DEVOPS, user=OUTSIDER.id, text="psst")
        assert await world.error_name(stranger) == "user_not_in_channel"

    in_world(test)


def test_a_text_above_40000_characters_is_cut() -> None:
    async def test(world: World) -> None:
        posted = await world.web.chat_postMessage(channel=DEVOPS, text="x" * 50_000)
        assert len(posted["message"]["text"]) == 40_000

    in_world(test)


def test_pins_reactions_and_bookmarks_are_there_once() -> None:
    async def test(world: World) -> None:
        web = world.web
        await web.conversations_join(channel=DEVOPS)
        ts = (await web.chat_postMessage(channel=DEVOPS, text="x"))["ts"]
        await web.pins_add(channel=DEVOPS, timestamp=ts)
        await web.reactions_add(channel=DEVOPS, timestamp=ts, name="eyes")
        await web.bookmarks_add(channel_id=DEVOPS, title="Run", type="link", link="https://example.com")
        assert await world.error_name(web.pins_add(channel=DEVOPS, timestamp=ts)) == "already_pinned"
        assert await world.error_name(web.reactions_add(channel=DEVOPS, timestamp=ts, name="eyes")) == "already_reacted"
        assert await world.error_name(web.reactions_remove(channel=DEVOPS, timestamp=ts, name="ok")) == "no_reaction"
        bad = web.bookmarks_add(channel_id=DEVOPS, title="Run", type="link", link="example")
        assert await world.error_name(bad) == "invalid_link"
        assert [pin.ts for pin in world.slack.pins(DEVOPS)] == [ts]
        assert [bookmark["title"] for bookmark in world.slack.bookmarks(DEVOPS)] == ["Run"]

    in_world(test)


def test_people_are_found_by_id_and_email() -> None:
    async def test(world: World) -> None:
        group = world.slack.add_usergroup("devops", "DevOps", [BRUNO.id])
        user = (await world.web.users_info(user=ALICE.id, include_locale=True))["user"]
        assert (user["profile"]["email"], user["locale"]) == (ALICE.email, ALICE.locale)
        assert (await world.web.users_lookupByEmail(email="BRUNO@example.com"))["user"]["id"] == BRUNO.id
        assert await world.error_name(world.web.users_lookupByEmail(email="x@example.com")) == "users_not_found"
        assert await world.error_name(world.web.users_info(user="U0X")) == "user_not_found"
        assert (await world.web.usergroups_users_list(usergroup=group))["users"] == [BRUNO.id]
        assert len((await world.web.users_list())["members"]) == len(PEOPLE) + 1

    in_world(test)


def test_a_direct_message_opens_for_a_user_id() -> None:
    async def test(world: World) -> None:
        posted = await world.web.chat_postMessage(channel=ALICE.id, text="hello")
        opened = await world.web.conversations_open(users=ALICE.id)
        assert opened["channel"]["id"] == posted["channel"]
        assert posted["channel"].startswith("D")
        assert [message.text for message in world.slack.direct_messages("alice")] == ["hello"]
        assert await world.error_name(world.web.conversations_open(users=GONE.id)) == "user_disabled"

    in_world(test)


def test_a_file_is_uploaded_and_shared() -> None:
    async def test(world: World) -> None:
        await world.web.conversations_join(channel=DEVOPS)
        await world.web.files_upload_v2(channel=DEVOPS, content="log", filename="log.txt", initial_comment="the log")
        (message,) = world.slack.messages(DEVOPS)
        assert (message.text, message.files[0]["name"], message.files[0]["size"]) == ("the log", "log.txt", 3)

    in_world(test)


def test_triggers_expire_and_work_once() -> None:
    clock = Clock()

    async def test(world: World) -> None:
        triggers = []
        async with world.bolt() as app:

            @app.command("/probe")
            async def probe(ack, command) -> None:  # type: ignore[no-untyped-def]
                triggers.append(command["trigger_id"])
                await ack()

            await world.slack.command("alice", "devops", "/probe")
            await world.slack.command("alice", "devops", "/probe")
        opened = world.web.views_open
        assert await world.error_name(opened(trigger_id="1.2.3", view=modal(section()))) == "invalid_trigger_id"
        assert (await opened(trigger_id=triggers[0], view=modal(section())))["ok"]
        assert await world.error_name(opened(trigger_id=triggers[0], view=modal())) == "exchanged_trigger_id"
        clock.at += 3.1
        assert await world.error_name(opened(trigger_id=triggers[1], view=modal())) == "expired_trigger_id"

    in_world(test, now=clock)


def test_views_keep_what_was_typed_and_refuse_a_stale_hash() -> None:
    async def test(world: World) -> None:
        home = {"type": "home", "blocks": [actions(button())]}
        first = await world.web.views_publish(user_id=ALICE.id, view=home)
        await world.web.views_publish(user_id=ALICE.id, view=home)
        stale = world.web.views_publish(user_id=ALICE.id, view=home, hash=first["view"]["hash"])
        assert await world.error_name(stale) == "hash_conflict"
        assert await world.error_name(world.web.views_update(view_id="V0X", view=modal(section()))) == "not_found"
        with_title = world.web.views_publish(
            user_id=ALICE.id, view={**home, "title": {"type": "plain_text", "text": "x"}}
        )
        assert await world.error_name(with_title) == "invalid_arguments"

    in_world(test)


def test_forms_work_as_well_as_json() -> None:
    async def test(world: World) -> None:
        async with httpx.AsyncClient(base_url=world.url) as http:
            form = {"token": world.slack.bot_token, "channel": DEVOPS, "text": "x", "blocks": '[{"type":"divider"}]'}
            posted = (await http.post("/api/chat.postMessage", data=form)).json()
            broken = (
                await http.post("/api/auth.test", content="{", headers={"Content-Type": "application/json"})
            ).json()
        assert posted["message"]["blocks"][0]["type"] == "divider"
        assert broken["error"] == "invalid_json"

    in_world(test)


@pytest.mark.parametrize("metadata", [{}, {"_metadata": {"major_version": 1}}, {"_metadata": {"major_version": 2}}])
def test_manifests_of_every_version_are_read(metadata: dict[str, Any]) -> None:
    read = {name: part for name, part in manifest().items() if name != "_metadata"} | metadata
    assert PracticeSlack(manifest=read, people=PEOPLE, channels=["general"]).bot_token.startswith("xoxb-")


def test_a_manifest_whose_events_lack_their_scope_is_refused() -> None:
    lacking = manifest()
    lacking["oauth_config"]["scopes"]["bot"].remove("app_mentions:read")
    with pytest.raises(ValueError, match="app_mention needs the scope app_mentions:read"):
        PracticeSlack(manifest=lacking, people=PEOPLE, channels=["general"])
