"""The practice world as these tests use it: fast, with one PostgreSQL and one checkout for the whole session."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guards import GUARD_S
from starlette.applications import Starlette

from handlers.slack.manifest import manifest
from sandbox import PEOPLE, Sandbox, team_file
from sandbox.neonpro.checkout import Checkout, make_checkout, write_state
from sandbox.neonpro.database.tables import Database
from sandbox.neonpro.vercel.deployments import Commit
from sandbox.serving import serve
from sandbox.slack import Limits, Person, PracticeSlack
from sandbox.world import CHANNELS

OTTO = Person("U08OTTO", "otto", "Otto Outsider", "otto@partner.example", team_id="T0PARTNER")
"""Somebody of another workspace, in a shared channel."""
SPEED = 1000.0


@dataclass(frozen=True)
class Estate:
    """NeonPro's PostgreSQL and its checkout."""

    database: Database
    checkout: Checkout


def found_estate(directory: Path) -> Estate:
    """Make both (about two seconds)."""
    database = Database()
    database.start(directory / "postgres")
    assert database.running, database.problem
    checkout = make_checkout(directory / "checkout")
    write_state(checkout, "dsn", database.dsn)
    return Estate(database, checkout)


class World(Sandbox):
    """A practice world around the shared estate: everything else is fresh."""

    def __init__(self, directory: Path, estate: Estate, **changes: Any) -> None:
        super().__init__(directory, manifest(), speed=SPEED)
        # How soon an answer comes, and how many a second, is measured by the benchmark, on a machine of its own.
        patient = Limits(ack_seconds=GUARD_S, rates=False)
        whole = {**manifest(), **changes}
        self.slack = PracticeSlack(manifest=whole, people=(*PEOPLE, OTTO), channels=CHANNELS, limits=patient)
        self._estate = estate

    async def start(self, port: int = 0) -> None:
        app = Starlette(routes=[*self.slack.routes, *self.neonpro.routes])
        self._running = await serve(app, port=port)
        self.slack.url = self._running.url
        self._move_in()
        (self.directory / "team.yml").write_text(team_file(), "utf-8")
        for channel in CHANNELS:
            await self.slack.invite("alice", channel, self.slack.bot_user_id)

    def environment(self) -> dict[str, str]:
        """Without a token for GitHub: people tick, unless a test gives the bot one."""
        return {**super().environment(), "GITHUB_TOKEN": ""}

    def _move_in(self) -> None:
        """Hand the shared database and checkout to this world's NeonPro, with every switch in its first position."""
        neonpro, estate = self.neonpro, self._estate
        neonpro.database.__dict__ = estate.database.__dict__
        neonpro.checkout = estate.checkout
        tokens = {"vercel_token": neonpro.vercel_token, "supabase_token": neonpro.supabase_token}
        for name, value in {"vercel_url": f"{self.url}/vercel", **tokens}.items():
            write_state(estate.checkout, name, value)
        for switch in neonpro.switches.described():
            neonpro.switches.set(switch["id"], switch["value"])
        neonpro.switches.tools_speed = 0
        neonpro.vercel.adopt(tuple(Commit(*words) for words in estate.checkout.commits))

    async def stop(self) -> None:
        """Stop everything but the estate."""
        self.neonpro.switches.database_away = False
        await self.slack.close()
        if self._running:
            await self._running.stop()
