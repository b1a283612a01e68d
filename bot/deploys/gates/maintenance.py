"""Rules of maintenance: services that are deployed only within its window, and deploys while it is under way."""

from zoneinfo import ZoneInfo

from bot.deploys.gates.inputs import Known, passed
from bot.production.inputs.deploy import Gate
from bot.runbook.windows import window_end
from bot.runs.model import Run
from bot.text import listing, moment, say


def maintenance_gate(what: Known) -> Gate:
    """Whether maintenance lets the deploy through, by the runbook's rules."""
    others = [run for run in what.maintenance if not _belongs(what.run, run)]
    if others and (verdict := what.runbook.deploys.during_maintenance) != "allow":
        names = listing([say("run {id} ({title})", id=run.id, title=run.title) for run in others])
        cause = tuple(f"run {run.id}" for run in others)
        return Gate("maintenance", verdict, say("Maintenance is in progress: {runs}.", runs=names), cause=cause)
    bound = [service for service in what.run.targets if service in what.runbook.deploys.only_in_maintenance]
    return _in_window(what, bound)


def _in_window(what: Known, bound: list[str]) -> Gate:
    schedule = what.runbook.maintenance
    if schedule is None:
        return passed("maintenance", say("No maintenance is planned."))
    ends = window_end(schedule.cron, schedule.length, ZoneInfo(schedule.timezone), what.now)
    if ends:
        return passed("maintenance", say("In the maintenance window (until {end}).", end=moment(ends, what.zone)))
    if bound:
        names = listing([what.runbook.service(service).title for service in bound])
        why = say("{names}: only in the maintenance window ({window}).", names=names, window=schedule.window)
        return Gate("maintenance", "failed", why, cause=("window", schedule.cron, *bound))
    return passed("maintenance", say("No maintenance is in progress."))


def _belongs(run: Run, maintenance: Run) -> bool:
    """Whether a deploy was started from this maintenance."""
    return run.parent_run == maintenance.id
