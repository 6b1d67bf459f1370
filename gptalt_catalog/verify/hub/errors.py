"""The one exception of the hub's modules: what happened, and the way out."""

from __future__ import annotations

from typing import Literal

Code = Literal[
    "bad-name", "not-found", "gated", "bad-token", "disabled", "revision-gone", "file-gone", "rate-limited",
    "hub-failing", "unreachable", "not-a-hub", "untrusted", "changed", "damaged", "cache-damaged",
    "hostile-name", "no-config", "no-safe-weights", "disk-full", "not-writable", "locked", "offline", "not-ours",
]  # fmt: skip
"""``untrusted``: a certificate that does not verify, or a redirect that would leave encryption.
``damaged``: bytes that do not hash to what the hub promised; they have been deleted.
``cache-damaged``: the same of a file that somebody else put into the cache; it has been left alone.
``changed``: the hub's answers contradict one another. ``not-ours``: asked to remove what others put there.
"""


class HubError(Exception):
    """Something that kept weights from being found or fetched, in words for people.

    ``code`` is stable, ``message`` says what happened and ``way_out`` what to do. Neither ever holds
    a token, nor an address with a signature.
    """

    def __init__(self, code: Code, message: str, way_out: str) -> None:
        super().__init__(f"{message}; {way_out}")
        self.code: Code = code
        self.message = message
        self.way_out = way_out
