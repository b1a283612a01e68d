"""What a person may not know of: a button about it is read as one about nothing, so that the answer is the same."""

from dataclasses import replace

from bot.domain import Domain
from bot.holds.holds import HoldRef
from bot.incidents.access import may_see_run, visible
from bot.legal.drafts import DraftRef
from bot.oncall.model import CheckRef
from bot.people import Actor
from bot.ports import Tx
from bot.runs.checklist.items import GateRef
from handlers.slack.blocks.references import (
    ChannelRef,
    HealthRef,
    IncidentRef,
    LegalRef,
    LevelRef,
    R,
    Ref,
    TargetRef,
    TimelineRef,
    UpdateDraftRef,
    UpdateRef,
)

NOTHING = 0
"""The id of no run and no gate."""


def seen(domain: Domain, tx: Tx, actor: Actor, ref: R) -> R:
    """The reference as the actor may read it.

    Raises:
        Refusal: an incident that is not there, or not the actor's to see.
    """
    match ref:
        case GateRef():
            gate = tx.gates.get(ref.gate_id)
            hidden = gate is not None and not may_see_run(domain, tx, actor, tx.runs.get(gate.run_id))
            return replace(ref, gate_id=NOTHING) if hidden else ref
        case IncidentRef() | LegalRef() | DraftRef() | LevelRef() | UpdateRef() | TimelineRef():
            visible(domain, tx, actor, ref.number)
            return ref
        case HoldRef() | TargetRef() | ChannelRef() | HealthRef() | CheckRef() | UpdateDraftRef():
            return ref
        case _:
            return ref if may_see_run(domain, tx, actor, tx.runs.get(ref.run_id)) else replace(ref, run_id=NOTHING)


def run_of(tx: Tx, ref: Ref) -> int:
    """The run that a reference is about; NOTHING when it is about none."""
    match ref:
        case GateRef():
            gate = tx.gates.get(ref.gate_id)
            return gate.run_id if gate else NOTHING
        case IncidentRef() | LegalRef() | DraftRef() | LevelRef() | UpdateRef() | TimelineRef():
            incident = tx.incidents.get(ref.number)
            return incident.run_id if incident else NOTHING
        case HoldRef() | TargetRef() | ChannelRef() | HealthRef() | CheckRef() | UpdateDraftRef():
            return NOTHING
        case _:
            return ref.run_id
