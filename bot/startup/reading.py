"""The team file and the runbook, read anew while the bot runs."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import structlog

from bot.masking.masker import Masker
from bot.office import Office
from bot.office.desk import Desk
from bot.ports import Tx
from bot.power.stock import take_stock
from bot.settings import Settings
from bot.startup.opening import open_office, secrets_of
from bot.text import say

log = structlog.get_logger()


def archive(office: Office, tx: Tx) -> None:
    """Keep the runbook in force for the runs that start with it."""
    tx.runbooks.keep(office.loaded.version, office.loaded.text, str(office.loaded.source))


class Files:
    """What the settings name, and the office that is made of it."""

    def __init__(self, desk: Desk, settings: Settings, environ: Mapping[str, str], masker: Masker) -> None:
        self._desk, self._settings, self._environ, self._masker = desk, settings, environ, masker

    async def read_anew(self) -> str:
        """Go by the files as they are now; what is in force then, in words.

        Runs that are under way stay on the runbook that they started with.

        Raises:
            Refusal: a file is wrong, or nothing can be written down; all is as it was.
        """
        before, office = self._desk.office, await asyncio.to_thread(open_office, self._settings, self._environ)
        self._masker.learn(secrets_of(office.runbook, self._environ))
        changed = await self._adopt(replace(office, open_to_commands=before.open_to_commands))
        for remark in office.remarks:
            log.warning("file.remark", what=remark)
        return _words(before, office, changed=changed)

    async def _adopt(self, office: Office) -> bool:
        """Go by this office from now on; whether it gave or took anything."""
        before, self._desk.office = self._desk.office, office
        try:
            await self._desk.do(archive)
            return await self._desk.do(take_stock)
        except BaseException:
            self._desk.office = before
            raise


def _words(before: Office, now: Office, *, changed: bool) -> str:
    names = {"team": now.team_version or "-", "runbook": now.loaded.version}
    if (before.team_version, before.loaded.version) == (now.team_version, now.loaded.version):
        return say("Nothing has changed: team file {team}, runbook {runbook}.", **names)
    told = " " + say("The configuration changed; see the timeline and the deploys channel.")
    return say("Reloaded: team file {team}, runbook {runbook}.", **names) + (told if changed else "")
