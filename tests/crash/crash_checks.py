"""What must hold when the bot has come to rest after the last kill: each check gives the complaints that it finds."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crash_people import Ledger
from crash_world import CrashWorld

from bot.domain import Domain
from bot.people import ROBOT
from bot.ports import Tx
from bot.power.refusals import hour_of
from bot.production.inputs.rollback import RollbackInputs
from bot.runs.checklist.layout import phases_of, steps_of
from bot.runs.model import Run, RunState, StepState
from bot.runs.plan import Rest, current_stage, next_move
from bot.runs.start import records_of
from bot.steps.manual import ManualStep
from bot.timeline import Event, Verifier
from handlers.slack.blocks import ids
from handlers.slack.cards.view import read_view
from handlers.slack.drawing import draw
from handlers.slack.health.command import askers
from sandbox.slack.channels import Message

EVENTS = {
    ("step.ticked", "step.claimed"): (ids.STEP_TICK, ids.GATE_DONE),
    ("step.unticked",): (ids.STEP_UNTICK,),
    ("step.asked",): (ids.STEP_RUN, ids.GATE_RETRY, ids.GATE_AGAIN),
    ("procedure.started",): (ids.STEP_START,),
    ("run.ended", "run.cancelled"): (ids.GATE_ABORT, ids.RUN_CANCEL),
    ("run.approved",): (ids.RUN_APPROVE,),
    ("run.confirmed",): (ids.RUN_CONFIRM,),
    ("run.requested",): ("deploy", "rollback"),
    ("rollback.asked",): (ids.RUN_ROLL_BACK, ids.RUN_TAKE_OVER),
    ("hold.lifted",): ("unlock",),
}
"""What a operation that is carried out leaves in the timeline; a click that is refused is counted."""
MUTATIONS = {("deployments",): ("deploy",), ("promote", "rollback"): ("promote", "back")}
"""The kinds of changes that Vercel is asked for, and the steps of the runbook that ask for them."""
MARKS = {"migrations.txt": "migrate", "marks.txt": "mark"}
"""Files to which a shell step adds a line each time it runs."""


@dataclass(frozen=True)
class Aftermath:
    """Everything there is to look at."""

    world: CrashWorld
    ledger: Ledger
    tx: Tx
    events: list[Event]

    @property
    def domain(self) -> Domain:
        return self.world.domain

    def runs(self) -> list[Run]:
        return self.tx.runs.find(order="id")


Complaints = Iterator[str]


def lost_or_doubled_words(after: Aftermath) -> Complaints:
    """A command whose words were told is in the database once; one that was not acked at most once."""
    noted = Counter(event.data.get("text") for event in after.events if event.kind == "note.added")
    titles = Counter(incident.title for incident in after.tx.incidents.find())
    for operation, found in (("note", noted), ("declare", titles)):
        for entry in after.ledger.of(operation):
            if found[entry.about] > 1 or (entry.told and not found[entry.about]):
                yield f"{operation} {entry.about!r} (told: {entry.told}) is there {found[entry.about]} times"


def lost_or_doubled_looks(after: Aftermath) -> Complaints:
    """Who was promised a look at health had one, alone or joined with others, and nobody more than were asked for."""
    found = Counter(user for effect in after.tx.effects.find(kind="health") for user in askers(effect))
    for user in _people(after):
        asked = [entry for entry in after.ledger.of("health") if entry.user == user]
        if found[user] > len(asked) or (any(entry.told for entry in asked) and not found[user]):
            yield f"{user} asked for {len(asked)} looks, and had {found[user]}"


def lost_or_doubled_deeds(after: Aftermath) -> Complaints:
    """Every operation that was acked left its event, done or refused, or its person heard that nothing was saved."""
    done = Counter((event.actor, event.kind) for event in after.events if not _follows(after, event))
    refused = _refused(after)
    for user in _people(after):
        lost = Counter[str]()
        for kinds, deeds in EVENTS.items():
            found = sum(done[user, kind] for kind in kinds) + sum(refused[user, operation] for operation in deeds)
            entries = [entry for entry in after.ledger.of(*deeds) if entry.user == user]
            lost[f"{deeds}"] = max(0, sum(entry.told for entry in entries) - found)
            if found > len(entries):
                yield f"{user} did {deeds} {len(entries)} times; {found} were recorded"
        if lost.total() > (heard := _unsaved(after, user)):
            yield f"{user} did {+lost} that were acked and not recorded, and heard {heard} times that nothing was saved"


def _unsaved(after: Aftermath, user: str) -> int:
    """How often somebody heard that the database was held or away."""
    whispers = [each for channel in after.world.slack.channels() for each in channel.ephemerals.values()]
    return sum(each.ephemeral_to == user and "nothing was saved" in each.text for each in whispers)


def _refused(after: Aftermath) -> Counter[tuple[str, str]]:
    """How often each operation was refused to each person: as counted, hour by hour, else as the timeline has it."""
    hours = {(each.user, each.hour): Counter(each.deeds) for each in after.tx.refused.find()}
    hours |= {(each.actor, datetime.fromisoformat(each.data["hour"])): Counter(each.data["deeds"])
              for each in after.events if each.kind == "refusals.counted"}  # fmt: skip
    told = [each for each in after.events if each.kind == "click.refused"]
    found = Counter((e.actor, e.data["operation"]) for e in told if (e.actor, hour_of(e.at)) not in hours)
    for (user, _), deeds in hours.items():
        found.update({(user, operation): count for operation, count in deeds.items()})
    return found


def _people(after: Aftermath) -> set[str]:
    return {entry.user for entry in after.ledger.entries}


def _follows(after: Aftermath, event: Event) -> bool:
    """Whether an event goes with another one: a run that an item starts, the end of a deploy that is rolled back."""
    run = after.tx.runs.get(event.run_id)
    if run is None or event.kind == "run.confirmed":
        return bool(event.data.get("taken_over"))
    if event.kind == "run.requested":
        return run.id in _children(after) or RollbackInputs.of(run).undo_of_deploy is not None
    stop = run.inputs.stop
    return event.kind == "run.ended" and bool((stop and stop.then) or RollbackInputs.of(run).gave_way_to)


def _children(after: Aftermath) -> set[int]:
    """Runs that an item started: one that gave way to another has no parent any more."""
    return {event.data["run"] for event in after.events if event.kind == "procedure.started"}


def undecided_ticks(after: Aftermath) -> Complaints:
    """A step has as many decisions as the timeline has events of them."""
    kinds = ("step.ticked", "step.unticked", "step.skipped", "step.done")
    decided = Counter((e.run_id, e.data["step"]) for e in after.events if e.kind in kinds)
    for run in after.runs():
        for record in records_of(after.tx, run.id).values():
            expected = decided[run.id, record.step_id]
            if record.decision != expected:
                yield f"run {run.id} {record.step_id}: {record.decision} decisions, {expected} in the timeline"


def doubled_messages(after: Aftermath) -> Complaints:
    """Each channel was made once; each card, announcement, alert and answer stands once; nothing else was posted."""
    made = [channel.name for channel in after.world.slack.channels() if channel.name.startswith("incident-")]
    known = [incident.channel_name for incident in after.tx.incidents.find()]
    if sorted(made) != sorted(known):
        yield f"channels {sorted(made)} for incidents {sorted(known)}"
    posted = Counter(_op_id(message) for message in _by_the_bot(after.world))
    cards = {card.op_id for card in after.tx.cards.find()}
    effects = {effect.op_id for effect in after.tx.effects.find()}
    for op_id, count in posted.items():
        if count > 1 or op_id not in cards | effects:
            yield f"{count} messages with op_id {op_id}, which is {'known' if op_id in cards | effects else 'unknown'}"
    for card in after.tx.cards.find():
        if posted[card.op_id] != 1:
            yield f"card {card.page} of run {card.run_id} stands {posted[card.op_id]} times"


def doubled_announcements(after: Aftermath) -> Complaints:
    """One announcement for each incident, one alert each time it was begun; none where a person said it was done."""
    announced = Counter(m.text for m in after.world.slack.messages("incidents") if " declared by " in m.text)
    begun = Counter(e.run_id for e in after.events if e.kind == "step.started" and e.data["step"] == "alert")
    for incident in after.tx.incidents.find():
        count = sum(n for text, n in announced.items() if incident.title in text)
        alerts = [m for m in said(after.world, incident.channel or "") if m.text.startswith("🚨")]
        alert = after.tx.steps.get(incident.run_id, "alert")
        by_hand = alert is not None and alert.by not in (None, ROBOT.user)
        if count != 1 or len(alerts) > max(1, begun[incident.run_id]) or not (alerts or by_hand):
            yield f"incident {incident.id}: {count} announcements, {len(alerts)} alerts"


def _by_the_bot(world: CrashWorld) -> Iterator[Message]:
    for channel in world.slack.channels():
        yield from (m for m in said(world, channel.id) if m.bot_id and m.metadata)


def said(world: CrashWorld, channel: str) -> list[Message]:
    """The messages of a channel, with the replies to its cards."""
    top = world.slack.messages(channel)
    return [*top, *(reply for m in top if m.blocks for reply in world.slack.messages(channel, thread=m.ts)[1:])]


def _op_id(message: Message) -> str:
    return str((message.metadata or {})["event_payload"]["op_id"])


def doubled_mutations(after: Aftermath) -> Complaints:
    """Vercel was asked at most once for each attempt of a step, and never before one."""
    started = [event for event in after.events if event.kind == "step.started"]
    for kinds, steps in MUTATIONS.items():
        begun = [event.at.timestamp() for event in started if event.data["step"] in steps]
        attempts = Counter(sum(at <= m.at for at in begun) for m in after.world.sandbox.asked if m.kind in kinds)
        for number, count in attempts.items():
            if number == 0 or count > 1:
                yield f"{count} × {kinds} within attempt {number} of {len(begun)}"


def doubled_effects(after: Aftermath) -> Complaints:
    """A command that changes something was run at most once for each attempt."""
    checkout = after.world.sandbox.neonpro.workdir
    assert checkout
    for name, step in MARKS.items():
        left = (checkout / name).read_text().split() if (checkout / name).exists() else []
        begun = Counter(e.run_id for e in after.events if e.kind == "step.started" and e.data["step"] == step)
        for run_id, count in Counter(map(int, left)).items():
            if count > begun[run_id]:
                yield f"run {run_id} ran {step} {count} times in {begun[run_id]} attempts"


def standing_still(after: Aftermath) -> Complaints:
    """Every run has ended or asks somebody something; nothing is begun and left."""
    for run in after.runs():
        procedure, records = after.domain.procedure_of(after.tx, run), records_of(after.tx, run.id)
        started = [r.step_id for r in records.values() if r.state is StepState.STARTED and not _child(after, run, r)]
        if started or not isinstance(next_move(run, procedure, records), Rest):
            yield f"run {run.id} ({run.state}) stands still: {started or next_move(run, procedure, records)}"
        elif not run.state.ended and not _asks(after, run):
            yield f"run {run.id} ({run.state}) neither ends nor asks"


def _child(after: Aftermath, run: Run, record: Any) -> bool:
    children = after.tx.runs.find(parent_run=run.id, parent_step=record.step_id)
    return any(not child.state.ended for child in children)


def _asks(after: Aftermath, run: Run) -> bool:
    if run.kind.led or after.tx.gates.find(run_id=run.id, state="open"):
        return True
    records = records_of(after.tx, run.id)
    phases = phases_of(after.domain.procedure_of(after.tx, run), current_stage(run), run.targets)
    steps = [step for phase in phases for step in steps_of(phase, run.targets)]
    return any(isinstance(step, ManualStep) and not records[step.id].state.settled for step in steps)


def held_environments(after: Aftermath) -> Complaints:
    """The environment is held by a run that is active, or by nobody."""
    holder = after.tx.locks.holder("production")
    run = after.tx.runs.get(holder) if holder else None
    if run and run.state is not RunState.ACTIVE:
        yield f"run {run.id} ({run.state}) holds production"


def undone_effects(after: Aftermath) -> Complaints:
    """What was to be done outside was done: nobody but the kills was in its way."""
    for effect in after.tx.effects.find(state=("pending", "sending", "dead")):
        yield f"effect {effect.kind} of run {effect.run_id} is {effect.state}: {effect.error}"


def broken_timeline(after: Aftermath) -> Complaints:
    """The chain of events is whole."""
    verifier = Verifier()
    verifier.read(after.events)
    verifier.finish(*after.tx.timeline.head())
    yield from (f"event {fault.seq}: {fault.what}" for fault in verifier.faults)


def stale_cards(after: Aftermath) -> Complaints:
    """Each card shows what the database has."""
    for card in after.tx.cards.find(state=("live", "dead")):
        view = read_view(after.domain, after.tx, card)
        assert view
        shown = after.world.slack.message(card.channel or "", card.ts or "") if card.ts else None
        drawn = draw(view)
        if shown is None or _timeless(shown.blocks) != _timeless(drawn.blocks):
            seen = _timeless(shown and shown.blocks)
            yield f"card {card.page} of run {card.run_id} ({card.state}) shows {seen} and not {_timeless(drawn.blocks)}"


def _timeless(blocks: Any) -> str:
    """Blocks without what depends on when they were drawn, and without the ids that Slack gives."""
    bare = [{name: value for name, value in block.items() if name != "block_id"} for block in blocks or ()]
    return re.sub(r"\b\d+ (s|min|h)\b( \d+ (s|min))?", "…", json.dumps(bare, sort_keys=True, ensure_ascii=False))


CHECKS: tuple[Callable[[Aftermath], Complaints], ...] = (
    lost_or_doubled_words,
    lost_or_doubled_looks,
    lost_or_doubled_deeds,
    undecided_ticks,
    doubled_messages,
    doubled_announcements,
    doubled_mutations,
    doubled_effects,
    standing_still,
    held_environments,
    undone_effects,
    broken_timeline,
    stale_cards,
)


def complaints(world: CrashWorld, ledger: Ledger, tx: Tx) -> list[str]:
    """Everything that is wrong, in words."""
    after = Aftermath(world, ledger, tx, tx.timeline.after(0, 100_000))
    found = [f"{check.__name__}: {words}" for check in CHECKS for words in check(after)]
    if found:
        _keep(after)
    return found


def _keep(after: Aftermath) -> None:
    """Leave what happened beside the bot's log: the database is gone when somebody looks."""
    lines = [f"{event.seq} {event.at} {event.kind} {event.actor} {event.run_id} {event.data}" for event in after.events]
    entries = [f"{each.user} {each.operation} {each.about} {each.told}" for each in after.ledger.entries]
    (after.world.bot.directory / "what-happened.txt").write_text("\n".join([*lines, "", *entries]))
