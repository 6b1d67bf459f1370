from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tests.catalogs import CHECKOUT
from tests.scripts.loading import script

COLORS = [[12, 30, 250], [255, 255, 255], [0, 0, 0], [11, 107, 100]]


@pytest.fixture(scope="module")
def screenshots() -> ModuleType:
    """The script, which is no part of the package."""
    return script("screenshots")


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def filtered(kind: int, line: list[list[int]], above: list[list[int]]) -> bytes:
    """A line of a PNG under one of the standard's five filters, written out plainly."""
    out = [kind]
    for x, pixel in enumerate(line):
        for c, value in enumerate(pixel):
            a = line[x - 1][c] if x else 0
            b = above[x][c]
            d = above[x - 1][c] if x else 0
            near = min((a, b, d), key=lambda v: abs(a + b - d - v))
            out.append((value - (0, a, b, (a + b) // 2, near)[kind]) % 256)
    return bytes(out)


def png(rows: list[list[list[int]]]) -> bytes:
    """A PNG in RGB whose lines take the five filters in turn."""
    black = [[0, 0, 0]] * len(rows[0])
    lines = [filtered(y % 5, row, rows[y - 1] if y else black) for y, row in enumerate(rows)]
    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(*part) for part in ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(lines))), (b"IEND", b""))
    )


def drawn() -> list[list[list[int]]]:
    return [[COLORS[(x * x + 3 * y + x * y) % 4] for x in range(7)] for y in range(15)]


def test_all_filters_are_undone(screenshots: ModuleType) -> None:
    assert screenshots._pixels(png(drawn())).tolist() == drawn()


def test_a_picture_of_few_colors_is_kept_exactly(screenshots: ModuleType) -> None:
    small = screenshots.small(png(drawn()))
    parts: dict[bytes, bytes] = {}
    at = 8
    while at < len(small):
        (size,) = struct.unpack(">I", small[at : at + 4])
        kind, body = small[at + 4 : at + 8], small[at + 8 : at + 8 + size]
        assert struct.unpack(">I", small[at + 8 + size : at + 12 + size]) == (zlib.crc32(kind + body),)
        parts[kind] = body
        at += 12 + size
    palette = np.frombuffer(parts[b"PLTE"], dtype=np.uint8).reshape(-1, 3)
    lines = np.frombuffer(zlib.decompress(parts[b"IDAT"]), dtype=np.uint8).reshape(15, 8)
    assert palette[lines[:, 1:]].tolist() == drawn()


def test_many_shades_become_at_most_256(screenshots: ModuleType) -> None:
    rows = [[[(5 * x) % 256, (7 * y) % 256, (x * y) % 256] for x in range(64)] for y in range(64)]
    small = screenshots.small(png(rows))
    at = small.index(b"PLTE")
    assert struct.unpack(">I", small[at - 4 : at])[0] <= 256 * 3


def test_every_picture_is_there_small_and_shown_in_the_docs(screenshots: ModuleType) -> None:
    page = (CHECKOUT / "docs/site.md").read_text()
    shown = set(re.findall(r"\(images/([\w-]+)\.png\)", page))
    assert shown == {shot.name for shot in screenshots.SHOTS}
    for name in shown:
        assert (CHECKOUT / "docs/images" / f"{name}.png").stat().st_size <= screenshots.LIMIT
    assert {path.stem for path in Path(CHECKOUT / "docs/images").glob("*.png")} == shown
