"""Small runbooks of the tests' own."""

from copy import deepcopy
from functools import cache
from typing import Any

import yaml

from bot.runbook.load import bundled_path

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
"""Ten times as fast where they are there: nearly every test here writes a runbook."""
PERMISSIONS = {
    name: ["devops", "platform_lead"]
    for name in ("deploy", "approve", "rollback", "respond", "lock", "override", "maintain")
}


def runbook(procedures: list[dict[str, Any]], **more: Any) -> str:
    """A runbook of these procedures; the first is that of P1."""
    severity = {
        "id": "p1", "title": "P1", "impact": "All is down", "response": "15m", "rank": 1,
        "procedure": procedures[0]["id"], "invite": ["devops"],
    }  # fmt: skip
    whole = {"schema": 1, "name": "own", "title": "Own runbook", "permissions": PERMISSIONS, "procedures": procedures,
             "severities": [severity], **more}  # fmt: skip
    return written(whole)


KEPT = {
    "requirements": ["reviewed"],
    "preparation": ["build"],
    "migration": [],
    "deploy_api": ["api_deploy", "api_promote", "api_live"],
    "verification": ["user_flows"],
    "monitoring_24h": ["error_rates", "performance_hourly"],
}
"""Phases and steps of a deploy that is over soon."""


def short_runbook(*more: str) -> str:
    """The bundled runbook with fewer steps in a deploy: those of KEPT, and `more` of the same phases."""
    return written(short_data(*more))


def short_data(*more: str) -> dict[str, Any]:
    """What `short_runbook` says, to be changed."""
    whole = bundled_data()
    deploy = next(each for each in whole["procedures"] if each["id"] == "deploy")
    kept = [_kept(phase, more) for phase in deploy["phases"] if phase["id"] in KEPT]
    deploy["phases"] = [phase for phase in kept if phase["steps"]]
    return whole


def bundled_data() -> dict[str, Any]:
    """What the bundled runbook says, to be changed."""
    return deepcopy(_bundled())


@cache
def _bundled() -> dict[str, Any]:
    data: dict[str, Any] = yaml.load(bundled_path().read_text("utf-8"), _LOADER)
    return data


def written(whole: dict[str, Any]) -> str:
    """A runbook as YAML."""
    text: str = yaml.dump(whole, Dumper=_DUMPER, allow_unicode=True, sort_keys=False)
    return text


def _kept(phase: dict[str, Any], more: tuple[str, ...]) -> dict[str, Any]:
    return {**phase, "steps": [step for step in phase["steps"] if step["id"] in (*KEPT[phase["id"]], *more)]}


def long_runbook(*, phases: int, items: int, started: bool = False) -> str:
    """A checklist with the longest titles that there may be: of an incident, or `started` by the item of one."""
    made = [
        {
            "id": f"phase{phase}",
            "title": f"Phase {phase}",
            "steps": [
                {"id": f"item{phase}_{item}", "text": f"{phase}.{item} " + "ação <!channel> 🚑 & `x` " * 11}
                for item in range(items)
            ],
        }
        for phase in range(phases)
    ]
    if not started:
        return runbook([{"id": "long", "kind": "incident", "title": "Long", "phases": made}])
    item = {"id": "start", "kind": "start_procedure", "text": "Work through it", "procedure": "long"}
    first = [{"id": "first", "title": "First", "steps": [item]}]
    incident = {"id": "short", "kind": "incident", "title": "Short", "phases": first}
    return runbook([incident, {"id": "long", "kind": "checklist", "title": "Long", "phases": made}])


def windows_runbook() -> str:
    """A checklist with two windows of ten minutes, one item each."""
    phases = [
        {
            "id": name, "title": name.capitalize(), "window": {"starts": starts, "until": until},
            "steps": [{"id": f"{name}_item", "text": f"Do the {name}"}],
        }
        for name, starts, until in (("first", "0s", "10m"), ("second", "10m", "20m"))
    ]  # fmt: skip
    return runbook([{"id": "windows", "kind": "incident", "title": "Windows", "phases": phases}])


API = {
    "id": "api", "title": "API", "url": "${NEONPRO_API_URL}", "vercel_project": "neonpro-api",
    "git_repo": "neonpro/neonpro",
}  # fmt: skip
VARIABLES = {"NEONPRO_API_URL": {"default": "http://127.0.0.1:9", "text": "Address of the API"}}


def printing_runbook(path: str) -> str:
    """A deploy that prints a file, with a password in its environment, and then builds."""
    show = {
        "id": "show", "kind": "shell", "text": "Print", "run": [["cat", path]], "idempotent": True,
        "env": ["NEONPRO_PROXY_PASSWORD", "DATABASE_URL"],
    }  # fmt: skip
    build = {"id": "build", "kind": "vercel.deploy", "text": "Build", "service": "api", "timeout": "30s"}
    deploy = _moving("deploy", {"id": "reviewed", "text": "Reviewed"}, [show, build])
    return runbook([INCIDENT, deploy], services=[API], variables=VARIABLES)


def moving_runbook() -> str:
    """A deploy and a rollback that only build and move traffic, and give a move a second to become live."""
    live = {"kind": "vercel.wait_alias", "text": "Wait until it is live", "service": "api", "timeout": "6s"}
    deploy = [
        {"id": "build", "kind": "vercel.deploy", "text": "Build", "service": "api", "timeout": "30s"},
        {"id": "promote", "kind": "vercel.promote", "text": "Promote", "service": "api"},
        {"id": "live", **live},
    ]
    back = [{"id": "back", "kind": "vercel.rollback", "text": "Go back", "service": "api"}, {"id": "moved", **live}]
    recent = {"id": "recent", "kind": "vercel.list", "text": "Look at the deployments", "services": ["api"]}
    procedures = [
        INCIDENT,
        _moving("deploy", {"id": "reviewed", "text": "Reviewed"}, deploy),
        _moving("rollback", recent, back),
    ]
    return runbook(procedures, services=[API], variables=VARIABLES)


def telling_runbook() -> str:
    """A deploy that does nothing but tell people."""
    tell = {"id": "tell", "kind": "notify", "text": "Tell them", "roles": ["devops", "platform_lead"]}
    deploy = _moving("deploy", {"id": "reviewed", "text": "Reviewed"}, [tell])
    return runbook([INCIDENT, deploy], services=[API], variables=VARIABLES)


def _moving(name: str, first: dict[str, Any], steps: list[dict[str, Any]]) -> dict[str, Any]:
    phases = [_phase("before", [first], stage="before"), _phase("move", steps, mode="sequence")]
    return {"id": name, "kind": name, "title": name.capitalize(), "phases": phases}


def _phase(name: str, steps: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"id": name, "title": name.capitalize(), "steps": steps, **more}


INCIDENT = {"id": "p1", "kind": "incident", "title": "P1", "phases": [_phase("now", [{"id": "look", "text": "Look"}])]}
