"""Which function a sentence says calls which: "A() calls B()", "B() is used from A()", "falls back to B() in A()".

A sentence is read as words. A verb of calling binds what follows it to a name before it; where the sentence has none
there ("it then calls B()"), to one that was named shortly before, or to the function whose lines are quoted above. What
is wished, denied or asked is no statement of a call. Nothing is looked up here: which of the names are functions and
whether one calls the other a model must tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from rules.model import Value

_TOKENS_CAP = 400  # of a sentence
_DENIED_REACH = 5  # words before a verb that can take it back
_SECOND_VERB = 12  # the same for the second of two verbs
_HANDED_REACH = 16  # words between "passes" and "to"
_TOKEN = re.compile(r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*(?:'[a-z]+)?|->\w+|'s|[,;:()./\"]")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CALLS = _words("call calls calling invoke invokes invoking executes executing triggers")
_USES = _words("uses using via through enters reaches")
_WAYS = {  # verbs of two words; what follows is called
    ("ends", "up"), ("end", "up"), ("ending", "up"), ("falls", "back"), ("fall", "back"), ("fallback", "to"),
    ("falls", "through"), ("goes", "through"), ("go", "through"), ("lands", "in"), ("relies", "on"), ("relied", "on"),
    ("flows", "through"), ("passes", "through"), ("leads", "to"),
}  # fmt: skip
_PASSES = _words("pass passes passed passing hands handed handing")
_PASSIVE = _words("called invoked used reached executed triggered")
_BY = _words("by from in via within inside through")
_FILLERS = _words(
    "the a an into to out down up back in directly indirectly its own both either then just straight helper function "
    "functions macro also only again immediately early first internally currently e.g. e g inline under normally "
    "always eventually for"
)
_DENIED = _words(
    "not never without avoid avoids avoiding instead rather stop stops should would must need needs needed want wants "
    "please let lets cannot ought nobody neither nor no remove removes removing drop skip skips skipping rid fix fixed "
    "fixes solved resolved"
)
_EXCLUSIVE = _words("only solely exclusively")
_PRONOUNS = _words("it this that which both they them who there function helper code")
_FIRST_PERSON = _words("we you here")
_STARTS = _words("and then also so but")
_SENTENCE = re.compile(
    r"\b(?:this patch|the patch|patch \d|next patch|subsequent patch|this series|with this|after this|before commit|"
    r"previously|originally|prior to|used to|no longer|plan to|going to|if we|let's|please|instead of|we can|can we|"
    r"could you|i'd|maybe|perhaps|factor(?:ed)? out|in v\d|i guess|(?:that|the|this|an?) new \w+|"
    r"(?:we|i) (?:change|convert|add|introduce|move|remove|replace)d?)\b|\?\s*$"
)
_ORDER = re.compile(
    r"(?:[-*o] |\d[.)] )?(?:make|add|use|convert|move|call|replace|change|fix|introduce|pass|drop|rename|split|switch|"
    r"let|allow|do|don't|update|adapt|rework|refactor|open|create|implement|support|ensure|teach|stop|check|remove|factor|"
    r"turn|pull|push|merge|clean|simplify|avoid|export)\b",
    re.I,
)


class Context(Value, frozen=True, kw_only=True):
    """What a sentence may mean by "it" and "here"."""

    before: tuple[str, ...] = ()  # the sentences before it, in order
    quoted: tuple[str, ...] = ()  # functions whose lines are quoted above


NO_CONTEXT = Context()


class Said(Value, frozen=True, kw_only=True):
    """One call that a sentence tells of. Names as written, "->op" for an operation, "iomap" for a caller's home."""

    uppers: tuple[str, ...]  # who may be meant to call, the likeliest first
    lowers: tuple[str, ...]  # all of them are said to be called
    strong: bool  # a verb of calling, not "uses" or "through"
    resolved: bool = False  # the caller stands in another sentence


