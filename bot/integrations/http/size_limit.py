"""An answer is read up to a size, counted as it is decompressed: whoever reads it, and whatever was announced."""

import zlib
from collections.abc import AsyncIterator, Iterator

import httpx

from bot.text import size_words

LARGEST = 10_000_000
"""Bytes of an answer; the longest that the vendors' pages of a hundred things were seen to have is a fifth of it."""
ENCODINGS = "gzip, deflate"
"""What is asked for, and all that is decoded."""
_PIECE = 65_536


class TooLarge(httpx.HTTPError):
    """The answer is larger than what is read of one."""

    def __init__(self) -> None:
        super().__init__(f"its answer is larger than {size_words(LARGEST)}")


async def cap(response: httpx.Response) -> None:
    """A hook for responses: their bodies come decoded and counted, also those of redirects."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    assert isinstance(response.stream, httpx.AsyncByteStream)
    response.stream = _Capped(response.stream, encoding)
    # Decoding it is done here: httpx would decompress each piece as far as it goes.
    response.headers.pop("Content-Encoding", None)


class _Capped(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream, encoding: str) -> None:
        self._stream, self._encoding = stream, encoding

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size, decoder = 0, _Decoder(self._encoding)
        async for raw in self._stream:
            for piece in decoder.decode(raw):
                size += len(piece)
                if size > LARGEST:
                    raise TooLarge
                yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Decoder:
    """Decompresses in pieces of a bounded size; raises httpx.DecodingError for what is not encoded as it says."""

    def __init__(self, encoding: str) -> None:
        if encoding not in ("identity", "", "gzip", "x-gzip", "deflate"):
            raise httpx.DecodingError("an encoding that was not asked for")
        self._encoding = encoding
        self._inflate = zlib.decompressobj(wbits=47) if encoding not in ("identity", "") else None

    def decode(self, raw: bytes) -> Iterator[bytes]:
        """The pieces that these bytes stand for."""
        if self._inflate is None:
            yield raw
            return
        try:
            yield from self._inflated(raw)
        except zlib.error as error:
            raise httpx.DecodingError(str(error)) from error

    def _inflated(self, raw: bytes) -> Iterator[bytes]:
        while raw:
            assert self._inflate
            if self._inflate.eof:
                # A gzip file may have several members.
                self._inflate = zlib.decompressobj(wbits=47)
            yield self._first(raw)
            raw = self._inflate.unconsumed_tail or self._inflate.unused_data

    def _first(self, raw: bytes) -> bytes:
        assert self._inflate
        try:
            return self._inflate.decompress(raw, _PIECE)
        except zlib.error:
            if self._encoding != "deflate":
                raise
            # Some servers call deflate what has no zlib header.
            self._encoding, self._inflate = "raw", zlib.decompressobj(wbits=-zlib.MAX_WBITS)
            return self._inflate.decompress(raw, _PIECE)
