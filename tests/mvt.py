"""Reads a vector tile to the letter of the specification (Mapbox Vector Tile 2.1), for tests."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Feature:
    """One thing in a layer; `points` in units of the tile from its north-west corner."""

    id: int | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    points: list[tuple[int, int]] = field(default_factory=list)


def layers(tile: bytes) -> dict[str, list[Feature]]:
    """Features by the name of their layer."""
    read = [_layer(body) for number, body in _fields(tile) if number == 3]
    return dict(read)


def _layer(body: bytes) -> tuple[str, list[Feature]]:
    name, keys, values, raw = "", [], [], []
    for number, value in _fields(body):
        if number == 1:
            name = value.decode()
        elif number == 2:
            raw.append(value)
        elif number == 3:
            keys.append(value.decode())
        elif number == 4:
            values.append(_value(value))
    return name, [_feature(one, keys, values) for one in raw]


def _feature(body: bytes, keys: list[str], values: list[Any]) -> Feature:
    feature = Feature()
    for number, value in _fields(body):
        if number == 1:
            feature.id = value
        elif number == 2:
            tags = list(_numbers(value))
            feature.properties = {
                keys[k]: values[v] for k, v in zip(tags[::2], tags[1::2], strict=True)
            }
        elif number == 4:
            feature.points = _points(list(_numbers(value)))
    return feature


def _points(commands: list[int]) -> list[tuple[int, int]]:
    points, at, x, y = [], 0, 0, 0
    while at < len(commands):
        command, count = commands[at] & 7, commands[at] >> 3
        at += 1
        for _ in range(count if command in (1, 2) else 0):
            x, y = x + _signed(commands[at]), y + _signed(commands[at + 1])
            points.append((x, y))
            at += 2
    return points


def _value(body: bytes) -> Any:
    ((number, value),) = _fields(body)
    if number == 1:
        return value.decode()
    if number in (2, 3):
        return struct.unpack("<f" if number == 2 else "<d", value)[0]
    return _signed(value) if number == 6 else bool(value) if number == 7 else value


def _fields(body: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(body):
        tag, at = _varint(body, at)
        number, kind = tag >> 3, tag & 7
        if kind == 0:
            value, at = _varint(body, at)
            yield number, value
        else:
            size, at = _varint(body, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
            yield number, body[at : at + size]
            at += size


def _numbers(body: bytes) -> Iterator[int]:
    at = 0
    while at < len(body):
        number, at = _varint(body, at)
        yield number


def _varint(body: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = body[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at


def _signed(number: int) -> int:
    return number >> 1 ^ -(number & 1)
