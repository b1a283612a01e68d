"""Runs one practice tool as the command that it stands for."""

import sys
from collections.abc import Callable

from sandbox.neonpro.tools import bun, dump, git, prisma, supabase, vercel
from sandbox.neonpro.tools.stage import Failed, say, start

TOOLS: dict[str, Callable[[list[str]], int]] = {
    "bun": bun.run,
    "bunx": prisma.bunx,
    "git": git.run,
    "pg_dump": dump.run,
    "supabase": supabase.run,
    "vercel": vercel.run,
}


def main(tool: str, words: list[str]) -> int:
    try:
        start(tool, words)
        return TOOLS[tool](words)
    except Failed as failed:
        say(str(failed), error=True)
        return failed.code
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
