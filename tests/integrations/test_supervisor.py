"""The process that stands between the bot and a command ends that command, and nobody else."""

import os
import signal
import subprocess
import sys

from bot.execution.shell import supervised

BYSTANDER = """
import subprocess, sys
ended = subprocess.run(sys.argv[1:])
print("still here", ended.returncode)
"""


def test_one_whose_bot_is_gone_ends_itself_and_not_who_shares_the_group_of_its_bot() -> None:
    argv = list(supervised("/bin/true", ()))
    argv[argv.index(str(os.getpid()))] = "1"  # whoever started it is not the bot
    ended = subprocess.run(
        [sys.executable, "-c", BYSTANDER, *argv], capture_output=True, text=True, start_new_session=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, f"still here {-signal.SIGKILL}\n")
