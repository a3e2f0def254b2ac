"""Whole sentences around a line of a mail: what is quoted line by line is wrapped in the middle of sentences.

Nothing is changed but the line breaks; the words stay those of the mail.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

_REACH = 12  # lines that a sentence is looked for, up and down
_LINE = 998  # characters
_END = re.compile(r"""[.!?]{1,3}["')\]]{0,2} +(?=["'(\[]?[A-Z0-9])""")
_NO_END = ("e.g.", "i.e.", "cf.", "vs.", "etc.", "Mr.", "Dr.", "St.", "no.", "resp.")
_BULLET = re.compile(r"(?:[-*o]|\(?\d{1,2}[.)])\s")
_TRAILER = re.compile(r"(?:[A-Z][a-z]{2,20}-[a-zA-Z-]{2,20}|Fixes|Link|Closes|Cc|CC|cc): ")
_CODE = ("\t", "    ", "+", "@@ ", "diff --git ", "#include", "#define", "/*", "*/")
_FAREWELL = ("thanks", "thank", "regards", "best", "cheers", "kind", "sincerely")
_GREETING = ("hi", "hello", "hey", "dear", *_FAREWELL)


def opening(lines: Sequence[str], at: int) -> str:
    """From a sentence's start to the end of the paragraph; on one line.

    The sentence is the one that line `at` begins with when it begins with one, else the one that most of it belongs to.
    """
    words, start, _ = _around(lines, at)
    above = _paragraph(lines, at)[0]
    first = len(above) + bool(above)
    return words[first if first in _starts(words) else start :]


def sentence(lines: Sequence[str], at: int) -> str:
    """The sentence that most of line `at` belongs to; on one line."""
    words, start, stop = _around(lines, at)
    return words[start:stop].strip()


def _around(lines: Sequence[str], at: int) -> tuple[str, int, int]:
    """The paragraph of a line, and where in it the sentence that most of the line belongs to starts and stops."""
    above, text, below = _paragraph(lines, at)
    words = " ".join(filter(None, (above, text, below)))
    first = len(above) + bool(above)
    if _TRAILER.match(text[:40]):
        return words, 0, len(words)
    parts = [
        (min(stop, first + len(text)) - max(start, first), start, stop)
        for start, stop in pairwise([*_starts(words), len(words)])
    ]
    _, start, stop = max(parts, default=(0, 0, len(words)))
    return words, start, stop


def telling(lines: Sequence[str], at: int) -> int:
    """`at`, or when that is a greeting or a thank-you, the nearest line of the same block that says something."""
    if not 0 <= at < len(lines) or not _is_empty_talk(lines[at]):
        return at
    for step in (-1, 1) if _word(lines[at]) in _FAREWELL else (1, -1):
        for near in range(at + step, at + step * _REACH, step):
            if not 0 <= near < len(lines) or lines[near].startswith(">"):
                break
            if lines[near].strip() and not _is_empty_talk(lines[near]):
                return near
    return at


def _word(line: str) -> str:
    return next(iter(line[:200].strip().lower().rstrip(".,!").replace(",", " ").split()), "")


def _is_empty_talk(line: str) -> bool:
    words = line[:200].strip().lower().rstrip(".,!:) ").replace(",", " ").split()
    if not words:
        return True
    return (len(words) <= 4 and words[0] in _GREETING) or (len(words) <= 2 and line.rstrip().endswith(","))


def _paragraph(lines: Sequence[str], at: int) -> tuple[str, str, str]:
    """What stands above, on and below the line in its paragraph, each on one line."""
    if not 0 <= at < len(lines):
        return "", "", ""
    above, below = at, at + 1
    if not _is_code(lines[at]):
        while above > max(at - _REACH, 0) and _goes_on(lines[above - 1], lines[above]):
            above -= 1
        while below < min(at + _REACH, len(lines)) and _goes_on(lines[below - 1], lines[below]):
            below += 1
    return _flat(lines[above:at]), _flat(lines[at : at + 1]), _flat(lines[at + 1 : below])


def _goes_on(line: str, after: str) -> bool:
    """`after` goes on with what `line` says."""
    if not line.strip() or not after.strip() or line.startswith(">") != after.startswith(">"):
        return False
    if after.rstrip() in ("---", "--", "...") or line.rstrip() in ("---", "--", "..."):
        return False
    if _TRAILER.match(line[:40]) or _TRAILER.match(after[:40]):
        return False
    if _is_code(line) or _is_code(after) or _BULLET.match(after[:200].lstrip()):
        return False
    return not (line.startswith("On ") and line.rstrip().endswith("wrote:"))


def _is_code(line: str) -> bool:
    return line.startswith(_CODE) or line[:_LINE].rstrip().endswith((";", "{", "}"))


def _flat(lines: Sequence[str]) -> str:
    return " ".join(" ".join(line[:_LINE].split()) for line in lines)


def _starts(words: str) -> list[int]:
    """Where sentences begin: behind a full stop and before a capital letter or a figure."""
    found = [0]
    for match in _END.finditer(words):
        before = words[: match.end()].rstrip().rpartition(" ")[2]
        if before not in _NO_END:
            found.append(match.end())
    return found
