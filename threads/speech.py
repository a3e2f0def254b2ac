"""Sentences of a comment block, and the cues they hold.

A sentence keeps the lines it stands on, so that whatever is decided about it can be quoted. Linear in the text.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from threads import cues
from threads.model import Block, Identity, Line, Value

MAX_TOKENS = 400
MAX_TEXT = 20_000  # characters of a sentence that are looked at
MAX_SENTENCES = 300  # of one comment block
_TOKEN = re.compile(r"[a-z0-9_'+/.:*>-]+|\?")
_WORD = re.compile(r"[a-z]+(?:['-][a-z]+)*\Z")
_NAME = re.compile(r"->\w+|\w+(?:\(\))?")
_CALL = re.compile(r"[A-Za-z_]\w*\(\)")
_C_NAME = re.compile(r"[a-z0-9]+_\w+|[A-Z][A-Z0-9]*_[A-Z0-9_]+\Z")
_BULLET = re.compile(r"\s{0,6}(?:[-*o•]|\(?[0-9a-z]{1,2}[.)])\s+\S")
_END = re.compile(r"[.?!]+")
_ABBREVIATION = ("e.g", "i.e", "etc", "vs", "cf", "approx", "resp", "mr", "dr", "no", "st")
# Words that are also parts of people's names or addresses and may count as words all the same.
COMMON = frozenset(
    (
        "a", "an", "and", "are", "as", "at", "be", "by", "can", "could", "did", "do", "does", "for", "from", "had",
        "has", "have", "how", "i", "if", "in", "is", "it", "its", "just", "linux", "kernel", "list", "mail", "me",
        "my", "no", "not", "of", "on", "one", "or", "so", "than", "that", "the", "then", "there", "these", "they",
        "this", "to", "up", "us", "was", "we", "were", "what", "when", "which", "who", "why", "will", "with", "would",
        "you", "your", "new", "old", "best", "see", "day", "may", "rich", "long", "short", "young", "good", "dev",
        "fs", "mm", "block", "file", "stable", "net", "org", "com", "test", "core", "open",
    )
)  # fmt: skip
_GREETING = re.compile(r"(?:hi|hello|hey|dear|hallo)\b[^.?!]{0,60}[,.:!]?\s*\Z", re.IGNORECASE)
_CLOSING = re.compile(
    r"(?:thanks?(?: you)?|thx|many thanks|cheers|regards|best regards|kind regards|best|br|with regards|sincerely)"
    r"(?: a lot| again| so much| very much| in advance)?[,.!]*\s*\Z",
    re.IGNORECASE,
)


# What a name at the end of a mail may look like, with dashes before it, and how long it may be.
_SIGNED = re.compile(r"(?:[-–—~]{1,3} ?)?[^\W\d_][\w'’-]*\.?(?: [^\W\d_][\w'’-]*\.?){0,2},?")
_ADDRESS = re.compile(r"<?[\w.+-]{1,64}@[\w.-]{1,64}>?")
_LETTERS = re.compile(r"[^\W\d_]+")
MAX_SIGNED = 30


class Sentence(Value, frozen=True, kw_only=True):
    """A sentence, or a run of sketched code. `lines` are its line numbers in the mail, in order."""

    text: str
    words: tuple[str, ...]  # lower case, at most MAX_TOKENS
    lines: tuple[int, ...]
    best_line: int  # the line that holds most of it
    paragraph: int
    place: int  # within the paragraph
    code: bool
    bullet: bool


class Paragraph(Value, frozen=True, kw_only=True):
    lines: tuple[Line, ...]
    code: bool
    bullet: bool


def is_code(text: str) -> bool:
    """Sketched code, a diff line, or output: indented by a tab or four blanks, or C punctuation at the end."""
    if not text.strip():
        return False
    if text[:1] == "\t" or text[:4] == "    ":
        return not _BULLET.match(text.strip()) or text.rstrip()[-1:] in "{};)"
    if text[:1] in "+-" and text[1:2] in ("\t", " ", "+", "-", "#") and not _BULLET.match(text):
        return True
    if text[:1] in "+-" and text[1:2] == " " and text.rstrip()[-1:] in "{};,\\":
        return True
    return text.rstrip()[-1:] in "{};" or text.startswith(("@@", "#define", "#include", "/*", " */", " * "))


def is_closing(line: Line, signer: frozenset[str]) -> bool:
    """A greeting, a thank-you line, or the name of who signs here: one of the words by which the sender is known."""
    text = line.text.strip()
    if _GREETING.match(text[:80]) or _CLOSING.match(text[:60]):
        return True
    return bool(signer) and _signs(text, signer)


def _signs(text: str, signer: frozenset[str]) -> bool:
    """ "Ada Quill", "- Ada", "--A", an address, and one word with a capital that says nothing else, as a nickname."""
    if _ADDRESS.fullmatch(text[:99]):
        return True
    if len(text) > MAX_SIGNED or not _SIGNED.fullmatch(text):
        return False
    words = [word.lower() for word in _LETTERS.findall(text)]
    known = any(word in signer or (len(word) == 1 and any(one[0] == word for one in signer)) for word in words)
    if known or len(words) > 1:
        return known
    plain = text[0].isupper() and not text.isupper() and words[0] not in COMMON
    said = acts().find(words) or reactions().find(words) or reactions().starts(words)
    return (plain or text[0] in "-–—~") and not said


def signer(who: Identity) -> frozenset[str]:
    """Words of somebody's name and address, in lower case."""
    return frozenset(_LETTERS.findall(f"{who.name} {who.address.partition('@')[0]}"[:200].lower()))


