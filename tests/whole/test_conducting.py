"""Conducting an incident: notes, timeline, status, list, severity, role, resolve, close, reopen."""

from bot.runs.model import StepState
from whole.workspace import Workspace

SCOPE = "Determine scope and impact"


async def test_a_note_stands_in_the_timeline(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    assert "Noted" in await workspace.bruno.types("/incident note <deploy> 42 & the cache", room.id)
    answer = await workspace.alice.types("/incident timeline", room.id)
    assert "&lt;deploy&gt; 42 &amp; the cache" in answer
    assert f"<@{workspace.bruno.id}>" in answer


async def test_a_note_by_form(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.press("Add a note", by=workspace.bruno)
    assert (await workspace.bruno.submits(text="The cache is cold")).ok
    await workspace.bruno.is_told("Noted")
    assert [e.data["text"] for e in await workspace.events("note.added")] == ["The cache is cold"]


async def test_a_message_becomes_a_note(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    said = await workspace.slack.say("bruno", room.id, "The cache is cold")
    await workspace.slack.shortcut("bruno", "note.from_message", channel=room.id, ts=said.ts)
    assert (await workspace.bruno.submits()).ok
    assert [e.data["text"] for e in await workspace.events("note.added")] == ["The cache is cold"]


async def test_a_note_of_10000_characters_is_refused_whole(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    answer = await workspace.bruno.types("/incident note " + "a" * 10_000, room.id)
    assert "10,000 characters" in answer
    assert await workspace.events("note.added") == []


async def test_the_timeline_tells_what_happened_in_order(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.tick(SCOPE, by=workspace.bruno)
    words = (await workspace.alice.types("/incident timeline", room.id)).words
    order = ["declared P1: Checkout is down", "opened #incident-", f"ticked {SCOPE}"]
    assert [words.index(each) for each in order] == sorted(words.index(each) for each in order)


async def test_the_status_says_what_is_open(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.tick(SCOPE, by=workspace.bruno)
    answer = await workspace.fabio.types("/incident 1 status")
    assert "6 of 16 done" in answer
    assert "⬜ Document root cause" in answer
    assert SCOPE not in answer


async def test_a_skipped_item_is_not_open(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.press("Skip…", SCOPE, by=workspace.bruno)
    await workspace.bruno.submits(item=SCOPE, reason="Known")
    assert SCOPE not in await workspace.fabio.types("/incident 1 status")


async def test_the_list_has_what_is_not_closed(workspace: Workspace) -> None:
    for title in ("First", "Second"):
        await workspace.declare(f"p2 {title}")
    await workspace.alice.types("/incident 1 close")
    answer = await workspace.fabio.types("/incident list")
    assert "Second" in answer
    assert "First" not in answer


async def test_a_new_severity_deals_its_checklist_and_keeps_what_is_done(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.tick("Communicate status updates", by=workspace.bruno)
    assert "P2" in await workspace.alice.types("/incident severity p2", room.id)
    await room.card.shows("🟠 P2 · #1 · Checkout is down")
    await room.card.shows("Assess impact and affected users")
    assert SCOPE not in await room.card.all()
    assert len(room.card.messages) == 1
    await room.hears("changed the severity from P1 to *P2*")
    await workspace.until(lambda: "P2 · Open" in room.channel.topic)


async def test_a_severity_there_and_back_keeps_the_ticks(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.tick(SCOPE, by=workspace.bruno)
    await workspace.alice.types("/incident severity p3", room.id)
    await workspace.alice.types("/incident severity p1", room.id)
    await room.card.shows(f"✅ {SCOPE}")


async def test_a_worse_severity_is_announced_as_a_change_and_reopening_too(workspace: Workspace) -> None:
    room = await workspace.declare("p2 Checkout is down")
    for text in ("severity p1", "resolve", "close", "reopen", "severity p3"):
        await workspace.alice.types(f"/incident {text}", room.id)
    await workspace.settled()
    said = [message.text for message in workspace.slack.messages("incidents")]
    expected = ("declared by", "from P2 to *P1*", "resolved P1", "closed P1", "reopened P1", "from P1 to *P3*")
    assert [words in text for words, text in zip(expected, said, strict=True)] == [True] * len(expected)


async def test_the_people_of_the_new_severity_are_alerted(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.shows("✅ Alert on-call engineers")
    await workspace.alice.types("/incident severity p2", room.id)
    await room.card.shows("✅ Alert development team")
    assert room.heard("you are needed") == 2


async def test_a_public_incident_does_not_become_confidential(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    assert "needs a private channel" in await workspace.alice.types("/incident severity security", room.id)


async def test_a_role_stands_on_the_card_and_in_the_topic(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await workspace.alice.types("/incident role commander @diego", room.id)
    await room.card.shows(f"👤 <@{workspace.diego.id}>")
    await workspace.until(lambda: f"commander: <@{workspace.diego.id}>" in room.channel.topic)
    await workspace.until(lambda: workspace.diego.id in room.channel.members)


async def test_who_takes_a_role_over_is_told_where_the_incident_stands(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    assert "is scribe" in await workspace.bruno.types("/incident role scribe", room.id)
    await workspace.alice.types("/incident role scribe @diego", room.id)
    told = await workspace.diego.is_told("You are now *scribe*")
    assert f"⬜ {SCOPE}" in told
    assert "No status update was sent yet." in told
    assert f"in place of <@{workspace.bruno.id}>" in await room.hears("in place of")


async def test_a_role_goes_to_people_only(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    assert "NeonOps takes no role" in await workspace.alice.types("/incident role scribe <@U0PRACTICEBOT>", room.id)
    assert "looking up" in await workspace.alice.types("/incident role scribe <@U0NOBODY>", room.id)
    assert "Nothing was changed: <@U0NOBODY>" in await workspace.alice.is_told("Nothing was changed")
    assert (await workspace.read(lambda tx: tx.incidents.get(1))).roles == {}


async def test_resolving_by_form_says_so_once_in_the_room_and_where_it_was_announced(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.press("Resolve…", by=workspace.bruno)
    assert (await workspace.bruno.submits(text="Rolled back <v2>")).ok
    await room.card.shows("*Resolved*")
    await workspace.settled()
    assert room.heard("resolved P1") == 1
    assert [("Rolled back &lt;v2&gt;" in m.text) for m in workspace.slack.messages("incidents")] == [False, True]
    assert "P1 · Resolved" in room.channel.topic


async def test_resolving_asks_what_becomes_of_what_is_open(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.press("Resolve…", by=workspace.bruno)
    chosen = {"item.scope": "done", "item.fix": "unneeded"}
    assert "Write why" in (await workspace.bruno.submits(**chosen, reason="")).errors["text"]
    assert (await workspace.bruno.submits(**chosen, reason="It healed itself")).ok
    states = {name: (await workspace.step(name)).state for name in ("scope", "fix", "root_cause")}
    assert states == {"scope": StepState.DONE, "fix": StepState.SKIPPED, "root_cause": StepState.OPEN}
    await room.card.shows("*Resolved*")


async def test_resolving_by_command_says_how_much_is_open(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    assert "10 required items are still open." in await workspace.bruno.types("/incident resolve", room.id)
    await workspace.bruno.types("/incident reopen", room.id)
    await room.card.tick_all(by=workspace.bruno)
    assert "still open" not in await workspace.bruno.types("/incident resolve", room.id)


async def test_the_form_that_resolves_asks_why_in_plain_words(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.press("Resolve…", by=workspace.bruno)
    assert "Why are those items not needed?" in str((await workspace.bruno.form()).blocks)


async def test_closing_with_everything_settled_asks_nothing(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.tick_all(by=workspace.bruno)
    await workspace.bruno.types("/incident resolve", room.id)
    await room.card.press("Close", by=workspace.bruno)
    await room.card.shows("*Closed*")


async def test_closing_locks_the_checklist_and_says_what_is_left(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await workspace.bruno.types("/incident resolve", room.id)
    await room.card.shows("[Close…]")
    seen = room.card.message
    await room.card.press("Close…", by=workspace.bruno)
    assert (await workspace.bruno.submits(reason="")).ok
    await room.card.shows("*Closed*")
    assert "Tick" not in room.card.buttons()
    await room.card.tick(SCOPE, by=workspace.bruno, seen=seen)
    assert "closed" in await workspace.bruno.sees("This incident is closed", room.id)
    assert "11 items were left open" in await room.hears("closed the incident")


async def test_reopening_brings_the_checklist_back(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await workspace.bruno.types("/incident close", room.id)
    await room.card.press("Reopen", by=workspace.bruno)
    await room.card.shows("*Open*")
    await room.card.tick(SCOPE, by=workspace.bruno)
    await room.card.shows(f"✅ {SCOPE}")
    await workspace.until(lambda: "P1 · Open" in room.channel.topic)


async def test_the_card_of_what_is_resolved_says_so_first_and_opens_it_again(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await workspace.bruno.types("/incident resolve", room.id)
    await room.card.shows("✅ P1 · #1 · Checkout is down")
    await room.card.press("Reopen", by=workspace.bruno)
    await room.card.shows("🔴 P1 · #1 · Checkout is down")


async def test_somebody_without_a_role_conducts_nothing(workspace: Workspace) -> None:
    room = await workspace.declare("p3 Reports are slow", by=workspace.fabio)
    events = await workspace.events()
    for operation in ("note It works", "severity p2", "role scribe @bruno", "resolve", "close"):
        assert "You may not" in await workspace.fabio.types(f"/incident {operation}", room.id)
    later = (await workspace.events())[len(events) :]
    assert [event.kind for event in later if not event.kind.endswith(".refused")] == []


MISTAKES = (
    ("/incident reslove", "Did you mean `/incident resolve`?"),
    ("/incident p9 Everything", "Did you mean `/incident p"),
    ("/incident severity p9", "/incident severity does not know"),
    ("/incident role boss @bruno", "is not a role of an incident"),
    ("/incident role @bruno", "Write the role before the person"),
    ("/incident role scribe back", "Nobody is scribe"),
    ("/incident 99 status", "There is no incident 99"),
    ("/incident note", "A note needs text"),
    ("/incident reopen", "is open"),
    ("/incident severity p1", "is already p1"),
    ("/deploy apii", "Did you mean `/deploy api`?"),
    ("/deploy api main now", "Too many arguments"),
    ("/rollback databse", "/rollback does not know"),
    ("/health databas", "Did you mean `/health database`?"),
)


async def test_what_cannot_be_is_answered_with_what_can(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    for typed, said in MISTAKES:
        assert said in await workspace.alice.types(typed, room.id), typed


async def test_help_lists_every_form(workspace: Workspace) -> None:
    for command in ("/incident", "/deploy", "/rollback", "/health"):
        answer = await workspace.fabio.types(f"{command} help")
        assert answer.text.count(f"`{command}") >= 2, command


async def test_the_home_shows_what_is_open(workspace: Workspace) -> None:
    await workspace.declare("p1 Checkout is down")
    home = await workspace.fabio.home()
    assert "Checkout is down" in home
    assert "5 of 16 done" in home
