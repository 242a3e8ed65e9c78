"""Roads from a street network in GraphML, as osmnx saves it."""

from __future__ import annotations

import ast
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

import numpy as np
import shapely
from shapely.errors import ShapelyError

from geo.roads.gathering import Gathering
from geo.roads.raw import BadRoads, Floats

_CHUNK = 1 << 16
_LONGEST_VALUE = 1_000_000  # characters of one value: a line of 30,000 corners
_LONGEST_LIST = 2_000  # characters of "[747479339, 575408295]"

Spot = tuple[float, float]
Course = tuple[Spot, ...]


@dataclass(slots=True)
class _Edge:
    """Both directions of a road between two nodes, as far as the graph has them."""

    source: int
    target: int
    course: Course
    tags: dict[str, str]
    there: bool = False  # from source to target
    back: bool = False


def read(path: Path, gathering: Gathering) -> None:
    """All edges; those that are the same line there and back are one road.

    What the graph says is the truth: without an edge back, a road is one way. The file is read
    piece by piece; the edges are kept until its end.
    Raises BadRoads where it is no whole GraphML of nodes with x and y.
    """
    document = _Document(path.name)
    size = path.stat().st_size
    parser = document.parser()
    try:
        with path.open("rb") as raw:
            while chunk := raw.read(_CHUNK):
                parser.Parse(chunk)
                gathering.progress(0.7 * raw.tell() / size)
            parser.Parse(b"", True)
    except expat.ExpatError as wrong:
        raise BadRoads(
            f"{path.name}: bukan GraphML yang utuh ({wrong}); simpan lagi graf dari osmnx"
        ) from wrong
    if not document.is_graphml:
        raise BadRoads(f"{path.name}: XML ini bukan GraphML (elemen <graphml> tidak ada)")
    document.hand_over(gathering)


@dataclass(slots=True)
class _Document:
    """What the parser has met. Node numbers are those of the file, or made from its words."""

    name: str
    is_graphml: bool = False
    both_ways: bool = False  # the graph has no directions
    keys: dict[str, str] = field(default_factory=dict)  # id of a key: what it means
    spots: dict[int, Spot] = field(default_factory=dict)
    signals: set[int] = field(default_factory=set)
    edges: dict[tuple[object, ...], _Edge] = field(default_factory=dict)
    unplaced: int = 0
    _open: dict[str, str] | None = None  # attributes of the node or edge that is open
    _values: dict[str, str] = field(default_factory=dict)
    _key: str | None = None
    _text: list[str] = field(default_factory=list)
    _length: int = 0

    def parser(self) -> expat.XMLParserType:
        """Tells this document what it meets. Refuses declarations of entities."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._said
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        return parser

    def hand_over(self, gathering: Gathering) -> None:
        """All edges as ways."""
        made_up = -1  # numbers of the corners between two nodes
        gathering.signals |= self.signals
        for edge in self.edges.values():
            inner = len(edge.course) - 2
            nodes = [edge.source, *range(made_up, made_up - inner, -1), edge.target]
            made_up -= inner
            tags = edge.tags | {"oneway": "no" if edge.there and edge.back else "yes"}
            course = edge.course if edge.there else edge.course[::-1]
            gathering.take(
                _first_number(edge.tags.get("osmid", "")),
                np.array(nodes if edge.there else nodes[::-1], dtype=np.int64),
                np.array(course, dtype=np.float64),
                tags,
            )
        gathering.left_out["sambungan tanpa simpul"] += self.unplaced

    def _refuse_doctype(self, *declared: object) -> None:
        raise BadRoads(f"{self.name}: GraphML tidak memakai DOCTYPE; simpan lagi dari osmnx")

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        match element.rpartition(" ")[2]:
            case "graphml":
                self.is_graphml = True
            case "key":
                self.keys[attributes.get("id", "")] = attributes.get("attr.name", "")
            case "graph":
                self.both_ways = attributes.get("edgedefault") == "undirected"
            case "node" | "edge":
                self._open, self._values = attributes, {}
            case "data":
                self._key, self._text, self._length = attributes.get("key"), [], 0

    def _said(self, text: str) -> None:
        if self._key is not None:
            self._length += len(text)
            if self._length > _LONGEST_VALUE:
                raise BadRoads(f"{self.name}: satu nilai lebih dari {_LONGEST_VALUE:,} huruf")
            self._text.append(text)

    def _end(self, element: str) -> None:
        match element.rpartition(" ")[2]:
            case "data" if self._key is not None:
                self._values[self.keys.get(self._key, self._key)] = "".join(self._text).strip()
                self._key = None
            case "node" if self._open is not None:
                self._node(self._open.get("id", ""), self._values)
                self._open = None
            case "edge" if self._open is not None:
                self._edge(self._open, self._values)
                self._open = None

    def _node(self, id_: str, values: dict[str, str]) -> None:
        try:
            spot = float(values["x"]), float(values["y"])
        except (KeyError, ValueError):
            raise BadRoads(f"{self.name}: simpul {id_}: x dan y (derajat) tidak terbaca") from None
        if not np.isfinite(spot).all():
            raise BadRoads(f"{self.name}: simpul {id_}: koordinatnya bukan angka ({spot})")
        self.spots[_number(id_)] = spot
        if values.get("highway") == "traffic_signals":
            self.signals.add(_number(id_))

    def _edge(self, ends: dict[str, str], values: dict[str, str]) -> None:
        source, target = _number(ends.get("source", "")), _number(ends.get("target", ""))
        if source not in self.spots or target not in self.spots:
            self.unplaced += 1
            return
        course = self._course(source, target, values.get("geometry"))
        tags = {key: _first(value) for key, value in values.items() if key != "geometry"}
        # The same line read from its other end is the same road.
        turned = (target, source, course[::-1]) < (source, target, course)
        ordered = (target, source, course[::-1]) if turned else (source, target, course)
        key = (*ordered, tags.get("highway"))
        edge = self.edges.setdefault(key, _Edge(*ordered, tags))
        edge.there |= self.both_ways or not turned
        edge.back |= self.both_ways or turned

    def _course(self, source: int, target: int, wkt: str | None) -> Course:
        """From the one node to the other, through the corners of the geometry, if any."""
        first, last = self.spots[source], self.spots[target]
        if not wkt:
            return (first, last)
        try:
            corners: Floats = shapely.get_coordinates(shapely.from_wkt(wkt))
        except ShapelyError as wrong:
            raise BadRoads(f"{self.name}: geometry bukan WKT: {wkt[:60]!r}") from wrong
        if not np.isfinite(corners).all():
            raise BadRoads(f"{self.name}: geometry berisi koordinat yang bukan angka: {wkt[:60]!r}")
        inner = [(lon, lat) for lon, lat in corners[1:-1].tolist()]
        return (first, *inner, last)


def _number(word: str) -> int:
    """Of a node: its id, where that is a number; else one far beyond OSM's."""
    try:
        return int(word)
    except ValueError:
        return (1 << 60) + zlib.crc32(word.encode()) * (1 << 20) + len(word)


def _first(value: str) -> str:
    """The first of what osmnx writes as a list, where it has merged several ways."""
    if not (value.startswith("[") and value.endswith("]") and len(value) <= _LONGEST_LIST):
        return value
    try:
        listed = ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return value
    return str(listed[0]) if listed else ""


def _first_number(word: str) -> int:
    return int(word) if word.isascii() and word.lstrip("-").isdigit() and len(word) < 19 else 0
