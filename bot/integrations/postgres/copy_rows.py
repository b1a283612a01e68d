"""A program of its own: counts the rows in a dump while pg_restore reads it to its end.

    python copy_rows.py RESULT pg_restore --data-only --file=- DUMP

RESULT becomes {"public.users": 240, …}; the exit code is pg_restore's. It runs beside the bot, so that a dump of many
gigabytes costs the bot nothing.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator

EVERY = 1_000_000
"""Rows between two signs of life."""
LONGEST_HEAD = 200_000
"""Bytes of what comes before the rows: a table has at most 1600 columns, whose names have at most 63 bytes."""
_NAME = re.compile(r"\"((?:[^\"]|\"\")*)\"|([^\".(\s]+)")


def counts(lines: Iterable[bytes]) -> Iterator[tuple[str, int]]:
    """Each table with how many rows were read of it so far: at its start, now and then, and at its end."""
    table, count, begun = "", 0, b""
    for line in lines:
        # A name with a newline stands on several lines.
        line, begun = begun + line, b""
        if table and line == b"\\.\n":
            yield table, count
            table = ""
        elif table:
            count += 1
            if count % EVERY == 0:
                yield table, count
        elif line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n"):
            table, count = name_in(line), 0
            yield table, count
        elif line.startswith(b"COPY ") and len(line) < LONGEST_HEAD:
            begun = line


def name_in(line: bytes) -> str:
    """`public.users` in `COPY public."users" (id, email) FROM stdin;`, as PostgreSQL itself calls it."""
    words = line.decode("utf-8", "replace").removeprefix("COPY ")
    quoted, plain = zip(*_NAME.findall(words)[:2], strict=True)
    return ".".join(one.replace('""', '"') if one else other for one, other in zip(quoted, plain, strict=True))


def main(result: str, argv: list[str]) -> int:
    """Run the program, count what it prints, and write the result when it went well."""
    found: dict[str, int] = {}
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as program:
        assert program.stdout
        for table, count in counts(program.stdout):
            found[table] = count
            sys.stdout.write(f"{' '.join(table.split())}: {count}\n")
            sys.stdout.flush()
    if program.returncode == 0:
        with open(result, "w", encoding="utf-8") as file:
            json.dump(found, file)
    return program.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
