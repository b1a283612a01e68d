"""The table of areas: dispatch, help, manifest, README, the Home's buttons and all messages come from it."""

from handlers.slack.deploys.area import AREA as DEPLOYS
from handlers.slack.evidence.area import AREA as EVIDENCE
from handlers.slack.health.command import AREA as HEALTH
from handlers.slack.incidents.area import AREA as INCIDENTS
from handlers.slack.incidents.command import incident_command
from handlers.slack.legal.area import AREA as LEGAL
from handlers.slack.oncall.command import AREA as ONCALL
from handlers.slack.restores.area import AREA as RESTORES
from handlers.slack.rollbacks.area import AREA as ROLLBACKS
from handlers.slack.runs.area import AREA as RUNS
from handlers.slack.timelines.area import AREA as TIMELINES
from handlers.slack.updates.area import AREA as UPDATES

ABOUT_INCIDENTS = (UPDATES, LEGAL, EVIDENCE)
"""Areas with more to do about an incident."""
INCIDENT = incident_command(tuple(topic for area in ABOUT_INCIDENTS for topic in area.topics))

AREAS = (INCIDENTS, *ABOUT_INCIDENTS, DEPLOYS, ROLLBACKS, RESTORES, HEALTH, ONCALL, TIMELINES, RUNS)
COMMANDS = {command.name: command for command in (INCIDENT, *(each for area in AREAS for each in area.commands))}
ACTIONS = {action: handler for area in AREAS for action, handler in area.actions.items()}
FORMS = {callback: entry for area in AREAS for callback, entry in area.forms.items()}
REDRAWN = {callback: draw for area in AREAS for callback, draw in area.redrawn.items()}
SHORTCUTS = {shortcut.id: shortcut for area in AREAS for shortcut in area.shortcuts}
MESSAGES = {name: template for area in AREAS for name, template in area.messages.items()}
DRAWINGS = {kind: drawing for area in AREAS for kind, drawing in area.drawings.items()}
QUICK_ACTIONS = tuple(action for area in AREAS for action in area.quick_actions)
