"""`neonops sandbox`: the practice world and the real bot, connected by real Socket Mode, in one process."""

import asyncio
import signal
import socket
import sys
from pathlib import Path

from bot.app import App
from bot.errors import Refusal
from bot.settings import fixed_settings
from bot.text import say
from handlers.slack.manifest import manifest

try:
    from sandbox import Sandbox
except ImportError as error:
    MISSING: ImportError | None = error
else:
    MISSING = None


async def practise(
    port: int, directory: Path, speed: float, *, runbook: Path | None, web_port: int, language: str
) -> int:
    """Run until interrupted.

    Raises:
        Refusal: the port is taken, or the extra packages are not installed.
        SettingsError: there is no such language.
    """
    if MISSING:
        raise Refusal(say("The sandbox needs more packages: pip install 'neonops[sandbox]' ({why}).", why=MISSING))
    chosen = {"NEONOPS_LANGUAGE": language} | ({"NEONOPS_RUNBOOK": str(runbook)} if runbook else {})
    chosen |= {"NEONOPS_STATUS_PAGE": "true"} if web_port else {}
    chosen |= _web_port(web_port or _free_port())
    fixed_settings(chosen)
    world = Sandbox(directory, manifest(), speed=speed, paged=True)
    world.pagers.deeds.bot_url = chosen["NEONOPS_PUBLIC_URL"]
    try:
        await world.start(port)
    except OSError as error:
        raise Refusal(
            say("Port {port} cannot be used ({why}). Try --port 4343.", port=port, why=error.strerror)
        ) from error
    environment = world.environment() | chosen
    app = App(fixed_settings(environment), environ=environment)
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, app.reloads.soon)
    await app.start()
    sys.stdout.write("\n  " + say("NeonOps sandbox: open {url}\n  Ctrl-C ends it.\n\n", url=world.url))
    sys.stdout.flush()
    await _until_interrupted()
    await app.stop()
    await world.stop()
    return 0


def _web_port(port: int) -> dict[str, str]:
    """The port on which pagers answer, and called people open links."""
    return {"NEONOPS_WEB_PORT": str(port), "NEONOPS_PUBLIC_URL": f"http://127.0.0.1:{port}"}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


async def _until_interrupted() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
