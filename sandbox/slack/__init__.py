"""The practice Slack: a strict stand-in of Slack for `neonops sandbox` and the tests.

What is imitated stands in the docstrings of the modules; in short:

- the Web API methods of `api/`, with tokens, scopes, rate tiers, and Slack's errors;
- Block Kit's limits and surfaces (`blocks/validate.py` says what is left out);
- Socket Mode with up to ten connections, or signed HTTP deliveries, with retries of events;
- commands, actions, forms, shortcuts, the home tab, response_urls, ephemeral messages;
- faults on demand: lost answers, errors, 429s, latency, duplicates, reordering, refused and broken sockets.

Not imitated: OAuth, several workspaces, Enterprise Grid, canvases, lists, scheduled messages, unfurling, search,
notifications, custom emoji, user tokens.
"""

from .app import AppIdentity
from .call_log import Call
from .channels import Channel, Message
from .deliveries import Ack
from .errors import Impossible
from .faults import Faults
from .limits import Limits
from .people import HOME_TEAM, Person
from .practice import PracticeSlack
from .views import View

__all__ = [
    "HOME_TEAM",
    "Ack",
    "AppIdentity",
    "Call",
    "Channel",
    "Faults",
    "Impossible",
    "Limits",
    "Message",
    "Person",
    "PracticeSlack",
    "View",
]
