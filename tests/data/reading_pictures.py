"""What a reader can tell from a picture with a ruler: where its marks, lines and words stand, and what an axis says of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import reduce
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely

SVG = "{http://www.w3.org/2000/svg}"
SAID = {"what": "Arson", "where": "Trefelin", "when": "2024"}
NUMBER = re.compile(r"-?[\d,]+(\.\d+)?%?$")
ACROSS, UPRIGHT = re.compile(r"M([\d.]+) ([\d.]+)H([\d.]+)$"), re.compile(r"M([\d.]+) ([\d.]+)V([\d.]+)$")
# A tenth of a pixel is all that is written, and half a number's last digit.
CLOSE = 0.15
Element = ElementTree.Element


class Paper:
    """A drawn picture, with what a reader can tell from it."""

    def __init__(self, drawn: str) -> None:
        self.root = ElementTree.fromstring(drawn)
        self.width, self.height = (float(v) for v in self.root.get("viewBox", "").split()[2:])
        self.parts = list(self.root.iter())

    def said(self, name: str) -> str:
        return self.root.findtext(f"{SVG}{name}") or ""

    def drawn(self, name: str, **attributes: str) -> list[Element]:
        wanted = {key.replace("_", "-"): value for key, value in attributes.items()}
        return [one for one in self.root.iter(f"{SVG}{name}") if wanted.items() <= one.attrib.items()]

    def at(self, text: str) -> tuple[float, float]:
        """Where a text stands that is written once."""
        (one,) = [each for each in self.drawn("text") if each.text == text and "stroke" not in each.attrib]
        return place(one)

    def marks(self) -> list[tuple[str, float, float]]:
        """The shape and middle of every mark, in the order in which they are drawn."""
        found = []
        for one in self.parts:
            if one.tag == f"{SVG}circle":
                found.append(("circle", float(one.get("cx", 0)), float(one.get("cy", 0))))
            elif one.tag == f"{SVG}rect" and one.get("width") == one.get("height") in ("7", "10"):
                half = float(one.get("width", 0)) / 2
                found.append(("square", float(one.get("x", 0)) + half, float(one.get("y", 0)) + half))
            elif shape := re.match(r"M([\d.]+) ([\d.]+)l(\d+)[ ,-]+(\d+)\D+", one.get("d", "")):
                x, top, half = (float(v) for v in shape.groups()[:3])
                kind = "triangle" if "h-14z" in one.get("d", "") else "diamond"
                found.append((kind, x, top + (7 if kind == "triangle" else half)))
        return found

    def lines(self) -> list[tuple[str | None, list[tuple[float, float]]]]:
        """Every line through values: how it is dashed, and its corners."""
        return [
            (one.get("stroke-dasharray"), [(float(x), float(y)) for x, y in re.findall(r"([\d.]+),([\d.]+)", points)])
            for one in self.drawn("polyline")
            if (points := one.get("points")) is not None
        ]


def place(one: Element) -> tuple[float, float]:
    return float(one.get("x", 0)), float(one.get("y", 0))


def value(text: str | None) -> float:
    assert text is not None
    assert NUMBER.match(text)
    plain = float(text.replace(",", "").rstrip("%"))
    return plain / 100 if text.endswith("%") else plain


class Ruler:
    """Values by their place along an axis; and the paper between the first of its numbers and the last."""

    def __init__(self, places: list[float], numbers: list[float]) -> None:
        assert len(places) >= 3
        self.slope, self.nought = np.polyfit(places, numbers, 1)
        assert self.slope * np.array(places) + self.nought == pytest.approx(numbers, abs=CLOSE * abs(self.slope))
        self.first, self.last = min(places), max(places)
        self.numbers = numbers

    def read(self, *places: float) -> list[float]:
        return [float(self.slope * each + self.nought) for each in places]

    def tells(self, numbers: Iterable[float]) -> object:
        """What a reading must be to stand for these numbers."""
        return pytest.approx(list(numbers), abs=CLOSE * abs(self.slope))


def upwards(paper: Paper) -> Ruler:
    """The axis up the side: a number beside each of its lines."""
    found = []
    for line, written in pairwise(paper.parts):
        across = ACROSS.match(line.get("d", ""))
        if across and line.get("stroke-width") == "0.5":
            x, y = place(written)
            assert (x < float(across[1]), written.get("text-anchor")) == (True, "end")
            assert y == pytest.approx(float(across[2]) + 4, abs=CLOSE)
            found.append((float(across[2]), value(written.text)))
    return Ruler(*map(list, zip(*found, strict=True)))


def sideways(paper: Paper) -> Ruler:
    """The axis along the bottom: a number under each of its lines."""
    found = []
    for line, written in pairwise(paper.parts):
        upright = UPRIGHT.match(line.get("d", ""))
        if upright and line.get("stroke-width") == "0.5":
            x, y = place(written)
            assert x == pytest.approx(float(upright[1]), abs=CLOSE)
            assert y > float(upright[3]) > float(upright[2])
            found.append((x, value(written.text)))
    return Ruler(*map(list, zip(*found, strict=True)))


def named(count: int) -> list[str]:
    return [f"p{i}" for i in range(count)]


def inside(paper: Paper, ruler: Ruler) -> list[tuple[str, float, float]]:
    """The marks that are no part of the key, which stands below the axis."""
    return [each for each in paper.marks() if each[2] <= max(ruler.first, ruler.last) + CLOSE]


def spread(one: Element) -> tuple[float, float, float]:
    """Where an upright interval stands, and its upper and lower end, which both have a bar across."""
    x, top, bottom = (float(v) for v in re.findall(r"[\d.]+", one.get("d", ""))[:3])
    ends = re.findall(r"M([\d.]+) ([\d.]+)h8", one.get("d", ""))
    assert [(float(a) + 4, float(b)) for a, b in ends] == [pytest.approx((x, y), abs=CLOSE) for y in (top, bottom)]
    return x, top, bottom


def extent(one: Element) -> tuple[float, float, float, float]:
    """The box that a shape lies in."""
    if one.tag == f"{SVG}circle":
        x, y, r = (float(one.get(each, 0)) for each in ("cx", "cy", "r"))
        return x - r, y - r, x + r, y + r
    if one.tag == f"{SVG}rect":
        x, y = place(one)
        return x, y, x + float(one.get("width", 0)), y + float(one.get("height", 0))
    if points := one.get("points"):
        corners = [tuple(map(float, each.split(","))) for each in points.split()]
    else:
        corners = walked(one.get("d", ""))
    return (*np.min(corners, axis=0), *np.max(corners, axis=0))


def walked(path: str) -> list[tuple[float, float]]:
    """The corners that a path comes to."""
    x = y = 0.0
    corners = []
    for command, rest in re.findall(r"([MLHVlhvZz])([^MLHVlhvZz]*)", path):
        numbers = [float(each) for each in re.findall(r"-?[\d.]+", rest)]
        while numbers:
            if command in "HVhv":
                step = numbers.pop(0)
                x = step if command == "H" else x + step if command == "h" else x
                y = step if command == "V" else y + step if command == "v" else y
            else:
                a, b = numbers.pop(0), numbers.pop(0)
                x, y = (x + a, y + b) if command == "l" else (a, b)
            corners.append((x, y))
    return corners


def shape_of(one: Element) -> shapely.Geometry:
    """What an outline covers on the paper."""
    rings = [
        shapely.Polygon([tuple(map(float, corner.split())) for corner in ring.split("L")])
        for ring in one.get("d", "")[1:-1].split("ZM")
    ]
    assert one.get("fill-rule") == "evenodd"
    return reduce(shapely.symmetric_difference, rings)
