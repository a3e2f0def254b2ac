"""Which lines of a mail are its sender's own, and where every quoted line comes from.

`read` tells the lines of every message of a thread apart, traces each quoted line to the message and line it was taken
from (at any depth, through re-wrapping, trimming and changed white space), and gathers what remains into comment
blocks. Pure; never raises on text. Own text after a signature mark counts as signature.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from threads import unmarked
from threads.model import Block, Line, LineKind, Message, Origin, Thread, Value

MAX_LINE = 4096  # characters looked at when a line is classified
MAX_DEPTH = 64
MAX_CONTEXT = 400  # quoted lines kept above a block
SHORT = 6  # characters below which a quoted line does not tell where it is from
NEAR = 6  # lines between a short line and the neighbour that places it
SEARCH_BUDGET = 20_000_000  # characters of parent text that re-wrapped lines of one mail may be searched in

_MARKS = re.compile(r" ?>(?:[ ]?>)*")
_SIGNATURE = re.compile(r"--\s?$")
_BY = frozenset(
    f"{name}-by"
    for name in (
        "reviewed", "acked", "tested", "signed-off", "reported", "reported-and-tested", "suggested", "co-developed",
        "nacked", "naked", "debugged", "diagnosed", "requested", "based-on-patch", "reviewed-and-tested",
        "tested-and-reviewed", "reported-and-reviewed", "acked-and-tested",
    )
)  # fmt: skip
_NAMED = frozenset(
    (
        "fixes", "cc", "link", "closes", "bugzilla", "message-id", "change-id", "depends-on", "reference", "references",
        "obsoletes", "assisted-by",
    )
)  # fmt: skip
_WROTE = re.compile(
    r"(?:wrote|writes|said|schrieb|écrit|ecrit|escreveu|escribió|scrisse|ha scritto|skrev|napsal|napisał|kirjoitti"
    r"|schreef|пишет|писал|написал|写道|寫道|さんは書きました|wrote on[^:]{0,60})\b ?[^:]{0,80}[:：]\s*$",
    re.IGNORECASE,
)
# As text: few mails hold them, and re keeps what it has compiled.
_DATED = r"\d{1,2}[:.]\d\d|\b(?:19|20)\d\d\b|\d{1,2}[/.-]\d{1,2}|[\w.+-]+@[\w.-]+"
_OUTLOOK = r"(?i)\s*-{2,}\s*(?:Original Message|Forwarded message|Original-Nachricht|Message d'origine)\s*-{2,}"
_OUTLOOK_HEADER = r"(?:From|Sent|To|Cc|Subject|Date|Von|Gesendet|An|Betreff):\s"
_HUNK = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")
_BAR = re.compile(r"(?:\||[A-Za-z]{1,8}>) ?")
_STAT = r" \S{1,200}(?: => \S{1,200})? +\| +(?:\d+ ?[+-]*|Bin .*)$| \d+ files? changed"
_FOOTER = r"_{20,}\s*$"
_MAIL_HEADER = r"(?:From|Date|Subject|To|Cc): "
_FROM_LINE = r"From [0-9a-f]{7,40} "
_MARGINS = ("    ", "\t")
_BLADES = (">8", "8<", "%<", "✂")
_SCISSORS = r"\s*-+\s*(?:>8|8<|%<|✂)[\s>8<%✂-]*-+"


class MessageLines(Value, frozen=True, kw_only=True):
    """One message, told apart: every line in order, and the comment blocks."""

    msgid: str
    lines: tuple[Line, ...]
    blocks: tuple[Block, ...]


class Quoting(Value, frozen=True, kw_only=True):
    """`messages[i]` belongs to `thread.messages[i]`."""

    messages: tuple[MessageLines, ...]


def read(thread: Thread) -> Quoting:
    """Tell the lines of every message apart; parents come before their children in the reading order."""
    texts: list[_Text] = []
    for message, parent in zip(thread.messages, thread.parents, strict=True):  # in reading order: parents come first
        told = classify(message)
        settled = unmarked.settle(told, squeeze, texts[parent].holds) if parent >= 0 else None
        texts.append(_Text(settled.lines, settled.rests) if settled else _Text(told))
    everywhere = _Everywhere(thread, texts)
    done: list[MessageLines] = []
    traced: dict[int, tuple[Line, ...]] = {}
    for number, message in enumerate(thread.messages):
        lines = traced[number] = _trace(number, thread, texts, traced, everywhere)
        done.append(MessageLines(msgid=message.msgid, lines=lines, blocks=tuple(blocks(message.msgid, lines))))
    return Quoting(messages=tuple(done))


def split_marks(line: str) -> tuple[int, str]:
    """Depth and text of a quoted line; depth 0 when it is not quoted."""
    if line[:1] not in (">", " "):
        return 0, line
    found = _MARKS.match(line[:MAX_LINE])
    if not found or (line[0] == " " and found.end() < 2):
        return 0, line
    depth = found.group().count(">")
    rest = line[found.end() :]
    return min(depth, MAX_DEPTH), rest[1:] if rest[:1] == " " else rest


def classify(message: Message) -> list[Line]:
    """Lines of the mail with their kinds, without origins."""
    return list(_Classifier(message).run())


class _Classifier:
    """One pass over the lines of a mail; the state is which kind of passage the line stands in."""

    def __init__(self, message: Message) -> None:
        self.raw = message.lines
        self.bars = _uses_bars(self.raw)
        self.spaced = _uses_spaced_marks(self.raw)
        self.state: LineKind = "own"
        self.hunk = [0, 0]  # lines of the old and the new file still to come
        self.outlook = False
        self.reply = bool(message.in_reply_to or message.references)
        self.inline = False  # inside a whole patch that a reply carries
        self.margin = ""  # white space before every line of a quote without marks

    def run(self) -> Iterator[Line]:
        for number, text in enumerate(self.raw):
            depth, rest = split_marks(text)
            if depth == 1 and text[0] == " " and not self.spaced and not (number and self.raw[number - 1][:1] == ">"):
                depth, rest = 0, text
            if not depth and self.bars and (bar := _BAR.match(text)):
                depth, rest = 1, text[bar.end() :]
            if self.margin and text.strip():
                if text.startswith(self.margin):
                    inner, rest = split_marks(text[len(self.margin) :])
                    yield Line(number=number, kind="quote", depth=min(inner + 1, MAX_DEPTH), text=rest)
                    continue
                self.margin = ""
            kind = self._kind(number, text, depth)
            if kind == "attribution" and text.rstrip().endswith((":", "：")):
                self.margin = self._margin_below(number)
            if kind == "quote" and not depth:
                depth = 1
            yield Line(number=number, kind=kind, depth=depth, text=rest)

    def _kind(self, number: int, text: str, depth: int) -> LineKind:
        if depth and not self.outlook:
            self.hunk = [0, 0]
            self.inline = False
            if self.state == "diff":
                self.state = "own"
            return "quote"
        if self.outlook:
            return "quote"
        if self.state in ("signature", "banner"):
            return self.state if text.strip() else "blank"
        if _SIGNATURE.match(text[:8]):
            self.state = "signature"
            return "signature"
        if self.reply and self._starts_patch(number, text):
            self.inline = True
        if self.state == "diff" or self._starts_diff(number, text):
            return self._diff(number, text)
        if self.inline:
            return "diff" if text.strip() else "blank"
        return self._own(number, text)

    def _own(self, number: int, text: str) -> LineKind:
        line = text[:MAX_LINE]
        if not line.strip():
            return "blank"
        if line.startswith("____") and re.match(_FOOTER, line) and self._list_footer(number):
            self.state = "banner"
            return "banner"
        if ("--" in line and _above_outlook(line)) or self._outlook_header(number, line):
            self.outlook = True
            return "attribution"
        if line[:1] == " " and ("|" in line or "changed" in line) and re.match(_STAT, line):
            return "diff"
        if _is_trailer(line.lstrip()) and len(line) - len(line.lstrip()) < 4:
            return "trailer"
        return "attribution" if self._attribution(number, line) else "own"

    def _list_footer(self, number: int) -> bool:
        return any("mailing list" in line or "http" in line for line in self.raw[number + 1 : number + 4])

    def _outlook_header(self, number: int, line: str) -> bool:
        """From:, Sent:/Date:, To: and Subject: in a row, as Outlook puts above the mail answered."""
        if not line.startswith(("From: ", "Von: ")) or number < 2:
            return False
        following = [text for text in self.raw[number + 1 : number + 6] if re.match(_OUTLOOK_HEADER, text[:40])]
        return len(following) >= 2 and any(text.startswith(("Sent:", "Gesendet:", "To:", "An:")) for text in following)

    def _attribution(self, number: int, line: str) -> bool:
        stripped = line.rstrip()
        following = self._next_text(number)
        quoted = following.startswith(">") or (self.bars and bool(_BAR.match(following)))
        if stripped.endswith((":", "：")):
            if _WROTE.search(stripped[-240:]):
                return quoted or bool(re.search(_DATED, stripped)) or stripped.startswith(("On ", "Am ", "Le ", "El "))
            return quoted and bool(re.search(_DATED, stripped)) and "@" in stripped
        return self._first_of_two(stripped, following)

    def _first_of_two(self, line: str, following: str) -> bool:
        """The first line of an attribution that a mailer wrapped: "On <date>, <name>" / "<address> wrote:"."""
        following = following.rstrip()
        if not following.endswith((":", "：")) or len(following) > 200 or not _WROTE.search(following):
            return False
        if not re.search(_DATED, line):
            return False
        return line.startswith(("On ", "Am ", "Le ", "El ", "Em ", "W dniu ", "Il ", "Op ", "Den ")) or "@" in line

    def _margin_below(self, number: int) -> str:
        """The indent that Outlook for Mac quotes with, where an answer has it below its attribution."""
        following = self._next_text(number) if self.reply else ""
        return next((margin for margin in _MARGINS if following.startswith(margin)), "")

    def _next_text(self, number: int) -> str:
        for text in self.raw[number + 1 : number + 4]:
            if text.strip():
                return text[:MAX_LINE]
        return ""

    def _starts_patch(self, number: int, text: str) -> bool:
        """A whole patch with its mail headers, below what the sender says about it."""
        if number == 0 or text[:1] not in "FDS -":
            return False
        if text.startswith("From ") and re.match(_FROM_LINE, text[:80]):
            return True
        if text[:1] in " -" and any(blade in text for blade in _BLADES) and re.match(_SCISSORS, text[:80]):
            return True
        if not text.startswith(("From: ", "Subject: ")) or not any(line.strip() for line in self.raw[:number]):
            return False
        following = self.raw[number + 1 : number + 4]
        return sum(1 for line in following if re.match(_MAIL_HEADER, line[:12])) >= 1 and any(
            line.startswith(("Subject: [", "Date: ")) for line in (text, *following)
        )

    def _starts_diff(self, number: int, text: str) -> bool:
        if text.startswith(("--- a/", "--- /dev/null")):
            return any(line.startswith("+++ ") for line in self.raw[number + 1 : number + 2])
        return text.startswith(("diff --git ", "Index: ")) or bool(
            text.startswith("@@ -") and _HUNK.match(text[:MAX_LINE])
        )

    def _diff(self, number: int, text: str) -> LineKind:
        """Hunk counts tell where a diff ends and the sender's words go on."""
        self.state = "diff"
        if found := _HUNK.match(text[:MAX_LINE]):
            self.hunk = [int(found[2] or 1), int(found[4] or 1)]
            return "diff"
        if self.hunk[0] > 0 or self.hunk[1] > 0:
            sign = text[:1]
            self.hunk[0] -= sign not in ("+", "\\")
            self.hunk[1] -= sign not in ("-", "\\")
            return "diff"
        if not text.strip():
            return "blank"
        header = text.startswith(
            ("diff ", "index ", "--- ", "+++ ", "old mode", "new mode", "similarity", "rename ", "copy ")
        )
        if header or self._wrapped_name(number, text):
            return "diff"
        if text.startswith(
            ("new file", "deleted file", "Index: ", "====", "\\ No newline", "Binary files", "GIT binary")
        ):
            return "diff"
        self.state = "own"
        return self._own(number, text)

    def _wrapped_name(self, number: int, text: str) -> bool:
        """The second name of a "diff --git" line that a mailer broke."""
        above, name = self.raw[number - 1].rstrip(), text.rstrip().partition("/")[2]
        return (
            bool(name) and above.startswith("diff --git ") and above.endswith(f"/{name}") and " " not in text.rstrip()
        )


