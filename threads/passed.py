"""Reports of programs that a person passes on: whose they are, and from which line on the program speaks.

A build or fuzzing report, or one of a checker, that makes up a mail is told by two of its own lines; a review that a
language model wrote, by the sentence with which people say so. General signs; who merely mentions a program passes
nothing on. Pure.
"""

import re

from msgspec import structs

from threads.model import Identity, Message, Point, Value

MOST = 6000  # characters of a mail that are looked at
BEFORE = 5  # lines that a person may say above a report that makes up the mail
GRADED = r"\s{0,4}[-*] \[(Critical|High|Medium|Low)\] \S"  # an entry of a review by a program

# A program, a line that its reports begin with, and one that stands below it. As text: few mails have the hints.
_REPORTS = (
    (
        "kernel test robot",
        r"(?m)^(?:\[auto build test|kernel test robot noticed|url: +https?://github\.com/(?:0day-ci|intel-lab-lkp)/)",
        r"(?m)^(?:config: |compiler: |(?:smatch|sparse) warnings:|in testcase: )"
        r"|^(?:All (?:errors|warnings)|vim \+|0-DAY CI)",
    ),
    ("syzbot", r"(?m)^syzbot (?:found|has found|hit) ", r"(?m)^(?:HEAD commit:|console output:|dashboard link:) "),
    (
        "Smatch",
        r"(?m)^.{0,200}\bleads\s+to\s+the\s+following\s+(?:Smatch\s+)?(?:static\s+checker\s+)?(?:warnings?|complaint):",
        r"(?m)^\s{0,8}(?:--> )?[\w./-]{1,120}\.[chS]:\d{1,7}\b",
    ),
    (
        "an AI review",
        r"(?m)^.{0,80}\b(?:AI|LLM) review found \d",
        rf"(?m)^{GRADED}",
    ),
    ("Coverity", r"(?m)^\*{2,3} CID \d", r"(?m)^(?:/|\*{3} CID |.{0,80}\bCoverity\b)"),
)
_HINTS = (
    "[auto build test",
    "kernel test robot noticed",
    "url: ",
    "syzbot ",
    "checker",
    "smatch",
    "cid ",
    "review found",
)
# What people say above a review by a program that they pass on whole; it ends their own words.
_REVIEW = (
    r"(?im)^(?!>)(?:"
    r"\[?(?:the )?(?:AI|LLM|Sashiko)(?:'s)?(?:[ -]code)?[ -]?review(?:bot|er)?(?: (?:output|results?|comments?))?"
    r"(?: (?:was|is|below|follows|asks? questions|asked questions|found quite a lot to talk about))?\s?[:\]]"
    r"|.{0,60}\b(?:forward|past)ing (?:the )?(?:AI|LLM|Sashiko)\b.{0,40}:"
    r"|.{0,80}\bthe (?:actual )?(?:AI|LLM|Sashiko) (?:review |output )(?:output )?(?:was|is):"
    r"|.{0,80}\b(?:through|from) (?:my|the) AI review prompts:"
    r"|This is an AI-generated review\b.{0,200}"
    r")[ \t]*$"
)
_REVIEW_HINTS = ("ai review", "ai-generated review", "ai code review", "ai output", "sashiko", "llm")
REASON = "passes on a report of "  # with the program, as the reason why a mail is taken for a program's
_QUOTED = r"(?im)^\s*-{2,}\s*(?:Original|Forwarded) message\s*-{2,}"
_PATCH = r"(?m)^(?:diff --git |--- a/|Signed-off-by: )"


class Passed(Value, frozen=True, kw_only=True):
    program: str  # "kernel test robot", "Sashiko", "an AI review"
    line: int  # the first line that is the program's
    whole: bool  # the report makes up the mail


def report(body: str) -> Passed | None:
    """The report that a mail passes on, None for other mails, also for patches that tell of one."""
    text = body[:MOST]
    lower = text.lower()
    reports = any(hint in lower for hint in _HINTS)
    if not reports and not any(hint in lower for hint in _REVIEW_HINTS):
        return None
    if re.search(_PATCH, body[: 4 * MOST]) or re.search(_QUOTED, text):
        return None
    return (_whole(text) if reports else None) or _review(text)


def _whole(text: str) -> Passed | None:
    for program, begins, goes_on in _REPORTS:
        first = re.search(begins, text)
        if first and re.search(goes_on, text[first.end() :]):
            above = text[: first.start()].split("\n")
            said = [line for line in above if line.strip() and not line.startswith(">")]
            if len(said) <= BEFORE:
                return Passed(program=program, line=len(above) - 1, whole=True)
    return None


def _review(text: str) -> Passed | None:
    found = re.search(_REVIEW, text)
    if not found:
        return None
    program = "Sashiko" if "sashiko" in found[0].lower() else "an AI review"
    return Passed(program=program, line=text.count("\n", 0, found.end()) + 1, whole=False)


def told_by(point: Point, message: Message) -> Point:
    """The point of a mail, raised by the program whose report holds it where a person passes one on."""
    found = report(message.body) if message.automated.startswith(REASON) or not message.automated else None
    if found is None or not (found.whole or point.line >= found.line):
        return point
    name = f"{found.program} (forwarded by {message.author})"
    program = Identity(name=name, address=message.author.address)
    return structs.replace(point, author=program, role="bot", automated=True, raisers=(program, *point.raisers[1:]))
