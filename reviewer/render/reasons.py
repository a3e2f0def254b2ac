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
    "statement?": "is a statement with a question mark",
    "starts:other": "begins with a word that tells nothing",
    "weight:blocking": "says that it blocks the patch",
    "offers-tag-only": "only offers a tag",
    "offers-tag-too": "offers a tag as well",
    "code-only": "is only code",
    "code-follows": "has code below",
    "under:comment-line": "stands under a comment",
    "under:condition": "stands under a condition",
    "under:return": "stands under a return",
    "under:long-line": "stands under a long line",
    "under:declaration": "stands under a declaration",
    "under:lock": "stands under a lock",
    "under:tag-line": "stands under a tag",
    "answers:patch": "answers the patch",
    "answers:author": "answers the author",
    "answers:reviewer": "answers a reviewer",
    "answers:bot": "answers a program",
    "quotes:no-words": "quotes nobody's words",
    "speaks:again": "comes from somebody who spoke before",
    "speaks:first": "is the first that its sender says",
    "block:first": "comes first in its mail",
    "block:last": "comes last in its mail",
    "tag-elsewhere": "stands in a mail that gives a tag elsewhere",
    "after-tag": "stands below a tag",
    "block-has-diff": "has a diff below",
    "wants": "wants something",
    "wants?": "asks for something by a question",
    "why": "asks why",
    "asks": "asks",
    "tells": "states something",
    "asks-first": "asks right away",
    "only-asks": "only asks",
    "asked": "answers a question",
    "told": "answers a statement",
    "asked:plain": "answers a question without yes or no",
    "told:plain": "answers a statement without yes or no",
    "first": "is the first answer",
    "later": "is a later answer",
    "done": "says that it is done",
    "concede": "concedes",
    "plus-one": "agrees with somebody",
    "waits": "waits for somebody",
    "yes-start": "begins with yes",
    "top:nothing": "has no word of agreement or dispute",
    "tag": "gives a tag",
    "diff": "has a diff",
    "several": "answers several things",
    "no-and-no-agreement": "begins with no and agrees to nothing",
    "agrees-first": "agrees before it disputes",
    "disputes-first": "disputes before it agrees",
    "agrees-and-disputes": "agrees and disputes",
    "agrees-after-no": "agrees after a no",
    "automated": "is a program's",
}
_THREAD = {
    "author-answered-mail": "the author answered the mail",
    "later-version": "a later version was posted",
    "raiser-tags-later": "the raiser gave a tag later",
    "other-tags-later": "somebody else gave a tag later",
    "applied-later": "the patch was taken later",
    "author-later": "the author wrote later",
    "author-silent": "the author wrote nothing later",
    "raiser-later": "the raiser wrote later",
    "raiser-silent": "the raiser wrote nothing later",
    "raiser-tags-here": "the raiser gave a tag in the same mail",
    "automated": "it is a program's",
}
_WHO = {
    "author": "the author",
    "raiser": "the raiser",
    "other": "somebody else",
    "self": "the raiser",
    "reviewer": "a reviewer",
    "bot": "a program",
    "nobody": "nobody",
}
_BACK = {"quoted": "that quotes it", "whole": "without a quote", "plain": "that neither agrees nor objects"}
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
    "can-you": "asks whether one can",
    "should-you": "asks whether one should",
    "praise": "praises",
    "thanks": "thanks",
    "applied": "says that it was applied",
    "that-said": "says so all the same",
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
    whole = _of_the_talk(feature)
    if whole:
        return whole
    subject, name = (_WHERE[where], rest) if mark and where in _WHERE else ("it", feature)
    while subject == "the point" and name.partition(":")[0] in _WHERE:
        name = name.partition(":")[2]
    words = _words(name.rstrip("!").removeprefix("re:"))
    return f"{subject} {words}" if words else f'the mark "{feature}"'


def _words(name: str) -> str:
    if name in _WHOLE:
        return _WHOLE[name]
    start, _, rest = name.partition(":")
    value, _, limit = rest.partition(">")
    if start in ("w", "t", "t2", "pair"):
        return f'has the word{"s" if " " in rest else ""} "{rest}"'
    if start == "topic":
        return f"speaks of {value}" + (" more than once" if limit else "")
    if start == "act":
        return _ACTS.get(rest, "")
    if start == "says":
        return f'says "{rest}"'
    if start == "by":
        return f"is {'the author' if rest == 'author' else f'a {rest}'}'s"
    if start == "mail-depth":
        return f"stands {rest} answer{'' if rest == '1' else 's'} below the patch"
    if start == "likeliest":
        return f'most likely ends as "{value}" when the talk about it is weighed whole'
    if start == "replayed":
        return f'ends as "{value}" when the answers to it are taken in turn'
    if start == "starts":
        return f'begins with "{rest}"'
    if start == "top":
        return f"{_WHOLE[rest]} before all else" if rest in _WHOLE else ""
    if start in ("blocks", "sentences", "turns"):
        return _numbered(start, rest or limit)
    return _counted(name)


def _numbered(start: str, number: str) -> str:
    if start == "blocks":
        return "is all that its mail says" if number == "1" else f"is one of {number} passages of its mail"
    return f"has {number} sentence{'' if number == '1' else 's'}" if number.isdigit() else ""


def _of_the_talk(feature: str) -> str:
    """A feature of what was said about a point as a whole sentence, "" for another."""
    start, _, rest = feature.partition(":")
    if start == "back":
        return _answer(rest)
    if start == "silence":
        return f"nobody reacted, and {_trait(rest)}" if _trait(rest) else ""
    if start == "thread":
        return _THREAD.get(rest, "")
    if start == "raised-by":
        return _trait(feature)
    if start == "spoke":
        people = [_WHO.get(who, who) for who in rest.split("+")]
        return "nobody reacted" if rest == "nobody" else f"{' and '.join(people)} reacted"
    if start == "raiser-turns":
        return {"0": "the raiser said nothing more", "1": "the raiser came back once"}.get(
            rest, f"the raiser came back {rest} times"
        )
    if start == "last" and rest:
        who, _, kind = rest.partition(":")
        did = f', as "{kind}"' if kind else ""
        return f"{_WHO.get(who, who)} spoke last{did}"
    name, mark, limit = feature.partition(">")
    if mark and name in _CHANCES:
        return f"{_CHANCES[name]} (above {limit})"
    return f"more than {limit} answers were given" if name == "turns" and mark else ""


_CHANCES = {
    "author-agreed": "how surely the author agreed",
    "author-against": "how surely the author objected rather than agreed",
    "raiser-content": "how content the raiser was in the end",
}


def _trait(name: str) -> str:
    start, _, who = name.partition(":")
    if start == "raised-by":
        return f"{_WHO.get(who, who)} raised it"
    return _THREAD.get(name, "")


def _answer(rest: str) -> str:
    """What came back to a passage, and from whom."""
    who, _, what = rest.partition(":")
    if who == "none":
        others = {"author": "the author answered other parts of the mail", "others": "others answered the mail"}
        return f"it got no answer{', though ' + others[what] if what in others else ''}"
    told = what.removeprefix("re:").removeprefix("act:")
    how = _BACK.get(what) or (
        f"that {_WHOLE[told]}" if told in _WHOLE else f"that {_ACTS[told]}" if told in _ACTS else ""
    )
    if what.startswith("sentences:"):
        number = what.partition(":")[2]
        how = f"of {number} sentence{'' if number == '1' else 's'}"
    whose = _WHO.get(who, who)
    return f"it got an answer of {whose}{' ' + how if how else ''}"


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
