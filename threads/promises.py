"""What people say of a version to come, and of a test to come. Pure: from words to what they promise."""

import re
from collections.abc import Iterator

# As text: few mails are asked. What the author says who sends the change in another version.
_AGAIN = (
    r"\b(?:next|new|another|later) (?:version|revision|iteration|spin|posting|round|series)\b"
    r"|\bre-?spin"
    r"|\b(?:re-?send|re-?post|(?:send|post|submit) (?:it|this|them|the (?:patch|series)) again)\b"
)
_NOT_AGAIN = (
    r"\b(?:won't|wont|will not|not going to|don't (?:plan|intend|think)|do not (?:plan|intend)|no need|not|without)\b"
    rf"(?: \w{{1,12}}){{0,6}}? ?(?:{_AGAIN}|\bv\d{{1,2}}\b)"
)
_WONT = r"\b(?:won't|wont|will not|not going to|(?:don't|do not) (?:plan|intend))\b"
_NOT_NOW = r"\b(?:able|until|till|before|unless|today|tomorrow|week|whole|entire|just|only|if)\b|\?"
# "my v3", "an updated series".
_VERSION = (
    r"(?:(?:a|an|the|my|out|this|it|as|of|in|for|patch|series) )*(?:v(?P<NAME>\d+)\b"
    r"(?! \w*(?:disk|inode|format|super|file|server|client))|\[?(?:new|next|another|updated|revised|fixed)"
    r" (?:version|revision|iteration|spin|posting|round|patch-?set|seriesMORE)\b)"
)
_WILL = (
    r"(?:\b(?:i'll|i will|we'll|we will|i am going to|i'm going to|i plan to|let me)\b"
    r"|^(?:(?:so|ok|okay|sure|and|then|yes|yeah|thanks),? ){0,2}will\b)(?! not\b)"
)


def _version(name: str, more: str = "") -> str:
    return _VERSION.replace("NAME", name).replace("MORE", more)


_PROMISE = (
    rf"{_WILL}(?: (?!(?:you|he|she|they)\b)[^\s.]{{1,20}}){{0,14}}? (?:"
    r"(?:re-?send|re-?spin|re-?post|re-?submit)\b"
    rf"|(?:send|post|submit|prepare|make|spin|do|cook)(?: \w{{1,10}}){{0,3}}? {_version('sent', '|patch|one')})"
    rf"|{_WILL}.{{1,80}}? (?:in|for|with|as) {_version('within')}"
)
_REQUEST = (
    r"\b(?:please|pls|(?:can|could|would) you)(?: \w{1,12}){0,2}? (?:"
    r"(?:re-?send|re-?spin|re-?post|re-?submit)\b"
    rf"|(?:send|post|submit)(?: \w{{1,10}}){{0,2}}? {_version('asked')})"
)
_SUPPOSED = r"\b(?:if|unless|whether|when|once|would|maybe|perhaps|might|should i|do you want|next time|future)\b"
_NEEDLESS = (
    r"\bno need\b|\b(?:don't|do not) bother\b|\bnot necessary\b|\b(?:i'll|i will|i can|i've|i have) (?:\w+ )?fix"
    r"|\bfix(?:ed)? (?:it|this|that|them) up\b"
    r"|\b(?:when|while) (?:applying|committing|merging|i apply|i commit|i merge)\b"
)
_CHECKS = (
    r"(?:\b(?:i'll|i will|let me|i'm going to|i am going to)|^(?:(?:ok|okay|sure|yes|and),? ){0,2}will)"
    r"(?: (?:also|then|first|go|try to|take a|have a|do some|run|need to|double)){0,2}"
    r" (?:re-?|double-)?(?:test|check|look|try|verify|reproduce|measure|investigate|bisect|benchmark|testing|tests)\b"
    r"(?= ?(?:$|[.,;!:]|(?:it|this|that|them|both|later|again|into|at|if|whether|how|why|what|on|with|and|more|further"
    r"|out|soon|tomorrow|today|to|once|after|when|the (?:case|issue|problem|patch|code|link|log|result)s?)\b))"
)
_MENDS = (
    r"\b(?:fix|chang|updat|add|remov|drop|renam|rewor|rewrit|revis|correct|adjust|modif|mov|split|clean|improv|refactor"
    r"|replac|simplif|adopt|use|using|make|send|sent|post|fold|mention|document|explain|version|v\d|missed|forgot"
    r"|^done|oops|my (?:bad|mistake|fault)|you(?:'re| are) right|agree|good (?:idea|point|catch))"
)
_BARE = 8  # words of a plain "ok, will do"
_LONG = 300  # characters of a sentence that are read


def _sentences(said: str) -> Iterator[str]:
    """Lower case; a blank line ends one too."""
    for sentence in re.split(r"(?<=[.!?;])\s+|\n\s*\n", said.lower().replace("\u2019", "'")):
        yield " ".join(sentence[:_LONG].split())


def speaks_of_another(said: str, version: int) -> bool:
    """Another version is spoken of, by its number or in words; who says that there will be none does not."""
    left = re.sub(_NOT_AGAIN, " ", said.lower().replace("\u2019", "'"))
    return bool(re.search(_AGAIN, left)) or f" v{version}" in f" {left}"


def declines(said: str) -> bool:
    """ "I won't bother sending a new version": what was agreed to is not sent again."""
    return any(
        re.search(_NOT_AGAIN, one) and re.search(_WONT, one) and not re.search(_NOT_NOW, one)
        for one in _sentences(said)
    )


def promise(said: str, version: int) -> str:
    """ "v3" or "another version" where the words promise one after `version`, else nothing."""
    for sentence in _sentences(said):
        if "?" in sentence or re.search(_SUPPOSED, sentence) or re.search(_NOT_AGAIN, sentence):
            continue
        if found := re.search(_PROMISE, sentence):
            number = found["sent"] or found["within"]
            if number is None:
                return "another version"
            if version < int(number) <= version + 2:
                return f"v{number}"
    return ""


def request(said: str) -> bool:
    """ "Please resend": somebody asks for the patches once more."""
    return any(
        re.search(_REQUEST, one) and not re.search(_SUPPOSED, re.sub(r"\bwould you\b", "", one))
        for one in _sentences(said)
    )


def needless(said: str) -> bool:
    """ "No need to resend, I'll fix it up": nobody waits for the version that was spoken of."""
    return any(re.search(_NEEDLESS, one) for one in _sentences(said))


def only_checks(said: str, *, asked: bool) -> bool:
    """The words promise a test or a look at it and no change; a plain "ok" does where a test is what was `asked`."""
    low = " ".join(_sentences(said))
    if re.search(_MENDS, low):
        return False
    return any(re.search(_CHECKS, one) for one in _sentences(said)) or (asked and 0 < len(low.split()) <= _BARE)
