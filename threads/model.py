"""The values that mail is turned into. All are frozen; all text is decoded and untrusted.

Line numbers count from 0 in `Message.lines`. Message-ids stand without angle brackets. A value that could not be
told is None or empty, and a field beside it says why.
"""

from datetime import datetime
from typing import Literal

import msgspec

Kind = Literal[
    "placement", "approach", "correctness", "concurrency", "scope", "evidence", "performance", "interface",
    "testing", "readability", "changelog", "process",
]  # fmt: skip
Weight = Literal["blocking", "should", "nit", "question"]
EventType = Literal["answered", "accepted", "disputed", "restated", "withdrawn"]
Status = Literal["open", "answered", "accepted", "disputed", "withdrawn"]
UNSETTLED: tuple[Status, ...] = ("open", "disputed")
ClaimType = Literal["call_path", "absence", "exclusivity", "universality", "state", "other"]
LineKind = Literal["own", "quote", "attribution", "signature", "trailer", "diff", "banner", "blank"]
Role = Literal["author", "reviewer", "maintainer", "bot"]
Raw = tuple[bytes, str]  # a mail before it is parsed, and where it stood: "mail 3"
# What an own line was used for: every own line of a person's mail gets exactly one of these.
Use = Literal["point", "event", "trailer", "claim", "chatter", "quote", "signature"]


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every value of this package."""


class Identity(Value, frozen=True, kw_only=True):
    name: str
    address: str  # lower case, "" when unreadable

    def __str__(self) -> str:
        return self.name or self.address or "unknown sender"


class Defect(Value, frozen=True, kw_only=True):
    """Something in the input that could not be read as it should; the rest was read all the same."""

    where: str  # "mail 7", "20200604202340.29170-1-x@example.org", a file name
    what: str


class Attachment(Value, frozen=True, kw_only=True):
    name: str
    content_type: str
    text: str  # decoded when it is text, else ""
    size: int  # bytes


class Message(Value, frozen=True, kw_only=True):
    msgid: str  # never empty: a mail without one gets "no-id-<12 hex of its bytes>@invalid" and a defect
    subject: str  # one line, decoded, "" when absent
    author: Identity
    to: tuple[Identity, ...] = ()
    cc: tuple[Identity, ...] = ()
    date: datetime | None = None  # aware
    date_note: str = ""  # why the date is not the Date header's, or why there is none
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    body: str = ""  # text of all text parts and inline patches, joined by \n; CRLF folded
    attachments: tuple[Attachment, ...] = ()
    automated: str = ""  # why this is taken for a program's mail, "" for a person's
    top_posted: bool = False
    defects: tuple[Defect, ...] = ()

    @property
    def lines(self) -> list[str]:
        return self.body.split("\n")


class Thread(Value, frozen=True, kw_only=True):
    """A reply tree in reading order (depth first, siblings by date); `parents[i]` indexes `messages`, -1 = root."""

    messages: tuple[Message, ...]
    parents: tuple[int, ...]
    missing: tuple[str, ...] = ()  # ids that mails refer to and that are not here
    defects: tuple[Defect, ...] = ()  # of the source and of the tree; those of mails stand in the mails


class Origin(Value, frozen=True, kw_only=True):
    """The line that a quoted line was taken from."""

    msgid: str
    line: int
    exact: bool  # False: re-wrapped, trimmed or changed on the way


class Line(Value, frozen=True, kw_only=True):
    """One line of one message, told apart."""

    number: int
    kind: LineKind
    depth: int  # count of quote marks, at most 64
    text: str  # without quote marks
    origin: Origin | None = None  # for quotes


class Block(Value, frozen=True, kw_only=True):
    """A run of the sender's own lines between two quoted passages; blank lines do not end it."""

    msgid: str
    number: int  # within the message
    lines: tuple[Line, ...]  # own lines and blanks
    context: tuple[Line, ...]  # the quoted lines directly above, nearest last; empty when it answers the whole mail


class DiffLine(Value, frozen=True, kw_only=True):
    sign: Literal["+", "-", " "]
    text: str  # without the sign
    old: int | None  # line number in the old file
    new: int | None
    mail_line: int | None  # where it stands in the body of the mail


class Hunk(Value, frozen=True, kw_only=True):
    old_start: int
    old_count: int
    new_start: int
    new_count: int
    header: str  # what follows the second @@
    lines: tuple[DiffLine, ...]
    mail_line: int | None


