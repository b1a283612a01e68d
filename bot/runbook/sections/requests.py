"""What is asked of a service, by a step or by a check of a health group: a request, or a query."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Literal

from pydantic import Field

from bot.runbook.base import Duration, Line, Prose
from bot.runbook.problems import Finding, Path
from bot.runbook.steps import Step
from bot.text import say


class HttpRequest(Step):
    """One request; good when the status (and, for JSON, the field values) are as expected."""

    url: Line
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    headers: dict[str, Line] = Field(default={})
    body: dict[str, Any] | None = None
    status: tuple[int, ...] = (200,)
    json_values: dict[str, tuple[Any, ...]] = Field(
        default={}, description="JSON path -> allowed values: {status: [ok]}."
    )
    contains: Line | None = None
    timeout: Duration = timedelta(seconds=10)

    @property
    def mutates(self) -> bool:
        return self.method not in ("GET", "HEAD")

    def addresses(self) -> Iterator[tuple[Path, str]]:
        yield ("url",), self.url

    def doubts(self) -> Iterator[Finding]:
        """An answer to HEAD has no body to look into."""
        for name in ("contains", "json_values") if self.method == "HEAD" else ():
            if getattr(self, name):
                yield Finding((name,), say("the answer to HEAD has no body: use GET"))


class SqlQuery(Step):
    """A read-only query on NEONPRO_DATABASE_URL; good when it answers, and with enough rows."""

    query: Prose
    min_rows: int = Field(default=1, ge=0)
    max_ms: int | None = Field(default=None, description="Slower than this is shown as a warning.")
    timeout: Duration = timedelta(seconds=10)
