"""How what a commit names is woken: here, or in whichever replica takes it."""

from bot.errors import Refusal
from bot.settings import Settings
from bot.text import say
from bot.waking import Alone, Waker
from storage.database import SqlDatabase


def open_waker(settings: Settings, database: SqlDatabase) -> Waker:
    """The waker that the settings ask for; a Refusal when this installation or its database cannot be shared."""
    if not settings.cluster:
        return Alone()
    if database.sqlite:
        raise Refusal(say("NEONOPS_CLUSTER needs PostgreSQL: set NEONOPS_DATABASE_URL to postgresql://…"))
    try:
        from storage.cluster.replica import Cluster
    except ImportError as error:
        raise Refusal(say("NEONOPS_CLUSTER needs the extra: pip install 'neonops[cluster]'.")) from error
    return Cluster(settings.database, database)
