"""Whether the addresses in a runbook are ones: a wrong variable shows when it is loaded, not at 3 a.m."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.runbook.model import Runbook
from bot.runbook.problems import Finding, Path, quoted
from bot.runbook.step_paths import all_steps
from bot.text import say


def addresses(runbook: Runbook) -> Iterator[Finding]:
    """Services, status pages, requests and dashboards whose address is not http or https with a host."""
    for path, url in (*_of_sections(runbook), *_of_requests(runbook)):
        if not _is_address(url):
            yield Finding(path, say("{url} is not an http or https address", url=quoted(url)), url)


def _of_sections(runbook: Runbook) -> Iterator[tuple[Path, str]]:
    for index, service in enumerate(runbook.services):
        yield ("services", index, "url"), service.url
    for index, vendor in enumerate(runbook.vendors):
        yield ("vendors", index, "status_url"), vendor.status_url
    for index, link in enumerate(runbook.monitoring.dashboards if runbook.monitoring else ()):
        yield ("monitoring", "dashboards", index, "url"), link.url


def _of_requests(runbook: Runbook) -> Iterator[tuple[Path, str]]:
    checks = ((("health", index, "checks", position), check)
              for index, group in enumerate(runbook.health) for position, check in enumerate(group.checks))  # fmt: skip
    for path, asked in (*checks, *all_steps(runbook)):
        yield from (((*path, *at), url) for at, url in asked.addresses())


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(map(str.isspace, url))
    except ValueError:
        return False
