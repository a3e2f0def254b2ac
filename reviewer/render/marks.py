"""Words for the ledger's features ("under:diff", "main:act:why"), for people who never saw its code.

`phrase` says what a feature means; `about` gives the cue phrases whose standing in the text made it. A table for each
kind of feature; the tests walk all features that the shipped weights know.
"""

import re
from collections.abc import Mapping

from threads import cues
from threads.talk import RELATIONS

_WHOLE = {
    "?": "has a question mark",
    "symbol": "names code",
    "code": "has code",
    "code-beside-words": "has code beside words",
    "code-only": "is only code",
    "code-follows": "has code below",
    "wh-question": "asks who, what, why or how",
    "yes-no-question": "asks for yes or no",
    "statement?": "is a statement with a question mark",
    "substitution": "replaces words (s/a/b/)",
    "colon": "ends with a colon",
    "ellipsis": "trails off",
    "caret": "points at the line above (^^)",
    "link": "gives a link",
    "paragraph-start": "begins a paragraph",
    "bullet": "is an item of a list",
    "starts:imperative": "begins with an imperative",
    "starts:other": "begins with a word that tells nothing",
    "offers-tag-only": "only offers a tag",
    "offers-tag-too": "offers a tag as well",
    "place:first": "comes first",
    "place:second": "comes second",
    "place:later": "comes later",
    "place:last": "comes last",
    "quoted?": "stands under a question",
    "under:diff": "stands under a line of the patch",
    "under:words": "stands under somebody's words",
    "under:message": "stands under the commit message",
    "under:cover": "stands under the cover letter",
    "under:trailer": "stands under a tag of the patch",
    "under:sketch": "stands under code in a mail",
    "under:nothing": "stands under no quote",
    "under:unknown": "stands under a quote from outside the thread",
    "under:brace": "stands under a brace",
    "under:comment-line": "stands under a comment",
    "under:condition": "stands under a condition",
    "under:return": "stands under a return",
    "under:long-line": "stands under a long line",
    "under:declaration": "stands under a declaration",
    "under:lock": "stands under a lock",
    "under:tag-line": "stands under a tag",
    "sign:+": "is about an added line of the patch",
    "sign:-": "is about a removed line of the patch",
    "sign: ": "is about a line that the patch leaves as it is",
    "sign:@": "stands under the head of a hunk",
    "on-patch": "answers the patch",
    "on-words": "answers somebody's words",
    "answers:patch": "answers the patch",
    "answers:author": "answers the author",
    "answers:reviewer": "answers a reviewer",
    "answers:other": "answers somebody else than the author",
    "answers:self": "goes on from its sender's own words",
    "answers:bot": "answers a program",
    "answers:nobody": "answers nobody",
    "answers:unknown": "answers words from outside the thread",
    "quotes:author": "has words of the author above",
    "quotes:reviewer": "has words of a reviewer above",
    "quotes:bot": "has a program's words above",
    "quotes:self": "has its sender's own words above",
    "quotes:no-words": "quotes nobody's words",
    "speaks:again": "comes from somebody who spoke before",
    "speaks:first": "is the first that its sender says",
    "block:first": "comes first in its mail",
    "block:last": "comes last in its mail",
    "mail-has-tag": "stands in a mail that gives a tag",
    "tag-elsewhere": "stands in a mail that gives a tag elsewhere",
    "after-tag": "stands below a tag",
    "block-has-tag": "has a tag below",
    "block-has-diff": "has a diff below",
    "weight:blocking": "says that it blocks the patch",
    "weight:nit": "says that it is small",
    "weight:question": "is put as a question",
    "agrees": "agrees",
    "promise": "promises a change",
    "dispute": "disputes",
    "insist": "insists",
    "explain": "explains",
    "satisfied": "is satisfied",
    "done": "says that it is done",
    "concede": "concedes",
    "plus-one": "agrees with somebody",
    "waits": "wants to look at it first",
    "neither": "neither agrees nor objects",
    "yes-start": "begins with yes",
    "no-start": "begins with no",
    "no-and-no-agreement": "begins with no and agrees to nothing",
    "agrees-first": "agrees before it disputes",
    "disputes-first": "disputes before it agrees",
    "agrees-and-disputes": "agrees and disputes",
    "agrees-after-no": "agrees after a no",
    "top:nothing": "has no word of agreement or dispute",
    "wants": "wants something",
    "wants?": "asks for something by a question",
    "why": "asks why",
    "asks": "asks",
    "tells": "states something",
    "asks-first": "asks right away",
    "only-asks": "only asks",
    "asked": "answers a question",
    "told": "answers a statement",
    "first": "is the first answer",
    "later": "is a later answer",
    "again": "comes from who spoke last too",
    "tag": "gives a tag",
    "diff": "has a diff",
    "several": "answers several things",
    "automated": "is a program's",
    "also": 'goes on with "also" or "and"',
    "also-strong": 'asks for more after "also" or "and"',
    "paragraph-strong": "asks for something at the start of another paragraph",
    "situation:author": "is the author's",
    "situation:on-patch": "answers the patch",
    "situation:on-words": "answers somebody's words",
    "author": "is the author's",
    "arrow": "draws an arrow",
    "drawn-path": "draws a call path",
    "function": "names a function",
    "in:reply": "stands in an answer",
    "in:reply-of-author": "stands in an answer of the author",
    "in:reply-of-reviewer": "stands in an answer of a reviewer",
    "in:reply-of-bot": "stands in an answer of a program",
    "in:cover": "stands in the cover letter",
    "in:commit-message": "stands in the commit message",
    "in:below-message": "stands below the commit message",
}
_ACTS = {
    "suggest": "suggests something",
    "please": "says please",
    "should": "says what should be",
    "need": "says what is needed",
    "prefer": "prefers something",
    "want": "wants something",
    "hedge": "is put with care",
    "object": "objects",
    "wonder": "doubts or wonders",
    "why": "asks why",
    "what": "asks what, which or where",
    "how": "asks how",
    "nit": "calls itself a nit",
    "imperative": "has a word that often asks for a change",
    "is-it": "asks whether it is so",
    "contrast": "sets something against it",
    "better": "says what would be better",
    "problem": "names a problem",
    "missing": "says what is missing or not needed",
    "can-you": "asks whether one can",
    "should-you": "asks whether one should",
    "praise": "praises",
    "thanks": "thanks or greets",
    "applied": "says that it was applied",
    "that-said": "says something on a condition or besides",
    "test-ok": "tells of a test run",
}
_CLAIMS = {
    "call": "a call",
    "absence": "what is not so",
    "only": "what only one does",
    "all": "what all do",
    "state": "a state",
    "now": "how it is now",
    "future": "what is to be",
    "talk": "people",
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
_ENDS = {
    "open": "leave it open",
    "answered": "leave it answered",
    "accepted": "make it accepted",
    "disputed": "leave it disputed",
    "withdrawn": "make it withdrawn",
}
_BACK = {"quoted": "that quotes it", "whole": "without a quote", "plain": "that neither agrees nor objects"}
_SUBJECTS = {
    "main": "the sentence",
    "rest": "the rest of the passage",
    "any": "one sentence",
    "prev": "the sentence before",
    "next": "the sentence after",
}
_PARTS = ("author", "raiser", "other")
_NONE_OR_MORE = {"0": "no", "1": "one"}
_COUNTED = {
    "strong": "sentence that looks like a point alone",
    "strong-paragraphs": "paragraph that looks like a point alone",
    "paragraphs": "paragraph",
    "questions": "question",
    "bullets": "item of a list",
    "sentences": "sentence",
    "symbols": "name of code",
    "code-lines": "line of code",
}
_JOINT = re.compile(r"&|\+(?=[a-z-]+:)")
_LIMIT = re.compile(r"(>=|<=|>)(-?[\d.]+)$")


def phrase(feature: str) -> str:
    """A feature in words: "main:topic:changelog" is "the sentence speaks of changelog". "" for an unknown one."""
    start = feature.partition(":")[0]
    if "&" in feature or start == "by":
        told = [phrase(part) if part.partition(":")[0] != "by" else f"it is {_whose(part)}" for part in joint(feature)]
        return " and ".join(_after(said, number) for number, said in enumerate(told)) if all(told) else ""
    whole = _of_the_talk(feature)
    if whole:
        return whole
    subject, name = "one of its first sentences" if start == "t2" else "it", feature
    if start == "point" and ":" in feature:
        return _of_the_point(feature[6:])
    if start in _PARTS and ":" in feature:
        inner = phrase(feature.partition(":")[2])
        return f"{_WHO[start]} answers, and {inner}" if inner else ""
    if start in _SUBJECTS and ":" in feature:
        subject, name = _SUBJECTS[start], feature.partition(":")[2]
    words = _words(name.rstrip("!").removeprefix("re:"))
    return f"{subject} {words}" if words else ""


def under_patch(feature: str) -> bool:
    """It says that the text stands under a line of the patch, and maybe under which."""
    return joint(feature)[-1].startswith(("sign:", "under:diff"))


def joint(feature: str) -> list[str]:
    """The features that one with & or + holds."""
    return _JOINT.split(feature)


def _after(said: str, number: int) -> str:
    """Of two sentences about it the second without its subject."""
    return said.removeprefix("it ") if number else said


def _whose(name: str) -> str:
    who = name.partition(":")[2]
    return f"{_WHO[who]}'s" if who in _WHO else "somebody's"


def _words(name: str) -> str:
    """What "it" does, by the tables."""
    if name in _WHOLE:
        return _WHOLE[name]
    start, _, rest = name.partition(":")
    value = _LIMIT.sub("", rest)
    if start in ("w", "t", "t2", "pair"):
        return _said(rest)
    if start == "act":
        return _ACTS.get(rest, "")
    if start == "topic":
        return f"speaks of {value}" + (" more than once" if value != rest else "")
    if start == "cue":
        return f"speaks of {_CLAIMS[value]}" + (" more than once" if value != rest else "") if value in _CLAIMS else ""
    if start == "says":
        return f'says "{rest}"'
    if start == "starts":
        return f'begins with "{rest}"'
    if start == "offers":
        return f"offers a {rest.capitalize()}: tag"
    if start == "sign":
        return "stands under a line of the patch"
    if start == "top":
        return f"{_WHOLE[rest]} before all else" if rest in _WHOLE else ""
    return _of_the_place(start, rest) or _counted(name)


def _of_the_place(start: str, rest: str) -> str:
    """Where it stands among the others, and what it answers."""
    if start == "depth":
        return f"stands under a quote that is {rest} deep"
    if start == "mail-depth":
        return f"stands {rest} answer{'' if rest == '1' else 's'} below the patch"
    if start == "place":
        return f"is sentence {int(rest) + 1} of its passage" if rest.isdigit() else ""
    if start == "blocks":
        return "is all that its mail says" if rest == "1" else f"is one of {rest} passages of its mail"
    if start == "new-symbols":
        return "names nothing that is new to the thread" if rest == "0" else "names code that is new to the thread"
    if start == "unquoted-symbols":
        return "names no code that is not quoted above" if rest == "0" else "names code that is not quoted above"
    if start in ("asked", "told"):
        how = {"yes-start": "with yes", "no-start": "with no", "plain": "without yes or no"}.get(rest, "")
        return f"answers a {'question' if start == 'asked' else 'statement'} {how}" if how else ""
    if start == "relation":
        return RELATIONS.get(rest, "")
    if start in ("first", "later", "several") and rest in RELATIONS:
        return f"{_WHOLE[start]} and {RELATIONS[rest]}"
    if start in ("mail", "above") and rest in _WHOLE:
        return f"{RELATIONS[start]} and {_WHOLE[rest]}"
    if start == "other":  # of the further sentences of a passage
        inner = _words(rest)
        return f"goes on with a sentence that {inner}" if inner else ""
    return ""


def _said(rest: str) -> str:
    """Words that stand in the text as they are; "^" is its beginning, "$" the end of a sentence."""
    words = [("a name of code" if word == "NAME" else word) for word in rest.split(" ")]
    begins, ends = words[0].startswith("^"), words[-1] == "$"
    shown = words[:-1] if ends else words
    text = " ".join(shown).removeprefix("^").replace(" ?", "?")
    verb = "begins with" if begins else "ends with" if ends else "has"
    noun = "" if begins or ends else "the words " if len(shown) > 1 and text != "?" else "the word "
    return f'{verb} {noun}"{text}"'


def _counted(name: str) -> str:
    start, _, rest = name.partition(":")
    if start in _COUNTED and rest.isdigit():
        more = " or more" if (start, rest) in _MOST else ""
        return f"has {_many(rest, _COUNTED[start], more)}"
    if start == "second":
        which, _, limit = rest.partition(">")
        other = "another sentence" if which == "any" else "a sentence of another paragraph"
        return f"has {other} that may be a point (chance above {limit})"
    match = re.fullmatch(r"(wants|strong|words|lines)(>=|<=)(\d+)", name)
    if match is None:
        return ""
    number = match[3]
    if match[1] in ("words", "lines"):
        unit = match[1] if number != "1" else match[1][:-1]
        return f"has {number} {unit} at most" if match[2] == "<=" else f"has {number} {unit} or more"
    told = "sentence that asks for something" if match[1] == "wants" else "sentence that looks like a point alone"
    return f"has {_many(number, told, '')}"


_MOST = {("strong", "4"), ("questions", "3"), ("bullets", "4"), ("paragraphs", "5"), ("symbols", "3")}


def _many(number: str, noun: str, more: str) -> str:
    if number in _NONE_OR_MORE:
        return f"{_NONE_OR_MORE[number]} {noun}"
    head, that, tail = noun.partition(" that ")
    head = head.replace("item of", "items of").replace("name of", "names of").replace("line of", "lines of")
    many = head if head.partition(" ")[0].endswith("s") else f"{head}s"
    return f"{number}{more} {many}{that}{tail.replace('asks', 'ask').replace('looks like', 'look like')}"


def _of_the_point(rest: str) -> str:
    """What the answered point does, and the first word of the answer."""
    if rest.startswith("main:"):
        words = _words(rest[5:])
        return f"the point {words}" if words else ""
    manner, colon, word = rest.partition(":")
    if manner not in _WHOLE:
        return ""
    first = {"NAME": "a name of code"}.get(word, f'"{word}"')
    return f"the point {_WHOLE[manner]}" + (f", and the answer begins with {first}" if colon else "")


def _of_the_talk(feature: str) -> str:
    """A feature of what was said about a point as a whole sentence, "" for another."""
    start, _, rest = feature.partition(":")
    if start == "back":
        return _answer(rest)
    if start == "silence":
        trait = _trait(rest)
        return f"nobody reacted, and {trait}" if trait else ""
    if start == "thread":
        return _THREAD.get(rest, "")
    if start == "raised-by":
        return _trait(feature)
    if start == "spoke":
        return "nobody reacted" if rest == "nobody" else f"{_people(rest)} reacted"
    if start in ("replayed", "likeliest"):
        return _ended(start, rest)
    if start == "raiser-turns":
        return {"0": "the raiser said nothing more", "1": "the raiser came back once"}.get(
            rest, f"the raiser came back {rest} times"
        )
    if start == "last" and rest:
        who, _, kind = rest.partition(":")
        did = "" if not kind else ", without a reaction to it" if kind == "None" else f', as "{kind}"'
        return f"{_WHO.get(who, who)} spoke last{did}"
    return _chance(feature)


def _ended(start: str, rest: str) -> str:
    value = _LIMIT.sub("", rest)
    status, _, people = value.partition(":")
    if status not in _ENDS:
        return ""
    who = "" if not people else ", and nobody reacted" if people == "nobody" else f", of {_people(people)}"
    if value != rest:
        return f"the answers most likely {_ENDS[status]}"
    if start == "replayed":
        return f"the answers, taken in turn, {_ENDS[status]}{who}"
    return f"all answers, also those that may be about something else, {_ENDS[status]}{who}"


def _people(names: str) -> str:
    people = [_WHO.get(who, who) for who in names.split("+")]
    return " and ".join(filter(None, (", ".join(people[:-1]), people[-1])))


def _chance(feature: str) -> str:
    match = _LIMIT.search(feature)
    name = feature[: match.start()] if match else ""
    if match is None or name not in ("author-agreed", "author-against", "raiser-content", "turns"):
        return ""
    limit = float(match[2])
    if name == "turns":
        return f"more than {match[2]} answers were given"
    sure = "most likely" if limit >= 0.5 else "rather" if limit >= 0.3 else "may have"
    if name == "author-agreed":
        return f"the author {sure} agreed"
    if name == "raiser-content":
        return f"the raiser {'was' if limit > 0 else 'may have been'} content at the end"
    return "the author objected rather than agreed" if limit > 0 else "the author may have objected"


def _trait(name: str) -> str:
    start, _, who = name.partition(":")
    if start == "raised-by":
        return f"{_WHO.get(who, who)} raised it"
    return _THREAD.get(name, "") or phrase(name)


def _answer(rest: str) -> str:
    """What came back to a passage, and from whom."""
    who, _, what = rest.partition(":")
    if who == "none":
        others = {
            "author": ", though the author answered other parts of the mail",
            "others": ", though others answered the mail",
            "nobody": ", nor did the rest of its mail",
        }
        return f"it got no answer{others.get(what, '')}"
    told = what.removeprefix("re:").removeprefix("act:")
    how = _BACK.get(what) or (
        f"that {_WHOLE[told]}" if told in _WHOLE else f"that {_ACTS[told]}" if told in _ACTS else ""
    )
    if what.startswith("sentences:"):
        number = what.partition(":")[2]
        how = "of code alone" if number == "0" else f"of {number} sentence{'' if number == '1' else 's'}"
    return f"it got an answer of {_WHO.get(who, who)}{' ' + how if how else ''}"


_EMPTY = frozenset(
    (
        "a", "an", "and", "are", "as", "at", "be", "been", "by", "did", "do", "does", "for", "from", "had", "has",
        "have", "he", "i", "in", "into", "is", "it", "its", "it's", "me", "my", "of", "on", "or", "so", "than", "that",
        "that's", "the", "their", "them", "then", "there", "these", "they", "this", "those", "to", "up", "us", "was",
        "we", "were", "which", "with", "you", "your", "i'm", "am", "here", "also", "will", "can", "what", "if", "$",
        "^the", "^i", "^it", "^this", "^that", "name", "how", "when", "where", ":", "hi", "one", "some", "all", "any",
    )
)  # fmt: skip
_DULL = re.compile(
    r"(?:depth|mail-depth|new-symbols|unquoted-symbols|sentences|paragraphs|blocks|symbols|code-lines|place|relation"
    r"|questions|bullets|says|turns)\b[:>]"
    r"|lines<=|words<=(?:1\d|2\d|5\d)|starts:other|paragraph-start|later\b|first\b|speaks:|block:|again$|neither$"
    r"|under:unknown|under:nothing|asked$|told\b|situation:|by:reviewer$|quotes:no-words|colon$|symbol$|likeliest:|strong(?:>|:)"
    r"|back:\w+:(?:quoted|whole|sentences:\d)$|asked:plain|top:nothing|code-beside-words"
)


def dull(feature: str) -> bool:
    """It counts for the model and tells a person nothing: how long a text is, that it has a "the"."""
    name = joint(feature)[-1]
    start = name.partition(":")[0]
    if start in _SUBJECTS and ":" in name:
        name = name.partition(":")[2]
    start, _, rest = name.partition(":")
    if start in ("w", "t", "t2", "pair"):
        return all(word.lower() in _EMPTY for word in rest.split(" "))
    if start == "starts":
        return rest == "other" or rest in _EMPTY
    if start == "point" and rest.count(":") == 1 and not rest.startswith("main:"):
        return rest.rpartition(":")[2].lower() in _EMPTY
    return bool(_DULL.match(name))


_WISHES = ("please", "should", "need", "want", "prefer", "suggest")


def about(feature: str) -> tuple[str, tuple[str, ...]]:
    """Whose words made a feature ("main", "rest", "point" or "" for all), and the cue phrases that it stands for."""
    name = joint(feature)[-1].rstrip("!")
    start = name.partition(":")[0]
    where = start if start in ("main", "rest", "point") else ""
    if start == "point":
        name = name.partition(":")[2]
        start = name.partition(":")[0]
    if start in ("main", "rest", "any"):
        name = name.partition(":")[2]
    start, _, rest = name.partition(":")
    value = _LIMIT.sub("", rest)
    tables: Mapping[str, Mapping[str, tuple[str, ...]]] = {
        "act": cues.ACTS,
        "re": cues.REACTIONS,
        "topic": cues.TOPICS,
        "weight": cues.WEIGHTS,
    }
    if start in tables:
        return where, tables[start].get(value, ())
    if name == "agrees":
        return where, tuple(one for name in ("promise", "done", "concede") for one in cues.REACTIONS[name])
    if _LIMIT.sub("", name) == "wants":
        return where, tuple(one for name in _WISHES for one in cues.ACTS[name])
    return where, cues.REACTIONS.get(name, ()) if not rest and not name.endswith("-start") else ()
