"""A PostgreSQL URL as the environment variables that PostgreSQL's own tools read, so that it never is an argument."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bot.errors import Refusal
from bot.settings.dsn import postgres_url
from bot.text import say

_VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "options": "PGOPTIONS",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "application_name": "PGAPPNAME",
    "channel_binding": "PGCHANNELBINDING",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}
"""Parameter of a connection URL -> variable (PostgreSQL documentation, 32.15 Environment Variables)."""


def libpq_environment(name: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The URL in `environ[name]` as `{"PGHOST": …, "PGPASSWORD": …}`.

    Parameters that only Prisma knows (`schema`, `pgbouncer`, `connection_limit` …) are left out: libpq refuses a URL
    that has them.

    Raises:
        Refusal: the variable is not set or is not a PostgreSQL URL; the sentence never holds its value.
    """
    import psycopg  # here and not above: it is slow to import, and only a step that runs needs it

    if not environ.get(name):
        raise Refusal(say("{names} must be set in NeonOps' environment for this step.", names=name))
    try:
        url = postgres_url(environ[name].strip())
    except ValueError as error:
        raise Refusal(say("{name} is not a PostgreSQL URL: {why}.", name=name, why=error)) from None
    try:
        found = psycopg.conninfo.conninfo_to_dict(_without_strangers(url))
    except (psycopg.Error, ValueError):
        raise Refusal(say("{name} is not a PostgreSQL URL.", name=name)) from None  # the cause quotes the password
    return {_VARIABLES[key]: str(value) for key, value in found.items() if key in _VARIABLES}


def _without_strangers(url: str) -> str:
    parts = urlsplit(url)
    known = [(key, value) for key, value in parse_qsl(parts.query) if key in _VARIABLES]
    return urlunsplit(parts._replace(query=urlencode(known)))
