"""`channel.create`: the incident's channel, which Slack is asked for after the commit."""

from typing import ClassVar, Literal

from bot.domain import Domain
from bot.effects import FIRST
from bot.ports import Tx
from bot.runbook.steps import Step, StepKind
from bot.runs.engine.settling import settle_record
from bot.runs.model import Run, StepRecord
from bot.runs.outcome import Done


class ChannelCreate(Step):
    """The incident's channel; ticked by the bot when Slack has made it."""

    effect: ClassVar[bool] = True
    creates_channel: ClassVar[bool] = True
    kind: Literal["channel.create"]


def begin(domain: Domain, tx: Tx, run: Run, record: StepRecord) -> None:
    """The channel is there already, or making it is planned (once more)."""
    if run.channel:
        settle_record(domain, tx, run, record, Done())
        return
    target = f"run:{run.id}:channel"
    tx.effects.plan("channel.create", target, {}, run_id=run.id, step_id=record.step_id, priority=FIRST)


KINDS = (StepKind(ChannelCreate, begin=begin),)
