"""What a running step says of where it stands: written now and then, the last word wins, nothing after its outcome."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.domain import Domain
from bot.errors import Refusal
from bot.ports import Tx
from bot.runs.engine.fencing import Fenced, fenced
from bot.runs.model import StepRecord, StepState
from bot.runs.start import touch_step
from bot.text import rough, shorten

log = structlog.get_logger()

REPORT_LIMIT = 200
"""Characters of a report on the card."""


class Reports:
    """Takes reports as they come (`reports(text)`), and has `keep` write the newest now and then.

    A pause comes before each: of a step that ends at once nothing is written.
    """

    def __init__(self, mask: Callable[[str], str]) -> None:
        self._mask = mask
        self._newest = ""
        self._written = ""
        self._told = asyncio.Event()

    def __call__(self, text: str) -> None:
        """The step stands there now."""
        self._newest = shorten(self._mask(rough(text)).strip(), REPORT_LIMIT)
        if self._newest and self._newest != self._written:
            self._told.set()

    async def keep(self, write: Callable[[str], Awaitable[None]], pause: Callable[[], Awaitable[None]]) -> None:
        """Write the newest of what is told, each after a pause, until it is cancelled or somebody else has the run."""
        while True:
            await self._told.wait()
            await pause()
            self._told.clear()
            self._written = self._newest
            try:
                await write(self._written)
            except Fenced:
                return
            except Refusal as refusal:
                log.warning("report.lost", why=refusal.sentence)


def report(domain: Domain, tx: Tx, run_id: int, token: int, tried: StepRecord, text: str) -> None:
    """Show where a started attempt stands. Nothing when it has ended meanwhile: its outcome is what counts."""
    run = fenced(tx, run_id, token)
    record = tx.steps.get(run_id, tried.step_id)
    if record is None or record.state is not StepState.STARTED or record.attempt != tried.attempt:
        return
    tx.steps.save(record, found=text)
    touch_step(tx, run, domain.procedure_of(tx, run), record.step_id)
