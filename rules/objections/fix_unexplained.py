"""A fix without a word of explanation.

What:
The subject names a bug (a leak, crash, race, corruption, something wrong) and the message is empty but for its
trailers.

Why it matters:
Reviewers have to guess what is wrong today, who sees it and why this is the way to mend it; so has everybody who finds
the commit with git blame. Documentation/process/submitting-patches.rst asks to describe the problem.

Known false positives:
A mechanical step of a series whose cover letter explains it.

Example:
    Subject: [PATCH] toyfs: fix a lost wakeup
    Signed-off-by: A Developer <dev@example.org>

Measured:
In its first form, which asked this of any change, 25 of 38 hits read were right; for fixes of any kind 13 of 20. In
this form it has one hit that is fresh, a right one: its precision is unknown, so it is pedantic.
"""

import re

from rules.change import Change
from rules.objections.base import Facts, Finding, Rule

# Compiled only for a patch whose message has no words of its own: that is one in fifty.
_FIXES = (
    r"\b(?:leak\w*|crash\w*|dead-?lock\w*|livelock\w*|races?|racy|corrupt\w*|(?:over|under)flow\w*|"
    r"use[- ]after[- ]free|uaf|double free|null|uninit\w*|hangs?|panic|oops|lockup|stalls?|stuck|lost|data loss|"
    r"wrong\w*|incorrect\w*|bug|out[- ]of[- ]bounds?|unlock|deref\w*)\b"
)
_SMALL = (
    r"\b(?:comments?|typos?|spelling|kernel-?doc|docs?|documentation|warnings?|sparse|smatch|whitespace|indent\w*|"
    r"style|checkpatch|WS|blanks?|unused|rename|cosmetic|clean-?ups?|helpers?|unlikely|refactor\w*|debug|"
    r"tracepoints?|build|compil\w+|test|revert|RFC|INCOMPLETE|trac(?:e|ing|king)|"
    r"log(?:ging)?|dout|print\w*|record|open.?cod\w*|annotations?|messages?|show|statistics?|stats?|count(?:ers?)?)\b"
)
_MESSAGE_CAP = 20_000
_LINES = 2  # a change of fewer lines explains itself


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:
    lines = [line.strip() for line in change.message[:_MESSAGE_CAP].split("\n") if line.strip()]
    if not lines or not all(_is_trailer(line) for line in lines):
        return ()
    subject = change.subject[:300].lower()
    if not re.search(_FIXES, subject) or re.search(_SMALL, subject, re.I) or len(facts.new_lines) < _LINES:
        return ()
    return (
        Finding(
            text="The message says nothing but the subject: what goes wrong without the change, and for whom?",
            function=next(iter(change.functions), ""),
            words=("changelog", "commit message"),
        ),
    )


def _is_trailer(line: str) -> bool:
    name, colon, _ = line.partition(":")
    return (bool(colon) and " " not in name) or not line.strip("-=*")


RULE = Rule(
    id="fix-unexplained",
    title="A fix is not explained",
    severity="low",
    confidence="medium",
    kinds=("changelog",),
    check=_check,
    documentation=__doc__,
    pedantic=True,
)
