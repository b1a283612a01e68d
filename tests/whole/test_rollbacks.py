"""/rollback: shows where it can go back to, asks, moves production and looks whether it works."""

import pytest

from bot.runs.model import RunState, StepState
from handlers.slack.blocks.references import CandidateRef, read_as
from whole.workspace import Card, Workspace, blocks_text

ITEM = "Initiate rollback if necessary"


async def _asked(workspace: Workspace, text: str = "api") -> Card:
    assert (await workspace.bruno.types(f"/rollback {text}")).ok
    card = Card(workspace, "devops", "Roll back")
    await card.shows("goes back to")
    await workspace.settled()
    return card


async def test_the_question_before_one_is_cancelled_offers_to_keep_it(workspace: Workspace) -> None:
    sure = (await _asked(workspace)).button("Cancel")["confirm"]
    assert (sure["confirm"]["text"], sure["deny"]["text"]) == ("Cancel run", "Keep it")


def _moves(workspace: Workspace) -> list[tuple[str, str]]:
    return [(each.kind, each.project) for each in workspace.neonpro.mutations]


async def test_it_goes_back_to_what_is_recommended_and_says_that_it_works(workspace: Workspace) -> None:
    before = workspace.neonpro.vercel.live("neonpro-api").id
    card = await _asked(workspace)
    await card.press("Roll back", by=workspace.bruno)
    live = Card(workspace, "devops", "Roll back", without=": pre-")
    await live.shows("It is live and verified", 30)
    assert _moves(workspace) == [("rollback", "neonpro-api")]
    assert workspace.neonpro.vercel.live("neonpro-api").id != before


async def test_both_services_go_back(workspace: Workspace) -> None:
    card = await _asked(workspace, "all")
    await card.press("Roll back", by=workspace.bruno)
    live = Card(workspace, "devops", "Roll back", without=": pre-")
    await live.shows("It is live and verified", 30)
    assert _moves(workspace) == [("rollback", "neonpro-api"), ("rollback", "neonpro-web")]


async def test_nothing_moves_before_the_confirmation(workspace: Workspace) -> None:
    await _asked(workspace)
    assert _moves(workspace) == []


async def test_somebody_chooses_another_deployment(workspace: Workspace) -> None:
    card = await _asked(workspace)
    options = card.message.find("rollback.choose")["options"]
    wanted = options[-1]
    await card.choose("rollback.choose", wanted["text"]["text"], by=workspace.elisa)
    await card.shows("(chosen)")
    await card.press("Roll back", by=workspace.bruno)
    await workspace.until(lambda: workspace.neonpro.mutations)
    assert workspace.neonpro.mutations[0].deployment == read_as(CandidateRef, wanted["value"]).deployment


async def test_a_deployment_that_is_named_is_taken(workspace: Workspace) -> None:
    card = await _asked(workspace)
    offered = card.message.find("rollback.choose")["options"]
    wanted = read_as(CandidateRef, offered[-1]["value"]).deployment
    await card.press("Cancel", by=workspace.bruno)
    await workspace.bruno.types(f"/rollback api {wanted}")
    second = Card(workspace, "devops", "Roll back")
    await second.shows("(chosen)")
    await second.press("Roll back", by=workspace.bruno)
    await workspace.until(lambda: [m.deployment for m in workspace.neonpro.mutations] == [wanted])


def _preview(workspace: Workspace) -> str:
    body = {"project": "neonpro-api", "target": "preview", "gitSource": {"ref": "main"}}
    return workspace.neonpro.vercel.create(body).id


def _staged(workspace: Workspace) -> str:
    body = {"project": "neonpro-api", "target": "production", "gitSource": {"ref": "main"}}
    return workspace.neonpro.vercel.create({**body, "autoAssignCustomDomains": False}).id


def _other(workspace: Workspace) -> str:
    vercel = workspace.neonpro.vercel
    web = vercel.newest_first(vercel.project("neonpro-web"))
    return next(each.id for each in web if each.rollback_candidate(vercel.now()))


TYPED = {
    "a preview": (_preview, "is a preview"),
    "a build that never had traffic": (_staged, "never had production traffic"),
    "another service's": (_other, "is a deployment of another project than neonpro-api"),
    "what is not there": (lambda workspace: "dpl_nowhere", "Vercel does not know the deployment dpl_nowhere"),
    "what is live": (lambda workspace: workspace.neonpro.vercel.live("neonpro-api").id, "is already live"),
}


@pytest.mark.parametrize("name", TYPED)
async def test_a_deployment_that_is_typed_is_held_to_the_rules_of_the_listed_ones(
    workspace: Workspace, name: str
) -> None:
    make, why = TYPED[name]
    typed = make(workspace)
    vercel = workspace.neonpro.vercel
    known = typed in vercel.deployments
    await workspace.until(lambda: not known or vercel.deployment(typed).ready(vercel.now()))
    assert "Checking with Vercel" in await workspace.bruno.types(f"/rollback api {typed}")
    assert "Nothing was requested" in await workspace.bruno.sees(why)
    assert await workspace.read(lambda tx: tx.runs.find()) == []


