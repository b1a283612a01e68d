"""Whom a severity calls when it is declared, beside what its checklist alerts by itself."""

from bot.alerts.calling import call_roles
from bot.alerts.model import Call, Way
from bot.domain import Domain
from bot.ports import Tx
from bot.runbook.model import Procedure, Severity
from bot.runs.model import Run

PAGED_RANK = 1
"""The gravest severities page; the others mention."""


def call_for(domain: Domain, tx: Tx, run: Run, severity: Severity, procedure: Procedure) -> None:
    """Alert the roles of the severity, unless its checklist alerts by itself and the severity names nobody."""
    if severity.alert is None and procedure.alerts:
        return
    known = [row.step_attempt for row in tx.alerts.find(run_id=run.id, item="") if row.way is not Way.INVITATION]
    call = Call("", max(known, default=0) + 1)
    call_roles(domain, tx, run, severity.alerted, call, pages=severity.rank == PAGED_RANK)
