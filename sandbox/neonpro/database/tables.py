"""NeonPro's database: the tables of its three applied migrations, made-up rows, and a role that can only read."""

import asyncio
import atexit
import secrets
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from sandbox.neonpro.database import applying, migrations
from sandbox.neonpro.database.postgres import NoPostgres, Postgres

NAME = "neonpro"
SPARE = "neonpro_restored"
READER = "supabase_read_only_user"


class DatabaseRefused(Exception):
    """PostgreSQL refused a query; the message is PostgreSQL's."""


class Database:
    """A real PostgreSQL, or none: then `problem` says why and the DSNs are empty."""

    def __init__(self) -> None:
        self.dsn = self.readonly_dsn = self.spare_dsn = ""
        self.problem = "not started"
        self.away = False
        self._server: Postgres | None = None

    @property
    def running(self) -> bool:
        return not self.problem

    def start(self, directory: Path) -> None:
        """Make a fresh cluster under `directory` and fill it; blocks for about a second. Never raises NoPostgres."""
        server = Postgres(directory)
        try:
            server.start()
        except NoPostgres as error:
            self.problem = str(error)
            return
        self._server, self.problem = server, ""
        atexit.register(self.stop)
        self._fill(server)

    def stop(self) -> None:
        """Stop the server and remove its cluster. May be called twice."""
        atexit.unregister(self.stop)
        if self._server is not None:
            self._server.remove()
        self._server, self.problem = None, "stopped"

    def set_away(self, away: bool) -> None:
        """Stop PostgreSQL (connections are refused), or start it again on the same address; blocks for 0.1 s."""
        if self._server is not None and away != self.away:
            (self._server.pause if away else self._server.resume)()
        self.away = away

    def empty_spare(self) -> None:
        """Make the spare database anew, which stands in for a new project's: empty."""
        if self._server is None:
            return
        with psycopg.connect(self._server.dsn("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(SPARE)))
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(SPARE)))
        self.spare_dsn = self._server.dsn(SPARE)

    async def ping(self) -> tuple[float, int]:
        """Ask PostgreSQL how many users there are: (milliseconds, users). Raises DatabaseRefused."""
        began = asyncio.get_running_loop().time()
        rows = await self.read("select count(*)::int as users from public.users")
        return round((asyncio.get_running_loop().time() - began) * 1000, 1), rows[0]["users"]

    async def read(self, query: str) -> list[dict[str, Any]]:
        """Rows of a query run as the role that can only read. Raises DatabaseRefused."""
        if not self.running:
            raise DatabaseRefused(f"there is no practice PostgreSQL: {self.problem}")
        try:
            async with await psycopg.AsyncConnection.connect(
                self.readonly_dsn, connect_timeout=2, row_factory=dict_row, options="-c statement_timeout=8000"
            ) as connection:
                answer = await connection.execute(query.encode())
                return await answer.fetchall() if answer.description else []
        except psycopg.Error as error:
            raise DatabaseRefused(str(error).strip() or type(error).__name__) from error

    def _fill(self, server: Postgres) -> None:
        reader_password = "readonly-" + secrets.token_hex(8)
        with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(NAME)))
        self.dsn = server.dsn(NAME)
        self.readonly_dsn = server.dsn(NAME, user=READER, password=reader_password)
        with psycopg.connect(self.dsn) as connection:
            for migration in migrations.bundled()[: migrations.APPLIED]:
                applying.apply(connection, migration)
            connection.execute(_ROWS.encode())
            _make_reader(connection, reader_password)
        self.empty_spare()


def _make_reader(connection: psycopg.Connection[Any], password: str) -> None:
    role = sql.Identifier(READER)
    made = sql.SQL("create role {} login password {}").format(role, sql.Literal(password))
    connection.execute(made)
    connection.execute(sql.SQL("alter role {} set default_transaction_read_only = on").format(role))
    connection.execute(sql.SQL("grant pg_read_all_data, pg_read_all_stats to {}").format(role))


_ROWS = """
insert into users (id, email, full_name, created_at)
select case n when 1 then 'test-user-id' else 'usr_' || lpad(n::text, 5, '0') end,
       'user' || lpad(n::text, 5, '0') || '@example.com', 'Practice User ' || n,
       now() - make_interval(mins => n * 7)
from generate_series(1, 240) n;
insert into appointments (id, user_id, clinic, starts_at, status, created_at)
select 'apt_' || lpad(n::text, 5, '0'), u.id, 'Clinic ' || (n % 6 + 1), now() + make_interval(hours => n % 400 - 200),
       (array['booked', 'confirmed', 'done', 'canceled'])[n % 4 + 1], now() - make_interval(mins => n * 3)
from generate_series(1, 600) n
join users u on u.id = 'usr_' || lpad((n % 239 + 2)::text, 5, '0');
insert into consents (id, user_id, purpose, granted_at)
select 'cns_' || id, id, 'appointments', created_at from users;
update _prisma_migrations
set started_at = now() - make_interval(days => 90 - 20 * place)
from (select id, (row_number() over (order by migration_name))::int as place from _prisma_migrations) placed
where placed.id = _prisma_migrations.id;
update _prisma_migrations set finished_at = started_at + interval '2 seconds';
analyze;
"""
