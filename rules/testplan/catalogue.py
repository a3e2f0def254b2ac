"""The catalogue: what is known of every test of xfstests, as facts in columns.

A test has tags, "group:mmap", "tool:dm-error", "verb:mwrite" (xfs_io commands), "syscall:mmap" (of its C helpers),
"helper:holetest", "require:dm_target flakey", "call:_dmerror_init", "flag:soak". A set of tests is an int with one bit
per test, so that a query over tags is a few machine operations. The shipped table holds facts only and names the commit
of xfstests that it was made from; `rules.testplan.xfstests` makes the same value from a user's tree.
"""

import zlib
from collections.abc import Iterable, Iterator
from functools import cache

import msgspec

from rules import packed
from rules.model import Value
from rules.testplan import DATA

SHIPPED = "xfstests.json.gz"


class Catalogue(Value, frozen=True, kw_only=True):
    source: str  # "xfstests 63a29724a85f (2026-01-01)"
    tests: tuple[str, ...]  # sorted ids
    added: tuple[str, ...]  # ISO date of each, "" when unknown
    tags: dict[str, tuple[int, ...]]  # tag -> indices into tests
    excluded: dict[str, tuple[int, ...]]  # filesystem -> tests that say they do not run on it
    fixes: dict[str, tuple[int, ...]]  # first 12 hex of a kernel commit -> tests that it makes pass
    subjects: dict[str, tuple[int, ...]]  # digest of the normalised title of such a commit -> the tests


class TestInfo(Value, frozen=True, kw_only=True):
    """The tags of one test, by kind."""

    test: str
    added: str
    groups: tuple[str, ...]
    requires: tuple[str, ...]
    tools: tuple[str, ...]
    flags: tuple[str, ...]
    helpers: tuple[str, ...] = ()


@cache
def shipped() -> Catalogue:
    """The table of this package."""
    return decode((DATA / SHIPPED).read_bytes())


def decode(data: bytes) -> Catalogue:
    """Raises ValueError for bytes that are not a catalogue."""
    try:
        return msgspec.json.decode(packed.unpack(data), type=Catalogue)
    except (zlib.error, msgspec.DecodeError) as error:
        raise ValueError(f"not a test catalogue: {error}") from error


def encode(catalogue: Catalogue) -> bytes:
    """The same bytes for the same catalogue."""
    return packed.pack(msgspec.json.encode(catalogue))


def members(mask: int) -> Iterator[int]:
    """Indices of the bits of a set, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def to_mask(indices: Iterable[int]) -> int:
    """The set of these indices."""
    mask = 0
    for index in indices:
        mask |= 1 << index
    return mask


class Sets:
    """Sets of tests by tag, over a catalogue. Computes a set when it is first asked for."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.index = {test: number for number, test in enumerate(catalogue.tests)}
        self.all = (1 << len(catalogue.tests)) - 1
        self._sets: dict[str, int] = {}

    def tagged(self, tag: str) -> int:
        """Tests with this tag; a tag that ends in * stands for all that begin so."""
        known = self._sets.get(tag)
        if known is None:
            known = self._sets[tag] = self._tagged(tag)
        return known

    def _tagged(self, tag: str) -> int:
        tags = self.catalogue.tags
        if not tag.endswith("*"):
            return to_mask(tags.get(tag, ()))
        return to_mask(i for name, indices in tags.items() if name.startswith(tag[:-1]) for i in indices)

    def where(self, expression: str) -> int:
        """Tests for "group:mmap & tool:dm-error & !flag:soak"; "|" binds weaker than "&"."""
        found = 0
        for alternative in expression.split("|"):
            mask = self.all
            for term in alternative.split("&"):
                name = term.strip()
                mask &= ~self.tagged(name[1:]) if name.startswith("!") else self.tagged(name)
            found |= mask
        return found & self.all

    def directory(self, name: str) -> int:
        """Tests of one directory under tests/."""
        known = self._sets.get("directory:" + name)
        if known is None:
            prefix = name + "/"
            known = to_mask(i for i, test in enumerate(self.catalogue.tests) if test.startswith(prefix))
            self._sets["directory:" + name] = known
        return known

    def before(self, date: str) -> int:
        """Tests that existed before this date; those of unknown age count as old. All for ""."""
        if not date:
            return self.all
        return to_mask(i for i, added in enumerate(self.catalogue.added) if added < date)

    def of(self, names: Iterable[str]) -> int:
        """These tests; names that the catalogue does not have are passed over."""
        return to_mask(self.index[name] for name in names if name in self.index)

    def excluding(self, filesystem: str) -> int:
        """Tests that say themselves that they do not run on a filesystem."""
        return to_mask(self.catalogue.excluded.get(filesystem, ()))

    def describe(self, wanted: Iterable[int]) -> dict[int, TestInfo]:
        """The tags of some tests."""
        kinds: dict[int, dict[str, list[str]]] = {index: {} for index in wanted}
        for tag, indices in self.catalogue.tags.items():
            kind, _, name = tag.partition(":")
            if kind in ("group", "require", "tool", "flag", "helper"):
                for index in kinds.keys() & indices:
                    kinds[index].setdefault(kind, []).append(name)
        return {index: self._info(index, found) for index, found in kinds.items()}

    def _info(self, index: int, found: dict[str, list[str]]) -> TestInfo:
        return TestInfo(
            test=self.catalogue.tests[index],
            added=self.catalogue.added[index],
            groups=tuple(found.get("group", ())),
            requires=tuple(found.get("require", ())),
            tools=tuple(found.get("tool", ())),
            flags=tuple(found.get("flag", ())),
            helpers=tuple(found.get("helper", ())),
        )
