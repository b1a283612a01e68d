"""Pure functions from state to Slack messages: text and blocks, within Block Kit's limits."""
