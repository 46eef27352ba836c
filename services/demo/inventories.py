"""The inventories of buckets, which the embedded AWS lacks: kept as they are put, and told as they are kept.

An actor in front of it: what is about an inventory is answered here, everything else goes on untouched. The embedded
AWS itself would take such a request for one about the bucket, whose end would then be the bucket's. Yet it is the one
that says who may: it gets each such request as it came, signature and all, in a way that it can carry nothing out.

- To read: it takes that for listing the bucket, and the answer is replaced if it is no refusal.
- To put: it takes that for making the bucket, and to that an access list is added which does not exist.
- To delete: it takes that for deleting the bucket, which no S3 does while an access point hangs on it: one does.

Whoever is refused gets the refusal as it was given. Nothing lists anything.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import parse_qs
from xml.etree import ElementTree

from services.demo.asking import Answer, App, Message, Receive, Root, Send, ask, whole_body

Kept: TypeAlias = "dict[str, dict[str, bytes]]"
"""By bucket and Id: the configuration, without the declaration of XML."""

QUERY = frozenset({"inventory", "id", "continuation-token", "x-id"})
"""What the requests about inventories have in their query; anything else could make the embedded AWS take them otherwise."""

NO_ACCESS_LIST = (b"x-amz-acl", b"none-of-that-name")
_DECLARATION = re.compile(rb"\s*<\?xml[^>]*\?>\s*")
_CREDENTIAL = re.compile(r"Credential=(\w+)/\d+/([\w-]+)/")
_KEPT_HEADERS = (b"date", b"x-amz-request-id", b"x-amz-id-2")


@dataclass(frozen=True)
class _Asked:
    """A request about a bucket, or about all of them where `bucket` is empty."""

    method: str
    bucket: str
    query: Mapping[str, list[str]]

    @property
    def id(self) -> str:
        return self.query.get("id", [""])[0]


def in_front_of(emulator: App) -> App:
    """The embedded AWS with inventories, as one application."""
    kept: Kept = {}

    async def actor(scope: Message, receive: Receive, send: Send) -> None:
        asked = _read(scope)
        if asked is None:
            await emulator(scope, receive, send)
        elif "inventory" in asked.query:
            answer = await _answer(emulator, scope, receive, asked, kept)
            if answer is not None:
                await _send(answer, send)
        else:
            await emulator(scope, receive, _forgetting(asked, kept, send))

    return actor


def _read(scope: Message) -> _Asked | None:
    """What is asked of a bucket that matters here: about its inventories, or its end."""
    if scope["type"] != "http" or scope["method"] not in {"GET", "PUT", "DELETE"}:
        return None
    bucket, _, key = scope["path"].lstrip("/").partition("/")
    query = parse_qs(scope["query_string"].decode("utf-8", "replace"), keep_blank_values=True)
    end = scope["method"] == "DELETE" and not query.keys() - {"x-id"}
    if key or not ("inventory" in query or end):
        return None
    return _Asked(scope["method"], bucket, query)


def _forgetting(asked: _Asked, kept: Kept, send: Send) -> Send:
    """Hands the answer on, and with the bucket forgets its inventories."""

    async def forget(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 204:
            kept.pop(asked.bucket, None)
        await send(message)

    return forget


async def _answer(
    emulator: App, scope: Message, receive: Receive, asked: _Asked, kept: Kept
) -> Answer | None:
    """None if nobody waits for the answer any more."""
    body = await whole_body(receive)
    if body is None:
        return None
    if not asked.bucket or asked.query.keys() - QUERY:
        return _refused(
            Answer(400), 400, "InvalidRequest", "The demo takes no such request about an inventory."
        )
    if asked.method == "GET":
        found = await ask(emulator, scope, body)
        return _told(found, asked.id, kept.get(asked.bucket, {})) if found.status == 200 else found
    return await _write(emulator, scope, body, asked, kept)


def _told(found: Answer, name: str, kept: Mapping[str, bytes]) -> Answer:
    if not name:
        told = b"".join(kept[each] for each in sorted(kept))
        root = b"ListInventoryConfigurationsResult"
        return _said(found, 200, b"<%s>%s<IsTruncated>false</IsTruncated></%s>" % (root, told, root))
    return _said(found, 200, kept[name]) if name in kept else _absent(found)


async def _write(emulator: App, scope: Message, body: bytes, asked: _Asked, kept: Kept) -> Answer:
    """Puts or deletes a configuration, in the name of the bucket's own account alone."""
    account, region = await _caller(emulator, scope)
    there = await Root(emulator, account, region).ask("HEAD", f"/{asked.bucket}")
    if there.status == 404:
        return _refused(there, 404, "NoSuchBucket", "The specified bucket does not exist")
    if there.status not in {200, 301}:  # the latter where the bucket is in another region than was signed for
        return _refused(there, 403, "AccessDenied", "Access Denied")
    if asked.method == "PUT":
        found = await ask(emulator, {**scope, "headers": [*scope["headers"], NO_ACCESS_LIST]}, body)
        return _put(found, asked, body, kept) if found.text("Code") == "InvalidArgument" else found
    home = Root(emulator, account, there.header(b"x-amz-bucket-region").decode())
    async with _undeletable(home, asked.bucket):
        found = await ask(emulator, scope, body)
    return _deleted(found, asked, kept) if found.text("Code") == "BucketHasAccessPointsAttached" else found


