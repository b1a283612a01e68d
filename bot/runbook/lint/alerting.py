"""Whether somebody is told when an incident is declared, and by the steps that say so."""

from collections.abc import Iterator

from bot.runbook.model import Runbook
from bot.runbook.problems import Finding
from bot.text import say


def alerting(runbook: Runbook) -> Iterator[Finding]:
    """Severities that alert nobody."""
    procedures = {procedure.id: procedure for procedure in runbook.procedures}
    for index, severity in enumerate(runbook.severities):
        procedure = procedures.get(severity.procedure)
        if procedure and not procedure.alerts and not severity.alerted:
            sentence = "alerts nobody: name roles in alert or invite, or begin {name!r} with a notify step"
            yield Finding(("severities", index), say(sentence, name=procedure.id), level="warning")
