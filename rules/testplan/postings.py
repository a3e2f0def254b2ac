"""Names to lists of numbers, in one file that is read without being parsed.

A plan asks for a few hundred of 50,000 names; to decode them all would take longer than the rest of the plan. So the
rows stand in buckets by the CRC of their name, and a look-up searches one bucket of some hundred bytes. Layout: bucket
offsets as 32-bit little endian, then lines "name TAB numbers", each bucket beginning with a newline. A number is one
character of UTF-8, so that small ones take one byte: its code point less 35, which leaves out tab and newline.
"""

import mmap
import sys
from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path
from zlib import crc32

_BUCKETS = 4096
_HEAD = 4 * (_BUCKETS + 1)
_FIRST = 35
_MOST = 0xD7FF - _FIRST  # above it are no characters


class Postings:
    """Read-only; `get` gives the list of a name, None for one that is not in it."""

    def __init__(self, data: bytes | mmap.mmap) -> None:
        """Raises ValueError for data that `pack` did not make."""
        self._offsets = array("I")
        if len(data) < _HEAD or self._offsets.itemsize != 4:
            raise ValueError("not a table of postings")
        self._offsets.frombytes(data[:_HEAD])
        if sys.byteorder == "big":
            self._offsets.byteswap()
        if self._offsets[-1] != len(data):
            raise ValueError("a table of postings that is cut short")
        self._data = data

    def get(self, name: str) -> list[int] | None:
        key = name.encode("utf-8", "surrogatepass")
        bucket = crc32(key) % _BUCKETS
        wanted = b"\n" + key + b"\t"
        start = self._data.find(wanted, self._offsets[bucket], self._offsets[bucket + 1])
        if start < 0:
            return None
        start += len(wanted)
        end = self._data.find(b"\n", start, self._offsets[bucket + 1])
        text = self._data[start : end if end >= 0 else self._offsets[bucket + 1]].decode("utf-8", "replace")
        return list(map(_FIRST.__rsub__, map(ord, text)))  # ord(letter) - _FIRST, without bytecode


def read(path: Path) -> Postings:
    """The table of a file, of which only what is asked for is read. Raises OSError, ValueError."""
    with path.open("rb") as file:
        return Postings(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def pack(rows: Mapping[str, Sequence[int]]) -> bytes:
    """The file for these rows; the same bytes for the same rows.

    Raises ValueError for a name with a tab or newline and for a number that is negative or above 55,000.
    """
    buckets: list[list[bytes]] = [[] for _ in range(_BUCKETS)]
    for name in sorted(rows):
        key = name.encode("utf-8", "surrogatepass")
        if b"\n" in key or b"\t" in key:
            raise ValueError(f"a name of postings has a tab or newline: {name!r}")
        if not all(0 <= number <= _MOST for number in rows[name]):
            raise ValueError(f"a number of postings is out of range in the row of {name!r}")
        numbers = "".join(chr(number + _FIRST) for number in rows[name])
        buckets[crc32(key) % _BUCKETS].append(b"\n" + key + b"\t" + numbers.encode())
    offsets, place = array("I"), _HEAD
    for bucket in buckets:
        offsets.append(place)
        place += sum(map(len, bucket))
    offsets.append(place)
    if sys.byteorder == "big":
        offsets.byteswap()
    return offsets.tobytes() + b"".join(row for bucket in buckets for row in bucket)