def paragraphs(block: Block, signer: frozenset[str]) -> Iterator[Paragraph]:
    """Runs of own lines without greeting, closing, blank, trailer and diff lines between; bullets start one each."""
    run: list[Line] = []
    own = [line for line in block.lines if line.kind == "own"]
    final = {line.number for line in own[-2:]}
    for line in block.lines:
        ends = line.kind != "own" or is_closing(line, signer if line.number in final else frozenset())
        bullet = not ends and bool(_BULLET.match(line.text[:80])) and not is_code(line.text)
        code = not ends and is_code(line.text)
        if run and (ends or bullet or code != is_code(run[-1].text)):
            yield _paragraph(run)
            run = []
        if not ends:
            run.append(line)
    if run:
        yield _paragraph(run)


def _paragraph(run: list[Line]) -> Paragraph:
    return Paragraph(lines=tuple(run), code=is_code(run[0].text), bullet=bool(_BULLET.match(run[0].text[:80])))


def sentences(block: Block, signer: frozenset[str] = frozenset()) -> tuple[Sentence, ...]:
    """What a block says, in the order of its lines, MAX_SENTENCES at the most; a run of code is one sentence.

    `signer`: words of the sender's name when it is the last block of its mail, where a name at the end is left out.
    """
    found: list[Sentence] = []
    for number, paragraph in enumerate(paragraphs(block, signer)):
        if paragraph.code:
            text = "\n".join(line.text for line in paragraph.lines)
            found.append(
                Sentence(
                    text=text,
                    words=tuple(tokens(text)),
                    lines=tuple(line.number for line in paragraph.lines),
                    best_line=_longest(paragraph.lines),
                    paragraph=number,
                    place=0,
                    code=True,
                    bullet=False,
                )
            )
        else:
            found.extend(_prose(paragraph, number))
        if len(found) >= MAX_SENTENCES:
            return tuple(found[:MAX_SENTENCES])
    found.extend(_offered_tags(block, len(found)))
    return tuple(sorted(found, key=lambda sentence: sentence.lines[0]))


def _offered_tags(block: Block, paragraph: int) -> Iterator[Sentence]:
    """Fixes: and Cc: stable lines that a reviewer offers are requests to add them."""
    for line in block.lines:
        low = line.text.strip().lower()
        if line.kind == "trailer" and low.startswith(OFFERED) and (low[:1] != "c" or "stable" in low):
            yield Sentence(
                text=line.text.strip(),
                words=tuple(tokens(line.text)),
                lines=(line.number,),
                best_line=line.number,
                paragraph=paragraph,
                place=0,
                code=False,
                bullet=False,
            )


