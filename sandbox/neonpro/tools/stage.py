"""What every practice tool has in common: the switches it obeys, the pace it works at, how it speaks."""

import os
import re
import sys
import threading
import time
from pathlib import Path


class Failed(Exception):
    """The tool ends with this message and this exit code."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def state(name: str) -> str:
    """What the practice page says about `name`; "" when it says nothing or is off."""
    path = Path(os.environ["NEONPRO_PRACTICE"]) / name
    return path.read_text() if path.exists() else ""


def say(text: str, *, error: bool = False) -> None:
    stream = sys.stderr if error else sys.stdout
    stream.write(text + "\n")
    stream.flush()


def start(tool: str, words: list[str]) -> None:
    """What the switches ask of any tool before its own work: print secrets, or hang."""
    if state("tools_print_secret"):
        say(f"debug: DATABASE_URL={state('dsn') or 'postgresql://postgres:practice-password@db.example:5432/neonpro'}")
        say(f"debug: SUPABASE_ACCESS_TOKEN={state('supabase_token')} VERCEL_TOKEN={state('vercel_token')}")
    if state("tools_hang"):
        say(f"{tool} {' '.join(words)}".strip())
        threading.Event().wait()


def play(lines: list[str], seconds: float) -> None:
    """Say the lines one by one, taking `seconds` in all at full tool time."""
    pause = seconds * int(state("tools_speed") or 100) / 100 / max(len(lines), 1)
    for line in lines:
        say(line)
        time.sleep(pause)


def setting(name: str) -> str:
    """An environment variable, or the nearest .env file's line for it; "" when there is none."""
    if os.environ.get(name):
        return os.environ[name]
    for folder in (Path.cwd(), *Path.cwd().parents):
        dotenv = folder / ".env"
        if dotenv.is_file():
            found = re.search(rf'^{name}="?([^"\n]*)"?$', dotenv.read_text(), re.MULTILINE)
            return found.group(1) if found else ""
    return ""
