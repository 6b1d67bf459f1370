"""Takes the pictures of docs/images from a built site (`gptalt-catalog site build` comes first).

Names, addresses, sizes and schemes stand in one table, so that the pictures can be taken again after each change.
Needs the browser of the browser tests (`make browser`).
"""

from __future__ import annotations

import argparse
import os
import struct
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.audit_site import served  # noqa: E402  the checkout is no package
from tests.chromium import find_chromium  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LIMIT = 200_000
"""Bytes; a larger picture fails."""


@dataclass(frozen=True)
class Shot:
    """A picture: its file, the page, its width, scheme and height, and what to wait for."""

    name: str
    address: str
    width: Literal[1280, 390] = 1280
    scheme: Literal["light", "dark"] = "light"
    height: int = 860
    ready: str = "h1"


SHOTS = (
    Shot("home", ""),
    Shot("home-phone-zh", "zh/", 390, "dark", 844),
    Shot(
        "shortlist",
        "?fits=24GB&precision=q4_k_m&context=4096&language=zh&license=commercial",
        height=1000,
        ready=".ga-picks--long > li",
    ),
    Shot("models-zh", "zh/models/?use=yes&fits=24GB&score=mmlu&sort=-score", ready=".ga-models td"),
    Shot("models-phone", "models/", 390, "light", 844, ready=".ga-models td"),
    Shot("model", "models/vicuna/", height=1000),
    Shot("compare-dark", "compare/?ids=yi-1.5-9b,llama-3.1-8b,qwen2-7b&only=1", scheme="dark", ready=".ga-compare td"),
    Shot("benchmark", "benchmarks/hellaswag/#_ranking"),
    Shot("timeline-dark-zh", "zh/timeline/", scheme="dark"),
    Shot("conflicts-phone", "conflicts/", 390, "light", 844),
)


def take(browser: Browser, root: str, shot: Shot) -> bytes:
    """The picture as a PNG."""
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height}, color_scheme=shot.scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(root + shot.address)
    page.locator(shot.ready).first.wait_for()
    page.evaluate("document.fonts.ready")
    picture = page.screenshot(animations="disabled", caret="hide")
    context.close()
    return small(picture)


# ---- smaller pictures: a palette of 256 colors --------------------------------------------------


def small(png: bytes) -> bytes:
    """The same picture with a palette: the most frequent colors stay, the others become the nearest of them."""
    pixels = _pixels(png)
    height, width = pixels.shape[:2]
    colors, places, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    kept = np.argsort(-counts, kind="stable")[:256]
    palette = colors[kept]
    apart = np.abs(colors[:, None, :].astype(np.int32) - palette[None, :, :].astype(np.int32)).sum(axis=2)
    places = apart.argmin(axis=1)[places.ravel()].reshape(height, width)
    lines = np.concatenate([np.zeros((height, 1), dtype=np.uint8), places.astype(np.uint8)], axis=1)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = [
        (b"IHDR", head),
        (b"PLTE", palette.tobytes()),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _pixels(png: bytes) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    """The pixels of a PNG of 8 bits in RGB or RGBA, as browsers write it: height x width x 3."""
    at, packed, head = 8, b"", b""
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        head = body if kind == b"IHDR" else head
        packed += body if kind == b"IDAT" else b""
        at += 12 + size
    width, height, depth, color, *_, interlaced = struct.unpack(">IIBBBBB", head)
    channels = {2: 3, 6: 4}.get(color, 0)
    if depth != 8 or not channels or interlaced:
        raise ValueError("not a picture of a browser")
    raw = np.frombuffer(zlib.decompress(packed), dtype=np.uint8).reshape(height, 1 + width * channels)
    lines = np.zeros((height + 1, width, channels), dtype=np.uint8)
    for row in range(height):
        _unfilter(int(raw[row, 0]), raw[row, 1:].reshape(width, channels), lines[row], lines[row + 1])
    return lines[1:, :, :3]


def _unfilter(
    kind: int,
    coded: np.ndarray[tuple[int, int], np.dtype[np.uint8]],
    above: np.ndarray[tuple[int, int], np.dtype[np.uint8]],
    out: np.ndarray[tuple[int, int], np.dtype[np.uint8]],
) -> None:
    """One line of a PNG (section 9 of its standard), modulo 256; pixels are rows of channels."""
    if kind == 0:
        out[:] = coded
    elif kind == 1:
        out[:] = np.cumsum(coded, axis=0, dtype=np.uint64).astype(np.uint8)
    elif kind == 2:
        out[:] = coded + above
    else:
        zero = [0] * coded.shape[1]
        left, corner = zero, zero
        for x, (pixel, up) in enumerate(zip(coded.tolist(), above.tolist(), strict=True)):
            guess = _mean if kind == 3 else _paeth
            left = [(p + guess(a, b, c)) & 255 for p, a, b, c in zip(pixel, left, up, corner, strict=True)]
            corner = up
            out[x] = left


def _mean(left: int, up: int, _: int) -> int:
    return (left + up) // 2


def _paeth(left: int, up: int, corner: int) -> int:
    near = left + up - corner
    return min((left, up, corner), key=lambda value: abs(near - value))


def main() -> int:
    """Take all pictures; 1 if one is too large."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", type=Path, default=ROOT / "build/site", help="the built site")
    parser.add_argument("--out", type=Path, default=ROOT / "docs/images", help="the folder for the pictures")
    parser.add_argument("names", nargs="*", help="only these")
    asked = parser.parse_args()
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    large = False
    with served(asked.site) as root, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--disable-gpu", *sandbox])
        for shot in SHOTS:
            if asked.names and shot.name not in asked.names:
                continue
            picture = take(browser, root, shot)
            (asked.out / f"{shot.name}.png").write_bytes(picture)
            large |= len(picture) > LIMIT
            print(f"{shot.name}.png: {len(picture) / 1000:.0f} kB")
        browser.close()
    return int(large)


if __name__ == "__main__":
    sys.exit(main())
