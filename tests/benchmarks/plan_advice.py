"""The sources of `rules.testplan.advice`, as the rows that are shipped.

advice/*.txt were written by language models that were given the scripts of xfstests (as of 2022-12-31, later ones as
first added), names of kernel functions and files, and no mails, and asked for the judgement of a maintainer. They are
ours to mend by hand: a line is `name: aspects`, `name: tests` or `name | names | tests`; # begins a comment.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from rules.testplan.advice import SCALE, Names
from rules.testplan.catalogue import shipped

SOURCES = Path(__file__).with_name("advice")
_FURTHER = 0.5  # of an aspect that is not the test's very point
_POWER = 0.75  # of the rarity of an aspect
# Folders of the names that the sources use for filesystems and parts of the kernel.
_FOLDERS = {
    "xfs": ("fs/xfs",), "btrfs": ("fs/btrfs",), "ext4": ("fs/ext4", "fs/jbd2", "fs/ext2"), "f2fs": ("fs/f2fs",),
    "overlay": ("fs/overlayfs",), "nfs": ("fs/nfs", "fs/nfsd"), "cifs": ("fs/smb", "fs/cifs"), "ceph": ("fs/ceph",),
    "gfs2": ("fs/gfs2",), "erofs": ("fs/erofs",), "fuse": ("fs/fuse",), "ocfs2": ("fs/ocfs2",), "udf": ("fs/udf",),
    "exfat": ("fs/exfat",), "fat": ("fs/fat",), "9p": ("fs/9p",), "vfs": ("fs",), "mm": ("mm",), "block": ("block",),
    "iomap": ("fs/iomap",), "any": ("any",),
}  # fmt: skip


def lines(name: str) -> Iterator[str]:
    """The lines of a source without comments."""
    for line in (SOURCES / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line


def marked(name: str) -> dict[str, list[tuple[str, bool]]]:
    """Of a source with aspects: name -> (aspect, whether it is a main one), in order."""
    found: dict[str, list[tuple[str, bool]]] = {}
    for line in lines(name):
        key, _, rest = line.partition(": ")
        found[key] = [(word.rstrip("*"), word.endswith("*")) for word in rest.split() if word != "-"]
    return found


class _Lists:
    """Lists of tests that rows refer to by number."""

    def __init__(self, numbers: dict[str, int]) -> None:
        self._numbers = numbers
        self.rows: dict[str, list[int]] = {}
        self._known: dict[tuple[int, ...], int] = {}

    def add(self, name: str, tests: Iterable[str]) -> None:
        row = tuple(dict.fromkeys(self._numbers[test] for test in tests if test in self._numbers))
        number = self._known.setdefault(row, len(self._known))
        self.rows.setdefault(f"list:{number}", list(row))
        self.rows.setdefault(name, []).append(number)


def compiled() -> tuple[Names, dict[str, list[int]]]:
    """The names and rows of the table that is shipped."""
    tests = shipped().tests
    numbers = {test: number for number, test in enumerate(tests)}
    weights = _weights()
    count = Counter(aspect for some in weights.values() for aspect in some)
    names = tuple(sorted(count))
    aspects = {aspect: number for number, aspect in enumerate(names)}
    rarity = tuple(round(math.log(1 + len(weights) / (1 + count[aspect])) ** _POWER, 4) for aspect in names)
    rows: dict[str, list[int]] = {}
    for test, some in sorted(weights.items()):
        raw = {aspects[aspect]: amount * rarity[aspects[aspect]] for aspect, amount in some.items()}
        length = math.sqrt(sum(amount * amount for amount in raw.values())) ** 0.5
        for aspect, amount in sorted(raw.items()):
            if test in numbers:
                rows.setdefault(f"aspect:{aspect}", []).extend((numbers[test], round(SCALE * amount / length)))
    for kind, source in (("word", "words"), ("pair", "pairs"), ("path", "paths")):
        for key, some in marked(source).items():
            rows[f"{kind}:{key}"] = [
                part for aspect, main in some if aspect in aspects for part in (aspects[aspect], int(main))
            ]
    lists = _Lists(numbers)
    for name, found in _advice(aspects):
        lists.add(name, found)
    return Names(source="written 2026-11", tests=tests, aspects=names, rarity=rarity), rows | lists.rows


def _weights() -> dict[str, dict[str, float]]:
    """test -> aspect -> weight: the mean of two readings."""
    found: dict[str, dict[str, float]] = {}
    for source in ("tests-1", "tests-2"):
        for test, some in marked(source).items():
            of_test = found.setdefault(test, {})
            for aspect, main in some:
                of_test[aspect] = of_test.get(aspect, 0.0) + (1.0 if main else _FURTHER) / 2
    return {test: some for test, some in found.items() if some}


def _advice(aspects: dict[str, int]) -> Iterator[tuple[str, list[str]]]:
    """Names of rows with the tests that are advised for them, best first."""
    for source in ("files-1", "files-2"):
        for line in lines(source):
            path, _, tests = line.partition(": ")
            yield f"file:{path}", tests.split()
    for line in lines("functions"):
        _, functions, tests = line.split(" | ")
        for name in functions.split():
            yield f"function:{name}", tests.split()
    for line in lines("aspects"):
        aspect, systems, tests = line.split(" | ")
        folders = [folder for name in systems.split("/") for folder in _FOLDERS.get(name, ())]
        for folder in folders if aspect in aspects else ():
            yield f"aspect:{aspects[aspect]}:{folder}", tests.split()
    for line in lines("directories"):
        name, tests = line.split(" | ")
        for folder in _FOLDERS.get(name, ()):
            yield f"directory:{folder}", tests.split()
