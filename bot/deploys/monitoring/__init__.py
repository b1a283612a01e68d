"""The watch after a deploy: the runbook's metrics at fixed instants, until its time is over or a newer run takes over.

One timer a metric holds the next instant; it plans the effect `watch`, which asks outside (deliverer.py) and
comes back here with a `Figure`. What was seen stands in the run's timeline, and nowhere else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.deploys.monitoring.figures import RANK, Figure, looks, next_look, summary
from bot.domain import Domain
from bot.domain.messages import plan_message
from bot.effects import LATER, Timer
from bot.effects.outgoing import RUN, Mentions, Outgoing, text_message
from bot.people import ROBOT
from bot.ports import Tx
from bot.production.commits import commit_of
from bot.production.periods import observe, periods_of, somebody_moves_it
from bot.runbook.sections import Watch
from bot.runs.model import Run, RunState, StepState
from bot.runs.start import touch_step
from bot.text import listing, say, shorten, span


@dataclass(frozen=True)
class Production:
    """Service -> the deployment that was live there when it was asked, as far as Vercel said it."""

    live: Mapping[str, str]
    at: datetime


def begin(domain: Domain, tx: Tx, run: Run) -> None:
    """A deploy is done: set the first timer of every metric that the runbook watches."""
    assert run.ended_at
    watches = domain.runbook_of(tx, run).deploys.watch
    for watch in watches:
        _set(tx, run, watch, run.ended_at)
        pace = say("NeonOps checks every {every} for {time}", every=span(watch.every), time=span(watch.lasts))
        _show(domain, tx, run, watch, pace)
    if watches:
        what = [say("{metric} every {every}", metric=titled(domain, tx, run, each), every=span(each.every))
                for each in watches]  # fmt: skip
        tx.timeline.record("watch.began", ROBOT, run.id, what=what, lasts=span(max(each.lasts for each in watches)))


def _set(tx: Tx, run: Run, watch: Watch, now: datetime) -> bool:
    assert run.ended_at
    look = next_look(run.ended_at, watch, now)
    if look is not None:
        tx.timers.set("watch", watch.metric, look[1], run.id, number=look[0])
    return look is not None


def fire(domain: Domain, tx: Tx, timer: Timer) -> None:
    """A look is due: plan it, and set the timer of the next one."""
    run = tx.runs.get(timer.of_run)
    watch = watch_of(domain, tx, run, timer.key) if run else None
    if run is None or watch is None or run.state is not RunState.DONE:
        return
    if is_over(tx, run):
        supersede(domain, tx, run)
        return
    more = _set(tx, run, watch, tx.now)
    payload = {"metric": watch.metric, "number": timer.payload["number"], "last": not more}
    tx.effects.plan("watch", f"run:{run.id}:watch", payload, run_id=run.id, priority=LATER)


def titled(domain: Domain, tx: Tx, run: Run, watch: Watch) -> str:
    """The metric's name as people know it."""
    monitoring = domain.runbook_of(tx, run).monitoring
    names = {each.id: each.text for each in monitoring.metrics} if monitoring else {}
    return names.get(watch.metric, watch.metric)


def watch_of(domain: Domain, tx: Tx, run: Run, metric: str) -> Watch | None:
    """How the run's runbook watches a metric."""
    return next((each for each in domain.runbook_of(tx, run).deploys.watch if each.metric == metric), None)


def is_over(tx: Tx, run: Run) -> bool:
    """Whether nothing that the run made live is live any more: while one service is, there is something to watch."""
    periods = periods_of(tx, run.id)
    return bool(periods) and all(each.over_at for each in periods)


def supersede_older(domain: Domain, tx: Tx) -> None:
    """Production moved: what is watched of deploys that have nothing live any more is over."""
    for run_id in {timer.of_run for timer in tx.timers.find(kind="watch", state="pending")}:
        older = tx.runs.get(run_id)
        if older and is_over(tx, older):
            supersede(domain, tx, older)


def supersede(domain: Domain, tx: Tx, run: Run) -> None:
    """End a watch: what would be seen from now on is of something else."""
    tx.timers.cancel(run.id, "watch")
    last = max(periods_of(tx, run.id), key=lambda each: (each.over_at or tx.now, each.id))
    newer = tx.runs.get(last.ended_by) if last.ended_by else None
    data = {"run": newer.id, "title": newer.title} if newer else {"run": None, "to": last.followed_by}
    tx.timeline.record("watch.superseded", ROBOT, run.id, **data)
    for watch in domain.runbook_of(tx, run).deploys.watch:
        seen = summary(watch, seen_of(tx, run.id, watch.metric))
        words = (
            say("{seen}; then run {id} moved production", seen=seen, id=newer.id)
            if newer
            else say(
                "{seen}; then production was moved outside NeonOps to {to}",
                seen=seen,
                to=commit_of(tx, run, last.followed_by),
            )
        )
        _show(domain, tx, run, watch, words)


