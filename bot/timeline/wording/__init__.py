"""What an event of the timeline says, in one sentence. Users appear as `<@U…>`: the reader's door names them."""

from bot.timeline import Event
from bot.timeline.wording.deploys import WORDS as DEPLOYS
from bot.timeline.wording.incidents import WORDS as INCIDENTS
from bot.timeline.wording.members import WORDS as MEMBERS
from bot.timeline.wording.messages import WORDS as MESSAGES
from bot.timeline.wording.runs import WORDS as RUNS
from bot.timeline.wording.updates import WORDS as UPDATES

WORDS = {**DEPLOYS, **INCIDENTS, **MEMBERS, **MESSAGES, **RUNS, **UPDATES}


def event_words(event: Event) -> str:
    """The sentence, without its time and actor."""
    try:
        return WORDS[event.kind](event.data)
    except (LookupError, TypeError, AttributeError, ValueError):
        # Of another version, which knew other kinds or said other things of them: one event hides no others.
        return event.kind.replace(".", " ").replace("_", " ")