OFFERED = ("fixes:", "cc:", "closes:", "link:")


def _longest(lines: tuple[Line, ...]) -> int:
    return max(lines, key=lambda line: len(line.text.strip())).number


def _prose(paragraph: Paragraph, number: int) -> Iterator[Sentence]:
    text, starts = _join(paragraph.lines)
    starts.append(len(text) + 1)
    first = 0  # line that the sentence begins in: both go on only, so no line is looked at for each sentence
    for place, (begin, end) in enumerate(_spans(text)):
        while starts[first + 1] <= begin:
            first += 1
        shares = []
        for at in range(first, len(paragraph.lines)):
            if starts[at] >= end:
                break
            share = min(end, starts[at + 1] - 1) - max(begin, starts[at])
            if share > 0:
                shares.append((paragraph.lines[at].number, share))
        if not shares:
            continue
        said = text[begin:end].strip()
        yield Sentence(
            text=said,
            words=tuple(tokens(said)),
            lines=tuple(line for line, _ in shares),
            best_line=max(shares, key=lambda item: (item[1], -item[0]))[0],
            paragraph=number,
            place=place,
            code=False,
            bullet=paragraph.bullet,
        )


def _join(lines: tuple[Line, ...]) -> tuple[str, list[int]]:
    starts, parts, total = [], [], 0
    for line in lines:
        stripped = line.text.strip()
        starts.append(total)
        parts.append(stripped)
        total += len(stripped) + 1
    return " ".join(parts), starts


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Begin and end of each sentence."""
    begin = 0
    for found in _END.finditer(text):
        end = found.end()
        while end < len(text) and text[end] in "\"')]":
            end += 1
        if end < len(text) and not _ends_here(text, begin, found.group(), found.start(), end):
            continue
        yield begin, end
        begin = end
    if text[begin:].strip():
        yield begin, len(text)


def _ends_here(text: str, begin: int, marks: str, start: int, end: int) -> bool:
    if "?" in marks:
        return end - begin >= 6
    if not text[end].isspace() or end - begin < 6:
        return False
    following = text[end : end + 3].lstrip()
    if marks.startswith(".."):
        return following[:1].isupper()
    if marks == ".":
        word = text[max(begin, start - 8) : start].rsplit(" ", 1)[-1].lower().lstrip("(")
        return word not in _ABBREVIATION and (not following[:1].islower() or text[end : end + 2] == "  ")
    return True


def tokens(text: str) -> list[str]:
    """Lower-case words and names; `?` is one of its own."""
    found = []
    for token in _TOKEN.findall(text[:MAX_TEXT].lower())[:MAX_TOKENS]:
        bare = token if token in _WITH_COLON else token.rstrip(":.")
        if bare:
            found.append(bare)
    return found


_WITH_COLON = frozenset(("fixes:", "cc:", "link:", "closes:"))


@lru_cache(maxsize=256)  # of a sentence they are asked for as a feature, as a claim's and as a point's
def symbols(text: str) -> tuple[str, ...]:
    """Functions, operations and C names in the order of their first mention."""
    found = dict.fromkeys(_NAME.findall(text[:MAX_TEXT]))
    may_be = (name for name in found if "_" in name or name[-1] == ")" or name[0] == "-")
    return tuple(filter(None, map(_symbol, may_be)))


def names(text: str) -> set[str]:
    """The same as a set in which f() and f are one name."""
    return {name.partition("(")[0] for name in symbols(text)}


def _symbol(name: str) -> str:
    """What of a word is a C name, "" for an English word."""
    if name.startswith("->") or (name.endswith(")") and _CALL.match(name)):
        return name
    match = _C_NAME.match(name) if "_" in name else None
    return match[0] if match else ""


def plain_words(words: Sequence[str]) -> set[str]:
    """Words of letters that are features on their own."""
    return {word for word in words if _WORD.match(word) and len(word) < 20}


def heard(words: Iterable[str]) -> tuple[str, ...]:
    """The words with one for every name of C."""
    return tuple("NAME" if "_" in word or "->" in word else word for word in words)


_Row = tuple[tuple[str, ...], str, str | None]  # phrase, class, second word: "*" for any, None for no second word


def _second(phrase: tuple[str, ...]) -> str | None:
    if len(phrase) == 1:
        return None
    return "*" if phrase[1][-1] == "*" else phrase[1]


class Lexicon:
    """Cue classes indexed by the first word of each phrase, prefixes by their first three letters."""

    def __init__(self, classes: Mapping[str, tuple[str, ...]]) -> None:
        self.exact: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self.prefix: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name, phrases in classes.items():
            for phrase in phrases:
                words = tuple(phrase.split())
                table, key = (self.prefix, words[0][:3]) if words[0][-1:] == "*" else (self.exact, words[0])
                table.setdefault(key, []).append((words, name))
        self._begun: dict[str, tuple[_Row, ...]] = {}

    def _beginning(self, word: str) -> "tuple[_Row, ...]":
        """Phrases that this word begins; the words of mails are few and come again and again."""
        begun = self._begun.get(word)
        if begun is None:
            prefixes = self.prefix.get(word[:3], ())
            rows = (*self.exact.get(word, ()), *(row for row in prefixes if word.startswith(row[0][0][:-1])))
            begun = self._begun[word] = tuple((phrase, name, _second(phrase)) for phrase, name in rows)
        return begun

    def _standing(self, words: Sequence[str]) -> "Iterator[tuple[tuple[str, ...], str]]":
        """The phrases that stand in the words, with their class, in order."""
        begun = self._begun
        last = len(words) - 1
        for place, word in enumerate(words):
            rows = begun.get(word)
            for phrase, name, second in self._beginning(word) if rows is None else rows:
                if second is None or (
                    place < last and second in ("*", words[place + 1]) and _goes_on(words, place, phrase)
                ):
                    yield phrase, name

    def find(self, words: Sequence[str]) -> dict[str, str]:
        """Class -> the first phrase of it that occurs."""
        found: dict[str, str] = {}
        for phrase, name in self._standing(words):
            if name not in found:
                found[name] = " ".join(phrase)
        return found

    def starts(self, words: Sequence[str]) -> set[str]:
        """Classes of which a phrase stands at the very start."""
        found = set()
        for phrase, name, _ in self._beginning(words[0]) if words else ():
            if _goes_on(words, 0, phrase):
                found.add(name)
        return found

    def count(self, words: Sequence[str]) -> dict[str, int]:
        """Class -> how many different phrases of it occur."""
        found: dict[str, set[tuple[str, ...]]] = {}
        for phrase, name in self._standing(words):
            found.setdefault(name, set()).add(phrase)
        return {name: len(phrases) for name, phrases in found.items()}


def _goes_on(words: Sequence[str], place: int, phrase: tuple[str, ...]) -> bool:
    part = words[place : place + len(phrase)]
    if len(part) < len(phrase):
        return False
    for have, want in zip(part, phrase, strict=True):
        if have != want and not (want[-1] == "*" and have.startswith(want[:-1])):
            return False
    return True


_LEXICONS: dict[str, Lexicon] = {}


def lexicon(name: str, classes: Mapping[str, tuple[str, ...]]) -> Lexicon:
    """The index of a named lexicon, made on first use."""
    if name not in _LEXICONS:
        _LEXICONS[name] = Lexicon(classes)
    return _LEXICONS[name]


def acts() -> Lexicon:
    return lexicon("acts", cues.ACTS)


def reactions() -> Lexicon:
    return lexicon("reactions", cues.REACTIONS)


def topics() -> Lexicon:
    return lexicon("topics", cues.TOPICS)


def weights() -> Lexicon:
    return lexicon("weights", cues.WEIGHTS)
