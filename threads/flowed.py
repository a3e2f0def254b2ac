"""format=flowed (RFC 3676) undone: soft line breaks joined, space-stuffing removed. Pure and linear.

Mailers that send flowed text also send diffs in it, whose blank context lines end in a space without being soft
breaks. So a line is joined to the next only when both read as prose: neither starts, behind its quote marks, with
white space or one of + - @ | and the like.
"""

import re

_QUOTES = re.compile(r">{1,1000}")
_PROSE = re.compile(r"[^\s+\-@|#*=\\/{}<>]")


def unflow(text: str, *, delsp: bool) -> str:
    """The text with its paragraphs on one line each. `delsp`: the space of a soft break goes too."""
    paragraphs: list[list[str]] = []
    depth_before, soft = -1, False
    for line in text.split("\n"):
        depth, rest = _unstuff(line)
        prose = bool(_PROSE.match(rest)) and rest != "--"
        if soft and prose and depth == depth_before:
            if delsp:
                paragraphs[-1][-1] = paragraphs[-1][-1][:-1]
            paragraphs[-1].append(rest)
        else:
            paragraphs.append([">" * depth + " " if depth else "", rest])
        depth_before, soft = depth, prose and rest.endswith(" ")
    return "\n".join(["".join(pieces) for pieces in paragraphs])


def _unstuff(line: str) -> tuple[int, str]:
    """Count of quote marks, and what stands behind them without the space that was put there."""
    match = _QUOTES.match(line)
    depth = match.end() if match else 0
    return depth, line[depth:].removeprefix(" ")
