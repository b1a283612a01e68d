"""Vendors' status pages in the Statuspage v2 shape: `/status/{vendor}/api/v2/summary.json`, and `status.json`."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.neonpro.lost_answers import Lost
from sandbox.neonpro.switches import VENDORS, Switches, Vendor

_NAMES = {"github": "GitHub", "openai": "OpenAI"}
_COMPONENTS = {
    "vercel": ("API", "Builds", "Edge Network", "Serverless Functions"),
    "supabase": ("Database", "Auth", "Connection Pooler", "Storage"),
    "github": ("Git Operations", "Actions", "API Requests"),
    "cloudflare": ("CDN/Cache", "DNS", "API"),
    "openai": ("Chat Completions", "Embeddings", "Login"),
    "slack": ("Messaging", "Apps/Integrations/APIs", "Login/SSO"),
}
_DESCRIPTIONS = {
    "none": "All Systems Operational",
    "minor": "Minor Service Outage",
    "major": "Partial System Outage",
    "critical": "Major Service Outage",
    "maintenance": "Service Under Maintenance",
}
_STATUSES = {
    "none": "operational",
    "minor": "degraded_performance",
    "major": "partial_outage",
    "critical": "major_outage",
    "maintenance": "under_maintenance",
}


def status_routes(switches: Switches, now: Callable[[], float]) -> list[BaseRoute]:
    async def answer(request: Request) -> Response:
        vendor = request.path_params["vendor"]
        if vendor not in VENDORS:
            return JSONResponse({"error": "Not found"}, 404)
        said = switches.vendor(vendor)
        if said == "unreachable":
            return Lost()
        whole = summary(vendor, said, datetime.fromtimestamp(now(), UTC), str(request.base_url))
        short = {name: whole[name] for name in ("page", "status")}
        return JSONResponse(whole if request.path_params["file"] == "summary" else short)

    return [Route("/status/{vendor}/api/v2/{file}.json", answer)]


def summary(vendor: str, said: Vendor, at: datetime, address: str) -> dict[str, Any]:
    """`summary.json`: while something is wrong the first component shows it, and an incident or a maintenance."""
    url = f"{address.rstrip('/')}/status/{vendor}"
    name = _NAMES.get(vendor, vendor.capitalize())
    page = {"id": f"page-{vendor}", "name": name, "url": url, "time_zone": "Etc/UTC", "updated_at": at.isoformat()}
    return {
        "page": page,
        "status": {"indicator": said, "description": _DESCRIPTIONS[said]},
        "components": [_component(vendor, number, said, at) for number in range(len(_COMPONENTS[vendor]))],
        "incidents": [_incident(vendor, said, at, url)] if said in ("minor", "major", "critical") else [],
        "scheduled_maintenances": [_maintenance(vendor, at)] if said == "maintenance" else [],
    }


def _component(vendor: str, number: int, said: Vendor, at: datetime) -> dict[str, Any]:
    hit = number == 0 or said == "critical"
    return {
        "id": f"{vendor}-{number}",
        "name": _COMPONENTS[vendor][number],
        "status": _STATUSES[said] if hit else "operational",
        "group": False,
        "group_id": None,
        "only_show_if_degraded": False,
        "updated_at": at.isoformat(),
    }


def _incident(vendor: str, said: Vendor, at: datetime, url: str) -> dict[str, Any]:
    began = (at - timedelta(minutes=12)).isoformat()
    update = {
        "id": f"upd-{vendor}",
        "status": "investigating",
        "body": f"We are investigating elevated errors of {_COMPONENTS[vendor][0]}.",
        "created_at": began,
    }
    return {
        "id": f"inc-{vendor}",
        "name": f"Elevated errors: {_COMPONENTS[vendor][0]}",
        "status": "investigating",
        "impact": said,
        "shortlink": f"{url}/incidents/inc-{vendor}",
        "created_at": began,
        "updated_at": began,
        "incident_updates": [update],
    }


def _maintenance(vendor: str, at: datetime) -> dict[str, Any]:
    return {
        "id": f"mnt-{vendor}",
        "name": f"Planned work on {_COMPONENTS[vendor][0]}",
        "status": "in_progress",
        "impact": "maintenance",
        "scheduled_for": (at - timedelta(minutes=30)).isoformat(),
        "scheduled_until": (at + timedelta(minutes=90)).isoformat(),
    }
