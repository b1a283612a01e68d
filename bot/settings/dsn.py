"""Whether a database's URL can be one: what is wrong with it in words that never hold a part of it."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from bot.text import say

POSTGRES = ("postgresql", "postgres")
FORM = "postgresql://user:password@host:5432/database"
_OTHERS = ("mysql", "mariadb", "mssql", "sqlserver", "oracle", "mongodb", "redis", "cockroachdb", "http", "https")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_MEMORY = ("", ":memory:")


def database_url(url: str) -> str:
    """The URL of NeonOps' own database, as it is used.

    Raises:
        ValueError: what is wrong with it, for the end of a sentence.
    """
    scheme, colon, rest = url.partition(":")
    if scheme.lower().partition("+")[0] != "sqlite" or not colon:
        return postgres_url(url, known=f"sqlite:///path or {FORM}")
    if "+" in scheme:
        raise ValueError(say("write sqlite:///path, without a driver"))
    if not rest.startswith("///"):
        raise ValueError(say("write sqlite:///path with three slashes, and four for a path from the root"))
    if rest.removeprefix("///").partition("?")[0] in _MEMORY:
        raise ValueError(say("it names no file, and an in-memory database is lost on exit: write sqlite:///path"))
    return f"sqlite:{rest}"


def postgres_url(url: str, known: str = FORM) -> str:
    """A PostgreSQL URL as libpq reads it.

    Raises:
        ValueError: what is wrong with it, for the end of a sentence.
    """
    scheme, separator, rest = url.partition("://")
    name = scheme.lower().partition("+")[0]
    if name not in POSTGRES or not separator:
        raise ValueError(_unknown(name, known))
    if fault := next(_faults(rest), None):
        raise ValueError(fault)
    return f"postgresql://{rest}"


def reading_url(url: str) -> str:
    """The URL of a database that is read, or libpq's own words for one (`host=… dbname=…`).

    Raises:
        ValueError: what is wrong with it, for the end of a sentence.
    """
    return url if re.match(r"\w+\s*=", url) else postgres_url(url)


def sqlite_url(path: object) -> str:
    """The URL of an SQLite file: what means something in a URL is escaped."""
    return "sqlite:///" + re.sub(r"[%?#]", lambda found: quote(found.group()), str(path))


def sqlite_path(url: str) -> Path | None:
    """The file of an SQLite URL; None for any other."""
    scheme, _, rest = url.partition(":///")
    return Path(unquote(rest.partition("?")[0])) if scheme == "sqlite" and rest else None


def _unknown(name: str, known: str) -> str:
    if name in _OTHERS:
        return say("{name} is not a database that NeonOps knows; write {known}", name=name, known=known)
    return say("it is not the URL of a database that NeonOps knows; write {known}", known=known)


def _faults(rest: str) -> Iterator[str]:
    """What is wrong behind `postgresql://`."""
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    after = rest[len(authority) :]
    user, _, hosts = authority.rpartition("@")
    yield from _unescaped(user, hosts, after)
    yield from (fault for host in hosts.split(",") for fault in _of_host(host))
    try:
        named = urlsplit(f"postgresql://{rest}")
    except ValueError:
        yield say("its host cannot be read; write {form}", form=FORM)
        return
    words = dict(parse_qsl(named.query))
    if not (hosts or words.keys() & {"host", "hostaddr", "service"}):
        yield say("it names no host (a socket's directory is written ?host=/directory); write {form}", form=FORM)
    if not (named.path.strip("/") or words.keys() & {"dbname", "service"}):
        yield say("it names no database; write {form}", form=FORM)


def _unescaped(user: str, hosts: str, after: str) -> Iterator[str]:
    """Characters of a user or password that end it too early, or that nothing can be made of."""
    if sign := _early_end(hosts, after) or next((each for each in "@[]# " if each in user), ""):
        name = {" ": say("a space")}.get(sign, sign)
        yield say("write {sign} in its user or password as {escape}", sign=name, escape=quote(sign, safe=""))
    elif "#" in after:
        yield say("write # as {escape}", escape=quote("#"))
    elif _BARE_PERCENT.search(user):
        yield say("write % in its user or password as {escape}", escape=quote("%"))


def _early_end(hosts: str, after: str) -> str:
    """The character that ended the part before the path, when the @ that should end its password comes after it."""
    path, _, query = after.partition("?")
    no_port = ":" in hosts and not hosts.rpartition(":")[2].isdecimal()
    return after[:1] if "@" in path or ("@" in query and (no_port or not path)) else ""


def _of_host(host: str) -> Iterator[str]:
    match = re.fullmatch(r"(\[[0-9A-Fa-f:.%]+\]|[^\[\]:]*)(?::(.*))?", host)
    if match is None:
        yield say("its host cannot be read; write {form}", form=FORM)
    elif match[2] is not None and not (match[2].isdecimal() and match[2].isascii() and 0 < int(match[2]) < 65536):
        yield say("its port must be a number from 1 to 65535")
