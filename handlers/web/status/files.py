"""Every file of the status page: what the web port answers with, and what the copy on the disk is made of."""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.status.page import Page
from bot.text.values import Reader, reading
from handlers.web.status.feeds import atom, json_files
from handlers.web.status.html import LOCALES, policy, render

HTML, JSON, ATOM = "text/html; charset=utf-8", "application/json", "application/atom+xml; charset=utf-8"


@dataclass(frozen=True)
class File:
    """One file. It is the same for everybody, so that its ETag tells nothing that it does not say itself."""

    body: bytes
    kind: str
    locale: str = "en"

    @cached_property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'

    @property
    def headers(self) -> dict[str, str]:
        """What every answer with it says."""
        common = {"ETag": self.etag, "Cache-Control": "public, max-age=30", "X-Content-Type-Options": "nosniff"}
        if self.kind == HTML:
            page = {"Content-Security-Policy": policy(), "Referrer-Policy": "no-referrer"}
            return common | page | {"Content-Language": self.locale}
        return common | {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag"}


def files_of(page: Page, url: str, *, stale: bool = False) -> dict[str, File]:
    """All files by their path."""
    pages = {f"/{path}": File(render(page, path, stale=stale).encode(), HTML, LOCALES[path]) for path in LOCALES}
    return pages | _feeds(page, url)


def _feeds(page: Page, url: str) -> dict[str, File]:
    files = {}
    with reading(Reader("en")):
        for name, text in json_files(page, url).items():
            files[f"/api/v2/{name}.json"] = File(text.encode(), JSON)
    for path, locale in LOCALES.items():
        with reading(Reader(locale)):
            files[f"/{path}/history.atom"] = File(atom(page, path, url).encode(), ATOM, locale)
    return files | {"/history.atom": files["/en/history.atom"]}


def write_copy(files: Mapping[str, File], folder: Path) -> None:
    """Write every file that changed, each whole or not at all; a page is the `index.html` of its folder.

    Raises:
        OSError: the folder cannot be written to.
    """
    for path, file in {**files, "/": files["/en"]}.items():
        name = f"{path}/index.html" if file.kind == HTML else path
        _replace(folder / name.lstrip("/"), file.body)


def _replace(target: Path, body: bytes) -> None:
    if target.is_file() and target.read_bytes() == body:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, fresh = tempfile.mkstemp(dir=target.parent, prefix=".fresh-")
    with os.fdopen(handle, "wb") as file:
        file.write(body)
        os.fchmod(file.fileno(), 0o644)  # a web server reads it
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, target)
