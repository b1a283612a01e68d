"""What people write is harmless wherever it is shown."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from sandbox.slack import Message
from whole.workspace import Workspace

WILD = [
    "<!channel> <!here> <!everyone> <https://evil.example|our status page> & <@U02BRUNO>",
    "Ação: prontuário não abre 🚑 çãõ \u202egnp.exe\u202c right to left",
    "*bold* _it_ `code` ```fence``` ~x~ {title} {0} %s {{x}}",
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
    answers = [
        await workspace.alice.types(f"/incident {operation}") for operation in ("list", "1 status", "1 timeline")
    ]
    assert all(answer.ok for answer in answers)
    texts = [text for message in _everything(workspace) for text in parsed(message)]
    assert not [text for text in texts if _LIVE.search(text)]
    assert not [answer.words for answer in answers if _LIVE.search(answer.words)]
    assert len(await workspace.events("incident.resolved")) == 1
    assert await workspace.events("effect.failed") == []


async def test_a_wild_reason_is_harmless(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.press("Skip…", "Determine scope and impact", by=workspace.bruno)
    await workspace.bruno.submits(item="Determine scope and impact", reason=WILD[0])
    await room.card.shows("&lt;!channel&gt;")
    assert not [text for text in parsed(room.card.message) if "<!channel>" in text]


async def test_a_wild_ref_is_refused(workspace: Workspace) -> None:
    await workspace.bruno.types("/deploy")
    for ref in ("main;rm", "--upload-pack=x", "../../etc", "a b", "<!channel>", "$(id)", "main~1"):
        ack = await workspace.bruno.submits(target="api", ref=ref)
        assert "is not a branch, tag or commit" in ack.errors["ref"], ref
    assert await workspace.read(lambda tx: tx.runs.find()) == []


async def test_what_was_typed_in_a_command_is_shown_as_it_was_typed(workspace: Workspace) -> None:
    room = await workspace.declare("p1 <Checkout> & cart at https://neonpro.example/cart")
    await room.card.shows("P1 · #1 · <Checkout> & cart at https://neonpro.example/cart")
    await room.hears("&lt;Checkout&gt; &amp; cart at https://neonpro.example/cart")


async def test_every_message_says_in_its_text_what_its_blocks_say(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    assert "Checkout is down" in room.card.message.text
    assert "- Determine scope and impact (open)" in room.card.message.text


def parsed(thing: Any) -> Iterator[str]:
    """Every text of a message in which Slack looks for mentions and links."""
    if isinstance(thing, Message):
        yield thing.text
        yield from parsed(list(thing.blocks or ()))
    elif isinstance(thing, Mapping):
        if thing.get("type") == "mrkdwn":
            yield thing["text"]
        yield from parsed(list(thing.values()))
    elif isinstance(thing, list | tuple):
        for each in thing:
            yield from parsed(each)


def _everything(workspace: Workspace) -> list[Message]:
    return [m for channel in workspace.slack.channels() for m in workspace.slack.messages(channel.id)]
