"""Alerting: whoever is said to be alerted was reached, and who was not stands on the card."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from whole.runbooks import telling_runbook
from whole.workspace import Member, Room, Workspace, shown

# apprise still asks for a module that Python 3.13 no longer has.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
ON_CALL = "Alert on-call engineers"
EXECUTIVES = "Escalate to Executive Team"
SEVERITIES = ("p1", "p2", "p3", "outage", "data-loss", "security", "data-breach")


def helena(workspace: Workspace) -> Member:
    return Member(workspace, "helena")


async def deactivate(workspace: Workspace, *names: str, told: bool = True) -> None:
    for name in names:
        await workspace.slack.change_person(name, told=told, deleted=True)


def mentions(room: Room, person: Member) -> int:
    return sum("🚨" in text and f"<@{person.id}>" in text for text in room.says())


async def test_an_alert_that_starts_by_a_button_tells_its_roles_when_it_is_pressed(workspace: Workspace) -> None:
    room = await workspace.declare("outage The whole system is down")
    before = mentions(room, helena(workspace))
    await room.card.press("Alert", EXECUTIVES, by=workspace.bruno)
    await room.card.shows(f"✅ {EXECUTIVES}")
    assert mentions(room, helena(workspace)) == before + 1
    assert "alerted Helena Hoffmann (mention)" in await room.card.all()


async def test_an_alert_that_a_person_ticks_can_be_given_again(workspace: Workspace) -> None:
    room = await workspace.declare("security Somebody reads our mail", by=workspace.carla)
    await room.card.press("Alert", "Notify legal and compliance teams", by=workspace.carla)
    await room.card.press("Alert again", "Notify legal and compliance teams", by=workspace.carla)
    await workspace.until(lambda: mentions(room, workspace.diego) >= 3)


@pytest.mark.parametrize("severity", SEVERITIES)
async def test_every_severity_mentions_somebody(workspace: Workspace, severity: str) -> None:
    room = await workspace.declare(f"{severity} Something is wrong")
    assert any("🚨 <@" in text for text in room.says())


async def test_the_item_says_who_was_alerted_and_how(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.shows(f"✅ {ON_CALL}")
    assert "alerted Bruno Barros (mention) and Alice Andrade (mention)" in await room.card.all()


async def test_somebody_deactivated_was_not_alerted(workspace: Workspace) -> None:
    await deactivate(workspace, "bruno", told=False)
    room = await workspace.declare("p1 Checkout is down", by=workspace.elisa)
    await room.card.shows(f"✅ {ON_CALL}")
    assert "alerted Alice Andrade (mention)" in await room.card.all()
    assert "not reached: Bruno Barros (is deactivated in Slack)" in await room.card.all()
    assert "Not in this channel: Bruno Barros (is deactivated in Slack)" in await room.card.all()


async def test_with_both_on_call_people_deactivated_the_next_ones_are_called(workspace: Workspace) -> None:
    await deactivate(workspace, "alice", "bruno", told=False)
    room = await workspace.declare("p1 Checkout is down", by=workspace.elisa)
    await room.card.shows("Escalated: alerted Elisa Esteves (mention)")
    assert f"✅ {ON_CALL}" not in await room.card.all()
    assert "Nobody was reached." in await room.card.all()
    assert mentions(room, workspace.elisa) == 1


async def test_with_nobody_left_the_whole_team_is_told(workspace: Workspace) -> None:
    await deactivate(workspace, "alice", "bruno", "elisa", "helena", told=False)
    room = await workspace.declare("p1 Checkout is down", by=workspace.carla)
    await room.card.shows("Nobody was reached.")
    await workspace.until(lambda: any("<!channel> 🚨 Nobody" in m.text for m in workspace.slack.messages("devops")))
    assert f"✅ {ON_CALL}" not in await room.card.all()


async def test_an_unknown_user_of_the_team_file_was_not_alerted(workspace: Workspace) -> None:
    team_changed(workspace, lambda team: team["people"]["bruno"].update(slack="U0NOBODY"))
    await workspace.restart()
    room = await workspace.declare("p1 Checkout is down")
    await room.card.shows(f"✅ {ON_CALL}")
    assert "not reached: Bruno Barros (is not in this workspace)" in await room.card.all()


async def test_somebody_who_is_found_by_no_address_was_not_alerted(workspace: Workspace) -> None:
    team_changed(workspace, lambda team: team["people"]["bruno"].pop("slack"))
    team_changed(workspace, lambda team: team["people"]["bruno"].update(email="gone@neonpro.example"))
    await workspace.restart()
    room = await workspace.declare("p1 Checkout is down")
    await room.card.shows("not reached: Bruno Barros (Slack knows nobody with their e-mail address)")


@pytest.mark.parametrize("code", ["cant_invite", "user_is_restricted", "ura_max_channels", "org_user_not_in_team"])
async def test_who_cannot_be_invited_is_told_directly_and_stands_on_the_card(workspace: Workspace, code: str) -> None:
    workspace.slack.faults.not_invited[workspace.bruno.id] = code
    room = await workspace.declare("p1 Checkout is down")
    told = await workspace.bruno.is_told("🚨")
    assert ("Checkout is down" in told, f"→ <#{room.id}>" in told) == (True, True)
    await room.card.shows("Not in this channel: Bruno Barros")
    assert "Bruno Barros (direct message)" in await room.card.all()
    assert mentions(room, workspace.bruno) == 0


async def test_failed_invitations_are_no_invitations_in_the_timeline(workspace: Workspace) -> None:
    for person in (workspace.alice, workspace.bruno, workspace.elisa):
        workspace.slack.faults.not_invited[person.id] = "cant_invite"
    await workspace.declare("p1 Checkout is down")
    assert await workspace.events("channel.invited") == []
    failed = {event.data["person"] for event in await workspace.events("invitation.failed")}
    assert failed == {workspace.alice.id, workspace.bruno.id, workspace.elisa.id}
    assert "invited ." not in await workspace.carla.types("/incident timeline")


async def test_only_who_was_invited_is_said_to_be(workspace: Workspace) -> None:
    workspace.slack.faults.not_invited[workspace.alice.id] = "cant_invite"
    answer = await workspace.alice.types("/incident p1 Checkout is down")
    assert "you are invited" not in answer
    assert "Slack does not allow NeonOps to invite them" in await workspace.alice.is_told("could not be invited")


async def test_who_gives_a_role_to_somebody_gone_is_told(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    diego = workspace.diego.id
    await deactivate(workspace, "diego", told=False)
    await workspace.bruno.types(f"/incident {room.number} role scribe <@{diego}>")
    assert "is deactivated in Slack" in await workspace.bruno.is_told("could not be invited")


async def test_who_joins_after_all_is_missing_no_more(workspace: Workspace) -> None:
    workspace.slack.faults.not_invited[workspace.bruno.id] = "cant_invite"
    room = await workspace.declare("p1 Checkout is down")
    await room.card.shows("Not in this channel: Bruno Barros")
    await workspace.slack.join("bruno", room.id)
    await room.card.lacks("Not in this channel")


async def test_in_a_closed_channel_people_are_told_directly(workspace: Workspace) -> None:
    room = await workspace.declare("outage The whole system is down")
    seen = room.card.message
    await workspace.slack.archive("alice", room.id)
    await room.card.press("Alert", EXECUTIVES, by=workspace.bruno, seen=seen)
    await helena(workspace).is_told("🚨")
    await workspace.settled()
    assert (await workspace.step("executives")).found == "alerted Helena Hoffmann (direct message)"


async def test_who_left_the_channel_of_a_deploy_is_told_directly(workspace: Workspace) -> None:
    path = workspace.world.directory / "telling.yml"
    path.write_text(telling_runbook(), "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path))
    await workspace.slack.leave("alice", "devops")
    await workspace.approve_deploy()
    await workspace.alice.is_told("🚨")
    await workspace.settled()
    found = "alerted Bruno Barros (mention) and Alice Andrade (direct message)"
    assert (await workspace.step("tell")).found == found


async def test_a_message_to_somebody_gone_goes_to_the_team(workspace: Workspace) -> None:
    await workspace.bruno.types("/deploy lock Moving the database")
    await deactivate(workspace, "bruno", told=False)
    await workspace.alice.types("/deploy lock --steal Still moving")
    await workspace.until(lambda: any("took over" in shown(m) for m in workspace.slack.messages("devops")))


class Pager:
    """A pager's service: answers with a status, or not at all."""

    def __init__(self, status: int = 200) -> None:
        self.status, self.calls, self.answers = status, 0, asyncio.Event()
        self.answers.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        await reader.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))
        self.calls += 1
        await self.answers.wait()
        writer.write(f"HTTP/1.1 {self.status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        writer.close()


@contextlib.asynccontextmanager
async def paged(workspace: Workspace, *names: str, status: int = 200) -> AsyncIterator[Pager]:
    """Give people a pager, and restart the bot."""
    pager = Pager(status)
    server = await asyncio.start_server(pager.serve, "127.0.0.1", 0)
    url = f"json://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    for name in names:
        team_changed(workspace, partial(_give_pager, name=name, url=url))
    await workspace.restart()
    try:
        yield pager
    finally:
        pager.answers.set()
        server.close()


def _give_pager(team: Any, name: str, url: str) -> None:
    team["people"][name]["page"] = [url]


def team_changed(workspace: Workspace, change: Callable[[Any], object]) -> None:
    path = Path(workspace.environ["NEONOPS_TEAM"])
    team = yaml.safe_load(path.read_text("utf-8"))
    change(team)
    path.write_text(yaml.safe_dump(team, allow_unicode=True), "utf-8")


async def test_a_page_is_told_beside_the_mention(workspace: Workspace) -> None:
    async with paged(workspace, "bruno") as pager:
        room = await workspace.declare("p1 Checkout is down")
        await room.card.shows("Bruno Barros (mention, paged by json)")
        assert pager.calls == 1


async def test_a_pager_that_refuses_is_told_and_is_no_reason_to_wait(workspace: Workspace) -> None:
    async with paged(workspace, "bruno", status=500):
        room = await workspace.declare("p1 Checkout is down")
        await room.card.shows("Bruno Barros (mention; not paged: json:")
        await room.card.shows("[Page again]")


async def test_a_page_that_may_have_been_sent_is_sent_again_by_a_person_only(workspace: Workspace) -> None:
    async with paged(workspace, "bruno") as pager:
        pager.answers.clear()
        room = await workspace.declare_soon("p1 Checkout is down")
        await room.card.shows("may have been paged", 20)
        await workspace.settled()
        assert pager.calls == 1
        pager.answers.set()
        await room.card.press("Page again", by=workspace.bruno)
        await room.card.shows("Bruno Barros (mention, paged by json)")
        assert pager.calls == 2


async def test_a_bot_that_breaks_off_while_it_pages_does_not_page_again(workspace: Workspace) -> None:
    async with paged(workspace, "bruno") as pager:
        pager.answers.clear()
        room = await workspace.declare_soon("p1 Checkout is down")
        await workspace.until(lambda: pager.calls)
        await workspace.crash()
        pager.answers.set()
        await workspace.start()
        await room.card.shows("may have been paged: NeonOps was interrupted while it paged")
        assert pager.calls == 1


async def test_a_pager_that_does_not_answer_holds_up_nobody(workspace: Workspace) -> None:
    async with paged(workspace, "bruno", "elisa") as pager:
        pager.answers.clear()
        await workspace.declare_soon("p1 Checkout is down")
        await workspace.until(lambda: pager.calls)
        room = await workspace.declare_soon("p2 Search is down")
        await room.card.appears()
        await workspace.until(lambda: pager.calls >= 3)
        assert (await room.card.tick("Assess impact", by=workspace.bruno)).ok
        await room.card.shows("✅ Assess impact")


async def test_whom_slack_does_not_know_now_is_not_said_to_be_alerted(workspace: Workspace) -> None:
    room = await workspace.declare("outage The whole system is down")
    workspace.clock.forward(minutes=11)
    await deactivate(workspace, "helena", told=False)
    workspace.slack.faults.fail("users.info", "internal_error", n=3)
    await room.card.press("Alert", EXECUTIVES, by=workspace.bruno)
    await room.card.shows("not reached: Helena Hoffmann (is deactivated in Slack)")
    assert "alerted Helena" not in await room.card.all()
    assert f"✅ {EXECUTIVES}" not in await room.card.all()


async def test_who_was_deactivated_after_the_first_alert_is_not_alerted_again(workspace: Workspace) -> None:
    room = await workspace.declare("p2 Search is slow", by=workspace.elisa)
    await deactivate(workspace, "bruno", told=False)
    await workspace.elisa.types("/incident severity p1", room.id)
    await room.card.shows("not reached: Bruno Barros (is deactivated in Slack)")
    assert "alerted Alice Andrade (mention)" in await room.card.all()
    assert (await room.card.all()).count("Bruno Barros (mention)") == 0


async def test_who_is_told_directly_without_a_channel_learns_where_it_goes_on(workspace: Workspace) -> None:
    workspace.slack.faults.fail("conversations.create", "restricted_action", n=1000)
    await workspace.declare_soon("security Somebody reads our mail", by=workspace.carla)
    assert "`/incident 1 status` shows its status" in await workspace.diego.is_told("🚨")


async def test_of_those_who_may_approve_only_who_is_there_is_asked(workspace: Workspace) -> None:
    await deactivate(workspace, "alice", told=False)
    await workspace.ask_deploy("api main")
    said = (await workspace.until(lambda: asked_in_devops(workspace)))[0]
    assert f"one of you approves it: <@{helena(workspace).id}>" in said
    assert "Not reached: Alice Andrade (is deactivated in Slack)" in said


async def test_that_nobody_is_there_who_may_approve_is_said(workspace: Workspace) -> None:
    await deactivate(workspace, "alice", told=False)
    await deactivate(workspace, "helena")
    await workspace.until(lambda: _known_gone(workspace, "U08HELENA"))
    await workspace.ask_deploy("api main")
    said = (await workspace.until(lambda: asked_in_devops(workspace)))[0]
    assert "Nobody else who may approve it is available" in said
    assert all(f"{name} (is deactivated in Slack)" in said for name in ("Alice Andrade", "Helena Hoffmann"))


async def test_who_may_approve_and_is_not_in_the_channel_is_told_directly(workspace: Workspace) -> None:
    await workspace.slack.leave("alice", "devops")
    await workspace.ask_deploy("api main")
    assert "Deploy API from main" in await workspace.alice.is_told("🗳️")
    await workspace.settled()
    assert not any("🗳️" in m.text for m in workspace.slack.direct_messages("helena"))


async def _known_gone(workspace: Workspace, user: str) -> bool:
    member = await workspace.read(lambda tx: tx.members.get(user))
    return bool(member and member.deleted)


def asked_in_devops(workspace: Workspace) -> list[str]:
    return [message.text for message in workspace.slack.messages("devops") if "🗳️" in message.text]
