"""Writes small databases in MaxMind's format (specification 2.0), for tests: whatever reads them
was written by somebody else.
"""

from ipaddress import ip_network
from pathlib import Path
from typing import Any

MARKER = b"\xab\xcd\xefMaxMind.com"
NODE_BITS = 32
SHORT, LONG = (
    {"record_size", "ip_version", "binary_format_major_version", "binary_format_minor_version"},
    {"build_epoch"},
)
"""Readers insist on the sizes of the numbers that describe the file; all others have 32 bits."""
BUILT = 1_700_000_000
Tree = list[list[int | None]]


def write(path: Path, records: dict[str, Any], version: int = 6) -> Path:
    """Records by network. IPv4 networks lie under ::/96 in a tree of version 6, as everywhere."""
    nodes: Tree = [[None, None]]
    data, places = bytearray(), []
    for network, record in records.items():
        places.append(len(data))
        data += _value(record)
        _put(nodes, _bits(network, version), -len(places))
    tree = b"".join(
        _child(child, len(nodes), places).to_bytes(4) for node in nodes for child in node
    )
    path.write_bytes(tree + bytes(16) + bytes(data) + MARKER + _value(_about(len(nodes), version)))
    return path


def _about(nodes: int, version: int) -> dict[str, Any]:
    counts = {
        "node_count": nodes,
        "record_size": NODE_BITS,
        "ip_version": version,
        "build_epoch": BUILT,
    }
    names = {"database_type": "test", "languages": ["en"], "description": {"en": "test"}}
    return counts | names | {"binary_format_major_version": 2, "binary_format_minor_version": 0}


def _bits(network: str, version: int) -> str:
    found = ip_network(network)
    bits = f"{int(found.network_address):0{found.max_prefixlen}b}"[: found.prefixlen]
    return "0" * 96 + bits if version == 6 and found.version == 4 else bits


def _put(nodes: Tree, bits: str, leaf: int) -> None:
    node = 0
    for bit in map(int, bits[:-1]):
        child = nodes[node][bit]
        if child is None:
            nodes.append([None, None])
            child = nodes[node][bit] = len(nodes) - 1
        node = child
    nodes[node][int(bits[-1])] = leaf


def _child(child: int | None, nodes: int, places: list[int]) -> int:
    if child is None:
        return nodes  # nothing there
    return child if child >= 0 else nodes + 16 + places[-child - 1]


def _value(value: Any, name: str = "") -> bytes:
    """Maps, texts, numbers and lists: the types that the format has for them."""
    if isinstance(value, dict):
        return _control(7, len(value)) + b"".join(
            _value(key) + _value(each, key) for key, each in value.items()
        )
    if isinstance(value, list):
        return _control(11, len(value)) + b"".join(map(_value, value))
    if isinstance(value, int):
        raw = value.to_bytes(8).lstrip(b"\0")
        return _control(5 if name in SHORT else 9 if name in LONG else 6, len(raw)) + raw
    raw = str(value).encode()
    return _control(2, len(raw)) + raw


def _control(kind: int, size: int) -> bytes:
    """Kind and size; sizes of 29 and more take a byte of their own, kinds above
    7 too (before it)."""
    first = (kind << 5 if kind <= 7 else 0) | min(size, 29)
    more = bytes([kind - 7]) if kind > 7 else b""
    return bytes([first]) + more + (bytes([size - 29]) if size >= 29 else b"")
