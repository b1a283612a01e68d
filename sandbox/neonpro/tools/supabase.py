"""`supabase` 3: dumps, read-only queries and the list of backups; it refuses what the real one refuses."""

import json
import sys
from pathlib import Path

from sandbox.neonpro.tools import dump
from sandbox.neonpro.tools.stage import Failed, play, say, state

VERSION = "3.1.0"
_PLAIN = ("--data-only", "--use-copy", "--role-only", "--keep-comments", "--dry-run", "--local", "--linked", "--remote")
_VALUED = ("--exclude", "-x", "--schema", "-s", "--file", "-f", "--password", "-p", "--db-url", "--remote", "--output")


def run(words: list[str]) -> int:
    match words:
        case ["--version" | "-v"]:
            say(VERSION)
        case ["db", "dump", *rest]:
            _dump(_flags(rest))
        case ["db", "query", *rest]:
            _query(rest)
        case ["backups", "list", *_]:
            say("  REGION    | BACKUP TYPE | STATUS    | CREATED AT (UTC)")
            say("  sa-east-1 | PHYSICAL    | COMPLETED | today")
        case ["db" | "backups", other, *_]:
            raise Failed(f'Unknown subcommand "{other}" for "supabase {words[0]}"')
        case _:
            raise Failed(f"Unknown command {' '.join(words)!r}")
    return 0


def _flags(words: list[str]) -> dict[str, str]:
    found, left = {}, list(words)
    while left:
        name, _, value = left.pop(0).partition("=")
        if name not in (*_PLAIN, *_VALUED):
            raise Failed(f"Unrecognized flag: {name}")
        if name in _VALUED and name not in _PLAIN and not value:
            value = left.pop(0) if left else ""
        found[{"-f": "--file"}.get(name, name)] = value
    return found


def _dump(flags: dict[str, str]) -> None:
    _want_remote(flags)
    what = "roles" if "--role-only" in flags else "data" if "--data-only" in flags else "schemas"
    say(f"Dumping {what} from remote database...", error=True)
    if "--dry-run" in flags:
        say(f"export PGPASSWORD={state('dsn').partition('@')[0].rpartition(':')[2]!r}\npg_dump …")
        return
    text = {"roles": dump.roles, "data": dump.rows, "schemas": dump.schema}[what]()
    play([], 1.0)
    if "--file" not in flags:
        sys.stdout.write(text)
        return
    Path(flags["--file"]).write_text(text)
    say(f"Dumped {what} to {Path(flags['--file']).resolve()}.", error=True)


def _want_remote(flags: dict[str, str]) -> None:
    # Since version 3 the default is the local stack, and none runs here.
    if not {"--remote", "--linked", "--db-url"} & set(flags):
        raise Failed("failed to inspect service: no local stack runs; start it with supabase start")


def _query(rest: list[str]) -> None:
    query = next((one for one in rest if " " in one), "")
    _want_remote(_flags([one for one in rest if one not in (query, "--read-only", "json")]))
    wrapped = f"select coalesce(json_agg(found), '[]') from ({query.rstrip().rstrip(';')}) found"
    answer = dump.real("psql", "-XAtqc", "set default_transaction_read_only = on", "-c", wrapped)
    say(json.dumps(json.loads(answer or "[]"), indent=2))
