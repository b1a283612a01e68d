"""Small runbooks of the tests' own."""

from typing import Any

import yaml

from bot.runbook.load import bundled_path

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
    return yaml.safe_dump(whole, allow_unicode=True, sort_keys=False)


KEPT = {
    "requirements": ["reviewed"],
    "preparation": ["build"],
    "migration": ["migrate"],
    "deploy_api": ["api_deploy", "api_promote", "api_live"],
    "verification": ["user_flows"],
    "monitoring_24h": ["error_rates", "performance_hourly"],
}
"""Phases and steps of a deploy that is over soon."""


def short_runbook(*more: str) -> str:
    """The bundled runbook with fewer steps in a deploy: those of KEPT, and `more` of the same phases."""
    whole: dict[str, Any] = yaml.safe_load(bundled_path().read_text("utf-8"))
    deploy = next(each for each in whole["procedures"] if each["id"] == "deploy")
    deploy["phases"] = [_kept(phase, more) for phase in deploy["phases"] if phase["id"] in KEPT]
    return yaml.safe_dump(whole, allow_unicode=True, sort_keys=False)


def _kept(phase: dict[str, Any], more: tuple[str, ...]) -> dict[str, Any]:
    return {**phase, "steps": [step for step in phase["steps"] if step["id"] in (*KEPT[phase["id"]], *more)]}


def long_runbook(*, phases: int, items: int) -> str:
    """A checklist whose items have the longest titles that there may be."""
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
    return runbook([{"id": "long", "kind": "incident", "title": "Long", "phases": made}])


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
