"""The parts of a runbook that are deployed, and what is checked of them and of vendors."""

from typing import Annotated, Literal

from pydantic import Field

from bot.runbook.base import Line, Slug, Titled
from bot.runbook.sections.requests import HttpRequest, SqlQuery
from bot.runbook.steps import kind_by_default


class Service(Titled):
    """Something that is deployed, watched and rolled back."""

    id: Slug
    url: Line
    vercel_project: Line | None = None
    git_repo: Line | None = Field(default=None, description="org/repo, for deployments from Git.")


class HttpCheck(HttpRequest):
    """One endpoint of a health group."""

    kind: Literal["http"] = "http"


class SqlCheck(SqlQuery):
    """One query of a health group."""

    kind: Literal["sql"] = "sql"


AnyCheck = Annotated[HttpCheck | SqlCheck, Field(discriminator="kind"), kind_by_default("http")]


class HealthGroup(Titled):
    """Checks that are shown together on the health card; `/health <id>` asks for one group."""

    id: Slug
    checks: Annotated[tuple[AnyCheck, ...], Field(min_length=1)]


class Vendor(Titled):
    """A third party with a public status page (Statuspage v2 summary)."""

    id: Slug
    status_url: Line
