"""Asking for a deploy or a rollback: a waiting run with its first checklist. It holds no environment while it waits."""

import re
from dataclasses import dataclass

from bot.deploys.approval.approvers import ask_approvers
from bot.deploys.commits.commit import check_ref
from bot.deploys.commits.refs import check_name
from bot.deploys.history.verdicts import verdicts
from bot.deploys.queue import plan_look
from bot.domain import Domain
from bot.errors import Refusal
from bot.incidents.access import visible
from bot.incidents.model import Incident, IncidentStatus
from bot.people import Actor, require_one
from bot.ports import Tx
from bot.production.inputs.deploy import DeployInputs
from bot.production.inputs.rollback import RollbackInputs
from bot.runbook.model import Procedure, Runbook
from bot.runs.inputs import Inputs
from bot.runs.model import Gate, GateKind, Run, RunState
from bot.runs.start import create_run, show_cards
from bot.runs.waiting.expiry import expires_later
from bot.text import listing, say

ENVIRONMENT = "production"
_DEPLOYMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}")


@dataclass(frozen=True)
class Asked:
    """What a person asks for. `target`: a service's id or `all`; `place`: the channel the cards go to."""

    target: str
    place: str
    ref: str = "main"
    deployment: str | None = None
    fixes: int | None = None
    """The incident that a deploy is the fix of: its being open does not block it."""
    drill: bool = False
    parent: tuple[int, str] | None = None
    """The run and the step that this procedure was started from."""


def request_deploy(domain: Domain, tx: Tx, actor: Actor, asked: Asked) -> Run:
    """A deploy that waits for its checklist and for another person's approval."""
    require_one(actor, domain.kinds["deploy"].request, domain.runbook, say("deploy"))
    run = _ask(domain, tx, actor, draft_deploy(domain, tx, actor, asked))
    plan_look(tx, run)
    ask_approvers(domain, tx, run)
    return run


def draft_deploy(domain: Domain, tx: Tx, actor: Actor, asked: Asked) -> Run:
    """The deploy that is asked for, not written yet (its id is 0).

    Raises:
        Refusal: the words name no service or commit.
    """
    check_name(asked.ref)
    check_ref(asked.ref)
    if asked.fixes is not None:
        _check_fixed(visible(domain, tx, actor, asked.fixes))
    targets = services(domain.runbook, asked.target)
    title = say("Deploy {what} from {ref}", what=names(domain.runbook, targets), ref=asked.ref)
    inputs = DeployInputs(ref=asked.ref, fixes=asked.fixes or None)
    return _draft(domain, tx, actor, asked, _Draft(only(domain.runbook, "deploy"), title, targets, inputs))


def _check_fixed(incident: Incident) -> None:
    """Raise a Refusal unless something is there to fix: an incident that is real and not over."""
    if incident.drill:
        raise Refusal(say("Incident {id} is a drill, and a deploy is real: leave --fix out.", id=incident.id))
    if incident.status is IncidentStatus.CLOSED:
        raise Refusal(say("Incident {id} is closed: reopen it, or leave --fix out.", id=incident.id))


def check_rollback(domain: Domain, actor: Actor, asked: Asked) -> dict[str, str]:
    """Service -> the deployment that was typed, if any; a Refusal when the actor may not, or the words name nothing."""
    require_one(actor, domain.kinds["rollback"].request, domain.runbook, say("roll back"))
    return _typed(services(domain.runbook, asked.target), asked.deployment)


def request_rollback(domain: Domain, tx: Tx, actor: Actor, asked: Asked) -> Run:
    """A rollback that shows where it can go and waits for a confirmation."""
    typed = check_rollback(domain, actor, asked)
    targets = services(domain.runbook, asked.target)
    title = say("Roll back {what}", what=names(domain.runbook, targets))
    second = domain.runbook.rollbacks.approval
    inputs = RollbackInputs(typed=typed, verdicts=verdicts(domain, tx), second_person=second)
    draft = _Draft(only(domain.runbook, "rollback"), title, targets, inputs)
    return _ask(domain, tx, actor, _draft(domain, tx, actor, asked, draft))


@dataclass(frozen=True)
class _Draft:
    """What was asked for, worked out."""

    procedure: Procedure
    title: str
    targets: tuple[str, ...]
    inputs: Inputs


def _draft(domain: Domain, tx: Tx, actor: Actor, asked: Asked, draft: _Draft) -> Run:
    parent_run, parent_step = asked.parent or (None, None)
    return Run(
        0, draft.procedure.id, domain.kinds[draft.procedure.kind], RunState.WAITING, domain.loaded.version, draft.title,
        actor.user, tx.now, environment=None if asked.drill else ENVIRONMENT, targets=draft.targets,
        inputs=draft.inputs, channel=asked.place, drill=asked.drill, parent_run=parent_run, parent_step=parent_step,
    )  # fmt: skip


def _ask(domain: Domain, tx: Tx, actor: Actor, draft: Run) -> Run:
    procedure = domain.runbook.procedure(draft.procedure)
    run = create_run(domain, tx, procedure, draft)
    tx.gates.add(Gate(0, run.id, GateKind.START, tx.now))
    said = {name: value for name, value in run.inputs.written().items() if name != "verdicts"}
    tx.timeline.record("run.requested", actor, run.id, title=run.title, targets=list(run.targets), inputs=said)
    show_cards(tx, run, procedure, "before", channel=run.channel)
    expires_later(domain, tx, run)
    return run


def only(runbook: Runbook, kind: str) -> Procedure:
    """The runbook's procedure of this kind; a Refusal when it has none."""
    for procedure in runbook.procedures:
        if procedure.kind == kind:
            return procedure
    raise Refusal(say("The runbook {name} has no {kind} procedure.", name=runbook.name, kind=kind))


def services(runbook: Runbook, target: str) -> tuple[str, ...]:
    """The services that a target names; a Refusal that lists what there is."""
    known = tuple(service.id for service in runbook.services)
    if target == "all":
        return known
    if target not in known:
        raise Refusal(
            say("{target} is not a service; choose one of {known}.", target=target, known=listing([*known, "all"]))
        )
    return (target,)


def names(runbook: Runbook, targets: tuple[str, ...]) -> str:
    """The services' titles, in words."""
    return listing([runbook.service(target).title for target in targets])


def _typed(targets: tuple[str, ...], deployment: str | None) -> dict[str, str]:
    """Service -> the deployment that was typed: where to only when the listing has taken it."""
    if deployment is None:
        return {}
    if len(targets) != 1:
        raise Refusal(
            say("A deployment belongs to one service: /rollback api {id} or /rollback web {id}.", id=deployment)
        )
    host = deployment.split("://")[-1].strip("/<>").split("|")[0]
    if not _DEPLOYMENT.fullmatch(host):
        raise Refusal(say("{id} is not a deployment. Write its id (dpl_…) or its address.", id=deployment))
    return {targets[0]: host}
