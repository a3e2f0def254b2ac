"""Mail text made inert: the one way from untrusted text to an output.

Each function takes decoded text and returns text of which a terminal, a browser, a Markdown or a Mermaid renderer obeys
nothing. They go last, after all decoding and unquoting. A character that is hidden or that would be obeyed is not
dropped but shown as `<U+202E>`, because a reviewer must see that it is there. Only JSON carries it as it is, escaped.
"""

import re
from functools import cache
from itertools import pairwise

# Seen as `<U+XXXX>`: control characters but tab and newline, every format character (Cf), the separators that some
# programs take for newlines, surrogates, fillers and selectors that print as nothing, noncharacters.
_HIDDEN = (
    "\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\xad\\u034f\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890\\u0891\\u08e2"
    "\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ud800-\\udfff"
    "\\ufdd0-\\ufdef\\ufe00-\\ufe0d\\ufeff\\uffa0\\ufff0-\\ufffb\\ufffe\\uffff"
    "\\U000110bd\\U000110cd\\U00013430-\\U0001343f\\U0001bca0-\\U0001bca3\\U0001d173-\\U0001d17a"
    "\\U000e0000-\\U000e0fff"
)
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"}
# Mean nothing in Markdown text, or only before or behind something that is escaped.
_MARKDOWN_FREE = frozenset(",;?'\"%/()!.-+: ")
_MARKDOWN_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "|": "&#124;"}
_OPENING, _CLOSING, _ENDING = "([{'\"", ")]}", ".,;:?!'\""


@cache
def _hidden() -> re.Pattern[str]:
    return re.compile(f"[{_HIDDEN}]")


def _visible(match: re.Match[str]) -> str:
    return f"<U+{ord(match[0]):04X}>"


def terminal(text: str) -> str:
    """Text for a terminal or a plain file: newlines and tabs stay. Applying it twice changes nothing more."""
    return text if _clean(text) else _hidden().sub(_visible, text)


def plain(text: str) -> str:
    """The same on one line: runs of white space become one blank."""
    return " ".join(terminal(text).split())


def count_hidden(text: str) -> int:
    """How many characters `terminal` would show as `<U+XXXX>`."""
    return 0 if _clean(text) else len(_hidden().findall(text))


def _clean(text: str) -> bool:
    """Plain ASCII: asked before the long expression is compiled."""
    return text.isascii() and text.replace("\n", "").replace("\t", "").isprintable()


def json(document: str) -> str:
    """A finished JSON document whose hidden characters become \\u escapes: it reads the same, but can be looked at."""
    return document if document.isascii() and "\x7f" not in document else _hidden().sub(_escaped, document)


def _escaped(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def html(text: str) -> str:
    """Text for an HTML element or a quoted attribute."""
    text = terminal(text)
    for character, entity in _HTML.items():  # "&" comes first
        text = text.replace(character, entity)
    return text


def markdown_text(text: str) -> str:
    """One line of Markdown text, right in a table cell too.

    A backslash stands before punctuation that could mean something. That does not stop a forge from linking an
    address, a name after @ or a number after #, so words with those, and words that are code, become code spans.
    """
    return " ".join(map(_markdown_word, plain(text).split(" ")))


def _markdown_word(word: str) -> str:
    if word.isalnum():
        return word
    if not _is_code(word):
        return _markdown_escaped(word)
    start, end = 0, len(word)
    while start < end and word[start] in _OPENING:
        start += 1
    while end > start and _ends_word(word[start:end]):
        end -= 1
    core = word[start:end]
    if not _is_code(core):
        return markdown_code(word)
    return _markdown_escaped(word[:start]) + markdown_code(core) + _markdown_escaped(word[end:])


def _ends_word(word: str) -> bool:
    """The last character belongs to the sentence: punctuation, or a bracket that was opened before this word."""
    if word[-1] in _CLOSING:
        return word.count(_OPENING[_CLOSING.index(word[-1])]) < word.count(word[-1])
    return word[-1] in _ENDING


def _is_code(word: str) -> bool:
    if "_" in word.strip("_") or "://" in word or "()" in word or "@" in word or "www." in word.lower():
        return True
    return any(mark in "#!$%~&" and after.isalnum() for mark, after in pairwise(word))


def _markdown_escaped(word: str) -> str:
    """Free punctuation stays inside a word, but not where it makes a list, a rule, a link or an emoji."""
    free = _MARKDOWN_FREE
    if not word.strip("-.+!"):
        free -= frozenset("-.+!")
    elif word[:-1].isdigit():
        free -= frozenset(".)")
    if word != ":" and (word.startswith(":") or (word.count(":") > 1 and word.strip("0123456789:"))):
        free -= frozenset(":")
    found = []
    for character in word:
        if character in _MARKDOWN_ENTITIES:
            found.append(_MARKDOWN_ENTITIES[character])
        elif character == "(" and found and found[-1] == "\\]":
            found.append("\\(")
        elif not character.isascii() or character.isalnum() or character in free:
            found.append(character)
        else:
            found.append("\\" + character)
    return "".join(found)


def markdown_code(text: str) -> str:
    """A code span on one line, right in a table cell too.

    Parsers disagree on how a pipe is escaped inside a code span of a table, so a pipe stands between two spans.
    """
    return "&#124;".join(map(_code_span, plain(text).split("|")))


def _code_span(text: str) -> str:
    core = text.strip()
    if not core:
        return text
    ticks = "`" * (_longest_run(core, "`") + 1)
    pad = " " if core.startswith("`") or core.endswith("`") else ""
    before, _, after = text.partition(core)
    return f"{before}{ticks}{pad}{core}{pad}{ticks}{after}"


def markdown_fence(text: str, language: str = "") -> str:
    """A fenced block, closed by more backticks than the text holds anywhere. `language` is a word of ours."""
    text = terminal(text)
    ticks = "`" * max(3, _longest_run(text, "`") + 1)
    return f"{ticks}{language}\n{text}\n{ticks}"


def _longest_run(text: str, character: str) -> int:
    longest = run = 0
    if character not in text:
        return 0
    for one in text:
        run = run + 1 if one == character else 0
        longest = max(longest, run)
    return longest


def mermaid(text: str) -> str:
    """A label for Mermaid, to stand in double quotes: letters, digits, a little punctuation; 120 characters at most."""
    return "".join(_mermaid_character(character) for character in plain(text)[:120])


def _mermaid_character(character: str) -> str:
    if character == ">":
        return "#gt;"
    return character if character.isalnum() or character in " _.,:()/+-" else "?"
