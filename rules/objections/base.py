"""What an objection rule is, what it gets to see, and what it says. A rule is one file beside this one.

A rule file holds `RULE = Rule(...)` and its documentation as the module docstring, in fixed sections: What, Why it
matters, Known false positives, Example. Its `check` is a pure function from a change and the facts about it to
findings; it is silent when in doubt. A rule that lacks what it needs to decide says so with `Skipped`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from rules import guards as reading
from rules.change import Change, ChangedHunk, ChangedLine
from rules.coverage import Placement, placements
from rules.evidence import Cell, Spot
from rules.filesystems import Row, known, rows, subject
from rules.model import Function, Value

if TYPE_CHECKING:
    from rules.graph import Model

Level = Literal["high", "medium", "low"]
_NAMED = re.compile(r"\w+(?=\()")
SECTIONS = ("What", "Why it matters", "Known false positives", "Example", "Measured")


class Finding(Value, frozen=True, kw_only=True):
    """One thing that a rule has to say about one place of a change."""

    text: str
    file: str = ""  # the diff line that it hangs on
    line: int | None = None  # new line number; the old one of a removed line
    spots: tuple[Spot, ...] = ()  # places in the model's tree that the text rests on
    function: str = ""
    words: tuple[str, ...] = ()  # operations and conditions that a reviewer would name for the same thing


class Skipped(Value, frozen=True, kw_only=True):
    """Why a rule could not decide."""

    rule: str
    why: str


class Rule(Value, frozen=True, kw_only=True):
    id: str  # the file's name with dashes
    title: str
    severity: Level
    confidence: Level
    check: Callable[[Change, Facts], tuple[Finding, ...] | Skipped]
    documentation: str
    kinds: tuple[str, ...]  # of review points that ask the same: "placement", "scope", "correctness"
    pedantic: bool = False  # shown only when asked for

    @property
    def sections(self) -> Mapping[str, str]:
        """Section name to its text, in order."""
        found: dict[str, list[str]] = {}
        lines: list[str] = []
        for line in self.documentation.split("\n"):
            if line.rstrip(":") in SECTIONS and line.endswith(":"):
                lines = found.setdefault(line.rstrip(":"), [])
            else:
                lines.append(line)
        return {name: "\n".join(text).strip("\n") for name, text in found.items()}


class Hit(Value, frozen=True, kw_only=True):
    """A finding together with its rule."""

    rule: Rule
    finding: Finding


class Facts:
    """What the rules share about one change; everything is computed when first asked for."""

    def __init__(
        self,
        change: Change,
        model: Model | None,
        regressions: tuple[str, ...] | None = None,
        tests_named: tuple[str, ...] = (),
        older: Callable[[Function], Mapping[str, bool]] | None = None,
    ) -> None:
        """`regressions`: tests that the plan knows to fail on this code, None when no plan was made; `tests_named`:
        tests that the thread names; `older`: asked only when a rule needs it, gives older versions and whether they
        have a changed function as it is in the model."""
        self.change = change
        self.model = model
        self.regressions = regressions
        self.tests_named = tests_named
        self.older = older

    @cached_property
    def effects(self) -> tuple[reading.Item, ...]:
        return reading.effects(self.change)

    @cached_property
    def effects_with_arguments(self) -> tuple[reading.Item, ...]:
        """Items on added lines whose call or whose arguments the old lines do not have."""
        old = {
            (item.function, item.spelling, item.argument)
            for hunk in reading.hunks(self.change)
            for item in reading.old_items(hunk)
            if item.sign == "-"
        }
        added = (item for _, items in self.views for item in items if item.sign == "+")
        return tuple(item for item in added if (item.function, item.spelling, item.argument) not in old)

    @cached_property
    def guards(self) -> tuple[reading.Guard, ...]:
        return reading.guards(self.effects)

    @cached_property
    def views(self) -> tuple[tuple[ChangedHunk, tuple[reading.Item, ...]], ...]:
        """Each C hunk with everything that its new text does, in order."""
        return tuple((hunk, reading.new_items(hunk)) for hunk in reading.hunks(self.change))

    @cached_property
    def gone(self) -> frozenset[str]:
        """Lines that the patch removes anywhere, one blank between words: what is added with such a text only moved."""
        lines = (line for hunk in reading.hunks(self.change) for line in hunk.lines)
        return frozenset(_one_blank(line.text) for line in lines if line.sign == "-")

    @cached_property
    def new_lines(self) -> tuple[tuple[ChangedHunk, ChangedLine], ...]:
        """Lines of C that the patch adds, without comments and without those that only moved."""
        return tuple(
            (hunk, line)
            for hunk in reading.hunks(self.change)
            for line in hunk.lines
            if line.sign == "+" and not line.text.lstrip().startswith(("*", "/*")) and not self.is_gone(line.text)
        )

    @cached_property
    def by_function(self) -> Mapping[str, tuple[reading.Item, ...]]:
        """What the new text of all hunks does, by the function that it stands in."""
        found: dict[str, list[reading.Item]] = {}
        for _, items in self.views:
            for item in items:
                found.setdefault(item.function, []).append(item)
        return {name: tuple(items) for name, items in found.items()}

    @cached_property
    def heads(self) -> frozenset[tuple[str, str]]:
        """Sign and name of all that a line from the first column on, added or removed, has before a bracket."""
        lines = (line for file in self.change.files for hunk in file.hunks for line in hunk.lines if line.sign != " ")
        return frozenset(
            (line.sign, name) for line in lines if line.text[:1].isalpha() for name in _NAMED.findall(line.text[:200])
        )

    @cached_property
    def fails_gone(self) -> frozenset[str]:
        """Functions in which the patch takes a line away that returned or set an error."""
        return frozenset(
            item.function
            for item in self.effects
            if item.op in ("return", "assign") and item.sign == "-" and reading.is_error(item.subject)
        )

    def is_gone(self, text: str) -> bool:
        """Whether the patch removes a line of this text somewhere, whatever its blanks."""
        return _one_blank(text) in self.gone

    @cached_property
    def placements(self) -> tuple[Placement, ...]:
        return placements(self.change, self.model, self.guards) if self.model else ()

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        return rows(self.change, self.model, self.guards) if self.model else ()

    @cached_property
    def main(self) -> Function | None:
        """The changed function that the report is about, None when the model knows none of them."""
        found = subject(self.change, self.model, self.guards) if self.model else None
        return found[0] if found else None

    def produced(self, function: str) -> tuple[Cell, ...]:
        """Where the state that a changed function guards against is made, from its placement."""
        return next((placement.produced for placement in self.placements if placement.function == function), ())

    def function(self, name: str, file: str) -> Function | None:
        """The model's function of that name, None without a model or when it has none there."""
        return known(self.model, name, file) if self.model else None


def _one_blank(text: str) -> str:
    return " ".join(text.split())
