"""Conditions of calls: parse, bind, and tell whether what is already known contradicts them.

Only two kinds of atoms are reasoned about: predicates and flags that a path file calls constant (`IS_DAX(inode)`,
`vmf->flags & FAULT_FLAG_WRITE`), whatever object they are written on, and parameters whose argument is known. Every
other atom can be true or false. A contradiction found is certain under these premises; none found proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from rules.model import Edge, Site
from rules.works import WORK_INIT

if TYPE_CHECKING:
    from rules.graph import Model

# ("true",) ("false",) ("atom", text) ("not", e) ("and", a, b, ...) ("or", a, b, ...)
Expression = tuple[Any, ...]
Facts = frozenset[tuple[str, bool]]
Bindings = Mapping[str, Expression]

_TEXT_CAP = 500  # characters of a condition that are parsed; longer ones are one atom
_TOKEN = re.compile(r"\s+|&&|\|\||[A-Za-z_]\w*|0[xX][0-9a-fA-F]+|\d+|->|[=!<>]=|<<|>>|.", re.S)
_NAME = re.compile(r"[A-Za-z_]\w*")
_CALL = re.compile(r"([A-Za-z_]\w*) ?\(")
_CONSTANT = re.compile(r"[A-Z][A-Z0-9_]*$|\d+$")
_TRANSPARENT = frozenset({"likely", "unlikely"})
_LITERALS = {"true": True, "false": False, "0": False, "1": True, "NULL": False}
_NO_END = 1 << 30  # a line that no function comes to
TRUE: Expression = ("true",)
FALSE: Expression = ("false",)
NO_FACTS: Facts = frozenset()


@lru_cache(maxsize=4096)
def names_in(text: str) -> frozenset[str]:
    """Identifiers of a condition."""
    return frozenset(_NAME.findall(text[:_TEXT_CAP]))


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """The condition as an expression; what cannot be read is one atom."""
    if len(text) > _TEXT_CAP:
        return ("atom", text)
    tokens = [token for token in _TOKEN.findall(text) if not token.isspace()]
    if not tokens or not _balanced(tokens):
        return ("atom", text)
    return _either(tokens)


def _balanced(tokens: list[str]) -> bool:
    depth = 0
    for token in tokens:
        depth += (token in ("(", "[")) - (token in (")", "]"))
        if depth < 0 or depth > 32:
            return False
    return depth == 0


def _either(tokens: list[str]) -> Expression:
    parts = _split(tokens, "||")
    return ("or", *map(_both, parts)) if len(parts) > 1 else _both(tokens)


def _both(tokens: list[str]) -> Expression:
    parts = _split(tokens, "&&")
    return ("and", *map(_one, parts)) if len(parts) > 1 else _one(tokens)


def _one(tokens: list[str]) -> Expression:
    if not tokens:
        return ("atom", "")
    if tokens[0] == "!" and ("==" not in tokens or _closes(tokens, 1) == len(tokens) - 1):
        return negation(_one(tokens[1:]))
    if tokens[0] in _TRANSPARENT and len(tokens) > 1 and _closes(tokens, 1) == len(tokens) - 1:
        return _either(tokens[2:-1])
    if tokens[0] == "(" and _closes(tokens, 0) == len(tokens) - 1:
        return _either(tokens[1:-1])
    if len(tokens) == 1 and tokens[0] in _LITERALS:
        return TRUE if _LITERALS[tokens[0]] else FALSE
    return ("atom", " ".join(tokens))


def _split(tokens: list[str], operator: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token in ("(", "[")) - (token in (")", "]"))
        if token == operator and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _closes(tokens: list[str], start: int) -> int:
    depth = 0
    for at in range(start, len(tokens)):
        depth += (tokens[at] in ("(", "[")) - (tokens[at] in (")", "]"))
        if depth == 0:
            return at
    return -1


@lru_cache(maxsize=16384)
def split(condition: str) -> tuple[str, ...]:
    """The levels of an enclosing condition."""
    if " && " not in condition:
        return (condition,) if condition else ()
    parts: list[str] = []
    depth = start = 0
    for at, char in enumerate(condition):
        depth += (char == "(") - (char == ")")
        if depth == 0 and condition.startswith(" && ", at):
            parts.append(condition[start:at])
            start = at + 4
    parts.append(condition[start:])
    return tuple(parts)


def negation(expression: Expression) -> Expression:
    """The opposite, without a double "not"."""
    kind = expression[0]
    if kind == "not":
        return expression[1]  # type: ignore[no-any-return]
    if kind == "true":
        return FALSE
    if kind == "false":
        return TRUE
    return ("not", expression)


def bind(expression: Expression, bindings: Bindings) -> Expression:
    """Put what is known of the parameters in their place."""
    kind = expression[0]
    if not bindings or kind in ("true", "false"):
        return expression
    if kind == "atom":
        return _bind_atom(expression, bindings)
    if kind == "not":
        return negation(bind(expression[1], bindings))
    return (kind, *(bind(part, bindings) for part in expression[1:]))


def _bind_atom(atom: Expression, bindings: Bindings) -> Expression:
    text = atom[1]
    if text in bindings:
        return bindings[text]
    left, operator, right = text.partition(" == ")
    wrong = False
    if not operator:
        left, operator, right = text.partition(" != ")
        wrong = True
    bound = bindings.get(left)
    if not operator or bound is None or bound[0] != "atom":
        return atom
    same = _same_constant(bound[1], right)
    return atom if same is None else (TRUE if same != wrong else FALSE)


def _same_constant(one: str, other: str) -> bool | None:
    """Whether two written constants are equal; None when that cannot be told from their spelling."""
    if one == other:
        return True
    if one.isdigit() and other.isdigit():
        return int(one) == int(other)
    siblings = one.count("_") and one.rpartition("_")[0] == other.rpartition("_")[0]
    if siblings and _CONSTANT.match(one) and _CONSTANT.match(other):
        return False  # two members of one enumeration
    return None


def fact_key(text: str, constants: frozenset[str]) -> str:
    """The constant that an atom states: "IS_DAX" for `IS_DAX ( inode )`; "" when it states none.

    "iov_iter_rw == WRITE" for `iov_iter_rw ( iter ) == WRITE`.
    """
    call = _CALL.match(text)
    if call and call[1] in constants:
        called, equals, right = text.partition(" == ")
        if called.endswith(")") and called.count("(") == called.count(")") and _inside(called[call.end() : -1]):
            return f"{call[1]} == {right}" if equals else call[1]
        return ""
    left, operator, right = text.rpartition(" & ")
    if operator and right in constants and "&" not in left and "|" not in left:
        return right
    return text if text in constants else ""


def _inside(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return False
    return True


def assume(expression: Expression, facts: Facts, constants: frozenset[str], truth: bool = True) -> Facts | None:
    """The facts once `expression` is `truth`; None when that contradicts `facts`."""
    kind = expression[0]
    if kind in ("true", "false"):
        return facts if (kind == "true") == truth else None
    if kind == "not":
        return assume(expression[1], facts, constants, not truth)
    if kind == "atom":
        key = fact_key(expression[1], constants)
        if not key:
            return facts
        return None if (key, not truth) in facts else facts | {(key, truth)}
    if (kind == "and") == truth:
        return _assume_all(expression[1:], facts, constants, truth)
    return _assume_one(expression[1:], facts, constants, truth)


def _assume_all(parts: Iterable[Expression], facts: Facts, constants: frozenset[str], truth: bool) -> Facts | None:
    known: Facts | None = facts
    parts = tuple(parts)
    while known is not None:
        before = known
        for part in parts:
            known = assume(part, known, constants, truth)
            if known is None:
                return None
        if known == before:
            return known
    return None


def _assume_one(parts: Iterable[Expression], facts: Facts, constants: frozenset[str], truth: bool) -> Facts | None:
    """One of the parts has this truth; what all that still can have it agree on is known."""
    possible = [after for part in parts if (after := assume(part, facts, constants, truth)) is not None]
    return frozenset.intersection(*possible) if possible else None


def bindings_of(
    parameters: tuple[str, ...], arguments: tuple[str, ...], bindings: Bindings, constants: frozenset[str]
) -> dict[str, Expression]:
    """What the callee knows of its parameters, from the arguments as the caller writes and knows them."""
    known: dict[str, Expression] = {}
    for parameter, argument in zip(parameters, arguments, strict=False):
        if not argument:
            continue
        expression = bind(parse(argument), bindings)
        if _says_something(expression, constants):
            known[parameter] = expression
    return known


def _says_something(expression: Expression, constants: frozenset[str]) -> bool:
    kind = expression[0]
    if kind in ("true", "false"):
        return True
    if kind == "atom":
        text = expression[1]
        return _is_table(text) or bool(fact_key(text, constants)) or bool(_CONSTANT.match(text))
    return any(_says_something(part, constants) for part in expression[1:])


def _is_table(text: str) -> bool:
    return text.startswith("& ")  # `&xfs_read_iomap_ops`, as `parse` writes it


def _comes_to(at: str, under: str, condition: Expression) -> bool:
    """Whether control that is inside the condition `at` has passed an early exit: not one of its own branch."""
    outer, levels = split(under), split(at)
    if levels[: len(outer)] != outer:
        return False
    return len(levels) == len(outer) or parse(levels[len(outer)]) != condition


@lru_cache(maxsize=1 << 15)
def calls_of(model: Model, index: int) -> tuple[Edge, ...]:
    """`Model.callees`, made once: the same functions are asked for again and again.

    Without the function that a work item is given where the model shows who queues it: INIT_WORK runs nothing.
    """
    return tuple(told_edge(model, edge) for edge in model.callees(index) if not is_given(edge.kind, edge.operation))


def is_given(kind: str, operation: str) -> bool:
    """Whether an edge says only that a work item is given its function."""
    return kind == "callback" and operation in WORK_INIT


def told_edge(model: Model, edge: Edge) -> Edge:
    """The edge without its condition where a shipped model does not keep it: calls of functions that lead nowhere."""
    if not edge.condition or edge.kind == "operation" or _leads_on(model, edge.callee):
        return edge
    return msgspec.structs.replace(edge, condition="")


@lru_cache(maxsize=1 << 15)
def _leads_on(model: Model, index: int) -> bool:
    return not model.is_outline(index) and (not model.file_of(index).startswith("include/") or bool(model.sites(index)))


class Frames:
    """What is known at the calls of a model's functions: conditions around them, early exits above, arguments."""

    def __init__(self, model: Model, constants: Iterable[str]) -> None:
        self.model = model
        self.constants = frozenset(constants)
        self._exits: dict[int, tuple[tuple[int, str, Expression], ...]] = {}
        self._ends: dict[int, int] = {}

    def at_call(self, edge: Edge, facts: Facts, bindings: Bindings) -> Facts | None:
        """The facts at the call line: the enclosing conditions hold, the early exits above were not taken."""
        known = self.under(edge.condition, facts, bindings)
        if edge.line > self.end_of_fall(edge.caller):
            return known  # a goto leads here, past the exits
        for line, under, condition in self._exits_of(edge.caller):
            if known is None or line >= edge.line:
                break
            if _comes_to(edge.condition, under, condition):
                known = assume(bind(condition, bindings), known, self.constants, truth=False)
        return known

    def end_of_fall(self, index: int) -> int:
        """Line of the first return or goto that every call of the function comes to; only a jump leads below it."""
        if index not in self._ends:
            items: list[Site | Edge] = [*self.model.sites(index), *calls_of(self.model, index)]
            lines = (item.until for item in items if item.until and not item.condition)
            self._ends[index] = min(lines, default=_NO_END)
        return self._ends[index]

    def under(self, condition: str, facts: Facts, bindings: Bindings) -> Facts | None:
        """The facts inside an enclosing condition; None when they contradict it."""
        if not condition:
            return facts
        names = names_in(condition)
        if names.isdisjoint(self.constants) and names.isdisjoint(bindings):
            return facts
        return assume(bind(parse(condition), bindings), facts, self.constants)

    def open_parts(self, parts: Iterable[str], facts: Facts, bindings: Bindings) -> tuple[str, ...]:
        """The parts of a condition that are not already known to hold."""
        return tuple(part for part in parts if not self._holds(part, facts, bindings))

    def _holds(self, part: str, facts: Facts, bindings: Bindings) -> bool:
        names = names_in(part)
        if names.isdisjoint(self.constants) and names.isdisjoint(bindings):
            return False
        return assume(bind(parse(part), bindings), facts, self.constants, truth=False) is None

    def bound(self, edge: Edge, bindings: Bindings) -> Bindings:
        """What the callee knows of its parameters."""
        if not edge.arguments or edge.kind not in ("call", "macro"):
            return {}
        parameters = self.model.functions[edge.callee].parameters
        return bindings_of(parameters, edge.arguments, bindings, self.constants)

    def _exits_of(self, index: int) -> tuple[tuple[int, str, Expression], ...]:
        if index not in self._exits:
            # A goto may lead to the very call; a return cannot.
            self._exits[index] = tuple(
                (way_out.line, way_out.under, parse(way_out.condition))
                for way_out in self.model.exits(index)
                if way_out.action.startswith("return")
            )
        return self._exits[index]


def told(facts: Iterable[tuple[str, bool]]) -> tuple[str, ...]:
    """Facts as a reader wants them: "IS_DAX", "not VM_SHARED"."""
    return tuple(sorted(name if truth else f"not {name}" for name, truth in facts))
