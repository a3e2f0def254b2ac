"""Lines that no person says: what a program printed, and code that was copied. General signs, no list of programs.

Kernel logs and traces, lines of compilers and checkers, shortlogs, `git log --graph`, definitions and struct dumps,
comments of C with their stars, diff lines, tables, shell prompts. Lists with "* " and call paths that were drawn
("a() -> b()") are people's. Pure; patterns are bounded and read one line each.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

MOST = 400  # characters of a line that are looked at

# As text: only the likeliest sentences of a thread are asked, and re keeps what it has compiled.
_ANYWHERE = (
    r"\S\+0x[0-9a-f]{1,6}/0x[0-9a-f]",  # function+offset/size
    r"\[<[0-9a-f]{8,16}>\]",
    r"\bR(?:[ABCD]X|[SD]I|[BSI]P|\d\d): ?[0-9a-f]{8}",
    r"\bPID: \d",
)
_AT_START = (
    # Kernel logs, traces, dumps of memory, configurations.
    r"\W{0,8}(?:Call Trace|RIP|Code|Backtrace|Modules linked in|Hardware name|Workqueue|EFLAGS)(?: ?\S{0,12})?: ",
    r"\W{0,8}(?:Call Trace:|(?:Allocated|Freed) by task \d|The buggy address )",
    r"\W{0,8}(?:BUG|WARNING): (?:CPU|KASAN|KMSAN|KCSAN|kernel NULL|unable to handle|possible |suspicious )",
    r"\W{0,3}\[ {0,6}\d{1,7}\.\d{3,6}\]",
    r"[ >]{0,8}(?:0x)?[0-9a-f]{6,16}:?(?: [0-9a-f]{2,16}){4}",
    r"[ >]{0,4}(?:#\d{1,2}: )?[0-9a-f]{16} \(",  # a lock of lockdep
    r"={10}|-{20}",
    r"(?:\[\] )?\s{0,4}[A-Z][A-Z0-9]{2,9}(?:-fs)?(?: \w{1,9})? ?\((?:device )?[\w!-]{2,20}\): ",
    r"\s{0,4}(?:# )?CONFIG_\w{1,60}(?:=\S{0,40}| is not set)\s*$",
    # Compilers and checkers.
    r"[ >]{0,8}[\w./+-]{1,120}\.[chSo]:\d{1,7}(?::\d{1,5})?:?"
    r" (?:note|warning|error|fatal|sparse|\w{1,40}\(\)|CHECK|In)(?=\W)",
    r"\s{0,8}[\w./+-]{1,120}\.[chSo]: (?:In function|At top level|warning|error|note)",
    r"\s{0,8}(?:In file included from|make(?:\[\d{1,3}\])?: |cc1: |\d{1,5} (?:errors?|warnings?) generated)",
    r"\s{0,24}(?:\d{1,7} \||\|\s{0,200}[\^~])",
    r"\s{0,24}from [\w./-]{1,120}\.[ch]:\d",
    r"\s{0,4}(?:CHECK|WARNING|ERROR): |#\d{1,6}: (?:FILE|\S{1,120}:\d)|total: \d{1,7} errors",
    # git, diffs, shells, tables.
    r"[|\\/ _]{0,12}\*[|\\/ _]{1,6}(?:commit )?[0-9a-f]{7,40} ",
    r"@@ -\d|(?:---|\+\+\+) [ab]/|diff --git |index [0-9a-f]{7,40}\.\.|[+-](?:\t|(?:[^\s+-]| {2,9}).{0,300}[;{}]$)",
    r"\s{0,8}[#$] \S|[\w.-]{1,40}@[\w.-]{1,60}[#$:]",
    r"\s{0,8}[|+][^|]{0,200}[|+].{0,300}[|+]\s{0,8}$",
    # C.
    r"[+-]?\s{0,24}#\s?(?:define|undef|include|ifn?def|if|endif)\b",
    r"[+-]?\s{0,24}(?:(?:typedef|static|const) ){0,3}(?:struct|enum|union) \w{1,60} (?:\w{1,60} = )?\{",
    r"(?:\t| {2})\s{0,24}(?:(?:unsigned|const|struct|enum) ){0,3}\w{1,60}\s{1,24}\*{0,3}\w{1,60}(?:\[\w{0,40}\])?"
    r"(?: ?: ?\d{1,3})?;\s{0,24}(?:/\*.{0,200})?$",
    r"\s{0,24}[A-Z_0-9]{2,60} = (?:0x)?\w{1,40}(?: <<? ?\w{1,20})?,",
    r"[+-][ \t]{0,24}(?:/\*|\*[ /]|\*$)|[ \t]{0,24}(?:/\*|\*/)|[ ]{0,24}\t[ \t]{0,24}\* ",
)
_BEGINS = "|".join(_AT_START)
_HOLDS = "|".join(_ANYWHERE)
_SHORTLOG = r"\s{0,4}[^\W\d_][\w.' -]{2,60} \(\d{1,3}\):\s*$"


def is_output(text: str) -> bool:
    """Whether a line alone is no words of a person."""
    return _begins(text) or bool(re.search(_HOLDS, text[:MOST]))


def _begins(text: str) -> bool:
    return bool(re.match(_BEGINS, text[:MOST]))


def is_no_claim(lines: Sequence[str], best: str) -> bool:
    """Whether most lines of a sentence, or the one that would be quoted, are no words of a person.

    People name a "function+offset/size" in their own sentences, so that one line with it does not decide.
    """
    if re.match(_SHORTLOG, lines[0][:MOST]) or _begins(best) or _is_comment(lines):
        return True
    found = [line for line in lines if line.strip()]
    return 2 * sum(map(is_output, found)) > len(found)


def _is_comment(lines: Sequence[str]) -> bool:
    """A comment of C whose stars stand below each other and whose sentences go on from line to line; no list."""
    if len(lines) < 2 or not all(line.startswith(" * ") or line.rstrip() == " *" for line in lines):
        return False
    texts = [line[2:].strip() for line in lines]
    return any(one and one[-1] not in ".:;!?" and two[:1].islower() for one, two in pairwise(texts))
