"""How the bot is put together: what the settings name, opened, read anew, and looked after."""
