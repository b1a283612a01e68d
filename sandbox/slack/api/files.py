"""files.getUploadURLExternal, the upload itself, and files.completeUploadExternal.

Not imitated: previews, e-mailed files, deleting files; contents are kept in memory.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from ..channels import Channel, Message
from ..core import Core
from ..errors import SlackError
from .args import Args
from .messaging import thread_of
from .methods import Answer, Method, live_channel

SHARED_AT_ONCE = 100


def get_upload_url(core: Core, args: Args) -> Answer:
    name = args.needed("filename")
    try:
        length = int(args.needed("length"))
    except ValueError as error:
        raise SlackError("invalid_arguments") from error
    if length <= 0:
        raise SlackError.with_messages("invalid_arguments", "must be more than 0 [json-pointer:/length]")
    file_id = core.ids.new("F")
    token = core.ids.secret(16)
    core.files[file_id] = {"id": file_id, "name": name, "length": length, "token": token, "content": None}
    return {"upload_url": f"{core.base_url}upload/{token}", "file_id": file_id}


async def upload(core: Core, request: Request) -> Response:
    """The POST of the content, raw or as a multipart form."""
    token = request.path_params["token"]
    file = next((one for one in core.files.values() if one["token"] == token), None)
    if file is None:
        return PlainTextResponse("not_found", status_code=404)
    content = _content(await request.body(), request.headers.get("content-type", ""))
    if len(content) != file["length"]:
        return PlainTextResponse("length mismatch", status_code=400)
    file["content"] = content
    return PlainTextResponse(f"OK - {len(content)}")


def complete_upload(core: Core, args: Args) -> Answer:
    wanted = args.parsed("files") or []
    if not wanted:
        raise SlackError.with_messages("invalid_arguments", "missing required field: files")
    files = [_completed(core, entry) for entry in wanted]
    channels = _channels(core, args)
    for channel in channels:
        _share(core, channel, files, args)
    return {"files": files}


def _completed(core: Core, entry: dict[str, Any]) -> dict[str, Any]:
    file = core.files.get(entry.get("id", ""))
    if file is None or file["content"] is None:
        raise SlackError("file_not_found")
    return file_object(core, file, core.bot, entry.get("title") or file["name"])


def file_object(core: Core, file: dict[str, Any], user: str, title: str) -> dict[str, Any]:
    """A file as messages show it."""
    url = f"{core.base_url}files/{file['id']}/{file['name']}"
    return {
        "id": file["id"],
        "created": int(core.now()),
        "name": file["name"],
        "title": title,
        "size": file["length"],
        "user": user,
        "url_private": url,
        "url_private_download": url,
        "permalink": f"{core.base_url}files/{file['id']}",
    }


def serve(core: Core, request: Request) -> Response:
    """The GET of a file: whoever brings no token with the scope is shown the login page, as Slack does."""
    file = core.files.get(request.path_params["file"])
    granted = request.headers.get("Authorization") == f"Bearer {core.app.bot_token}"
    if not granted or "files:read" not in core.manifest.scopes:
        return HTMLResponse("<!DOCTYPE html><title>Sign in</title>")
    if file is None or file["content"] is None:
        return PlainTextResponse("not_found", status_code=404)
    return Response(file["content"], media_type="application/octet-stream")


def _channels(core: Core, args: Args) -> list[Channel]:
    wanted = args.names("channels") or args.names("channel_id")
    if len(wanted) > SHARED_AT_ONCE:
        raise SlackError("invalid_arguments")
    return [live_channel(core, one) for one in wanted]


def _share(core: Core, channel: Channel, files: list[dict[str, Any]], args: Args) -> None:
    message = Message(
        core.ids.ts(),
        channel.id,
        args.text("initial_comment"),
        user=core.bot,
        bot_id=core.app.bot_id,
        username=core.app.bot_name,
        files=files,
        thread_ts=thread_of(channel, args),
    )
    core.workspace.post(channel, message)


def _content(body: bytes, content_type: str) -> bytes:
    """The file in a raw body, or in the first part of a multipart one."""
    if not content_type.startswith("multipart/form-data"):
        return body
    boundary = b"--" + content_type.partition("boundary=")[2].strip('"').encode()
    part = body.split(boundary)[1]
    return part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, 4, ("files:write",)),
    "files.completeUploadExternal": Method(complete_upload, 4, ("files:write",)),
}
