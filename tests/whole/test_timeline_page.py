"""The complete timeline in a browser, behind the link that `/incident timeline` gives."""

import re

import httpx

from whole.workspace import Workspace, free_port


async def _served(workspace: Workspace) -> None:
    port = str(free_port())
    await workspace.restart(NEONOPS_WEB_PORT=port, NEONOPS_PUBLIC_URL=f"http://127.0.0.1:{port}")


async def _link(workspace: Workspace) -> str:
    """The link that Alice is given in the channel of her incident."""
    room = await workspace.declare("p1 Checkout is down")
    await workspace.bruno.types(f"/incident {room.number} note the <database> is full", room.id)
    answer = await workspace.alice.types("/incident timeline", room.id)
    found = re.search(r"<(http[^|]+)\|Complete timeline>", answer.words)
    assert found, answer.words
    return found[1].replace("&amp;", "&")


async def test_the_page_and_its_files_hold_everything_with_names(workspace: Workspace) -> None:
    await _served(workspace)
    link = await _link(workspace)
    async with httpx.AsyncClient() as http:
        page = await http.get(link)
        files = [await http.get(link.replace("/timeline?", f"/timeline.{end}?")) for end in ("md", "json", "csv")]
    assert "the &lt;database&gt; is full" in page.text
    assert page.headers["cache-control"] == "no-store"
    for each in (page, *files):
        assert "Bruno Barros" in each.text
        assert "U02BRUNO" not in each.text


async def test_without_a_link_there_is_nothing(workspace: Workspace) -> None:
    await _served(workspace)
    link = await _link(workspace)
    async with httpx.AsyncClient() as http:
        assert (await http.get(link[:-1])).status_code == 404
        workspace.clock.forward(hours=1)
        gone = await http.get(link)
    assert (gone.status_code, gone.text) == (
        404, "This link does not work (any more). /incident timeline in Slack gives you a new one.\n"
    )  # fmt: skip


async def test_who_is_not_in_the_incident_is_given_no_link(workspace: Workspace) -> None:
    await _served(workspace)
    room = await workspace.declare("p1 Checkout is down")
    answer = await workspace.fabio.types(f"/incident {room.number} timeline", "C0DEVOPS")
    assert "neonops timeline export" in answer.words
    assert "timeline?link=" not in answer.words
