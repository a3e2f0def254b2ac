"""The text of a condition: without hints for the compiler, of bounded length, and whether a caller can know it."""

import re
from collections.abc import Iterable

_HINT = re.compile(r"(!?)(?:un)?likely\((?=.*\)\Z)")
_WORD = re.compile(r"[\w.>-]+(?:\([^()]*\))?")
_FLAG_TEST = re.compile(r"&\s*[A-Z(]|[!=]=\s*[A-Z]{2}")
_PREDICATE = re.compile(r"([A-Za-z_]\w*)\s*\(")
_UNTELLING = frozenset(
    {"IS_ERR", "IS_ERR_OR_NULL", "likely", "unlikely", "list_empty", "WARN_ON", "WARN_ON_ONCE", "PTR_ERR"}
)


def is_telling(text: str, parameters: Iterable[tuple[str, str]]) -> bool:
    """Made of predicates, flags and parameters (name, struct type or ""); not `ret` or a pointer that is NULL."""
    if _FLAG_TEST.search(text):
        return True
    bare = text.lstrip("!")
    if any(bare == name for name, kind in parameters if not kind):
        return True
    return any(name not in _UNTELLING for name in _PREDICATE.findall(text))


def plainly(text: str) -> str:
    """A condition without the compiler's hints: `unlikely(error)` is `error`."""
    match = _HINT.match(text)
    while match:
        negated, inner = match[1], text[match.end() : -1]
        if not _closed_once(inner):
            break
        text = negation(inner) if negated else inner.strip()
        match = _HINT.match(text)
    return text


def capped(text: str, size: int) -> str:
    """At most `size` characters; the last three of a cut text are dots."""
    return text if len(text) <= size else text[: size - 3] + "..."


def _closed_once(text: str) -> bool:
    """Whether the brackets of the text are its own."""
    depth = 0
    for char in text:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return False
    return depth == 0


def negation(text: str) -> str:
    """The condition of the else branch."""
    if _WORD.fullmatch(text):
        return "!" + text
    if text.startswith("!") and _WORD.fullmatch(text[1:]):
        return text[1:]
    return f"!({text})"
