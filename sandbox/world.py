"""The practice world: one workspace, one NeonPro, one page, one server."""

import asyncio
import os
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from starlette.applications import Starlette

from sandbox.neonpro import PracticeNeonPro
from sandbox.neonpro.own_pages import KEY, PAGE
from sandbox.page import routes as page_routes
from sandbox.pagers.practice import LOCALES, PracticePagers
from sandbox.serving import Running, serve
from sandbox.slack import Limits, Person, PracticeSlack

PEOPLE = (
    Person("U01ALICE", "alice", "Alice Andrade", "alice@neonpro.example", "Platform Lead", is_admin=True,
           roles=("platform_lead",)),
    Person("U02BRUNO", "bruno", "Bruno Barros", "bruno@neonpro.example", "DevOps Engineer", roles=("devops",)),
    Person("U03CARLA", "carla", "Carla Castro", "carla@neonpro.example", "Security Officer",
           roles=("security_officer",)),
    Person("U04DIEGO", "diego", "Diego Duarte", "diego@neonpro.example", "Compliance Officer",
           roles=("compliance_officer",)),
    Person("U05ELISA", "elisa", "Elisa Esteves", "elisa@neonpro.example", "Developer", roles=("developer",)),
    Person("U08HELENA", "helena", "Helena Hoffmann", "helena@neonpro.example", "CTO", roles=("cto", "executive")),
    Person("U06FABIO", "fabio", "Fábio Farias", "fabio@neonpro.example", "Customer Success"),
    Person("U07GUEST", "gabi", "Gabi Gomes", "gabi@agency.example", "Agency (guest)", is_restricted=True),
)  # fmt: skip
CHANNELS = ("general", "devops", "incidents")


@cache
def team_file() -> str:
    """The team file of the practice workspace (YAML): who holds which role. Fábio holds none; Gabi is a guest."""
    known = [person for person in PEOPLE if person.roles or person.name == "fabio"]
    roles = sorted({role for person in known for role in person.roles} | {"executive"})
    holders = {role: [p.name for p in known if role in p.roles] or ["alice"] for role in roles}
    people = {p.name: {"name": p.real_name, "email": p.email, "slack": p.id} for p in known}
    channels = {"devops": "C0DEVOPS", "incidents": "C0INCIDENTS", "announcements": "C0GENERAL"}
    team = {"people": people, "roles": holders, "channels": channels}
    return yaml.safe_dump(team, allow_unicode=True, sort_keys=False)


