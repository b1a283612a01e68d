"""What is said of any run, and sentences that are said by themselves."""

from datetime import timedelta

from bot.text import say, span
from handlers.slack.blocks.elements import escape, sentences
from handlers.slack.messaging.template import Scene, Template
from handlers.slack.runs.output import draw_tail, read_tail


def _budget_over(scene: Scene) -> str:
    planned = span(timedelta(seconds=scene.data["budget"]))
    now = {
        "runs": say("*{step}* is still running", step=escape(scene.data["step"])),
        "asks": say("*{step}* needs a decision on the card", step=escape(scene.data["step"])),
        "waits": say("*{step}* is waiting for a person", step=escape(scene.data["step"])),
    }[scene.data["doing"]]
    sentence = "⏱️ *{title}*: {phase} is over its budget of {time}, and {now}."
    return say(sentence, title=escape(scene.the_run.title), phase=escape(scene.data["phase"]), time=planned, now=now)


def _text(scene: Scene) -> str:
    """A sentence that is said by itself."""
    return ("<!channel> " if scene.data.get("everybody") else "") + sentences(scene.data["text"])


MESSAGES = {
    "timer.budget": Template(_budget_over),
    "text": Template(_text, as_is=True),
    "step.tail": Template(draw_tail, read_tail, as_is=True),
}
