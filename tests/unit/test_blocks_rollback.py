"""The first card of a rollback: candidates with what we know of them, warnings, and how it can be started."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from card_states import actions_of
from domain_world import BRUNO, NOON, World

from bot.deploys.request import Asked, request_rollback
from bot.deploys.rollbacks import confirmation
from bot.production.inputs.rollback import Later
from bot.runs.model import Run, StepState
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Message
from handlers.slack.cards.view import read_view
from handlers.slack.drawing import draw


def row(name: str, days: int) -> dict[str, str]:
    made = (NOON - timedelta(days=days)).isoformat()
    return {"id": name, "sha": f"sha{name[-1]}", "message": f"Commit {name[-1]}", "author": "Ana", "created_at": made}


def asked(world: World, **verdicts: str) -> Run:
    run = world.do(request_rollback, BRUNO, Asked("api", "C1"))
    world.ask(lambda tx: tx.runs.save(run, inputs=replace(run.inputs, verdicts=verdicts)))
    rows = [row("dpl_3", 1), row("dpl_2", 2), row("dpl_1", 5)]
    listed = {"live": "dpl_3", "recommended": "dpl_1", "verified": True, "deployments": rows}
    for step in ("recent_deployments", "last_stable"):
        world.set_step(run.id, step, state=StepState.DONE, attempt=1, detail={"services": {"api": listed}})
    return world.run(run.id)


def card(world: World, run: Run) -> Message:
    view = world.do(read_view, world.ask(lambda tx: tx.cards.find(run_id=run.id))[0])
    assert view
    return draw(view)


def text(message: Message) -> str:
    return "\n".join(block["text"]["text"] for block in message.blocks if block["type"] == "section")


def buttons(message: Message) -> dict[str, dict[str, Any]]:
    return {each["action_id"]: each for each in actions_of(message.blocks)}


def test_every_candidate_has_date_author_and_what_our_history_saw(world: World) -> None:
    run = asked(world, dpl_1="healthy", dpl_2="unhealthy")
    lines = text(card(world, run)).splitlines()
    seen = {name: next(line for line in lines if f"`sha{name}`" in line and "Ana, created " in line) for name in "123"}
    assert f"Ana, created <!date^{int((NOON - timedelta(days=5)).timestamp())}^" in seen["1"]
    assert "healthy when verified" in seen["1"]
    assert "⚠️ *unhealthy* when verified" in seen["2"]
    assert "no health record" in seen["3"]


def test_it_cannot_be_confirmed_before_it_is_known_where_to(world: World) -> None:
    run = world.do(request_rollback, BRUNO, Asked("api", "C1"))
    assert ids.RUN_CONFIRM not in buttons(card(world, run))


def test_a_danger_is_confirmed_with_other_words(world: World) -> None:
    run = asked(world)
    assert buttons(card(world, run))[ids.RUN_CONFIRM]["confirm"]["confirm"]["text"] == "Roll back"
    drop = Later("2026_drop", NOON.isoformat(), changes=({"kind": "drop", "sql": "DROP TABLE a"},))
    world.do(confirmation.looked, run.id, world.ahead(run.id, drop))
    drawn = card(world, run)
    assert "• `2026_drop`" in text(drawn)
    sure = buttons(drawn)[ids.RUN_CONFIRM]["confirm"]
    assert (sure["confirm"]["text"], "2026_drop: DROP TABLE a" in sure["text"]["text"]) == ("Roll back anyway", True)


def test_a_deploy_that_has_production_is_offered_for_aborting(world: World) -> None:
    run = asked(world)
    other = world.begin("deploy", environment="production")
    world.ask(lambda tx: tx.locks.take("production", other.id) and None)
    offered = buttons(card(world, run))
    assert ids.RUN_TAKE_OVER in offered
    assert ids.RUN_CONFIRM not in offered
