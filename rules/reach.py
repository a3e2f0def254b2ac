"""From where a path comes to some functions, and as the code of which filesystems.

Both are asked backward from the targets, before any chain is looked for: a search of chains follows only what can end
in one. Most of what a chain can call leads to a target by way of another filesystem's operations only, and a chain
that has come through a table of ext4 does not go on in those of btrfs.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from rules.filesystem_names import filesystem_of
from rules.pathfiles import PathFile

if TYPE_CHECKING:
    from rules.graph import Model

MAX_CONTEXTS = 4  # system call, completion, work item and one more
MAX_EDGES = 16  # of a chain in one context; a read comes to iomap_begin through readahead in 16
LATER = ("completion", "work")  # kinds of edges that lead into another context
_ANY = -1  # every bit: any filesystem, and code of none


def reaches(model: Model, path: PathFile, targets: Iterable[int], most: int = MAX_EDGES) -> dict[int, int]:
    """Functions from which a target is reached along the edges of the path.

    With the number of edges to it, or to where the way goes on in another context, whichever is less.
    """
    distance = dict.fromkeys(targets, 0)
    queue = deque(distance)
    operations = frozenset((*(operation.name for operation in path.operations), *(LATER if path.later else ())))
    closed = walls(model, path) - frozenset(distance)
    skipped = skips(model, path)
    while queue:
        index = queue.popleft()
        if index in closed:
            continue
        for caller, gate in _back_links(model, index):
            steps = 1 if gate in LATER else distance[index] + 1
            followed = not gate or (gate in operations and (gate, caller) not in skipped)
            if followed and steps <= most and steps < distance.get(caller, most + 1):
                distance[caller] = steps
                queue.append(caller)
    return distance


@lru_cache(maxsize=64)
def walls(model: Model, path: PathFile) -> frozenset[int]:
    """Functions whose calls the path does not follow."""
    return frozenset(function.index for name in path.beyond for function in model.named(name))


@lru_cache(maxsize=64)
def skips(model: Model, path: PathFile) -> frozenset[tuple[str, int]]:
    """Operations and callers whose call of them the path does not follow."""
    return frozenset(
        (operation.name, function.index)
        for operation in path.operations
        for name in operation.not_from
        for function in model.named(name)
    )


@lru_cache(maxsize=1 << 16)
def _back_links(model: Model, index: int) -> tuple[tuple[int, str], ...]:
    return model.calling(index)


@lru_cache(maxsize=1 << 14)
def filesystems_of(model: Model, operation: str, index: int) -> frozenset[str]:
    """Filesystems whose tables name an implementer; empty when a table of generic code does."""
    entries = (entry for entry in model.entries_of(index) if f"{entry.struct}.{entry.field}" == operation)
    names = {filesystem_of(entry.file) for entry in entries}
    return frozenset() if "" in names else frozenset(names)


class Homeward:
    """Which filesystem's code comes from a function to a target: a bit for each filesystem, one for generic code.

    A function that is left out, or a filesystem without a bit, cannot come to a target in any search; the reverse is
    not promised, for conditions, handed tables and the length of a chain are not looked at.
    """

    def __init__(
        self,
        model: Model,
        path: PathFile,
        targets: Collection[int],
        distance: Mapping[int, int],
        followed: Iterable[str],
    ) -> None:
        """`distance` is what `reaches` gives; `followed` are the operations that are followed in one context."""
        self.model = model
        self._distance = distance
        self._followed = frozenset(followed)
        self._skips = skips(model, path)
        self._closed = walls(model, path) - frozenset(targets)
        self._bits: dict[str, int] = {}
        self._sets: dict[frozenset[str], int] = {}
        self._homes = {function.index: self._bit(home) for name, home in path.homes for function in model.named(name)}
        self._later: dict[tuple[int, int], None] = {}  # caller and callee in another context
        self._within = list(self._contexts(targets, MAX_CONTEXTS if path.later else 1))

    def leads(self, index: int, filesystems: frozenset[str], contexts: int) -> bool:
        """Whether a function can come to a target, going on in at most so many other contexts.

        As code of one of these filesystems; of any when there is none.
        """
        found = self._within[min(contexts, len(self._within) - 1)].get(index, 0)
        return bool(found & self._set(filesystems) if filesystems else found)

    def _contexts(self, targets: Collection[int], most: int) -> Iterator[dict[int, int]]:
        """What comes to a target with no change of context, with one, and so on, until one more changes nothing."""
        found = dict.fromkeys(targets, _ANY)
        self._spread(found, targets)
        yield found
        for _ in range(1, most):
            before, found = found, found.copy()
            crossed = {
                caller: None for caller, to in self._later if self._add(found, caller, self._entered(to, before))
            }
            if not crossed:
                return
            self._spread(found, crossed)
            yield found

    def _spread(self, found: dict[int, int], starts: Collection[int]) -> None:
        """Take what is found to the callers, and theirs, within one context. A bit is set once: this ends."""
        queue = deque(starts)
        waiting = set(queue)
        while queue:
            index = queue.popleft()
            waiting.remove(index)
            if index in self._closed:
                continue
            bits = self._entered(index, found)
            for caller, gate in _back_links(self.model, index):
                if gate in LATER:
                    self._later[caller, index] = None
                    continue
                if gate and (gate not in self._followed or (gate, caller) in self._skips):
                    continue
                more = self._called(caller, gate, index, bits) if gate else bits
                if self._add(found, caller, more) and caller not in waiting:
                    queue.append(caller)
                    waiting.add(caller)

    def _add(self, found: dict[int, int], index: int, bits: int) -> bool:
        """Whether that is news."""
        old = found.get(index, 0)
        if not bits & ~old or index not in self._distance:
            return False
        found[index] = old | bits
        return True

    def _entered(self, index: int, found: Mapping[int, int]) -> int:
        """Who may enter a function: what a path file says is one filesystem's, anybody comes to as that one."""
        bits = found.get(index, 0)
        home = self._homes.get(index)
        return bits if home is None else _ANY if bits & home else 0

    def _called(self, caller: int, operation: str, index: int, bits: int) -> int:
        """Of those that may enter an implementer those whose call of the operation comes to it."""
        if any(f"{entry.struct}.{entry.field}" == operation for entry in self.model.entries_of(caller)):
            return _ANY  # a wrapper hands over to a file of any filesystem
        names = filesystems_of(self.model, operation, index)
        if not names:
            return bits
        own = self._set(names)
        # Of an implementer that several name, a chain may go on as another than it was.
        return bits & own if len(names) == 1 or not bits & own else own

    def _set(self, names: frozenset[str]) -> int:
        if names not in self._sets:
            self._sets[names] = sum(map(self._bit, names))
        return self._sets[names]

    def _bit(self, name: str) -> int:
        return self._bits.setdefault(name, 2 << len(self._bits))
