"""What effects do, in words: for the card and the timeline."""

from bot.text import say


def effect_words(kind: str) -> str:
    """What an effect does, in words."""
    return {
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
        "post": say("Post a message"),
        "say": say("Notify somebody"),
        "approvers.ask": say("Notify approvers"),
        "withhold": say("Retract what was posted outside its channel"),
        "notify": say("Alert people"),
        "alert.direct": say("Send a direct alert"),
        "page": say("Page people"),
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
        "tail": say("Post the last lines of a failed step"),
    }.get(kind, kind)
