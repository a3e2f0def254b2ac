"""The words of a statement about kernel code: names that a model knows, states, verbs, hedges.

A word is taken for a function only when it is written as one; a state or a verb only when the text has exactly one.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from rules import concepts
from rules.model import SiteOp

if TYPE_CHECKING:
    from rules.graph import Model

FUNCTION = r"([A-Za-z_]\w{2,63})(?: ?\(\))?"
STATES = {
    "uptodate": r"(?:Page)?[Uu]p-?to-?date|folio_test_uptodate|(?:Set|Clear)PageUptodate",
    "error": r"PageError|PG_error|(?:Set|Clear)PageError|error (?:flag|bit)",
    "dirty": r"PageDirty|PG_dirty|dirty (?:flag|bit|state)",
    "writeback": r"PageWriteback|PG_writeback|writeback (?:flag|bit|state)",
    "locked": r"page lock|folio lock|PageLocked|PG_locked|lock_page|folio_lock",
    "invalidate_lock": r"invalidate_lock|filemap_invalidate_lock|invalidation lock|mapping_invalidate_lock",
    "i_size": r"i_size",
}
# Without one of these (states: in the text in lower case) no pattern of the state or verb matches: it is not compiled.
_STATE_HINTS = {
    "uptodate": ("date",),
    "error": ("error",),
    "dirty": ("dirty",),
    "writeback": ("writeback",),
    "locked": ("lock",),
    "invalidate_lock": ("invalid",),
    "i_size": ("i_size",),
}
_VERB_HINTS: dict[SiteOp, tuple[str, ...]] = {
    "test": ("check", "test", "verif", "look"),
    "clear": ("clear",),
    "set": ("set", "mark"),
    "lock": ("take", "acquire", "grab", "lock"),
}
VERBS: dict[SiteOp, str] = {
    "test": r"check(?:s|ing|ed)?|test(?:s|ing|ed)?|verif(?:y|ies)|look(?:s)? at",
    "clear": r"clear(?:s|ing|ed)?",
    "set": r"sets?|setting|marks?|marking",
    "lock": r"takes?|acquires?|grabs?|locks?",
}
HEDGES = (
    r"\b(?:should|could|would|might|may|let's|let us|please|we can|can we|maybe|perhaps|i'd|if we|instead of|"
    r"needs? to|must|this patch|the patch|patch \d|this series|plan to|going to|used to|no longer|before commit|"
    r"after this|with this|previously|originally|in v\d|"
    r"we (?:change|convert|add|introduce|move|remove|replace))\b|\?\s*$"
)
NEGATIONS = r"(?:does not|doesn't|do not|don't|did not|didn't|never|nobody|none of (?:them|these|those)|no longer)"
ONLY = r"\b(?:the only|only|sole|no other|nobody else|nothing else)\b"
EXCLUSIVE = r"\b(?:the only|sole|no other|nobody else|nothing else)\b"
ON_ERROR = r"\bon (?:\w+ )?errors?\b|\b(?:write|read|I/O|IO|writeback) errors?\b|\bfail(?:s|ed|ure)\b"


@cache
def pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def hints(text: str, *words: str) -> bool:
    """Whether a text holds any of these words: asked before a pattern is compiled that cannot match without."""
    return any(word in text for word in words)


class Reading:
    """A statement and the names in it that the model knows."""

    def __init__(self, kind: str, symbols: tuple[str, ...], text: str, model: Model) -> None:
        self.kind = kind
        self.text = text
        self.model = model
        self.symbols = symbols
        # Found once: to look for each word with a parenthesis takes time in proportion to the square of the text.
        self.called = frozenset(pattern(r"([A-Za-z_]\w{2,63})\(").findall(text)) if "(" in text else frozenset()

    def hedged(self) -> bool:
        return bool(pattern(HEDGES).search(self.text.lower()))

    def reason(self) -> str:
        written = pattern(r"(?<!->)(?<![.\w])[a-z_]\w*+(?=\(\))").findall(self.text)
        strange = [word for word in written if "_" in word[1:-1] and not self.is_function(word)]
        if strange:
            return f"the {self.model.version} model has no function {strange[0]}()"
        if not self.functions() and not self.operations():
            return f"it names no function that the {self.model.version} model holds"
        return "its words do not say which question to ask of the model"

    def functions(self) -> tuple[str, ...]:
        """Known functions in the order in which the text names them."""
        return tuple(dict.fromkeys(word for word in self.words() if self.is_function(word)))

    def words(self) -> list[str]:
        return pattern(r"[A-Za-z_]\w{2,63}").findall(self.text)

    def is_function(self, word: str) -> bool:
        """A known function that is written as one: with an underscore, or with parentheses."""
        return ("_" in word or word in self.called or word in self.symbols) and bool(self.model.named(word))

    def state(self) -> str:
        """The state the text speaks of, "" for none or several."""
        lower = self.text.lower()
        found = [
            name
            for name, words in STATES.items()
            if hints(lower, *_STATE_HINTS[name]) and pattern(rf"\b(?:{words})\b").search(self.text)
        ]
        return found[0] if len(found) == 1 else ""

    def verb(self) -> SiteOp | None:
        """What is said to be done to the state; a spelling like ClearPageUptodate() says it, too."""
        spelled = {concept.op for word in self.called if (concept := concepts.find(word))}
        if len(spelled) == 1:
            return next(iter(spelled))
        found: list[SiteOp] = [
            op
            for op, words in VERBS.items()
            if hints(self.text, *_VERB_HINTS[op]) and pattern(rf"\b(?:{words})\b").search(self.text)
        ]
        return found[0] if len(found) == 1 else None

    def operations(self) -> tuple[str, ...]:
        """Fields of operations that the text names, "->page_mkwrite"."""
        if "->" not in self.text:
            return ()
        return tuple(dict.fromkeys(pattern(r"(?<![\w)\]])->([a-z]\w{2,40})").findall(self.text)))


def stacked(text: str) -> tuple[str, ...]:
    """A path that is drawn one function a line, callers above, as in "- a", " - b", "  - c"; () when it is none."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        return ()
    names = [
        match[1] for line in lines if (match := pattern(r"[\s>|`+*\-]*([A-Za-z_]\w{2,63})(?:\(\))?;?\s*$").match(line))
    ]
    return tuple(names) if len(names) > 1 and len(names) == len(lines) else ()
