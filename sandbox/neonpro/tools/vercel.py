"""`vercel` 64 against the practice Vercel API: deploy, inspect, ls, rollback, promote, logs."""

import json
import os
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from sandbox.neonpro.tools.stage import Failed, play, say, state

VERSION = "64.0.2"
POLL_SECONDS = 0.3


def run(words: list[str]) -> int:
    flags = {one.partition("=")[0]: one.partition("=")[2] for one in words if one.startswith("-")}
    plain = [one for one in words if not one.startswith("-")]
    match plain:
        case _ if "--version" in flags:
            say(VERSION)
        case [] | ["deploy"]:
            return _deploy(flags)
        case ["inspect", deployment, *_]:
            return _inspect(deployment, wait="--wait" in flags)
        case ["ls" | "list", project, *_]:
            _list(project)
        case ["rollback" | "promote" as verb, deployment, *_]:
            return _move(verb, deployment)
        case ["logs", *_]:
            say("WARN! The --follow flag is deprecated and no longer streams.", error=True)
        case _:
            raise Failed(f"Error: unknown command {' '.join(plain)!r}")
    return 0


def _ask(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    base = os.environ.get("VERCEL_API_URL") or state("vercel_url")
    token = os.environ.get("VERCEL_TOKEN") or state("vercel_token")
    if not base:
        raise Failed("Error: there is no practice Vercel here: set VERCEL_API_URL")
    sent = json.dumps(body).encode() if body is not None else None
    asked = urllib.request.Request(base + path, sent, {"Authorization": f"Bearer {token}"}, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            said = answer.read()
            return json.loads(said) if said else None
    except urllib.error.HTTPError as error:
        with error:
            raise Failed(f"Error: {json.loads(error.read())['error']['message']} ({error.code})") from error
    except OSError as error:
        raise Failed(f"Error: the practice Vercel did not answer: {error}") from error


def _project(flags: dict[str, str]) -> str:
    named = flags.get("--project") or os.environ.get("VERCEL_PROJECT_ID")
    return named or ("neonpro-web" if Path.cwd().name == "web" else "neonpro-api")


def _deploy(flags: dict[str, str]) -> int:
    name = _project(flags)
    say(f"Vercel CLI {VERSION}\nDeploying neonpro/{name}", error=True)
    body: dict[str, Any] = {"name": name, "project": name, "files": [{"file": "package.json"}]}
    body |= {"target": "production"} if "--prod" in flags else {}
    body |= {"autoAssignCustomDomains": False} if "--skip-domain" in flags else {}
    made = _ask("POST", "/v13/deployments?skipAutoDetectionConfirmation=1", body)
    say(f"Inspect: {made['inspectorUrl']}", error=True)
    ended = _waited(made["id"])
    if ended["readyState"] != "READY":
        raise Failed(f"Error: {ended.get('errorMessage', 'The deployment was canceled')}")
    say(f"http://{made['url']}")
    return 0


def _waited(deployment: str) -> Any:
    while True:
        found = _ask("GET", f"/v13/deployments/{deployment}")
        if found["readyState"] in ("READY", "ERROR", "CANCELED"):
            return found
        time.sleep(POLL_SECONDS)


def _inspect(deployment: str, *, wait: bool) -> int:
    found = _waited(deployment) if wait else _ask("GET", f"/v13/deployments/{deployment}")
    lines = [f"    {name}\t{found[name]}" for name in ("id", "name", "target", "readyState", "url")]
    play(["  General", "", *lines], 0.2)
    return 1 if found["readyState"] in ("ERROR", "CANCELED") else 0


def _list(project: str) -> None:
    found = _ask("GET", f"/v7/deployments?projectId={project}&limit=20")["deployments"]
    play([f"{one['uid']}  {one['readyState']:8} {one['target'] or 'preview'}" for one in found], 0.3)


def _move(verb: str, deployment: str) -> int:
    # The first word is taken as the deployment, whatever it is: `vercel rollback neonpro-api dpl_…` fails.
    found = _ask("GET", f"/v13/deployments/{deployment}")
    version = "v9" if verb == "rollback" else "v10"
    _ask("POST", f"/{version}/projects/{found['projectId']}/{verb}/{found['id']}", {})
    return _moved(found["projectId"], found["id"])


def _moved(project: str, deployment: str) -> int:
    while True:
        job = _ask("GET", f"/v9/projects/{project}?rollbackInfo=true")["lastAliasRequest"]
        if job["toDeploymentId"] != deployment or job["jobStatus"] == "failed":
            raise Failed(f"Error: {deployment} did not become the production deployment")
        if job["jobStatus"] == "succeeded":
            say(f"Success! {deployment} serves production")
            return 0
        time.sleep(POLL_SECONDS)
