"""The product's database, for the rest of the bot."""

from collections.abc import Awaitable, Sequence
from functools import partial

import httpx

from bot.integrations.http.api import Pace
from bot.integrations.integration import Integration
from bot.integrations.postgres.settings import PostgresSettings
from bot.integrations.postgres.sql import ProductDatabase
from bot.integrations.report import Finding, asked
from bot.runbook.model import Runbook
from bot.text import say


def _open(settings: PostgresSettings, http: httpx.AsyncClient, pace: Pace | None) -> ProductDatabase | None:
    dsn = settings.neonpro_database_url
    return ProductDatabase(dsn.get_secret_value()) if dsn else None


def _unset() -> str:
    return say("NEONPRO_DATABASE_URL is not set, so NeonOps cannot ask the database.")


def _checks(database: ProductDatabase, runbook: Runbook | None) -> Sequence[Awaitable[Finding]]:
    return [asked("NEONPRO_DATABASE_URL", partial(database.query, "SELECT 1", timeout_s=5))]


INTEGRATION = Integration(ProductDatabase, _open, _unset, _checks)
