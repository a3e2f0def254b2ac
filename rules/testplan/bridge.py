"""From kernel code to the behaviour that a change can affect, and from there to tests.

The diff speaks of `iomap_page_mkwrite`, a test of `mwrite`: the table data/bridge.toml joins them. A behaviour is hit
by parts of function names, by operation tables that a changed function stands in, by identifiers on changed lines, by
paths. Names and identifiers count only where the row's code is: `send` is a word of btrfs and of half the kernel. A
test that answers two hit behaviours (a mapped write fault, and an I/O error) counts for more than one.

data/switches.toml says in the same way with which options code runs at all: `switched`.
"""

from collections.abc import Iterable, Iterator

from rules.model import Value
from rules.testplan import tables
from rules.testplan.catalogue import Sets, members
from rules.testplan.tables import Behaviour, Signs, Switch, Tables
from rules.testplan.values import Query

# How much a hit by this kind of evidence says, against a hit by function name.
_FUNCTION, _OPERATION, _IDENTIFIER, _FILE = 1.0, 1.2, 0.5, 0.35
_BROAD = 100  # "group:rw & group:auto" has some 180 tests, "group:mmap" 83
_MOST_FUNCTIONS = 60  # a long series names everything; its first functions stand for it


class Hit(Value, frozen=True, kw_only=True):
    behaviour: Behaviour
    strength: float  # 0.35 .. 3
    evidence: tuple[str, ...]  # the names that hit it, strongest first


class Switched(Value, frozen=True, kw_only=True):
    switch: Switch
    evidence: str  # the function, file or identifier that it is told by


class Answer(Value, frozen=True, kw_only=True):
    """One test that answers one behaviour."""

    hit: int  # index into the hits
    query: str
    weight: float
    broad: bool  # the query has so many tests that it is no reason to name one of them


def hits(query: Query, operations: Iterable[tuple[str, str]] = (), table: Tables | None = None) -> tuple[Hit, ...]:
    """Behaviours that the change touches, strongest first; `operations`: (function, "struct.field") by the model."""
    table = tables.shipped() if table is None else table
    asked = _Asked(query, tuple(operations))
    found = []
    for behaviour in table.behaviour:
        evidence = list(asked.evidence(behaviour, behaviour.within or table.within))
        if evidence:
            found.append(_hit(behaviour, evidence, len(asked.functions)))
    return tuple(sorted(found, key=lambda hit: -hit.strength))


def switched(query: Query, table: Tables | None = None) -> tuple[Switched, ...]:
    """Options that switch the changed code on, in the order of the table."""
    table = tables.shipped() if table is None else table
    asked = _Asked(query, ())
    found = []
    for switch in table.switch:
        evidence = next(asked.evidence(switch, switch.within), None)
        if evidence is not None:
            found.append(Switched(switch=switch, evidence=evidence[1]))
    return tuple(found)


class _Asked:
    """A query, made ready to be compared with many rows."""

    def __init__(self, query: Query, operations: tuple[tuple[str, str], ...]) -> None:
        self.functions = [(name, f"^_{name.lower()}_$") for name in query.functions[:_MOST_FUNCTIONS]]
        self._files = [(path, f"/{path}") for path in query.files]
        self._identifiers = frozenset(query.identifiers)
        self._operations = operations

    def evidence(self, row: Signs, within: tuple[str, ...]) -> Iterator[tuple[float, str]]:
        """(weight, name) of all that speaks for a row."""
        if row.outside and self._files and all(path.startswith(row.outside) for path, _ in self._files):
            return
        for name, operation in self._operations:
            if operation in row.operations:
                yield _OPERATION, f"{name} is {operation}"
        if self._stands(within):
            yield from self._names(row)
        for path, padded in self._files:
            if any(part in padded for part in row.files) and path.startswith(row.within or ""):
                yield _FILE, path

    def _stands(self, within: tuple[str, ...]) -> bool:
        """Whether a changed file is there; who knows no file cannot tell."""
        return not within or not self._files or any(path.startswith(within) for path, _ in self._files)

    def _names(self, row: Signs) -> Iterator[tuple[float, str]]:
        for name, padded in self.functions:
            if any(part in padded for part in row.functions):
                yield _FUNCTION, name
        for wanted in row.identifiers:
            if wanted in self._identifiers:
                yield _IDENTIFIER, wanted
            elif wanted.endswith("*"):
                some = next((name for name in sorted(self._identifiers) if name.startswith(wanted[:-1])), None)
                if some is not None:
                    yield _IDENTIFIER, some


def _hit(behaviour: Behaviour, evidence: list[tuple[float, str]], functions: int) -> Hit:
    evidence.sort(key=lambda one: -one[0])
    strongest = evidence[0][0]
    # Further evidence adds ever less; in a series of many functions each says less of the whole.
    more = sum(weight for weight, _ in evidence[1:6]) / (3.0 + functions)
    names = tuple(dict.fromkeys(name for _, name in evidence))
    whole = {name.partition(" is ")[0] for name in names if " is " in name}
    return Hit(
        behaviour=behaviour, strength=strongest + more, evidence=tuple(name for name in names if name not in whole)[:3]
    )


def answers(found: tuple[Hit, ...], tests: Sets, within: int) -> dict[int, list[Answer]]:
    """For each test of the set `within` that answers a hit behaviour: which, by which query, with what weight.

    A query with few tests weighs more than one with many, an earlier one of a behaviour more than a later one.
    """
    result: dict[int, list[Answer]] = {}
    for number, hit in enumerate(found):
        left = within
        for place, query in enumerate(hit.behaviour.tests):
            mask = tests.where(query) & left
            left &= ~mask
            if mask:
                weight = hit.strength / (1 + 0.35 * place) / (1 + mask.bit_count()) ** 0.25
                broad = (tests.where(query) & within).bit_count() > _BROAD
                answer = Answer(hit=number, query=query, weight=weight, broad=broad)
                for index in members(mask):
                    result.setdefault(index, []).append(answer)
    return result


def score(found: list[Answer]) -> float:
    """What a test's answers come to: the best counts whole, each further behaviour half as much again."""
    total, factor = 0.0, 1.0
    for weight in sorted((answer.weight for answer in found), reverse=True)[:4]:
        total += factor * weight
        factor *= 0.6
    return total


def reasons(found: list[Answer], hit: tuple[Hit, ...]) -> tuple[str, ...]:
    """Like "bridge: mapped write fault (iomap_page_mkwrite) -> group:mmap & verb:mwrite", best first."""
    best = sorted(found, key=lambda answer: (answer.broad, -answer.weight))[:3]
    return tuple(
        f"bridge: {hit[answer.hit].behaviour.name} ({', '.join(hit[answer.hit].evidence[:2])}) -> {answer.query}"
        for answer in best
    )
