"""Runs one practice tool as the command that it stands for."""

import signal
import sys
from importlib import import_module

from sandbox.neonpro.tools.stage import Failed, say, start

TOOLS = {
    "bun": ("bun", "run"),
    "bunx": ("prisma", "bunx"),
    "git": ("git", "run"),
    "pg_dump": ("dump", "run"),
    "supabase": ("supabase", "run"),
    "vercel": ("vercel", "run"),
}
"""Where each is: only the one that is asked for is loaded, for they are started many times a run."""


def main(tool: str, words: list[str]) -> int:
    # Who was started in the background of a shell inherits that SIGINT is ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        start(tool, words)
        module, function = TOOLS[tool]
        code: int = getattr(import_module(f"sandbox.neonpro.tools.{module}"), function)(words)
        return code
    except Failed as failed:
        say(str(failed), error=True)
        return failed.code
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
