"""Asking for deploys and rollbacks."""

import pytest
from domain_world import ALICE, BRUNO, FABIO, World, manual, opened, phase, procedure, runbook

from bot.deploys.request import Asked, request_deploy, request_rollback
from bot.errors import Refusal
from bot.runs.model import GateKind, RunState


@pytest.mark.parametrize("ref", ["main", "v1.2.3", "feature/login-2", "4f2c9d1", "release/2026_11", "a" * 200])
def test_a_branch_tag_or_commit_can_be_deployed(world: World, ref: str) -> None:
    assert world.do(request_deploy, BRUNO, Asked("api", "C1", ref=ref)).inputs.ref == ref


@pytest.mark.parametrize(
    "ref",
    ["", " ", "-main", "--upload-pack=x", "a b", "main..x", "../etc", "a;rm", "$(id)", "`id`", "main\n", ".x",
     "/x", "a" * 201, "<!channel>", "a|b", "{run}"],
)  # fmt: skip
def test_anything_else_is_no_ref(world: World, ref: str) -> None:
    with pytest.raises(Refusal, match="not a branch, tag or commit"):
        world.do(request_deploy, BRUNO, Asked("api", "C1", ref=ref))
    assert world.ask(lambda tx: tx.runs.find()) == []


def test_a_deploy_waits_for_its_checklist_and_an_approval(world: World) -> None:
    run = world.do(request_deploy, BRUNO, Asked("all", "C1"))
    assert (run.state, run.targets, run.environment) == (RunState.WAITING, ("api", "web"), "production")
    assert [gate.kind for gate in world.gates(run.id)] == [GateKind.START]
    assert [card.page for card in world.ask(lambda tx: tx.cards.find())] == ["before"]
    assert world.kinds(run.id) == ["run.requested"]


@pytest.mark.parametrize("ask", [request_deploy, request_rollback])
def test_an_unknown_service_is_answered_with_the_known_ones(world: World, ask: object) -> None:
    with pytest.raises(Refusal, match="choose one of api, web and all"):
        world.do(ask, ALICE, Asked("mobile", "C1"))  # type: ignore[arg-type]


@pytest.mark.parametrize(("ask", "words"), [(request_deploy, "deploy"), (request_rollback, "roll back")])
def test_who_holds_no_role_is_told_which_it_takes(world: World, ask: object, words: str) -> None:
    with pytest.raises(Refusal, match=f"You may not {words}: it requires the role devops, platform lead.* or "):
        world.do(ask, FABIO, Asked("api", "C1"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "chosen"),
    [
        ("dpl_4f2c9d1", "dpl_4f2c9d1"),
        ("api-x1.vercel.app", "api-x1.vercel.app"),
        ("https://api-x1.vercel.app/", "api-x1.vercel.app"),
        ("<https://api-x1.vercel.app>", "api-x1.vercel.app"),
        ("<https://api-x1.vercel.app|api-x1.vercel.app>", "api-x1.vercel.app"),
    ],
)
def test_a_deployment_is_named_by_id_or_address(world: World, written: str, chosen: str) -> None:
    run = world.do(request_rollback, BRUNO, Asked("api", "C1", deployment=written))
    assert run.inputs.typed == {"api": chosen}


@pytest.mark.parametrize("written", ["a b", "x/../y", "", "--help", "<!channel>", "dpl_x?y"])
def test_anything_else_is_no_deployment(world: World, written: str) -> None:
    with pytest.raises(Refusal, match="not a deployment"):
        world.do(request_rollback, BRUNO, Asked("api", "C1", deployment=written))


def test_a_deployment_belongs_to_one_service(world: World) -> None:
    with pytest.raises(Refusal, match="belongs to one service"):
        world.do(request_rollback, BRUNO, Asked("all", "C1", deployment="dpl_1"))


@pytest.mark.parametrize("ask", [request_deploy, request_rollback])
def test_a_runbook_without_the_procedure_says_so(ask: object) -> None:
    with opened(runbook(procedure(phase(manual("look"))))) as world, pytest.raises(Refusal, match="has no"):
        world.do(ask, ALICE, Asked("api", "C1"))  # type: ignore[arg-type]
