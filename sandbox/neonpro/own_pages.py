"""Pages of NeonPro's own at Statuspage (`/statuspage/v1/…`) and Instatus (`/instatus/v1/…`), as their APIs are."""

import secrets
from collections.abc import Callable
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.neonpro.lost_answers import Lost

Answer = Literal["normal", "lost", "limited", "broken", "denied"]
KEY, PAGE = "practice-key", "practicepage"
_LIMITED = 420


class OwnPages:
    """What was told. `answers` are the next answers to what changes something; then all is normal.

    `lost`: it was done, and the answer does not arrive. `sent`: everything that changed something, in order.
    """

    def __init__(self) -> None:
        self.statuspage: list[dict[str, Any]] = []
        self.instatus: list[dict[str, Any]] = []
        self.answers: list[Answer] = []
        self.sent: list[dict[str, Any]] = []

    @property
    def routes(self) -> list[BaseRoute]:
        """Both APIs."""
        at, instatus = f"/statuspage/v1/pages/{PAGE}", f"/instatus/v1/{PAGE}/incidents"
        return [
            Route(at, self._guarded(lambda body, which: {"id": PAGE})),
            Route(f"{at}/incidents", self._guarded(lambda body, which: self.statuspage[::-1])),
            Route(f"{at}/incidents", self._guarded(self._make_incident), methods=["POST"]),
            Route(f"{at}/incidents/{{id}}", self._guarded(self._change_incident), methods=["PATCH"]),
            Route(f"{at}/incidents/{{id}}", self._guarded(self._drop(self.statuspage)), methods=["DELETE"]),
            Route(instatus, self._guarded(lambda body, which: self.instatus[::-1])),
            Route(instatus, self._guarded(self._make_in_instatus), methods=["POST"]),
            Route(f"{instatus}/{{id}}", self._guarded(self._drop(self.instatus)), methods=["DELETE"]),
            Route(f"{instatus}/{{id}}/incident-updates", self._guarded(self._update_in_instatus), methods=["POST"]),
        ]

    def _guarded(self, answer: Callable[[dict[str, Any], str], Any]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            if KEY not in request.headers.get("authorization", ""):
                return JSONResponse({"error": "Could not authenticate"}, 401)
            if request.method == "GET":
                return JSONResponse(answer({}, ""))
            said = self.answers.pop(0) if self.answers else "normal"
            if said in ("limited", "broken", "denied"):
                status = {"limited": _LIMITED, "broken": 503, "denied": 401}[said]
                return JSONResponse({"error": said}, status)
            body = await request.json() if request.method != "DELETE" else {}
            self.sent.append(body)
            done = answer(body, request.path_params.get("id", ""))
            return Lost() if said == "lost" else JSONResponse(done)

        return endpoint

    def _make_incident(self, body: dict[str, Any], which: str) -> dict[str, Any]:
        made: dict[str, Any] = {"id": secrets.token_hex(6), "incident_updates": [], "metadata": {}}
        self.statuspage.append(made)
        return self._change_incident(body, made["id"])

    def _change_incident(self, body: dict[str, Any], which: str) -> dict[str, Any]:
        found = next(each for each in self.statuspage if each["id"] == which)
        told = body["incident"]
        found |= {name: told[name] for name in ("name", "status", "metadata", "components") if name in told}
        found["incident_updates"].insert(0, {"status": told["status"], "body": told["body"]})
        return found

    def _make_in_instatus(self, body: dict[str, Any], which: str) -> dict[str, Any]:
        made: dict[str, Any] = {
            "id": secrets.token_hex(6),
            "name": body["name"],
            "started": body["started"],
            "updates": [],
        }
        self.instatus.append(made)
        return self._update_in_instatus(body, made["id"])

    def _update_in_instatus(self, body: dict[str, Any], which: str) -> dict[str, Any]:
        found = next(each for each in self.instatus if each["id"] == which)
        found["updates"].insert(0, {"status": body["status"], "message": body["message"]})
        return found

    @staticmethod
    def _drop(incidents: list[dict[str, Any]]) -> Callable[[dict[str, Any], str], dict[str, Any]]:
        def drop(body: dict[str, Any], which: str) -> dict[str, Any]:
            incidents[:] = [each for each in incidents if each["id"] != which]
            return {}

        return drop