class Sandbox:
    """Start it, give `environment()` to the bot as its settings, open `url`."""

    def __init__(
        self, directory: Path, manifest: Mapping[str, Any], *, limits: Limits | None = None, speed: float = 1.0,
        paged: bool = False,
    ) -> None:  # fmt: skip
        """`directory` is emptied. `speed` > 1 makes builds and checks faster than in life. `paged`: with pagers."""
        self.directory = directory.resolve()
        self.slack = PracticeSlack(manifest=manifest, people=PEOPLE, channels=CHANNELS, limits=limits)
        self.neonpro = PracticeNeonPro(build_seconds=6.0 / speed, alias_seconds=2.0 / speed)
        self.pagers = PracticePagers(PEOPLE)
        self._speed, self._paged = speed, paged
        self._running: Running | None = None

    @property
    def url(self) -> str:
        """The page's address."""
        assert self._running, "the sandbox was started"
        return self._running.url

    async def start(self, port: int = 0) -> None:
        """Start everything; raises OSError when the port is taken."""
        await asyncio.to_thread(self._empty)
        app = Starlette(routes=[*self.slack.routes, *self.neonpro.routes, *self.pagers.routes, *page_routes])
        self._running = await serve(app, port=port)
        self.slack.url = self._running.url
        self.neonpro.on_change = lambda: self.slack.tell_pages("neonpro")
        self.pagers.book.on_change = lambda: self.slack.tell_pages("pagers")
        await self.neonpro.start(self.directory / "postgres")
        await asyncio.to_thread(
            self.neonpro.make_checkout, self.directory / "checkout", vercel_url=f"{self._running.url}/vercel"
        )
        (self.directory / "team.yml").write_text(self._team(), "utf-8")
        for channel in CHANNELS:
            await self.slack.invite("alice", channel, self.slack.bot_user_id)

    def _team(self) -> str:
        """The team file; with the addresses of the practice pagers, if there are to be any."""
        if not self._paged:
            return team_file()
        team, port = yaml.safe_load(team_file()), int(self.url.rpartition(":")[2])
        for name, person in team["people"].items():
            pages = self.pagers.addresses(name, port)
            person |= {"page": pages} if pages else {}
            person |= {"locale": LOCALES[name]} if name in LOCALES else {}
        return yaml.safe_dump(team, allow_unicode=True, sort_keys=False)

    def _empty(self) -> None:
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)

    async def stop(self) -> None:
        """Stop everything."""
        await self.slack.close()
        if self._running:
            await self._running.stop()
        await self.neonpro.stop()

    def environment(self) -> dict[str, str]:
        """The settings that connect the bot to this world, and the addresses of its services for the runbook."""
        url, checkout = self.url, self.neonpro.checkout
        assert checkout
        return {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": f"{url}/api/",
            "NEONOPS_DATA_DIR": str(self.directory / "data"),
            "NEONOPS_TEAM": str(self.directory / "team.yml"),
            "NEONOPS_WORKDIR": str(checkout.workdir),
            "NEONOPS_TOOL_PATHS": f"{checkout.state_dir}{os.pathsep}{Path(__file__).parent}",
            "VERCEL_TOKEN": self.neonpro.vercel_token,
            "VERCEL_AUTOMATION_BYPASS_SECRET": self.neonpro.vercel_bypass,
            "VERCEL_API_URL": f"{url}/vercel",
            "SUPABASE_ACCESS_TOKEN": self.neonpro.supabase_token,
            "SUPABASE_PROJECT_REF": self.neonpro.supabase_ref,
            "SUPABASE_API_URL": f"{url}/supabase",
            "GITHUB_TOKEN": self.neonpro.github_token,
            "GITHUB_API_URL": f"{url}/github",
            "STATUSPAGE_API_KEY": KEY,
            "STATUSPAGE_PAGE_ID": PAGE,
            "STATUSPAGE_API_URL": f"{url}/statuspage",
            "INSTATUS_API_KEY": KEY,
            "INSTATUS_PAGE_ID": PAGE,
            "INSTATUS_API_URL": f"{url}/instatus",
            "PROMETHEUS_URL": f"{url}/prometheus",
            "NEONPRO_DATABASE_URL": self.neonpro.readonly_dsn,
            "DATABASE_URL": self.neonpro.dsn,
            "DIRECT_URL": self.neonpro.dsn,
            "RESTORE_URL": self.neonpro.database.spare_dsn,
            "NEONPRO_API_URL": f"{url}/services/api",
            "NEONPRO_WEB_URL": f"{url}/services/web",
            "NEONPRO_SOAK_TIME": f"{int(12 / self._speed)}s",
            "NEONPRO_SOAK_EVERY": f"{int(3 / self._speed)}s",
            "NEONPRO_SOAK_TIMEOUT": f"{max(int(30 / self._speed), 4)}s",
            "NEONPRO_RECURRENCE_TIME": f"{int(60 / self._speed)}s",
            "NEONPRO_RECURRENCE_EVERY": f"{int(2 / self._speed)}s",
            "NEONPRO_RECURRENCE_TIMEOUT": f"{max(int(150 / self._speed), 10)}s",
            "VERCEL_STATUS_URL": f"{url}/status/vercel",
            "SUPABASE_STATUS_URL": f"{url}/status/supabase",
            "GITHUB_STATUS_URL": f"{url}/status/github",
            **(self.pagers.environment(url) if self._paged else {}),
            "PATH": f"{checkout.bin_dir}:{os.environ.get('PATH', '')}",
            "HOME": os.environ.get("HOME", str(self.directory)),
            "LANG": "C.UTF-8",
        }
