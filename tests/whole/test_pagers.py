"""Called people, as PagerDuty, Twilio and a push service really are: they answer, fail, hang up, and say maybe."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette

from bot.incidents.model import Incident
from bot.paging.model import CallState, PagerCall
from sandbox import PEOPLE
from sandbox.pagers.book import Answer, Page
from sandbox.pagers.practice import PracticePagers
from sandbox.serving import serve
from whole.workspace import Workspace, free_port

# apprise still asks for a module that Python 3.13 no longer has.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@asynccontextmanager
async def called(workspace: Workspace, *names: str, **answers: Answer) -> AsyncIterator[PracticePagers]:
    """Give people pagers whose services answer like this, and the bot a web port."""
    pagers, port = PracticePagers(PEOPLE), str(free_port())
    pagers.book.answers |= answers
    running = await serve(Starlette(routes=pagers.routes))
    pagers.deeds.bot_url = f"http://127.0.0.1:{port}"
    workspace.write_team(lambda team: [
        team["people"][name].update(page=pagers.addresses(name, int(running.url.rpartition(":")[2]))) for name in names
    ])  # fmt: skip
    where = {"NEONOPS_WEB_PORT": port, "NEONOPS_PUBLIC_URL": pagers.deeds.bot_url}
    await workspace.restart(**pagers.environment(running.url), **where)
    try:
        yield pagers
    finally:
        await workspace.stop()
        await running.stop()


async def page_of(workspace: Workspace, pagers: PracticePagers, kind: str) -> Page:
    """The page of this kind, once it has gone out and the bot knows that."""
    pages = pagers.book.pages
    page: Page = await workspace.until(lambda: next((each for each in pages if each.kind == kind), None))
    await workspace.until(lambda: settled(workspace))
    return page


async def settled(workspace: Workspace) -> bool:
    calls = await calls_of(workspace)
    return bool(calls) and all(each.state is not CallState.SENDING for each in calls)


async def calls_of(workspace: Workspace) -> list[PagerCall]:
    return await workspace.read(lambda tx: tx.rows(PagerCall).find(order="id"))


async def incident(workspace: Workspace) -> Incident:
    return (await workspace.read(lambda tx: tx.incidents.find()))[0]


async def test_a_digit_on_the_telephone_leads_and_pagerduty_hears_of_it(workspace: Workspace) -> None:
    async with called(workspace, "alice", "bruno") as pagers:
        await workspace.declare("p1 Checkout is down", by=workspace.elisa)
        call = await page_of(workspace, pagers, "Telephone call")
        await pagers.deeds.do(call.id, "digit")
        known = await incident(workspace)
        assert (known.acknowledged_by, known.roles["commander"]) == (workspace.alice.id, workspace.alice.id)
        event = await page_of(workspace, pagers, "PagerDuty incident")
        await workspace.until(lambda: event.state == "acknowledged")


async def test_who_acknowledges_in_pagerduty_is_found_by_mail(workspace: Workspace) -> None:
    async with called(workspace, "bruno") as pagers:
        await workspace.declare("p1 Checkout is down")
        page = await page_of(workspace, pagers, "PagerDuty incident")
        await pagers.deeds.do(page.id, "acknowledge")
        await workspace.settled()
        assert (await incident(workspace)).acknowledged_by == workspace.bruno.id


async def test_a_stranger_in_pagerduty_is_said_and_the_others_go_on_being_called(workspace: Workspace) -> None:
    async with called(workspace, "bruno") as pagers:
        room = await workspace.declare("p1 Checkout is down")
        page = await page_of(workspace, pagers, "PagerDuty incident")
        await pagers.deeds.do(page.id, "stranger")
        await room.hears("Sam Stranger acknowledged in PagerDuty, and the team file does not know them")
        assert (await incident(workspace)).acknowledged_by is None


async def test_pagerduty_hears_that_it_is_over(workspace: Workspace) -> None:
    async with called(workspace, "bruno") as pagers:
        room = await workspace.declare("p1 Checkout is down")
        page = await page_of(workspace, pagers, "PagerDuty incident")
        await workspace.bruno.types("/incident resolve Restarted", room.id)
        await workspace.until(lambda: page.state == "resolved")


@pytest.mark.parametrize("answer", ["lost", "broken"])
async def test_a_call_that_may_ring_is_not_made_twice(workspace: Workspace, answer: Answer) -> None:
    async with called(workspace, "alice", twilio=answer) as pagers:
        room = await workspace.declare("p1 Checkout is down")
        await room.card.shows("may have been paged: twilio")
        assert [each.kind for each in pagers.book.pages].count("Telephone call") == 1
        assert {each.state for each in await calls_of(workspace)} == {CallState.UNSURE}


async def test_pagerduty_is_asked_again_by_the_same_key_and_opens_one_incident(workspace: Workspace) -> None:
    async with called(workspace, "bruno", pagerduty="lost") as pagers:
        await workspace.declare_soon("p1 Checkout is down")
        await workspace.until(lambda: pagers.book.pages)
        pagers.book.answers["pagerduty"] = "normal"
        await workspace.until(lambda: settled(workspace))
        assert [each.state for each in await calls_of(workspace)] == [CallState.SENT]
        assert len(pagers.book.pages) == 1


@pytest.mark.parametrize(("person", "service"), [("elisa", "push"), ("bruno", "pagerduty"), ("alice", "twilio")])
@pytest.mark.parametrize("answer", ["redirect", "refused"])
async def test_what_is_refused_or_led_elsewhere_is_not_paged(
    workspace: Workspace, person: str, service: str, answer: Answer
) -> None:
    workspace.write_team(lambda team: team["roles"].update(devops=[person]))
    async with called(workspace, person, **{service: answer}) as pagers:
        await workspace.declare_soon("p1 Checkout is down")
        await workspace.until(lambda: settled(workspace), 20)
        assert {each.state for each in await calls_of(workspace)} == {CallState.FAILED}
        assert pagers.book.pages == []


async def test_a_message_that_is_lost_on_its_way_is_said(workspace: Workspace) -> None:
    async with called(workspace, "alice") as pagers:
        room = await workspace.declare("p1 Checkout is down")
        for kind, deed in (("Telephone call", "voicemail"), ("Text message", "lose")):
            await pagers.deeds.do((await page_of(workspace, pagers, kind)).id, deed)
        await room.card.shows("not paged: twilio: voicemail answered; twilio: the message could not be delivered")


async def test_pages_go_out_while_slack_is_away(workspace: Workspace) -> None:
    async with called(workspace, "bruno", "alice") as pagers:
        for method in ("conversations.create", "chat.postMessage"):
            workspace.slack.faults.fail(method, "internal_error", n=40)
        await workspace.declare_soon("p1 Checkout is down")
        await workspace.until(lambda: len({each.kind for each in pagers.book.pages}) == 3)


async def test_the_next_level_is_paged_on_time_while_slack_is_away(workspace: Workspace) -> None:
    async with called(workspace, "alice") as pagers:
        await workspace.declare("p2 Checkout is slow")
        workspace.slack.faults.lost_requests["*"] = 1_000_000
        before = len(pagers.book.pages)
        workspace.clock.forward(minutes=31)
        await workspace.bot.timers.fire_due()
        await workspace.until(lambda: len(pagers.book.pages) > before)
        workspace.slack.faults.lost_requests.clear()
