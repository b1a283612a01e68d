"""A runbook as text for a terminal."""

import difflib
import io
from collections.abc import Iterable, Iterator

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from bot.errors import Refusal
from bot.runbook.base import duration_text
from bot.runbook.model import Phase, Procedure, Runbook, Severity
from bot.runbook.sections import Watch
from bot.runbook.steps import Step
from bot.text import say


def show(runbook: Runbook, procedure: str | None = None, *, width: int = 100, color: bool = False) -> str:
    """The runbook's overview, or one procedure with all its steps, in lines of at most `width` characters.

    Raises:
        Refusal: there is no such procedure (a severity's id shows the procedure that it runs).
    """
    parts = _overview(runbook) if procedure is None else _procedure(runbook, _find(runbook, procedure))
    page = io.StringIO()
    console = Console(
        file=page,
        width=max(width, 20),
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        highlight=False,
        legacy_windows=False,
    )
    for part in parts:
        console.print(part)
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines()) + "\n"


def _find(runbook: Runbook, name: str) -> Procedure:
    runs = {severity.id: severity.procedure for severity in runbook.severities}
    known = {each.id: each for each in runbook.procedures}
    found = known.get(name) or known.get(runs.get(name, ""))
    if found:
        return found
    near = difflib.get_close_matches(name, [*known, *runs], n=1)
    hint = say("Did you mean {name}?", name=near[0]) if near else say("Procedures: {names}", names=", ".join(known))
    raise Refusal(say("There is no procedure {name!r}. {hint}", name=name, hint=hint))


def _overview(runbook: Runbook) -> Iterator[RenderableType]:
    yield Text(runbook.title, style="bold")
    yield from _section(runbook.contacts_heading, ((each.title, each.role) for each in runbook.contacts))
    levels = ((each.heading or f"{each.level}", each.how) for each in runbook.escalation)
    yield from _section(runbook.escalation_heading, levels)
    yield from _section(say("Procedures"), ((each.id, _size(each)) for each in runbook.procedures))
    yield from _section(say("Severities"), ((each.id, _severity(each)) for each in runbook.severities))
    roles = ((each.id, each.purpose) for each in runbook.incident_roles)
    yield from _section(say("Roles in an incident"), roles)
    checks = ((each.id, ", ".join(check.text for check in each.checks)) for each in runbook.health)
    yield from _section(runbook.health_heading, checks)
    watched = ((each.metric, _pace(each)) for each in runbook.deploys.watch)
    yield from _section(say("Monitored after a deploy"), watched)
    yield from _sections_of_duties(runbook)
    yield from _section(say("Permissions"), ((name, ", ".join(who)) for name, who in runbook.permissions.items()))


def _sections_of_duties(runbook: Runbook) -> Iterator[RenderableType]:
    if monitoring := runbook.monitoring:
        yield from _section(monitoring.metrics_heading, ((each.text, each.target) for each in monitoring.metrics))
        yield from _section(monitoring.thresholds_heading, ((each.level, each.text) for each in monitoring.thresholds))
        yield from _section(monitoring.dashboards_heading, ((each.title, each.url) for each in monitoring.dashboards))
    if backups := runbook.backups:
        yield from _section(backups.kinds_heading, ((each.every, each.text) for each in backups.kinds))
    if maintenance := runbook.maintenance:
        rows = [(maintenance.window, maintenance.frequency)]
        yield from _section(maintenance.schedule_heading, rows)
    if compliance := runbook.compliance:
        yield from _section(compliance.checks_heading, ((each.every, each.text) for each in compliance.checks))
        yield from _section(compliance.frameworks_heading, ((each.title, each.name) for each in compliance.frameworks))
    if upkeep := runbook.upkeep:
        yield from _section(upkeep.reviews_heading, ((each.every, each.text) for each in upkeep.reviews))


def _pace(watch: Watch) -> str:
    return say("every {every} for {lasts}", every=duration_text(watch.every), lasts=duration_text(watch.lasts))


def _section(heading: str | None, rows: Iterable[tuple[str, str]]) -> Iterator[RenderableType]:
    table = _columns()
    for name, words in rows:
        table.add_row(Text(name, style="cyan"), Text(words))
    if table.row_count:
        yield Text(f"\n{heading or ''}", style="bold")
        yield table


def _columns() -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _size(procedure: Procedure) -> str:
    steps = list(procedure.steps())
    by_bot = sum(not step.by_person for _, step in steps)
    sentence = "phases: {phases}, steps: {steps}, by the bot: {bot}"
    counts = say(sentence, phases=len(procedure.phases), steps=len(steps), bot=by_bot)
    return f"{procedure.title} ({counts})"


def _severity(severity: Severity) -> str:
    response = say("response time {time}", time=duration_text(severity.response))
    every = severity.update_every
    updates = "; " + say("status updates every {time}", time=duration_text(every)) if every else ""
    return f"{severity.heading or severity.title}: {severity.impact}; {response}{updates}; {severity.procedure}"


def _procedure(runbook: Runbook, procedure: Procedure) -> Iterator[RenderableType]:
    yield Text(f"{procedure.heading or procedure.title} ({procedure.id})", style="bold")
    for severity in runbook.severities:
        if severity.procedure == procedure.id:
            yield Text(f"{severity.id}: {_severity(severity)}")
    if procedure.note:
        yield Text(procedure.note, style="dim")
    for phase in procedure.phases:
        yield Text(f"\n{phase.heading or phase.title}{_facts(phase)}", style="bold")
        yield _steps(phase)


def _facts(phase: Phase) -> str:
    facts = [phase.stage if phase.stage != "main" else "", phase.mode if phase.mode == "sequence" else ""]
    facts += [say("only {service}", service=phase.service) if phase.service else ""]
    facts += [say("budget {time}", time=duration_text(phase.budget)) if phase.budget else ""]
    words = ", ".join(fact for fact in facts if fact)
    return f"  [{words}]" if words else ""


def _steps(phase: Phase) -> Table:
    """`[ ]` is for a person, `[>]` the bot does at a button, `[*]` the bot does by itself."""
    table = _columns()
    table.columns[0].style = "cyan"
    for step in phase.steps:
        mark = "[ ]" if step.by_person else "[>]" if step.starts == "button" else "[*]"
        table.add_row(Text(mark), _step(step))
    return table


def _step(step: Step) -> Text:
    text = Text(step.text)
    facts: list[str] = [] if step.by_person else [step.kind]
    facts += [] if step.required else [say("not required")]
    facts += [say("ticked by a person")] if step.ticked_by == "person" else []
    text.append(f"  ({', '.join(facts)})" if facts else "", style="green")
    for line in _details(step):
        text.append(f"\n{line}", style="dim")
    return text


def _details(step: Step) -> Iterator[str]:
    yield from step.shown()
    if step.note:
        yield step.note
    if step.corrects:
        yield say("Instead of the command in the document: {why}", why=step.corrects)