def _above_outlook(line: str) -> bool:
    """The line that Outlook puts above the mail answered."""
    lower = line.lower()
    return ("message" in lower or "nachricht" in lower) and bool(re.match(_OUTLOOK, line))


def _is_trailer(line: str) -> bool:
    name, colon, value = line.partition(":")
    name = name.lower()
    return bool(colon) and (name in _BY or (name in _NAMED and bool(value[:2].strip())))


def _uses_spaced_marks(lines: list[str]) -> bool:
    """Quotes with a blank before each mark, as some mailers put them: no line has a mark without it."""
    return not any(line.startswith(">") for line in lines) and sum(line.startswith(" > ") for line in lines) >= 3


def _uses_bars(lines: list[str]) -> bool:
    """Quotes with "| " or "name> " in a mail that has no ">" quotes. Lines with a bar at either end are a table's."""
    if any(line.startswith(">") for line in lines):
        return False
    marked = (line for line in lines if line.startswith("| ") or (len(line) < MAX_LINE and _named_mark(line)))
    return sum(not (line[0] == "|" and line.rstrip()[-1:] == "|") for line in marked) >= 3


def _named_mark(line: str) -> bool:
    found = _BAR.match(line)
    return bool(found and ">" in found.group())


def squeeze(text: str) -> str:
    """Text without white space: what survives re-wrapping and tab expansion."""
    return "".join(text[:MAX_LINE].split())


