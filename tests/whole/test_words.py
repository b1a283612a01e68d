"""What people write is harmless wherever it is shown."""

import re

import pytest

from sandbox.slack import Message
from whole.workspace import Workspace

WILD = [
    "<!channel> <!here> <!everyone> wake up",
    "<https://evil.example|our status page> & <@U02BRUNO>",
    "Ação: prontuário não abre 🚑 çãõ",
    "*bold* _it_ `code` ```fence``` ~x~",
    "\u202egnp.exe\u202c right to left",
    "{title} {0} %s {{x}}",
    "a" * 400,
]
_LIVE = re.compile(r"<!(?:channel|here|everyone|subteam)|<https?://evil")


@pytest.mark.parametrize("title", WILD)
async def test_a_wild_title_is_harmless_everywhere(workspace: Workspace, title: str) -> None:
    await workspace.alice.types("/incident")
    await workspace.alice.submits(severity="p1", title=title[:150], drill="real")
    await workspace.settled()
    await workspace.alice.types("/incident 1 note " + title)
    await workspace.alice.types("/incident 1 resolve " + title)
    await workspace.settled()
    answers = [await workspace.alice.types(f"/incident {deed}") for deed in ("list", "1 status", "1 timeline")]
    assert all(answer.ok for answer in answers)
    texts = [str(m.blocks) + m.text for m in _everything(workspace)] + [answer.words for answer in answers]
    assert not [text for text in texts if _LIVE.search(text)]
    assert len(await workspace.events("incident.resolved")) == 1
    assert await workspace.events("effect.failed") == []


async def test_a_wild_reason_is_harmless(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.press("Skip an item…", by=workspace.bruno)
    await workspace.bruno.submits(item="Determine scope and impact", reason=WILD[0])
    await room.card.shows("&lt;!channel&gt;")
    assert "<!channel>" not in str(room.card.message.blocks) + room.card.message.text


@pytest.mark.parametrize("ref", ["main;rm", "--upload-pack=x", "../../etc", "a b", "<!channel>", "$(id)", "ação"])
async def test_a_wild_ref_is_refused(workspace: Workspace, ref: str) -> None:
    await workspace.bruno.types("/deploy")
    ack = await workspace.bruno.submits(target="api", ref=ref)
    assert "is not a branch, tag or commit" in ack.errors["ref"]
    assert await workspace.read(lambda tx: tx.runs.find()) == []


async def test_every_message_says_in_its_text_what_its_blocks_say(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    assert "Checkout is down" in room.card.message.text
    assert "- Determine scope and impact (open)" in room.card.message.text


def _everything(workspace: Workspace) -> list[Message]:
    return [m for channel in workspace.slack.channels() for m in workspace.slack.messages(channel.id)]
