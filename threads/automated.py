"""Whether a mail was written by a program, and by what sign. General signs, no list of people.

A thank-you mail that a maintainer has `b4 ty` write is a person's: the person ran it and stands behind it. A patch
that carries "Precedence: bulk" is a person's too, since every mailing list adds that field. A report of a program that
makes up the mail of a person who passes it on is the program's.
"""

import re

from threads import passed
from threads.headers import Headers
from threads.model import Identity

# Names of programs: build and test robots, fuzzers, tracker and CI relays. Surnames like Jenkins are not among them.
_NAME = (
    r"\b(?:kernel[ ._-]?test[ ._-]?robot|kbuild[ ._-]?(?:test[ ._-]?)?robot|hulk[ ._-]?robot|robot|syzbot|syzkaller"
    r"|patchwork|build[ ._-]?bot|kernel[ ._-]?ci|coverity|sashiko|cki[ ._-]?project|dependabot|mail(?:er)?[ ._-]daemon"
    r"|no[ ._-]?reply|do[ ._-]?not[ ._-]?reply|auto[ ._-]?(?:reply|build(?:er)?|tester|responder)"
    r"|github[ ._-]actions)\b"
    r"|(?:^|[ +_-])bot(?:$|[ +_-])|(?:^|[ +_-])(?-i:CI)(?:$|[ +_-])"
)
_LOCAL = (
    r"(?:lkp|kbuild|jenkins|zuul|hydra|gitlab|github|buildbot|postmaster|root|bugzilla|www-data|robot|syzbot.*)"
    r"|.*(?:^|[+._-])(?:bot|robot|daemon)(?:$|[+._-]).*|.*(?:[+_-]ci|^ci[+_-].*)|.*(?:ci|build|test|review)bot"
    r"|(?:.*[+._-])?(?:no-?reply|do-?not-?reply|donotreply|notifications?|automation)(?:[+._-].*)?"
)
_AUTO = r"auto[- ]?(?:generated|replied|notified)"
_TEXT = (
    r"(?:^|\n)\[?(?:This (?:is an automated|(?:e-?mail|message|report|review) (?:is|was) (?:automatically )?"
    r"(?:generated|produced|written|sent) (?:automatically|by (?:an? )?(?:AI|bot|robot|program|script|LLM)))"
    r"|I am an? (?:AI|bot|robot)\b|AI[- ](?:generated|authored) (?:code )?review"
    r"|(?:I am|I'm) (?:currently )?out of (?:the )?office)"
)
# What every match of the patterns above holds, in lower case: they are compiled only when one of these is there.
_HINTS = (
    "bot", "syzkaller", "patchwork", "ci", "cki", "coverity", "sashiko", "daemon", "reply", "auto", "actions", "lkp",
    "kbuild", "jenkins", "zuul", "hydra", "git", "postmaster", "root", "bugzilla", "www-data", "notif",
)  # fmt: skip
_TEXT_HINTS = ("automat", "bot", " ai", "ai-", "ai g", "ai a", "program", "script", "llm", "out of")
_FIELDS = ("x-patchwork-bot", "x-kernelci-report-type", "x-autoreply", "x-autorespond")


def reason(headers: Headers, author: Identity, body: str) -> str:
    """Why the mail is a program's, "" when nothing says so."""
    auto = headers.text("auto-submitted").lower()
    if auto and not auto.startswith("no"):
        return f"Auto-Submitted: {auto[:40]}"
    for field in _FIELDS:
        if headers.first(field):
            return f"header {field}"
    local = author.address.partition("@")[0][:200]
    if _may_be(author.name[:200]) and (match := re.search(_NAME, author.name[:200], re.I)):
        return f"sender's name says {match[0].strip(' ._+-')!r}"
    if _may_be(local) and re.fullmatch(_LOCAL, local):
        return f"sender's address is {local}@..."
    mailer = headers.text("x-mailer")[:200]
    if "auto" in mailer.lower() and (match := re.search(_AUTO, mailer, re.I)):
        return f"X-Mailer says {match[0]!r}"
    text = body[:2000]
    if any(hint in text.lower() for hint in _TEXT_HINTS) and (match := re.search(_TEXT, text, re.I)):
        return f"text says {' '.join(match[0].split())!r}"
    found = None if _posts(headers) else passed.report(body)
    return f"{passed.REASON}{found.program}" if found and found.whole else ""


def _posts(headers: Headers) -> bool:
    subject = headers.text("subject")[:200].lower()
    return "patch" in subject and not subject.startswith(("re:", "aw:", "sv:"))


def _may_be(name: str) -> bool:
    """Whether a name holds a word that a program's name has: asked before the long patterns are compiled."""
    lower = name.lower()
    return any(hint in lower for hint in _HINTS)
