"""The kinds of run that there are. A new one is a folder with its `Kind`, and one name here."""

from functools import partial

from bot.deploys.kind import DEPLOY
from bot.deploys.rollbacks.kind import ROLLBACK
from bot.incidents.kind import INCIDENT
from bot.production.ending import LAST_LOOK
from bot.production.inputs import ProductionInputs
from bot.restores.kind import RESTORE
from bot.runs.kind import Kind, Kinds
from bot.runs.startable import startable

CHECKLIST = Kind("checklist", ProductionInputs, work=("maintain", "respond"), last_look=LAST_LOOK)

KINDS: Kinds = {each.name: each for each in (DEPLOY, ROLLBACK, RESTORE, INCIDENT, CHECKLIST)}

DOUBTS = (partial(startable, KINDS),)
"""What is doubtful about a runbook by these kinds."""