class _Text:
    """A message as a source of quotes: its lines without marks and white space, and all of them joined."""

    def __init__(self, lines: Sequence[Line], rests: frozenset[int] = frozenset()) -> None:
        self.lines = lines
        self.rests = rests  # lines that belong to the quoted line above
        self._squeezed: list[str] | None = None
        self._where: dict[str, list[int]] = {}
        self._joined = ""
        self._starts: list[int] = []

    @property
    def squeezed(self) -> list[str]:
        if self._squeezed is None:
            self._squeezed = [squeeze(line.text) for line in self.lines]
            for number, text in enumerate(self._squeezed):
                self._where.setdefault(text, []).append(number)
        return self._squeezed

    def exact(self, text: str, after: int) -> int | None:
        """Line that reads `text`: the first one after line `after`, else the last one before it."""
        places = self._where.get(text) if self.squeezed else None
        if not places:
            return None
        position = bisect_right(places, after)
        return places[position] if position < len(places) else places[-1]

    def holds(self, text: str) -> bool:
        """Whether a line reads `text`."""
        return bool(self.squeezed) and text in self._where

    def only(self, text: str) -> int | None:
        """The one line that reads `text`."""
        places = self._where.get(text, ()) if self.squeezed else ()
        return places[0] if len(places) == 1 else None

    def within(self, text: str, after: int) -> int | None:
        """Line where `text` starts when lines are joined, for quotes that were re-wrapped."""
        if not self._starts:
            squeezed = self.squeezed
            self._joined = "".join(squeezed)
            total = 0
            for part in squeezed:
                self._starts.append(total)
                total += len(part)
        begin = self._starts[after] if 0 <= after < len(self._starts) else 0
        place = self._joined.find(text, begin)
        if place < 0:
            place = self._joined.find(text, 0, begin + len(text))
        if place < 0:
            return None
        return bisect_right(self._starts, place) - 1

    @property
    def size(self) -> int:
        return len(self._joined)


