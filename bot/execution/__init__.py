"""Running commands: as processes that end with the bot, and where those of the runbook reach only what they may."""