class _Words:
    """A sentence as tokens, with what is a name."""

    def __init__(self, sentence: str, is_function: Callable[[str], bool]) -> None:
        self.tokens = [match[0] for match in _TOKEN.finditer(sentence)][:_TOKENS_CAP]
        self.is_function = is_function
        self.names = [self._name(at) for at in range(len(self.tokens))]

    def _name(self, at: int) -> str:
        token = self.tokens[at]
        opens = at + 1 < len(self.tokens) and self.tokens[at + 1] == "("
        if at and self.tokens[at - 1] in ("struct", "enum"):
            return ""
        if "->" in token or "." in token:
            last = re.split(r"->|\.", token)[-1]
            return f"->{last}" if "->" in token and (opens or token.startswith("->")) else ""
        token = token.removesuffix("'s")
        return token if (opens and len(token) > 2 and token.lower() not in _FILLERS) or self.is_function(token) else ""

    def lower(self, at: int) -> str:
        return self.tokens[at].lower() if 0 <= at < len(self.tokens) else ""

    def listed(self, at: int, most: int = 4) -> tuple[tuple[str, ...], int]:
        """The names from `at` on, "A(), B() and C()", behind at most so many fillers, and where they end."""
        found: list[str] = []
        skipped = 0
        while at < len(self.tokens):
            if self.names[at]:
                found.append(self.names[at])
            elif self.lower(at) in ("(", ")"):
                pass
            elif found and self.lower(at) in (",", "and", "or", "/"):
                if not self._goes_on(at):
                    break
            elif found or skipped >= most or self.lower(at) not in _FILLERS:
                break
            else:
                skipped += 1
            at += 1
        return tuple(dict.fromkeys(found)), at

    def _goes_on(self, at: int) -> bool:
        """A name follows a comma or an "and", and no verb after that name: "A() calls B(), and C() calls D()"."""
        after = at + 1
        while self.lower(after) in ("and", "or", "the", "both", "then"):
            after += 1
        if after >= len(self.tokens) or not self.names[after]:
            return False
        follows = after + 1
        while self.lower(follows) in ("(", ")", "also", "then", "will"):
            follows += 1
        return self.lower(follows) not in (*_CALLS, *_USES, "is", "are", "has", "does", "which", "gets")

    def denied(self, at: int) -> bool:
        """What stands right before a verb takes it back: "does not call", "should call", "without calling".

        Of several verbs the first may have it: "we skip dropping the cache and calling it".
        """
        reach = _SECOND_VERB if self.lower(at) == "calling" and self.lower(at - 1) in ("and", "or") else _DENIED_REACH
        for back in range(1, reach):
            word = self.lower(at - back)
            if not word or word in (",", ";", ":", "(", ")", ".") or self.names[at - back]:
                return False
            if word in _DENIED or word.endswith("n't"):
                return True
        return False

    def before(self, at: int) -> tuple[str, ...]:
        """Names before a verb, the nearest first."""
        return tuple(dict.fromkeys(name for name in reversed(self.names[:at]) if name))

    def near(self, at: int, words: frozenset[str], reach: int = 7) -> bool:
        return any(self.lower(at - back) in words for back in range(1, reach) if at - back >= 0)


def said(sentence: str, is_function: Callable[[str], bool], context: Context = NO_CONTEXT) -> Iterator[Said]:
    """The calls that a sentence tells of, in order. Linear in its length."""
    if _SENTENCE.search(sentence.lower()) or _ORDER.match(sentence):
        return
    words = _Words(sentence, is_function)
    for at in range(len(words.tokens)):
        word = words.lower(at)
        if word in _PASSIVE and words.lower(at - 1) != "so":
            yield from _passive(words, at)
        elif word in ("call", "calls") and words.lower(at + 1) == "to":
            yield from _noun(words, at)
        elif word in _CALLS or word in _USES or (word, words.lower(at + 1)) in _WAYS:
            yield from _active(words, at, context)
        elif word in _PASSES:
            yield from _handed(words, at, context)


def _active(words: _Words, at: int, context: Context) -> Iterator[Said]:
    word = words.lower(at)
    start = at + (1 if word in _CALLS or word in _USES else 2)
    while words.lower(start) in ("calling", "in"):
        start += 1
    lowers, end = words.listed(start)
    if not lowers or words.denied(at) or (word in _CALLS and words.lower(at - 1) in ("a", "the", "function")):
        return
    if words.lower(end) in ("in", "from", "inside", "inline"):  # "calling B() in A()"
        within, _ = words.listed(end + 1, 2)
        if within:
            yield Said(uppers=within[:1], lowers=lowers, strong=word in _CALLS)
            return
    yield from _from_here(words, at, lowers, context, strong=word in _CALLS)