class _Everywhere:
    """Where in the whole thread an own line stands; built when a quote is not from the parent."""

    def __init__(self, thread: Thread, texts: list[_Text]) -> None:
        self.thread = thread
        self.texts = texts
        self._where: dict[str, tuple[int, int]] | None = None

    def find(self, text: str) -> tuple[int, int] | None:
        if self._where is None:
            self._where = {}
            for number, source in enumerate(self.texts):
                for line, squeezed in zip(source.lines, source.squeezed, strict=True):
                    if line.depth == 0 and len(squeezed) >= 12:
                        self._where.setdefault(squeezed, (number, line.number))
        return self._where.get(text)


def _trace(
    number: int, thread: Thread, texts: list[_Text], traced: dict[int, tuple[Line, ...]], everywhere: _Everywhere
) -> tuple[Line, ...]:
    lines = texts[number].lines
    quoted = [line for line in lines if line.kind == "quote" and line.text.strip()]
    if not quoted:
        return tuple(lines)
    parent = thread.parents[number]
    found = _places(quoted, texts[parent]) if parent >= 0 else {}
    origins: dict[int, Origin] = {}
    for line in quoted:
        if line.number in found:
            place, exact = found[line.number]
            origins[line.number] = _origin(thread, traced, parent, place, exact)
        elif (other := everywhere.find(squeeze(line.text))) and other[0] != number:
            origins[line.number] = Origin(msgid=thread.messages[other[0]].msgid, line=other[1], exact=True)
        elif line.number in texts[number].rests and (above := origins.get(line.number - 1)):
            origins[line.number] = Origin(msgid=above.msgid, line=above.line, exact=False)
    return tuple(
        Line(number=x.number, kind=x.kind, depth=x.depth, text=x.text, origin=origins[x.number])
        if x.number in origins
        else x
        for x in lines
    )


