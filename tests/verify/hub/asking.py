"""Raw requests, as no careful client would send them."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

Headers = Mapping[str, str]
NONE: Headers = {}


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes
    json: Any = field(init=False)

    def __post_init__(self) -> None:
        try:
            self.json = json.loads(self.body)
        except ValueError:
            self.json = None


def ask(url: str, path: str, method: str = "GET", *, content: bytes | None = None, headers: Headers = NONE) -> Reply:
    """One raw request: the path goes out as it is, dots and all."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    given = {"Host": urlsplit(url).netloc} | {name.replace("_", "-"): value for name, value in headers.items()}
    connection.putrequest(method, path, skip_host=True)
    for name, value in given.items():
        connection.putheader(name, value)
    if content is not None:
        connection.putheader("Content-Length", str(len(content)))
    connection.endheaders(content)
    answer = connection.getresponse()
    try:
        body = answer.read()
    except http.client.IncompleteRead as error:
        body = error.partial
    connection.close()
    return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, body)


def followed(reply: Reply, byte_range: str | None = None) -> Reply:
    """What the address that a reply sends to has to say."""
    parts = urlsplit(reply.headers["location"])
    headers = {"Range": byte_range} if byte_range else NONE
    return ask(f"{parts.scheme}://{parts.netloc}", f"{parts.path}?{parts.query}", headers=headers)
