"""The kinds of steps a runbook can name: one frozen model each, and the union of them all.

`manual` is ticked by a person. Every other kind is done by the bot, in `bot/runs/steps/`, under the same name.
"""

from typing import Annotated, Union

from pydantic import Field

from bot.runbook.steps.base import EnvName, Proof, Retry, Step, kind_by_default
from bot.runbook.steps.checks import GithubCheck, HealthCheckStep, MetricsCheck, Soak, StatuspageCheck
from bot.runbook.steps.databases import BackupCheck, BackupList, SupabaseBackup, SupabaseRestore
from bot.runbook.steps.people import ChannelCreate, Notify
from bot.runbook.steps.vercel import (
    BuildSource,
    VercelDeploy,
    VercelList,
    VercelProbe,
    VercelPromote,
    VercelRollback,
    VercelWaitAlias,
)
from bot.runbook.steps.work import GitWorktree, HttpStep, ManualStep, ShellStep, SqlStep, StartProcedure

__all__ = [
    "AnyStep",
    "BackupCheck",
    "BackupList",
    "BuildSource",
    "ChannelCreate",
    "EnvName",
    "GitWorktree",
    "GithubCheck",
    "HealthCheckStep",
    "HttpStep",
    "ManualStep",
    "MetricsCheck",
    "Notify",
    "Proof",
    "Retry",
    "ShellStep",
    "Soak",
    "SqlStep",
    "StartProcedure",
    "StatuspageCheck",
    "Step",
    "SupabaseBackup",
    "SupabaseRestore",
    "VercelDeploy",
    "VercelList",
    "VercelProbe",
    "VercelPromote",
    "VercelRollback",
    "VercelWaitAlias",
    "kind_by_default",
]

AnyStep = Annotated[
    Union[  # noqa: UP007 - one name a line
        ManualStep,
        ShellStep,
        HttpStep,
        SqlStep,
        GitWorktree,
        SupabaseBackup,
        BackupList,
        SupabaseRestore,
        BackupCheck,
        VercelList,
        VercelDeploy,
        VercelProbe,
        VercelPromote,
        VercelRollback,
        VercelWaitAlias,
        StatuspageCheck,
        HealthCheckStep,
        MetricsCheck,
        GithubCheck,
        Notify,
        ChannelCreate,
        StartProcedure,
    ],
    Field(discriminator="kind"),
    kind_by_default("manual"),
]