def _from_here(words: _Words, at: int, lowers: tuple[str, ...], context: Context, *, strong: bool) -> Iterator[Said]:
    uppers = tuple(name for name in words.before(at) if name not in lowers and not name.startswith("->"))
    if uppers:
        yield Said(uppers=uppers[:4], lowers=lowers, strong=strong)
        return
    if words.near(at, _FIRST_PERSON):
        uppers = context.quoted
    elif words.near(at, _PRONOUNS) or words.lower(0) in _PRONOUNS or at == 0 or (at < 3 and words.lower(0) in _STARTS):
        uppers = (*shortly_before(context.before, words.is_function), *context.quoted)
    uppers = tuple(name for name in uppers if name not in lowers)
    if uppers:
        yield Said(uppers=uppers[:4], lowers=lowers, strong=strong, resolved=True)


def _handed(words: _Words, at: int, context: Context) -> Iterator[Said]:
    """ "passes the length to B()" """
    to = next((at + step for step in range(1, _HANDED_REACH) if words.lower(at + step) == "to"), None)
    if to is None or words.denied(at) or words.lower(at - 1) in ("is", "are", "be", "was"):
        return
    lowers, _ = words.listed(to + 1, 1)
    if lowers:
        yield from _from_here(words, at, lowers[:1], context, strong=False)


def _passive(words: _Words, at: int) -> Iterator[Said]:
    """ "B() is called by A()", "B() (called from A())" """
    by = next((at + step for step in range(1, 4) if words.lower(at + step) in _BY), None)
    between = {words.lower(number) for number in range(at - 3, by or at)}
    if by is None or words.denied(at) or between & _EXCLUSIVE:
        return
    lowers = words.before(at)[:1]
    uppers, end = words.listed(by + 1, 2)
    if words.lower(by + 1) in _EXCLUSIVE or words.lower(end) in _EXCLUSIVE:
        return
    if not uppers and words.lower(at) != "used" and words.lower(by) in ("by", "from"):
        uppers = tuple(word for number in (1, 2) if (word := words.lower(by + number)) not in _FILLERS)[:1]
    for upper in uppers if lowers else ():
        yield Said(uppers=(upper,), lowers=lowers, strong=words.lower(at) != "used")


def _noun(words: _Words, at: int) -> Iterator[Said]:
    """ "the call to B() in A()", "A()'s call to B()" """
    lowers, end = words.listed(at + 2, 1)
    if not lowers or words.denied(at):
        return
    if words.lower(end) in ("in", "from", "inside", "within"):
        uppers, _ = words.listed(end + 1, 2)
    else:
        uppers = words.before(at)[:1] if words.tokens[at - 1].endswith("'s") else ()
    if uppers:
        yield Said(uppers=uppers[:1], lowers=lowers, strong=True)


_FRAME = re.compile(r"(?:(\?) +)?\b([A-Za-z_]\w{2,63})(?:\.\w+)*\+0x[0-9a-f]{1,6}/0x[0-9a-f]{1,6}")


def frames(text: str) -> tuple[str, ...]:
    """The functions of a kernel's stack trace in a text, the innermost first; () when it is none.

    Frames that the kernel itself calls unreliable ("? f+0x1/0x2") are left out.
    """
    if "+0x" not in text:
        return ()
    names = [match[2] for match in _FRAME.finditer(text) if not match[1]]
    return tuple(name for at, name in enumerate(names) if not at or names[at - 1] != name)


def shortly_before(sentences: Sequence[str], is_function: Callable[[str], bool]) -> tuple[str, ...]:
    """Functions named in these sentences, the last named first."""
    found: list[str] = []
    for sentence in reversed(sentences):
        found += reversed([name for name in _Words(sentence, is_function).names if name and not name.startswith("->")])
    return tuple(dict.fromkeys(found))
