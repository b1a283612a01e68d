"""What effects do, in words: for the card and the timeline."""

from bot.effects import Effect
from bot.text import say


def named(effect: Effect) -> str:
    """What an effect is called in the timeline: a message by its template, when that has words of its own."""
    template = str(effect.payload.get("template", ""))
    return template if template in _words() else effect.kind


def effect_words(name: str) -> str:
    """What an effect does, in words."""
    return _words().get(name, name)


def _words() -> dict[str, str]:
    return {
        "message": say("Post a message"),
        "text": say("Notify somebody"),
        "deploy.approvers": say("Notify approvers"),
        "deploy.ended": say("Announce the result"),
        "watch.changed": say("Post deploy monitoring"),
        "step.tail": say("Post the last lines of a failed step"),
        "deploy.look": say("Look up what the deploy changes"),
        "deploy.start": say("Start the deploy"),
        "deploy.dry": say("Report the dry run"),
        "rollback.typed": say("Look up the typed deployment"),
        "rollback.look": say("Compare the database schema with the rollback target"),
        "rollback.start": say("Start the rollback"),
        "channel.create": say("Create the channel"),
        "channel.invite": say("Invite people"),
        "channel.topic": say("Set the topic"),
        "channel.pin": say("Pin the checklist"),
        "pagerduty.settle": say("Tell PagerDuty what became of the incident"),
        "pagerduty.answered": say("Look up who acknowledged in PagerDuty"),
        "evidence.message": say("Keep a message as evidence"),
        "evidence.file": say("Keep a file as evidence"),
        "legal.export": say("Post a legal draft"),
        "post": say("Post a message"),
        "say": say("Notify somebody"),
        "approvers.ask": say("Notify approvers"),
        "withhold": say("Retract what was posted outside its channel"),
        "notify": say("Alert people"),
        "alert.direct": say("Send a direct alert"),
        "page": say("Page people"),
        "contact.check": say("Ask whether somebody can be reached"),
        "role.give": say("Look up who is given a role"),
        "meet": say("Look up a Slack user"),
        "home": say("Update App Home"),
        "health": say("Run health checks"),
        "card.moved": say("Post where the checklist continues"),
        "file": say("Post an output"),
        "log": say("Post the full log"),
        "announce": say("Announce the result"),
        "run.ended": say("Run follow-ups"),
        "production": say("Check what went live late"),
        "watch": say("Check a metric after the deploy"),
        "watch.tell": say("Post deploy monitoring"),
        "timeline.save": say("Save a message in the timeline"),
        "status.push": say("Update the status page"),
        "status.withdraw": say("Take back what the status page says"),
        "tail": say("Post the last lines of a failed step"),
    }
