"""Names in the environment that look like settings and are none."""

import difflib
import re
from collections.abc import Collection, Iterator, Mapping

from bot.text import say

PREFIX = "NEONOPS_"
_OURS = re.compile(r"NEONOPS[_.-].*")
"""Also what other separators make of it."""
_COMPOSE = {"NEONOPS_DB_PASSWORD"}
"""What compose.yml is filled from."""
_KUBERNETES = re.compile(r".*_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)")
"""What Kubernetes tells every container about a service of this name."""


def strangers(environ: Mapping[str, str], known: Collection[str]) -> Iterator[str]:
    """A sentence for each name that begins like a setting of NeonOps and is none, with the nearest that is."""
    for name, value in environ.items():
        if not _OURS.fullmatch(name.upper()) or name.upper() in known or _is_anothers(name.upper(), value):
            continue
        own = [each.removeprefix(PREFIX) for each in known if each.startswith(PREFIX)]
        near = difflib.get_close_matches(re.sub(r"[.-]", "_", name.upper()).removeprefix(PREFIX), own, n=1)
        if near:
            yield say("{name} is not a setting; did you mean {near}?", name=name, near=PREFIX + near[0])
        else:
            names = ", ".join(PREFIX + each for each in own)
            yield say("{name} is not a setting: remove it. Settings are {names}.", name=name, names=names)


def _is_anothers(name: str, value: str) -> bool:
    return name in _COMPOSE or bool(_KUBERNETES.fullmatch(name)) or (name.endswith("_PORT") and "://" in value)
