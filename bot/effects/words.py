"""What effects do, in words: for the card and the timeline."""

from bot.text import say


def effect_words(kind: str) -> str:
    """What an effect does, in words."""
    return {
        "deploy.look": say("Look up what the deploy would change"),
        "deploy.start": say("Start the deploy"),
        "deploy.dry": say("Say what the deploy would do"),
        "rollback.typed": say("Look up the deployment that was typed"),
        "rollback.look": say("Compare the database's schema with what it goes back to"),
        "rollback.start": say("Start the rollback"),
        "channel.create": say("Create the channel"),
        "channel.invite": say("Invite people"),
        "channel.topic": say("Set the topic"),
        "channel.pin": say("Pin the checklist"),
        "post": say("Post a message"),
        "say": say("Tell somebody"),
        "approvers.ask": say("Say who may approve it"),
        "withhold": say("Take back what was said outside its channel"),
        "notify": say("Alert people"),
        "alert.direct": say("Tell somebody directly that they are needed"),
        "page": say("Page people"),
        "meet": say("Look up who somebody is"),
        "home": say("Draw somebody's Home"),
        "health": say("Look at health"),
        "card.moved": say("Say where the checklist goes on"),
        "file": say("Post an output"),
        "log": say("Post the full log"),
        "announce": say("Announce how it ended"),
        "run.ended": say("Do what follows from its end"),
        "production": say("Look at what became live late"),
        "watch": say("Look at a metric after the deploy"),
        "watch.tell": say("Tell how the deploy is doing"),
        "tail": say("Post the last lines of a failure"),
    }.get(kind, kind)
