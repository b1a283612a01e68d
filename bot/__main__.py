"""The command `neonops`."""

from bot.cli import cli
from bot.machine.undumpable import forbid_dumps


def main() -> None:
    """Run the command line."""
    forbid_dumps()
    cli()


if __name__ == "__main__":
    main()