def _origin(thread: Thread, traced: dict[int, tuple[Line, ...]], parent: int, place: int, exact: bool) -> Origin:
    source = traced[parent][place]
    if source.origin:
        return Origin(msgid=source.origin.msgid, line=source.origin.line, exact=exact and source.origin.exact)
    return Origin(msgid=thread.messages[parent].msgid, line=place, exact=exact)


def _places(quoted: list[Line], source: _Text) -> dict[int, tuple[int, bool]]:
    """Line number in the mail -> (line of the source, exact). Short lines are placed by their neighbours only."""
    found: dict[int, tuple[int, bool]] = {}
    cursor = -1
    budget = SEARCH_BUDGET
    later: list[tuple[int, str]] = []
    for line in quoted:
        text = squeeze(line.text)
        if len(text) < SHORT:
            later.append((line.number, text))
            continue
        place = source.exact(text, cursor)
        exact = place is not None
        if place is None and budget > 0:
            place = source.within(text, max(cursor, 0))
            budget -= source.size
        if place is not None:
            found[line.number] = (place, exact)
            cursor = place
    _place_short(later, found, source)
    return found


def _place_short(later: list[tuple[int, str]], found: dict[int, tuple[int, bool]], source: _Text) -> None:
    """A brace belongs as far before the next line that was placed, or behind the last one, as it stands here."""
    placed = sorted(found)
    for number, text in later:
        position = bisect_left(placed, number)
        near = [
            placed[at] for at in (position, position - 1) if 0 <= at < len(placed) and abs(placed[at] - number) <= NEAR
        ]
        for neighbour in near:
            place = found[neighbour][0] + number - neighbour
            if 0 <= place < len(source.squeezed) and source.squeezed[place] == text:
                found[number] = (place, True)
                break
        else:
            _place_loosely(number, text, near, found, source)


def _place_loosely(number: int, text: str, near: list[int], found: dict[int, tuple[int, bool]], source: _Text) -> None:
    """Empty lines were left out between: look a few lines around. Without a neighbour: only what occurs once."""
    for neighbour in near:
        home = found[neighbour][0]
        around = range(home - 1, home - 4, -1) if neighbour > number else range(home + 1, home + 4)
        for place in around:
            if 0 <= place < len(source.squeezed) and source.squeezed[place] == text:
                found[number] = (place, True)
                return
    if not near and (only := source.only(text)) is not None:
        found[number] = (only, True)


def blocks(msgid: str, lines: tuple[Line, ...]) -> Iterator[Block]:
    """Runs of own lines between quoted passages, with the quoted lines directly above each."""
    own: list[Line] = []
    context: list[Line] = []
    number = 0
    for line in lines:
        if line.kind == "quote":
            if own:
                yield _block(msgid, number, own, context)
                number += 1
                own, context = [], []
            context.append(line)
        elif line.kind in ("signature", "banner", "attribution"):
            continue
        elif line.kind != "blank" or own:
            own.append(line)
    if own and any(line.kind != "blank" for line in own):
        yield _block(msgid, number, own, context)


def _block(msgid: str, number: int, own: list[Line], context: list[Line]) -> Block:
    while own and own[-1].kind == "blank":
        own.pop()
    return Block(msgid=msgid, number=number, lines=tuple(own), context=tuple(context[-MAX_CONTEXT:]))
