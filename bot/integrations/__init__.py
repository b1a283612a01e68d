"""The world outside, as small typed clients.

They are handed their HTTP client, addresses, tokens and paths; answers are frozen values; failures are the tree of
`bot.errors`. Nothing here knows Slack, the database or the engine.
"""
