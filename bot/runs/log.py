"""The log of a run: what its steps printed, attempt by attempt, as it is kept on disk (masked when it was written)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.domain import Domain
from bot.domain.messages import plan_message
from bot.effects.outgoing import RUN, Outgoing
from bot.ports import Tx
from bot.runbook.model import Procedure
from bot.runbook.steps import AnyStep
from bot.runs.checklist.layout import page_of
from bot.runs.model import Run, StepRecord
from bot.runs.start import records_of
from bot.text import say
from bot.text.legible import legible

LOG_LIMIT = 4_000_000
"""Characters of one file for Slack; of what is longer, the middle is left out."""
PIECE_LIMIT = 400_000
"""Characters of one attempt within the log of a run."""
TAIL_BYTES = 12_000


@dataclass(frozen=True)
class Piece:
    """One attempt of a step: its heading, the file with what it printed (None = it prints nothing), what it found."""

    heading: str
    path: Path | None
    found: str


def pieces(domain: Domain, tx: Tx, run_id: int) -> tuple[Piece, ...]:
    """Every attempt of every step that was begun or decided about, in the order of the runbook."""
    run = tx.runs.get(run_id)
    assert run
    texts = {step.id: (phase.title, step.text) for phase, step in domain.procedure_of(tx, run).steps()}
    records = [record for record in records_of(tx, run_id).values() if record.attempt or record.by]
    return tuple(
        piece for record in records if record.step_id in texts for piece in _attempts(record, *texts[record.step_id])
    )


def _attempts(record: StepRecord, phase: str, text: str) -> Iterator[Piece]:
    """Earlier attempts are found beside the file of the last: `build-1.log`, `build-2.log` …"""
    last = Path(record.output) if record.output else None
    for number in range(1, record.attempt):
        if last is not None:
            yield Piece(say("{phase} / {step}, attempt {n}", phase=phase, step=text, n=number),
                        last.with_name(f"{record.step_id}-{number}.log"), "")  # fmt: skip
    state = say("{phase} / {step}: {state}", phase=phase, step=text, state=str(record.state))
    yield Piece(f"{state}{_times(record)}", last, record.reason or record.found or "")


def _times(record: StepRecord) -> str:
    if record.started_at is None:
        return ""
    ended = f"{record.ended_at:%H:%M:%S}Z" if record.ended_at else ""
    return f", {record.started_at:%Y-%m-%d %H:%M:%S}Z - {ended}"


def written(found: Sequence[Piece]) -> str:
    """The log as text."""
    texts = []
    for piece in found:
        printed = capped(piece.path, PIECE_LIMIT) if piece.path else None
        texts.append(f"=== {piece.heading} ===\n{printed if printed is not None else legible(piece.found)}".rstrip())
    return middle_out("\n\n".join(texts) or say("Nothing has run yet."), LOG_LIMIT) + "\n"


def capped(path: Path, limit: int) -> str | None:
    """The text of a file, without its middle when it is longer; None when there is no such file."""
    return middle_out(path.read_text("utf-8", "replace"), limit) if path.is_file() else None


def middle_out(text: str, limit: int) -> str:
    """The beginning and the end of a text in about `limit` characters, and how much was left out between them."""
    if len(text) <= limit:
        return text
    half = limit // 2
    left_out = say("[… {count} characters left out …]", count=len(text) - 2 * half)
    return f"{text[:half]}\n\n{left_out}\n\n{text[-half:]}"


def tail_of(path: Path) -> str:
    """The last lines of a file; empty when there is none."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - TAIL_BYTES, 0))
        return file.read().decode("utf-8", "replace").strip()


def show_tail(tx: Tx, run: Run, procedure: Procedure, step: AnyStep, record: StepRecord) -> None:
    """The end of what a step printed comes into its card's thread, unless it is tried again by itself."""
    last = tx.steps.get(run.id, step.id)
    if not record.output or last is None or last.asked_by:
        return
    words = say("{step} failed. Last lines of output:", step=step.text)
    page = page_of(procedure, run.targets, step.id)
    reply = Outgoing((RUN,), "step.tail", {"path": record.output, "text": words}, thread=page)
    plan_message(tx, reply, f"run:{run.id}:log", run_id=run.id)
