"""What a command prints: cleaned, masked, cut into lines, kept in a file with its head and tail, and shown live."""

import asyncio
import codecs
import io
import os
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.machine.private_files import make_private
from bot.masking import LineMasker, Masker
from bot.text.legible import legible

LONG = 8_000
"""Characters from which on what is not masked yet is masked in a thread."""


def plain(line: str) -> str:
    """A line without colours, cursor movements, control characters and what is not seen; still one line."""
    return legible(line).replace("\n", " ")


class Ring:
    """The last lines that fit into `cap` bytes."""

    def __init__(self, cap: int) -> None:
        self._cap, self.size, self.left_out = cap, 0, 0
        self._lines: deque[bytes] = deque()

    def add(self, line: bytes) -> None:
        self._lines.append(line)
        self.size += len(line)
        while self.size > self._cap and len(self._lines) > 1:
            gone = len(self._lines.popleft())
            self.size -= gone
            self.left_out += gone

    def bytes(self) -> bytes:
        return b"".join(self._lines)


class Output:
    """The output of one command. What is written, kept and told is masked; raw bytes live no longer than a line."""

    def __init__(
        self,
        path: Path,
        masker: Masker,
        *,
        cap: int,
        tail: int,
        on_line: Callable[[str], None] | None = None,
    ) -> None:
        self._path, self._cap, self._on_line = path, cap, on_line
        self._decode = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8")("replace"), translate=True)
        self._lines = LineMasker(masker, clean=plain)
        self._head_size, self._late, self._tail = 0, Ring(cap // 2), Ring(tail)
        self._file: io.BufferedWriter | None = None

    def __enter__(self) -> Self:
        make_private(self._path.parent)
        # Only the bot's own user may read what a command printed.
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        last = self._lines.feed(self._decode.decode(b"", final=True))
        for line in [*last, *self._lines.end()]:
            self._keep(line)
        assert self._file is not None
        if self.truncated:
            self._file.write(f"\n[… {self._late.left_out} bytes left out: the cap is {self._cap} bytes …]\n\n".encode())
        self._file.write(self._late.bytes())
        self._file.close()

    def feed(self, data: bytes) -> None:
        """Takes bytes as they come."""
        for line in self._masked(data):
            self._keep(line)

    async def take(self, data: bytes) -> None:
        """The same; long lines are masked in a thread, so that nothing else waits for them."""
        if self._lines.waiting + len(data) <= LONG:
            self.feed(data)
            return
        masking = asyncio.ensure_future(asyncio.to_thread(self._masked, data))
        try:
            await asyncio.shield(masking)
        finally:
            # Also when nobody waits any more: what is being masked belongs to the output.
            for line in await masking:
                self._keep(line)

    def _masked(self, data: bytes) -> list[str]:
        return self._lines.feed(self._decode.decode(data))

    @property
    def tail(self) -> str:
        """The last lines, for a card."""
        return self._tail.bytes().decode("utf-8", "replace").rstrip("\n")

    @property
    def truncated(self) -> bool:
        """Whether the file misses the middle of the output."""
        return self._late.left_out > 0

    def _keep(self, line: str) -> None:
        data = (line + "\n").encode("utf-8", "replace")
        self._tail.add(data)
        assert self._file is not None
        if self._head_size + len(data) <= self._cap // 2 and not self._late.size:
            self._head_size += len(data)
            self._file.write(data)
            self._file.flush()
        else:
            self._late.add(data)
        if self._on_line is not None:
            self._on_line(line)
