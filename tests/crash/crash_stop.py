"""Ends the bot's own process with SIGKILL at an exact place: around the two transactions that a step is made of.

What lies between them, outside, is held by the practice servers (`LightSandbox.on_answer`).
"""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from bot.domain.transactions import Transactions
from bot.effects import Effect
from bot.integrations.vercel.client import Vercel
from bot.ports import Tx
from bot.runs.engine.progress import Work
from bot.runs.model import StepState
from handlers.slack.cards.publisher import Cards
from storage.database import SqlDatabase

Point = Literal["before the intent", "after the intent", "after the POST", "after the answer"]
PACE = 0.03
SETTLE_S = 0.4
"""Seconds in which a lost request may still arrive here: both ends are on this machine."""


@dataclass(frozen=True)
class Stop:
    """The place: a step's intent is not committed yet, or it is; or its outcome is known and not committed yet."""

    step: str
    point: Point
    from_run: int = 1
    """Runs with a smaller id are left alone."""

    def install(self) -> None:
        """Have this process end there."""
        if self.point == "before the intent":
            self._watch_commits()
        else:
            self._watch_deeds()

    def _watch_commits(self) -> None:
        write = SqlDatabase.write

        def dying(work: Callable[[Tx], Any], tx: Tx) -> Any:
            done = work(tx)
            if any(map(self._is, tx.steps.find(step_id=self.step, state=StepState.STARTED))):
                die()
            return done

        SqlDatabase.write = lambda database, work: write(database, partial(dying, work))  # type: ignore[method-assign]

    def _watch_deeds(self) -> None:
        do = Transactions.do

        async def watched(transactions: Transactions, operation: Any, *args: Any, **kwargs: Any) -> Any:
            if self.point == "after the answer" and self._ends(operation, args):
                die()
            done = await do(transactions, operation, *args, **kwargs)
            if self.point == "after the intent" and self._begun(done):
                die()
            return done

        Transactions.do = watched  # type: ignore[method-assign]

    def _begun(self, done: Any) -> bool:
        """Whether the bot will act outside next: as an engine's task, or by delivering an effect."""
        if isinstance(done, Work):
            return any(self._is(task.record) for task in done.tasks)
        return isinstance(done, Effect) and self._is(done)

    def _is(self, about: Any) -> bool:
        step = getattr(about, "step_id", None) or getattr(about, "payload", {}).get("item")
        return step == self.step and about.run_id >= self.from_run

    def _ends(self, operation: Any, args: tuple[Any, ...]) -> bool:
        """Whether a transaction is about to write what came of the step."""
        return operation.__name__ in ("settle", "conclude") and any(map(self._is, args))


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hurry() -> None:
    """Wait less for what is near here: Slack takes cards as fast as they come, Vercel any number of questions."""
    Cards.pace = PACE
    Vercel.__init__.__kwdefaults__["poll_seconds"] = PACE
    for looking in (Vercel.reconcile, Vercel.find):
        looking.__kwdefaults__["settle_s"] = SETTLE_S