async def _caller(emulator: App, scope: Message) -> tuple[str, str]:
    """The account of whoever signed a request, as it is said there, and the region; account zero where nobody did."""
    headers = {bytes(name).lower(): bytes(value) for name, value in scope["headers"]}
    found = _CREDENTIAL.search(headers.get(b"authorization", b"").decode("latin-1"))
    nobody = "0" * 12
    key, region = found.groups() if found else (nobody, "us-east-1")
    if re.fullmatch(r"\d{12}", key):
        return key, region
    question = f"Action=GetAccessKeyInfo&Version=2011-06-15&AccessKeyId={key}"
    form = ((b"content-type", b"application/x-www-form-urlencoded"),)
    told = await Root(emulator, nobody, region).ask(
        "POST", "/", question.encode(), service="sts", headers=form
    )
    return told.text("Account") or nobody, region


@asynccontextmanager
async def _undeletable(home: Root, bucket: str) -> AsyncIterator[None]:
    """Keeps a bucket from being deleted by anybody."""
    access_point = f"/v20180820/accesspoint/guard-{uuid.uuid4().hex}"
    of = ((b"x-amz-account-id", home.account.encode()),)
    wanted = f"<CreateAccessPointRequest><Bucket>{bucket}</Bucket></CreateAccessPointRequest>"
    made = await home.ask("PUT", access_point, wanted.encode(), headers=of)
    if made.status != 200:
        raise RuntimeError(f"no access point to guard the bucket with: {made.text('Code')}")
    try:
        yield
    finally:
        await home.ask("DELETE", access_point, headers=of)


def _put(found: Answer, asked: _Asked, body: bytes, kept: Kept) -> Answer:
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - what a demo's own customer put
    except ElementTree.ParseError:
        root = None
    if not asked.id or root is None or root.tag.rpartition("}")[2] != "InventoryConfiguration":
        return _refused(
            found, 400, "MalformedXML", "The XML that you provided is no configuration of an inventory."
        )
    kept.setdefault(asked.bucket, {})[asked.id] = _DECLARATION.sub(b"", body, count=1)
    return _said(found, 204, b"")


def _deleted(found: Answer, asked: _Asked, kept: Kept) -> Answer:
    there = kept.get(asked.bucket, {}).pop(asked.id, None)
    return _absent(found) if there is None else _said(found, 204, b"")


def _absent(found: Answer) -> Answer:
    return _refused(found, 404, "NoSuchConfiguration", "The specified configuration does not exist.")


def _refused(found: Answer, status: int, code: str, message: str) -> Answer:
    return _said(found, status, f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode())


def _said(found: Answer, status: int, body: bytes) -> Answer:
    """An answer of the actor's own, with the request's number and date that the embedded AWS gave."""
    headers = [(name, value) for name, value in found.headers if name.lower() in _KEPT_HEADERS]
    if body:
        headers += [(b"content-type", b"application/xml"), (b"content-length", str(len(body)).encode())]
    return Answer(status, tuple(headers), body)


async def _send(answer: Answer, send: Send) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": [*answer.headers]})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})
