"""The status page for machines: JSON in the shape of Statuspage's API v2, and an Atom feed."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as Xml

from bot.status.page import Component, Incident, Page, Planned
from handlers.web.status.html import LOCALES, iso
from handlers.web.status.words import indicator_words, status_words

ATOM = "http://www.w3.org/2005/Atom"
BEGAN = "2026"
"""The year in our `tag:` ids (RFC 4151): it never changes."""


def json_files(page: Page, url: str) -> dict[str, str]:
    """Every file below `/api/v2/`, by its name."""
    head = {"page": _page(page, url)}
    status = {"indicator": page.indicator, "description": str(indicator_words()[page.indicator])}
    components = [_component(each, page, number) for number, each in enumerate(page.components, 1)]
    maintenances = [_maintenance(each, page, url) for each in page.maintenances]
    files = {
        "summary": head | {
            "components": components,
            "incidents": [_incident(each, page, url) for each in page.open_incidents],
            "scheduled_maintenances": maintenances,
            "status": status,
        },
        "status": head | {"status": status},
        "components": head | {"components": components},
        "incidents": head | {"incidents": [_incident(each, page, url) for each in page.incidents]},
        "scheduled-maintenances": head | {"scheduled_maintenances": maintenances},
    }  # fmt: skip
    return {name: json.dumps(each, ensure_ascii=False, indent=1) for name, each in files.items()}


def _page(page: Page, url: str) -> dict[str, Any]:
    return {
        "id": "neonops", "name": page.name.text, "url": url, "time_zone": page.zone, "updated_at": iso(page.updated_at)
    }  # fmt: skip


def _component(each: Component, page: Page, position: int) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.name.text,
        "status": each.status,
        "description": None,
        "position": position,
        "group": False,
        "group_id": None,
        "page_id": "neonops",
        "only_show_if_degraded": False,
        "showcase": True,
        "updated_at": iso(page.updated_at),
    }


def _incident(each: Incident, page: Page, url: str) -> dict[str, Any]:
    services = [found for service in each.services if (found := page.named(service))]
    return {
        "id": each.id,
        "name": each.name.text,
        "status": each.status,
        "impact": each.impact,
        "shortlink": f"{url}/#{each.id}",
        "page_id": "neonops",
        "created_at": iso(each.started_at),
        "started_at": iso(each.started_at),
        "updated_at": iso(each.updated_at),
        "resolved_at": iso(each.updated_at) if each.is_over else None,
        "components": [{"id": service.id, "name": service.name.text} for service in services],
        "incident_updates": [
            {
                "id": update.id,
                "incident_id": each.id,
                "status": update.status,
                "body": update.body.text,
                "created_at": iso(update.at),
                "display_at": iso(update.at),
                "updated_at": iso(update.at),
            }
            for update in each.updates
        ],
    }


def _maintenance(each: Planned, page: Page, url: str) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.name.text,
        "status": each.status,
        "impact": "maintenance",
        "shortlink": f"{url}/#{each.id}",
        "page_id": "neonops",
        "created_at": iso(each.updated_at),
        "updated_at": iso(each.updated_at),
        "scheduled_for": iso(each.starts_at),
        "scheduled_until": iso(each.ends_at),
        "components": [{"id": service.id, "name": service.name.text} for service in page.components],
        "incident_updates": [],
    }


def atom(page: Page, path: str, url: str) -> str:
    """The feed of all incidents in the language of `path`; an entry keeps its id for ever."""
    locale = LOCALES[path]
    name = urlsplit(url).hostname or "localhost"
    feed = Xml.Element("feed", {"xmlns": ATOM, "xml:lang": locale})
    _add(feed, "title", page.name.words(locale))
    _add(feed, "id", f"tag:{name},{BEGAN}:status/{path}")
    _add(feed, "updated", iso(page.updated_at))
    _add(_add(feed, "author"), "name", page.name.words(locale))
    _add(feed, "link", rel="alternate", type="text/html", href=f"{url}/{path}")
    for each in page.incidents:
        _entry(feed, each, locale, f"{url}/{path}#{each.id}", f"tag:{name},{BEGAN}:incident/{each.id}")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(feed, "unicode")


def _entry(feed: Xml.Element, each: Incident, locale: str, link: str, identity: str) -> None:
    entry = _add(feed, "entry")
    _add(entry, "title", each.name.words(locale))
    _add(entry, "id", identity)
    _add(entry, "published", iso(each.started_at))
    _add(entry, "updated", iso(each.updated_at))
    _add(entry, "link", rel="alternate", type="text/html", href=link)
    _add(entry, "content", "\n\n".join(_told(each, locale)), type="text")


def _told(each: Incident, locale: str) -> Iterable[str]:
    statuses = status_words()
    return (f"{statuses[update.status]} ({iso(update.at)}): {update.body.words(locale)}" for update in each.updates)


def _add(parent: Xml.Element, name: str, text: str | None = None, **attributes: str) -> Xml.Element:
    made = Xml.SubElement(parent, name, attributes)
    made.text = text
    return made
