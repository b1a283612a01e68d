"""The names of incidents' channels: by the pattern of their severity, in letters that Slack takes, none twice."""

import re
from collections.abc import Iterator
from datetime import datetime

from slugify import slugify

from bot.incidents.model import Incident
from bot.ports import Tx
from bot.runbook.model import ChannelRule

LIMIT = 80
"""Slack's limit of a channel name, in characters."""
ROOM = 5
"""Characters that are kept for `-2`, `-3` …"""
USUAL = "{date}-{time}"
DRILL = "drill"
_NUMBERED = re.compile(r"(.+-\d{8}-\d{4})(?:-(\d+))?")


def channel_name(rule: ChannelRule, incident: Incident, at: datetime) -> str:
    """`incident-20261123-0102`, or as the rule's pattern says; of a drill `drill-20261123-0102`."""
    prefix = slugify(rule.prefix, max_length=LIMIT - ROOM - len("-20261123-0102")) or "incident"
    pattern = rule.name or f"{prefix}-{USUAL}"
    if incident.drill:
        pattern = f"{DRILL}-{pattern.removeprefix('incident-')}"
    filled = {
        "date": f"{at:%Y%m%d}", "time": f"{at:%H%M}", "id": str(incident.id), "severity": slugify(incident.severity),
    }  # fmt: skip
    room = LIMIT - ROOM - len(pattern.format(title="", **filled))
    title = slugify(incident.title, max_length=max(room, 0), word_boundary=True) if room > 0 else ""
    return re.sub("-{2,}", "-", pattern.format(title=title, **filled)).strip("-_")[: LIMIT - ROOM]


def free_name(tx: Tx, base: str) -> str:
    """The name, or the name with -2, -3 …: the first that no incident of ours has."""
    number = 1
    while tx.incidents.find(channel_name=numbered(base, number), limit=1):
        number += 1
    return numbered(base, number)


def numbered(base: str, number: int) -> str:
    """The n-th name of a base: the base itself, then -2, -3 …"""
    return base if number == 1 else f"{base}-{number}"


def names_from(name: str, count: int) -> Iterator[str]:
    """The name and those that follow it: `…-0102-2`, `…-0102-3` …"""
    found = _NUMBERED.fullmatch(name)
    base, first = (found[1], int(found[2] or 1)) if found else (name, 1)
    return (numbered(base, number) for number in range(first, first + count))
