"""Block Kit as Slack's servers check it, and walking over it."""
