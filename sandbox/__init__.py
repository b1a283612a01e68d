"""A practice Slack workspace and a practice NeonPro, in one process; imports nothing of the product."""

from sandbox.world import PEOPLE, Sandbox, team_file

__all__ = ["PEOPLE", "Sandbox", "team_file"]
