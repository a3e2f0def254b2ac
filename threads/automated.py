"""Whether a mail was written by a program, and by what sign. General signs, no list of people.

A thank-you mail that a maintainer has `b4 ty` write is a person's: the person ran it and stands behind it. A patch
that carries "Precedence: bulk" is a person's too, since every mailing list adds that field.
"""

import re

from threads.headers import Headers
from threads.model import Identity

# Names of programs: build and test robots, fuzzers, tracker and CI relays. Surnames like Jenkins are not among them.
_NAME = re.compile(
    r"\b(?:kernel[ ._-]?test[ ._-]?robot|kbuild[ ._-]?(?:test[ ._-]?)?robot|hulk[ ._-]?robot|robot|syzbot|syzkaller"
    r"|patchwork|build[ ._-]?bot|kernel[ ._-]?ci|coverity|sashiko|cki[ ._-]?project|dependabot|mail(?:er)?[ ._-]daemon"
    r"|no[ ._-]?reply|do[ ._-]?not[ ._-]?reply|auto[ ._-]?(?:reply|build(?:er)?|tester|responder)"
    r"|github[ ._-]actions)\b"
    r"|(?:^|[ +_-])bot(?:$|[ +_-])|(?:^|[ +_-])(?-i:CI)(?:$|[ +_-])",
    re.IGNORECASE,
)
_LOCAL = re.compile(
    r"(?:lkp|kbuild|jenkins|zuul|hydra|gitlab|github|buildbot|postmaster|root|bugzilla|www-data|robot|syzbot.*)"
    r"|.*(?:^|[+._-])(?:bot|robot|daemon)(?:$|[+._-]).*|.*(?:[+_-]ci|^ci[+_-].*)|.*(?:ci|build|test|review)bot"
    r"|(?:.*[+._-])?(?:no-?reply|do-?not-?reply|donotreply|notifications?|automation)(?:[+._-].*)?",
)
_AUTO = re.compile(r"auto[- ]?(?:generated|replied|notified)", re.IGNORECASE)
_TEXT = re.compile(
    r"(?:^|\n)(?:This (?:is an automated|(?:e-?mail|message|report|review) (?:is|was) (?:automatically )?"
    r"(?:generated|produced|written|sent) (?:automatically|by (?:an? )?(?:AI|bot|robot|program|script|LLM)))"
    r"|I am an? (?:AI|bot|robot)\b|AI[- ](?:generated|authored) (?:code )?review"
    r"|(?:I am|I'm) (?:currently )?out of (?:the )?office)",
    re.IGNORECASE,
)
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
    if match := _NAME.search(author.name[:200]):
        return f"sender's name says {match[0].strip(' ._+-')!r}"
    if _LOCAL.fullmatch(local):
        return f"sender's address is {local}@..."
    if match := _AUTO.search(headers.text("x-mailer")[:200]):
        return f"X-Mailer says {match[0]!r}"
    if match := _TEXT.search(body[:2000]):
        return f"text says {' '.join(match[0].split())!r}"
    return ""