def note_production(domain: Domain, tx: Tx, run: Run, production: Production) -> bool:
    """Write what production was seen to be; whether the watch goes on. Who moved it outside is told."""
    known = {} if somebody_moves_it(tx) else production.live
    over = [each for service, deployment in known.items() for each in observe(tx, service, deployment, production.at)]
    if over and run.channel:
        runbook = domain.runbook_of(tx, run)
        what = listing(
            [f"{runbook.service(each.service).title} → {commit_of(tx, run, each.followed_by)}" for each in over]
        )
        words = say("⚠️ Production was moved outside NeonOps after {title} (run {id}): {what}.", title=run.title,
                    id=run.id, what=what)  # fmt: skip
        plan_message(tx, text_message(run.channel, text=words), f"say:{run.channel}", run_id=run.id)
    if not is_over(tx, run):
        return True
    supersede(domain, tx, run)
    return False


def seen(domain: Domain, tx: Tx, run_id: int, payload: dict[str, Any], figure: Figure, production: Production) -> None:
    """A look has come back: keep it, show it, say what got worse or better, and end the watch after the last one."""
    run = tx.runs.get(run_id)
    watch = watch_of(domain, tx, run, payload["metric"]) if run else None
    if run is None or watch is None or not note_production(domain, tx, run, production):
        return
    before = seen_of(tx, run_id, watch.metric)
    data = {**asdict(figure), "metric": watch.metric, "number": payload["number"], "looks": looks(watch)}
    tx.timeline.record("watch.looked", ROBOT, run_id, **data)
    figures = [*before, figure]
    _show(domain, tx, run, watch, summary(watch, figures))
    _tell_change(tx, run, before, figure)
    if payload["last"]:
        _end(domain, tx, run, watch, figures)


def seen_of(tx: Tx, run_id: int, metric: str) -> list[Figure]:
    """All that was seen of a metric after a deploy, oldest first."""
    found: list[Figure] = []
    last = 0
    while events := tx.timeline.of_run_after(run_id, last, 500):
        last = events[-1].seq
        mine = [e.data for e in events if e.kind == "watch.looked" and e.data["metric"] == metric]
        found += [Figure(each["value"], each["shown"], each["state"], each["words"]) for each in mine]
    return found


def _show(domain: Domain, tx: Tx, run: Run, watch: Watch, words: str) -> None:
    """The latest figures under the item of the checklist that is about them, as long as nobody has settled it."""
    record = tx.steps.get(run.id, watch.item) if watch.item else None
    if record is None or record.state.settled:
        return
    tx.steps.save(record, found=shorten(words, 500))
    touch_step(tx, run, domain.procedure_of(tx, run), record.step_id)


def _tell_change(tx: Tx, run: Run, before: Sequence[Figure], figure: Figure) -> None:
    """Say it once when it gets worse, and once when it is good again."""
    last = before[-1].state if before else "healthy"
    if figure.state == last:
        return
    worse = figure.state in ("warning", "critical") and RANK[figure.state] > RANK[last]
    data = {**asdict(figure), "worse": worse, "title": run.title}
    outgoing = Outgoing((RUN,), "watch.changed", data, mentions=Mentions(roles=("devops",)) if worse else None)
    plan_message(tx, outgoing, f"run:{run.id}:told", run_id=run.id)
    tx.timeline.record("watch.changed", ROBOT, run.id, old=last, new=figure.state, words=figure.words)


def _end(domain: Domain, tx: Tx, run: Run, watch: Watch, figures: Sequence[Figure]) -> None:
    """The time is over: tick the item when all was good, and say how it went when it was the last metric."""
    words = f"{titled(domain, tx, run, watch)}: {summary(watch, figures)}"
    tx.timeline.record("watch.ended", ROBOT, run.id, metric=watch.metric, words=words)
    if len(figures) >= looks(watch) and all(figure.state == "healthy" for figure in figures):
        _tick(domain, tx, run, watch, words)
    if not tx.timers.find(run_id=run.id, kind="watch", state="pending", limit=1) and not _left(tx, run):
        _close(domain, tx, run)


def _left(tx: Tx, run: Run) -> int:
    """Looks that are planned and have not come back, beside the one that comes back now."""
    return len(tx.effects.find(run_id=run.id, kind="watch", state=("pending", "sending")))


def _tick(domain: Domain, tx: Tx, run: Run, watch: Watch, words: str) -> None:
    record = tx.steps.get(run.id, watch.item) if watch.item else None
    if record is None or record.state is not StepState.OPEN:
        return
    tx.steps.save(record, state=StepState.DONE, by=ROBOT.user, at=tx.now, decision=record.decision + 1)
    tx.timeline.record("step.ticked", ROBOT, run.id, step=record.step_id, text=words)
    touch_step(tx, run, domain.procedure_of(tx, run), record.step_id)


def _close(domain: Domain, tx: Tx, run: Run) -> None:
    policy = domain.runbook_of(tx, run).deploys.watch
    parts = [f"{titled(domain, tx, run, each)}: {summary(each, seen_of(tx, run.id, each.metric))}" for each in policy]
    lasts = span(max((each.lasts for each in policy), default=timedelta()))
    words = say("👀 {title} (run {id}) was monitored for {time}. {what}.", title=run.title, id=run.id, time=lasts,
                what=listing(parts, most=8))  # fmt: skip
    if run.channel:
        plan_message(tx, text_message(run.channel, text=words), f"say:{run.channel}", run_id=run.id)
