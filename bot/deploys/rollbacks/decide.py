"""Deciding about a waiting or running deploy or rollback: where it goes back to, and calling it off."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.domain import Domain
from bot.effects import FIRST
from bot.errors import Refusal
from bot.people import Actor, require_one
from bot.ports import Tx
from bot.production.inputs.rollback import RollbackInputs
from bot.runs.model import Run, StepRecord
from bot.runs.start import records_of
from bot.runs.waiting.gates import waiting
from bot.text import say


def chosen(tx: Tx, run: Run) -> dict[str, str]:
    """Where each service would go: what a person chose or typed, else what was recommended."""
    return chosen_in(run, candidates(tx, run))


def chosen_in(run: Run, listed: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The same, of listings that are at hand. What was typed counts when the listing took it, and nothing else then."""
    inputs = RollbackInputs.of(run)
    offered = {service: _offered(found, typed=service in inputs.typed) for service, found in listed.items()}
    return {**{service: each for service, each in offered.items() if each}, **inputs.choice}


def _offered(listed: Mapping[str, Any], *, typed: bool) -> str | None:
    if typed:
        return (listed.get("typed") or {}).get("id")
    recommended: str | None = listed.get("recommended")
    return recommended


def candidates(tx: Tx, run: Run) -> dict[str, dict[str, Any]]:
    """What the run's listings found, by service; empty until they have."""
    return candidates_in(records_of(tx, run.id))


def candidates_in(records: Mapping[str, StepRecord]) -> dict[str, dict[str, Any]]:
    """What the listings among these records found, by service."""
    found: dict[str, dict[str, Any]] = {}
    for record in records.values():
        found |= record.detail.get("services", {})
    return found


def rows_of(listed: Mapping[str, Any]) -> list[dict[str, str]]:
    """The deployments that a listing shows, and the one that was typed when it is not among them."""
    rows: list[dict[str, str]] = [*listed.get("deployments", ())]
    typed = listed.get("typed")
    return [*rows, typed] if typed and all(row["id"] != typed["id"] for row in rows) else rows


def plan_comparing(tx: Tx, run: Run) -> None:
    """Have the schema compared with what is chosen, before anybody confirms."""
    tx.effects.plan("rollback.look", f"run:{run.id}:rollback", {}, run_id=run.id, priority=FIRST)


def choose(domain: Domain, tx: Tx, actor: Actor, run_id: int, service: str, deployment: str) -> Run:
    """A person chooses another deployment to go back to."""
    run, _ = waiting(tx, run_id, "rollback")
    require_one(actor, run.kind.request, domain.runbook, say("roll back"))
    inputs = RollbackInputs.of(run)
    if inputs.unpins:
        raise Refusal(
            say("Nothing was changed: its target was set when it was requested. Cancel it and use /rollback.")
        )
    listed = candidates(tx, run).get(service, {})
    known = {row["id"] for row in rows_of(listed)} - {listed.get("live")}
    if deployment not in known:
        raise Refusal(say("{id} is not among the deployments shown.", id=deployment))
    run = tx.runs.save(run, inputs=replace(inputs, choice={**inputs.choice, service: deployment}))
    tx.timeline.record("rollback.chosen", actor, run.id, service=service, deployment=deployment)
    plan_comparing(tx, run)
    tx.cards.touch(run.id)
    return run
