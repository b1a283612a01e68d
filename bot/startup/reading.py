"""The team file and the runbook, read anew while the bot runs."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import structlog

from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.masking.masker import Masker
from bot.ports import Tx
from bot.power.changes import take_stock
from bot.settings import Settings
from bot.startup.opening import open_domain, secrets_of
from bot.text import say

log = structlog.get_logger()


def archive(domain: Domain, tx: Tx) -> None:
    """Keep the runbook in force for the runs that start with it."""
    tx.runbooks.keep(domain.loaded.version, domain.loaded.text, str(domain.loaded.source))


class Files:
    """What the settings name, and the domain that is made of it."""

    def __init__(
        self, transactions: Transactions, settings: Settings, environ: Mapping[str, str], masker: Masker
    ) -> None:
        self._transactions, self._settings, self._environ, self._masker = transactions, settings, environ, masker

    async def read_anew(self) -> str:
        """Go by the files as they are now; what is in force then, in words.

        Runs that are under way stay on the runbook that they started with.

        Raises:
            Refusal: a file is wrong, or nothing can be written down; all is as it was.
        """
        before, domain = self._transactions.domain, await asyncio.to_thread(open_domain, self._settings, self._environ)
        self._masker.learn(secrets_of(domain.runbook, self._environ))
        changed = await self._adopt(replace(domain, open_to_commands=before.open_to_commands))
        for remark in domain.remarks:
            log.warning("file.remark", what=remark)
        return _words(before, domain, changed=changed)

    async def _adopt(self, domain: Domain) -> bool:
        """Go by this domain from now on; whether it gave or took anything."""
        before, self._transactions.domain = self._transactions.domain, domain
        try:
            await self._transactions.do(archive)
            return await self._transactions.do(take_stock)
        except BaseException:
            self._transactions.domain = before
            raise


def _words(before: Domain, now: Domain, *, changed: bool) -> str:
    names = {"team": now.team_version or "-", "runbook": now.loaded.version}
    if (before.team_version, before.loaded.version) == (now.team_version, now.loaded.version):
        return say("Nothing has changed: team file {team}, runbook {runbook}.", **names)
    told = " " + say("The configuration changed; see the timeline and the deploys channel.")
    return say("Reloaded: team file {team}, runbook {runbook}.", **names) + (told if changed else "")
