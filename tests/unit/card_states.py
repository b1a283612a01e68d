"""Any procedure in any state, with the worst words that people may write, and how Slack would take the message."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from bot.effects import Effect
from bot.incidents.model import Incident, IncidentStatus
from bot.kinds import KINDS
from bot.production.inputs.deploy import DeployInputs, Facts
from bot.production.inputs.deploy import Gate as Judged
from bot.runbook.model import Procedure, Runbook
from bot.runs.checklist.layout import pages
from bot.runs.inputs import Inputs
from bot.runs.model import Gate, GateKind, Run, RunState, StepRecord, StepState
from bot.runs.start import fresh_records
from handlers.slack.blocks.elements import Block, Message
from handlers.slack.cards.view import CardView
from sandbox.slack.blocks.validate import check_view, message_problems, view_problems

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
PIECES = (
    "<!channel>", "<!here|x>", "<!everyone>", "<!subteam^S1>", "<https://evil.example|Approve>", "<mailto:a@b|c>",
    "<@U01ALICE>", "<#C1|general>", "&lt;!channel&gt;", "&", "<", ">", "`", "```", "*", "_", "~", "\n", "\n> ", "\r\n",
    "é", "ção", "Ω", "🎉", "👩‍👩‍👧‍👦", "\u202e", "\u200f", "עברית", "العربية", "{x}", "{}", "%s", "\\", "|", "^",
    "plain words ",
    "x" * 40,
)  # fmt: skip


def words(most: int = 300) -> st.SearchStrategy[str]:
    """Text that a model takes: not blank, at most so long."""
    some = st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join)
    long = st.sampled_from(PIECES).map(lambda piece: piece * 300)
    return (some | long).map(lambda text: text[:most].strip() or "x")


slugs = st.from_regex(r"[a-z][a-z0-9_-]{0,39}", fullmatch=True)
SERVICES = ("api", "s" + "v" * 29)
BOTS: tuple[dict[str, Any], ...] = (
    {"kind": "manual"},
    {"kind": "manual"},
    {"kind": "http", "url": "https://api.example.com"},
    {"kind": "http", "url": "https://api.example.com", "starts": "button", "ticked_by": "person"},
    {"kind": "shell", "run": [["true"]], "required": False},
    {"kind": "notify", "roles": ["devops"]},
    {"kind": "start_procedure", "procedure": "other"},
    {"kind": "health.check", "groups": ["api"]},
)


@st.composite
def procedures(draw: st.DrawFn) -> Procedure:
    """Up to 20 phases and 100 items."""
    few, many = st.lists(st.integers(1, 30), min_size=1, max_size=9), st.lists(st.just(1), min_size=11, max_size=20)
    sizes = draw(few | many)
    texts = draw(st.lists(words(), min_size=1, max_size=6))
    modes = draw(st.lists(st.sampled_from(["checklist", "checklist", "sequence"]), min_size=1, max_size=4))
    kinds = draw(st.permutations(BOTS))
    width = draw(st.integers(1, 34))
    phases, count = [], 0
    for number, size in enumerate(sizes):
        taken = min(size, 100 - count)
        if taken:
            steps = [
                {**kinds[each % len(kinds)], "id": f"{'s' * width}{each}", "text": texts[each % len(texts)]}
                for each in range(count, count + taken)
            ]
            window = {"starts": "0s", "until": "15m"} if number % 2 else None
            phases.append(
                {"id": f"p{number}", "title": texts[number % len(texts)], "steps": steps, "window": window,
                 "mode": modes[number % len(modes)], "budget": "10m" if number % 3 else None}
            )  # fmt: skip
        count += taken
    kind = draw(st.sampled_from(["incident", "deploy", "checklist"]))
    stage = draw(st.sampled_from(["before", "main"])) if kind == "deploy" else "main"
    made = [{**phase, "stage": stage} for phase in phases]
    return Procedure.model_validate({"id": "work", "kind": kind, "title": texts[0], "phases": made})


@st.composite
def runbooks(draw: st.DrawFn, procedure: Procedure) -> Runbook:
    """A runbook around the procedure."""
    title = draw(words())
    other = {"id": "other", "title": title, "phases": [{"id": "p", "title": "P", "steps": [{"id": "a", "text": "A"}]}]}
    severity = {"id": "p1", "title": title, "impact": draw(words()), "response": "15m", "procedure": "work", "rank": 1}
    services = [{"id": each, "title": title, "url": "https://x.example"} for each in SERVICES]
    data = {"schema": 1, "name": title, "title": title, "permissions": {}, "services": services}
    return Runbook.model_validate(
        {**data, "severities": [severity], "procedures": [procedure.model_dump(by_alias=True), other]}
    )


@st.composite
def records(draw: st.DrawFn, run: Run, procedure: Procedure) -> dict[str, StepRecord]:
    """Every step in some state."""
    states = draw(st.lists(st.sampled_from(StepState), min_size=1, max_size=9))
    found = draw(st.lists(st.none() | words(1500), min_size=1, max_size=4))
    reasons = draw(st.lists(words(500), min_size=1, max_size=3))
    asked, output = draw(st.booleans()), draw(st.booleans())
    made = {}
    for number, record in enumerate(fresh_records(run, procedure)):
        state = states[number % len(states)]
        made[record.step_id] = record.evolve(
            state=state, decision=number, attempt=number % 3, found=found[number % len(found)],
            by="U01ALICE" if number % 2 else "neonops", at=NOW,
            reason=reasons[number % len(reasons)] if state is StepState.SKIPPED else None,
            asked_by="U02BRUNO" if asked and not state.settled and number % 4 == 0 else None,
            output="out.log" if output else None, started_at=NOW, ended_at=NOW + timedelta(minutes=number),
        )  # fmt: skip
    return made


def incident_of(run: Run, title: str, status: IncidentStatus) -> Incident:
    roles = {"commander": "U01ALICE", "communications": "U02BRUNO"}
    return Incident(7, run.id, "p1", title, status, "U01ALICE", NOW, "incident-20261123-1200", roles=roles)


VERDICTS = ("passed", "warning", "failed", "overridden")


@st.composite
def inputs(draw: st.DrawFn, kind: str) -> Inputs:
    """What a deploy keeps beside its steps."""
    if kind != "deploy" or draw(st.booleans()):
        return Inputs()
    why = draw(words())
    gates = tuple(Judged(verdict, verdict, why, draw(st.booleans())) for verdict in VERDICTS)
    facts = Facts("", "a" * 40, live="b" * 40, commits=[why] * draw(st.integers(0, 50)), migrations=[why])
    return DeployInputs(facts=facts, gates=gates, voided="it expired")


@st.composite
def views(draw: st.DrawFn) -> list[CardView]:
    """Every card of one run."""
    procedure = draw(procedures())
    runbook = draw(runbooks(procedure))
    state = draw(st.sampled_from(RunState))
    title = draw(words(150))
    drill, approved = draw(st.booleans()), draw(st.none() | st.just("U01ALICE"))
    run = Run(
        2_000_000_000, "work", KINDS[procedure.kind], state, "v", title, "U02BRUNO", NOW, started_at=NOW, drill=drill,
        ended_at=NOW if state.ended else None, approved_by=approved, inputs=draw(inputs(procedure.kind)),
        parent_run=1,
    )  # fmt: skip
    found = draw(records(run, procedure))
    incident = incident_of(run, title, draw(st.sampled_from(IncidentStatus))) if run.kind.led else None
    gates = {
        name: Gate(2_000_000_000, run.id, draw(st.sampled_from([GateKind.FAILED, GateKind.INTERRUPTED])), NOW, name)
        for name, record in list(found.items())[:9]
        if record.state in (StepState.FAILED, StepState.UNKNOWN)
    }
    error = draw(words(1500))
    dead = tuple(
        Effect(n, f"op{n}", "channel.invite", "t", {}, NOW, NOW, run.id, state="dead", error=error)
        for n in range(draw(st.integers(0, 7)))
    )
    every = pages(procedure)
    return [
        CardView(run, page, runbook, procedure, found, NOW, page is every[0], gates, incident, dead) for page in every
    ]


# How Slack would take it.

_LINK = re.compile(r"<[^<>\n]*>")
_OURS = re.compile(r"<(?:@[UW][A-Z0-9]+|#C[A-Z0-9]+|!date\^\d+\^[^|<>]+\|[^<>]*)>")


def mrkdwn_of(value: Any) -> Iterator[str]:
    """Every text that Slack parses as mrkdwn."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        for each in value.values():
            yield from mrkdwn_of(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from mrkdwn_of(each)


def foreign(text: str) -> list[str]:
    """Mentions of everybody and links that a reader's client would act on, and that are not ours."""
    return [found for found in _LINK.findall(text) if not _OURS.fullmatch(found)]


def refused(message: Message) -> list[str]:
    """Why Slack would refuse the message, or what in it would reach somebody it should not."""
    found = [str(problem) for problem in message_problems(message.blocks)] if message.blocks else []
    found += ["too many blocks"] if len(message.blocks) > 50 else []
    found += [f"a text of {len(message.text)} characters"] if not 0 < len(message.text) <= 4000 else []
    return found + [each for text in (message.text, *mrkdwn_of(message.blocks)) for each in foreign(text)]


def refused_view(view: Block) -> list[str]:
    """Why Slack would refuse a form or the Home."""
    found = [str(problem) for problem in view_problems(view)]
    if not found:
        check_view(view)
    return found + [each for text in mrkdwn_of(view) for each in foreign(text)]


def actions_of(blocks: Sequence[Block]) -> Iterator[Block]:
    """Every element that can be clicked."""
    for block in blocks:
        yield from block.get("elements", []) if block["type"] == "actions" else []
        if "accessory" in block:
            yield block["accessory"]


def counted(values: Sequence[str]) -> Counter[str]:
    return Counter(values)
