"""format=flowed (RFC 3676) undone: soft line breaks joined, space-stuffing removed. Pure and linear.

Mailers that send flowed text also send diffs in it, whose blank context lines end in a space without being soft
breaks. So a line is joined to the next only when both read as prose: neither starts, behind its quote marks, with
white space or one of + - @ | and the like.
"""

import re

_QUOTES = re.compile(r">{1,64}")
_PROSE = re.compile(r"[^\s+\-@|#*=\\/{}<>]")


def unflow(text: str, *, delsp: bool) -> str:
    """The text with its paragraphs on one line each; quote marks are kept, written as "> " per level in a row."""
    out: list[str] = []
    open_depth = -1  # of the paragraph that the last line of `out` may go on with
    for line in text.split("\n"):
        depth, rest = _unstuff(line)
        if open_depth == depth and _PROSE.match(rest) and not _signature(rest):
            joined = out[-1][:-1] if delsp else out[-1]
            out[-1] = joined + rest
        else:
            out.append(_mark(depth) + rest)
        soft = rest.endswith(" ") and not _signature(rest)
        open_depth = depth if soft and (_PROSE.match(rest) or open_depth == depth) else -1
    return "\n".join(out)


def _unstuff(line: str) -> tuple[int, str]:
    match = _QUOTES.match(line)
    depth = match.end() if match else 0
    rest = line[depth:]
    return depth, rest[1:] if rest.startswith(" ") else rest


def _mark(depth: int) -> str:
    return ">" * depth + " " if depth else ""


def _signature(rest: str) -> bool:
    return rest in ("-- ", "--")