class FileDiff(Value, frozen=True, kw_only=True):
    """One file of a patch, from unidiff. Paths are decoded, without a/ and b/; they are labels and never opened."""

    path: str  # the new name, or the old one of a removed file
    old_path: str
    status: Literal["modified", "added", "removed", "renamed", "copied", "mode", "binary"]
    old_blob: str  # abbreviated ids from the index line, "" when absent
    new_blob: str
    hunks: tuple[Hunk, ...]
    note: str = ""  # what is odd about it: outside the tree, counts that disagree


class Trailer(Value, frozen=True, kw_only=True):
    name: str  # "Reviewed-by", in its usual spelling
    value: str
    msgid: str  # the mail that offers it
    credited: bool  # the sender is the person named
    condition: str = ""  # "with that fixed" and the like, verbatim


class Patch(Value, frozen=True, kw_only=True):
    msgid: str
    subject: str  # without the [PATCH ...] prefix
    prefix: tuple[str, ...]  # words in the brackets: ("PATCH", "RFC", "v2", "1/3")
    version: int
    number: int  # 0 = cover letter
    total: int
    author: Identity  # in-body From counts
    message_lines: tuple[int, int]  # first and last+1 line of the commit message in the mail's body
    trailers: tuple[Trailer, ...]  # those of the patch mail itself
    files: tuple[FileDiff, ...]
    defects: tuple[Defect, ...] = ()


class Series(Value, frozen=True, kw_only=True):
    """One version of a patch or series as far as the thread holds it."""

    version: int
    resend: bool
    subject: str
    author: Identity
    cover: Patch | None
    patches: tuple[Patch, ...]  # by number
    expected: int  # patches promised by the counters
    base_commit: str = ""
    change_id: str = ""
    credited: tuple[Trailer, ...] = ()  # from replies, only by the person they name
    claimed: tuple[Trailer, ...] = ()  # from replies, naming another address than the sender's


class Anchor(Value, frozen=True, kw_only=True):
    """What a review point hangs on."""

    kind: Literal["diff", "message", "cover", "symbol", "mail"]
    msgid: str  # the mail that holds the line
    line: int | None  # its line there
    file: str = ""  # for "diff"
    sign: str = ""
    text: str = ""  # the line or the symbol itself
    old: int | None = None
    new: int | None = None
    exact: bool = True


class Event(Value, frozen=True, kw_only=True):
    msgid: str
    author: Identity
    role: Role
    date: datetime | None
    type: EventType
    quote: str  # verbatim, one line
    line: int
    why: str  # what decided the type


class Point(Value, frozen=True, kw_only=True):
    id: str  # "P1", in reading order
    msgid: str
    author: Identity
    role: Role
    date: datetime | None
    quote: str  # verbatim own text of the message, one line
    line: int
    text: str  # the whole passage, lines joined by \n
    kind: Kind
    weight: Weight
    anchor: Anchor | None
    symbols: tuple[str, ...]  # functions and symbols named in the passage and in the lines it answers
    raisers: tuple[Identity, ...]  # the author first
    events: tuple[Event, ...]
    status: Status
    status_why: str
    waiting_for: str  # "the author", a person's name, "" when settled or when the patch was taken all the same
    cleared: bool  # settled, and the raiser said so or gave a tag
    automated: bool
    why: tuple[str, ...]  # the words, features or rules that made it a point of this kind and weight


class Claim(Value, frozen=True, kw_only=True):
    """A statement about existing kernel code that a source tree can confirm or contradict."""

    id: str  # "C1"
    msgid: str
    author: Identity
    quote: str
    line: int
    type: ClaimType
    symbols: tuple[str, ...]  # functions, operations (->page_mkwrite) and state words named, in order
    text: str  # the sentence or the call path, lines joined by \n


class Accounting(Value, frozen=True, kw_only=True):
    """What became of every line of a message: `uses[i]` for line i, "blank" for empty ones."""

    msgid: str
    uses: tuple[str, ...]


class Ledger(Value, frozen=True, kw_only=True):
    points: tuple[Point, ...]
    claims: tuple[Claim, ...]
    accounting: tuple[Accounting, ...]
    outcome: Literal["merged-looking", "new-version-needed", "rejected", "undecided"]
    outcome_why: str
