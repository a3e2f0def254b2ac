"""What decided a point, in words: the ledger's features ("on-patch&wants>=1 +0.27") for people who never saw its code.

A feature without words here is shown as it is, in quotation marks: nothing is left out.
"""

import re

_WEIGHT = re.compile(r"(.{1,120}) ([+-]\d+\.\d+)")
_WHERE = {"main": "the sentence", "rest": "the rest of the passage", "any": "one sentence", "point": "the point"}
_WHOLE = {
    "?": "has a question mark",
    "symbol": "names code",
    "code": "has code",
    "code-beside-words": "has code beside words",
    "wh-question": "asks who, what, why or how",
    "yes-no-question": "asks for yes or no",
    "paragraph-start": "begins a paragraph",
    "starts:imperative": "begins with an imperative",
    "place:first": "comes first",
    "place:second": "comes second",
    "place:later": "comes later",
    "place:last": "comes last",
    "under:diff": "stands under a line of the patch",
    "under:words": "stands under somebody's words",
    "under:message": "stands under the commit message",
    "under:brace": "stands under a brace",
    "sign:+": "is about an added line",
    "sign:-": "is about a removed line",
    "on-patch": "answers the patch",
    "on-words": "answers somebody's words",
    "mail-has-tag": "stands in a mail that gives a tag",
    "block-has-tag": "has a tag below",
    "agrees": "agrees",
    "promise": "promises a change",
    "dispute": "disputes",
    "insist": "insists",
    "explain": "explains",
    "satisfied": "is satisfied",
    "neither": "neither agrees nor objects",
    "no-start": "begins with no",
    "bullet": "is an item of a list",
    "substitution": "replaces words",
}
_ACTS = {
    "suggest": "suggests something",
    "please": "asks with please",
    "should": "says what should be",
    "need": "says what is needed",
    "prefer": "prefers something",
    "want": "wants something",
    "hedge": "is put with care",
    "object": "objects",
    "wonder": "wonders",
    "why": "asks why",
    "nit": "calls itself a nit",
    "imperative": "tells what to do",
    "is-it": "asks whether it is so",
    "contrast": "sets something against it",
    "better": "says what would be better",
    "problem": "names a problem",
    "missing": "says what is missing",
}


def told(reason: str) -> str:
    """One reason of a point or an event; numbers in brackets say how much each part spoke for it."""
    head, mark, rest = reason.partition(": ")
    if not mark:
        return reason
    if not _WEIGHT.fullmatch(rest.split(", ")[0]):
        return reason
    sums: dict[str, float] = {}
    for part in rest.split(", "):
        match = _WEIGHT.fullmatch(part)
        words = phrase(match[1] if match else part)
        sums[words] = sums.get(words, 0.0) + (float(match[2]) if match else 0.0)
    return f"{head}: " + "; ".join(f"{words} ({weight:+.2f})" for words, weight in sums.items())


def grouped(reasons: tuple[str, ...]) -> tuple[str, ...]:
    """The reasons in words, those with the same head on one line: "point: ..., changelog: ..., should: ..."."""
    groups: dict[str, list[str]] = {}
    for reason in reasons:
        head, mark, rest = reason.partition(": ")
        groups.setdefault(head if mark else "", []).append(rest if mark else reason)
    return tuple(told(f"{head}: {', '.join(parts)}") if head else ", ".join(parts) for head, parts in groups.items())


def phrase(feature: str) -> str:
    """A feature in words: "main:topic:changelog" is "the sentence speaks of changelog"."""
    both = re.split(r"&|\+(?=[a-z]+:)", feature)
    if len(both) > 1:
        return " and ".join(
            phrase(part).removeprefix("it ") if number else phrase(part) for number, part in enumerate(both)
        )
    where, mark, rest = feature.partition(":")
    subject, name = (_WHERE[where], rest) if mark and where in _WHERE else ("it", feature)
    while subject == "the point" and name.partition(":")[0] in _WHERE:
        name = name.partition(":")[2]
    words = _words(name.rstrip("!"))
    return f"{subject} {words}" if words else f'the mark "{feature}"'


def _words(name: str) -> str:
    if name in _WHOLE:
        return _WHOLE[name]
    start, _, rest = name.partition(":")
    value, _, limit = rest.partition(">")
    if start in ("w", "t", "t2"):
        return f'has the word "{rest}"'
    if start == "topic":
        return f"speaks of {value}" + (" more than once" if limit else "")
    if start == "act":
        return _ACTS.get(rest, "")
    if start == "says":
        return f'says "{rest}"'
    if start == "by":
        return f"is {'the author' if rest == 'author' else f'a {rest}'}'s"
    if start == "mail-depth":
        return f"stands {rest} answers below the patch"
    if start == "likeliest":
        return f'most likely ends as "{value}" when the talk about it is weighed whole'
    if start == "replayed":
        return f'ends as "{value}" when the answers to it are taken in turn'
    return _counted(name)


def _counted(name: str) -> str:
    match = re.fullmatch(r"(wants|strong|words)(>=|<=)(\d+)", name)
    if match is None:
        return ""
    number = match[3]
    if match[1] == "words":
        return f"has {number} words at most" if match[2] == "<=" else f"has {number} words or more"
    many = "one sentence" if number == "1" else f"{number} sentences"
    return (
        f"has {many} that {'asks' if number == '1' else 'ask'} for something"
        if match[1] == "wants"
        else (f"has {many} that {'looks' if number == '1' else 'look'} like a point alone")
    )
