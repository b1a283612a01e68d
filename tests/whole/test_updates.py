"""Status updates in Slack: by command and by forms; in the channel, in public, and to subscribers."""

from bot.updates.model import StatusUpdate
from whole.workspace import Workspace


async def updates(workspace: Workspace) -> list[StatusUpdate]:
    return await workspace.read(lambda tx: tx.rows(StatusUpdate).find())


async def test_an_update_by_command_is_said_everywhere_it_should_be(workspace: Workspace) -> None:
    assert "all services" in await workspace.fabio.types("/incident subscribe")
    room = await workspace.declare("p1 Checkout is down")
    assert "was sent (investigating)" in await workspace.bruno.types("/incident update It is <the> cache", room.id)
    assert "> It is &lt;the&gt; cache" in await room.hears("update by")
    await workspace.fabio.is_told("It is &lt;the&gt; cache")
    await workspace.until(lambda: "cache" in workspace.slack.messages("incidents")[-1].text)
    assert (await updates(workspace))[0].texts == {"en": "It is <the> cache"}


async def test_an_update_for_the_team_is_drafted_and_sent_by_form(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await workspace.bruno.types("/incident update", room.id)
    assert "What is its status?" in str((await workspace.bruno.form()).blocks)
    assert (await workspace.bruno.submits(audience="inside", status="identified")).ok
    drafted = str((await workspace.bruno.form()).blocks)
    assert "P1 Checkout is down: the cause is known" in drafted
    assert "P1 Checkout is down: a causa é conhecida" in drafted
    assert (await workspace.bruno.submits(en="It is the cache", pt="É o cache")).ok
    heard = await room.hears("*Identified*")
    assert "> It is the cache\n\n> É o cache" in heard


async def test_customers_are_told_when_the_preview_is_confirmed(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await workspace.bruno.types("/incident update", room.id)
    await workspace.bruno.submits(audience="customers", status="investigating")
    await workspace.bruno.submits(en="We look at it. CPF 529.982.247-25", pt="")
    preview = str((await workspace.bruno.form()).blocks)
    assert "We look at it. CPF •••" in preview
    assert "was hidden" in preview
    assert await updates(workspace) == []
    assert (await workspace.bruno.submits(sure="yes")).ok
    await room.hears("told customers")
    assert [each.audience for each in await updates(workspace)] == ["customers"]


async def test_the_preview_says_which_language_was_not_changed(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.press("Update…", by=workspace.bruno)
    await workspace.bruno.submits(audience="customers", status="investigating")
    drafted = str((await workspace.bruno.form()).blocks)
    assert "O NeonPro está indisponível" in drafted
    await workspace.bruno.submits(en="Only payments fail")
    assert "still the draft: Português" in str((await workspace.bruno.form()).blocks)


async def test_a_reminder_has_a_draft_and_a_button(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await workspace.bruno.types("/incident role communications", room.id)
    workspace.clock.forward(minutes=31)
    reminder = await room.hears("status update is")
    assert f"<@{workspace.bruno.id}>" in reminder
    assert "> P1 Checkout is down: we are investigating" in reminder
    await workspace.settled()
    assert room.heard("status update is") == 1


async def test_the_card_opens_the_form_and_says_when_an_update_is_due(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.shows("🔎 communications wanted")
    await room.card.press("I'm on it", by=workspace.alice)
    await room.card.shows("📣 update due")
    await room.card.press("Update…", by=workspace.bruno)
    assert "What is its status?" in str((await workspace.bruno.form()).blocks)
    assert (await workspace.bruno.submits(audience="inside", status="identified")).ok
    assert (await workspace.bruno.submits(en="It is the cache", pt="")).ok
    assert "> It is the cache" in await room.hears("*Identified*")
    workspace.clock.forward(minutes=31)
    await room.card.shows("📣 *update overdue*")


async def test_a_subscription_ends(workspace: Workspace) -> None:
    assert "api" in await workspace.fabio.types("/incident subscribe api")
    assert "is not a service" in await workspace.fabio.types("/incident subscribe apii")
    assert "told of no incident" in await workspace.fabio.types("/incident unsubscribe api")
