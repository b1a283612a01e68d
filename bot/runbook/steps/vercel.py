"""Steps about deployments on Vercel."""

from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field, WithJsonSchema

from bot.runbook.base import Duration, Slug
from bot.runbook.steps.base import Step


class VercelList(Step):
    """The last production deployments of services, with the recommended one to go back to."""

    interruptible: ClassVar[bool] = True
    lists_deployments: ClassVar[bool] = True
    kind: Literal["vercel.list"]
    services: tuple[Slug, ...]
    limit: int = Field(default=5, ge=1, le=20)


BuildSource = Annotated[
    Literal["build", "git"], WithJsonSchema({"type": "string", "pattern": r"^(build|git|\$\{[A-Z][A-Z0-9_]*\})$"})
]


class VercelDeploy(Step):
    """Build a production deployment of a service and wait until it is READY (which is not live yet).

    With `source: git` nothing is built by the bot: it finds the production deployment that Vercel's Git integration
    made of the approved commit. Where Vercel gives it the domains by itself, it may be live already.
    """

    effect: ClassVar[bool] = True
    interruptible: ClassVar[bool] = True
    keeps_time: ClassVar[bool] = True
    about_changes: ClassVar[bool] = True
    read_back: ClassVar[bool] = True
    builds: ClassVar[bool] = True
    kind: Literal["vercel.deploy"]
    service: Slug
    source: BuildSource = Field(default="build", description="build = ask for a build; git = find what the merge made.")
    found_within: Duration = Field(
        default=timedelta(minutes=5), description="With `source: git`: how long the merge's deployment is waited for."
    )
    timeout: Duration = timedelta(minutes=15)

    @property
    def mutates(self) -> bool:
        return self.source == "build"


class VercelProbe(Step):
    """Ask the build that this run made, at its own address, before it has any traffic.

    The HTTP checks of the groups are asked there instead of at the service's address. Behind Vercel's Deployment
    Protection they need VERCEL_AUTOMATION_BYPASS_SECRET.
    """

    interruptible: ClassVar[bool] = True
    about_changes: ClassVar[bool] = True
    kind: Literal["vercel.probe"]
    service: Slug
    groups: Annotated[tuple[Slug, ...], Field(min_length=1)]


class VercelPromote(Step):
    """Point production at the deployment that this run built."""

    effect: ClassVar[bool] = True
    read_back: ClassVar[bool] = True
    moves_production: ClassVar[bool] = True
    kind: Literal["vercel.promote"]
    service: Slug


class VercelRollback(Step):
    """Point production back at the chosen earlier deployment of a service."""

    effect: ClassVar[bool] = True
    read_back: ClassVar[bool] = True
    moves_production: ClassVar[bool] = True
    kind: Literal["vercel.rollback"]
    service: Slug


class VercelWaitAlias(Step):
    """Wait until the alias job of this run's own promote or rollback has succeeded: only then is it live."""

    interruptible: ClassVar[bool] = True
    keeps_time: ClassVar[bool] = True
    about_changes: ClassVar[bool] = True
    awaits_move: ClassVar[bool] = True
    kind: Literal["vercel.wait_alias"]
    service: Slug
    timeout: Duration = timedelta(minutes=4)