async def test_a_typed_deployment_that_cannot_be_looked_up_now_is_judged_on_its_card(workspace: Workspace) -> None:
    typed = _staged(workspace)
    workspace.neonpro.switches.vercel_reads = "unreachable"
    assert (await workspace.bruno.types(f"/rollback api {typed}")).ok
    await workspace.until(lambda: workspace.read(lambda tx: tx.runs.find()), 60)
    workspace.neonpro.switches.vercel_reads = "normal"
    card = Card(workspace, "devops", "Roll back")
    await card.shows("never had production traffic")
    assert "Roll back" not in card.buttons()


async def test_an_undo_names_what_failed_and_asks_a_second_time(workspace: Workspace) -> None:
    bad = workspace.neonpro.vercel.live("neonpro-api").id
    card = await _asked(workspace)
    await card.press("Roll back", by=workspace.bruno)
    live = Card(workspace, "devops", "Roll back", without=": pre-")
    await live.shows("It is live and verified", 30)
    good = workspace.neonpro.vercel.live("neonpro-api").id
    await live.press("Undo…", by=workspace.bruno)
    form = blocks_text((await workspace.bruno.form()).blocks)
    assert bad in form.partition("Goes live again")[2]
    assert good in form.partition("Goes live again")[0]
    assert _moves(workspace) == [("rollback", "neonpro-api")]
    assert (await workspace.bruno.submits(sure="yes")).ok
    await workspace.until(lambda: workspace.neonpro.vercel.live("neonpro-api").id == bad, 30)


@pytest.mark.parametrize("name", ["fabio", "carla"])
async def test_who_may_not_roll_back_does_not(workspace: Workspace, name: str) -> None:
    assert "You may not roll back" in await getattr(workspace, name).types("/rollback api")
    card = await _asked(workspace)
    person = getattr(workspace, name)
    await card.press("Roll back", by=person)
    await person.sees("You may not roll back")
    assert _moves(workspace) == []


async def test_a_rollback_that_does_not_help_says_so(workspace: Workspace) -> None:
    card = await _asked(workspace)
    workspace.neonpro.switches.alias_job = "fail"
    await card.press("Roll back", by=workspace.bruno)
    live = Card(workspace, "devops", "Roll back", without=": pre-")
    await live.shows("⚠️ *API: wait until production has moved* failed", 30)
    assert "It is live and verified" not in live.text


async def test_a_lost_answer_of_vercel_moves_once(workspace: Workspace) -> None:
    card = await _asked(workspace)
    workspace.neonpro.switches.traffic_answer = "lost"
    await card.press("Roll back", by=workspace.bruno)
    await workspace.until(lambda: _waits_or_ended(workspace), 30)
    assert _moves(workspace) == [("rollback", "neonpro-api")]


async def test_a_rollback_that_breaks_off_is_not_asked_for_twice(workspace: Workspace) -> None:
    workspace.neonpro.vercel.alias_seconds = 2.0
    card = await _asked(workspace)
    await card.press("Roll back", by=workspace.bruno)
    await workspace.until(lambda: workspace.neonpro.mutations)
    await workspace.crash()
    await workspace.start()
    await workspace.until(lambda: _waits_or_ended(workspace), 40)
    assert _moves(workspace) == [("rollback", "neonpro-api")]


async def test_a_rollback_from_the_incident_ticks_its_item_when_it_worked(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.press("Start: Rollback", ITEM, by=workspace.bruno)
    await room.card.shows(f"⏳ *{ITEM}*")
    card = Card(workspace, room.id, "Roll back")
    await card.shows("goes back to")
    await card.press("Roll back", by=workspace.bruno)
    await room.card.shows(f"✅ {ITEM}", 30)
    assert "Roll back API and Web Application: done" in await room.card.all()


async def test_a_rollback_that_is_called_off_leaves_its_item_open(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.press("Start: Rollback", ITEM, by=workspace.bruno)
    card = Card(workspace, room.id, "Roll back")
    await card.press("Cancel", by=workspace.bruno)
    await room.card.shows(f"⚠️ *{ITEM}*  ·  *failed*")
    assert (await workspace.step("rollback")).state is StepState.FAILED
    assert (await workspace.run(2)).state is RunState.CANCELLED


async def test_a_rollback_is_shown_on_the_next_deploy(workspace: Workspace) -> None:
    card = await _asked(workspace)
    await card.press("Roll back", by=workspace.bruno)
    live = Card(workspace, "devops", "Roll back", without=": pre-")
    await live.shows("🟢 *done*", 30)
    deploy = await workspace.ask_deploy("api main")
    await deploy.shows("Production is pinned by a rollback")


async def _waits_or_ended(workspace: Workspace) -> bool:
    open_gates = await workspace.read(lambda tx: tx.gates.find(run_id=1, state="open"))
    run = await workspace.run()
    return run.state.ended or any(gate.kind != "start" for gate in open_gates)
