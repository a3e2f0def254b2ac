"""The Review: everything that a report says, as one value that every renderer takes.

Nothing is computed after this. All text from mail is still raw here; renderers pass it through `reviewer.neutral`.
"""

from typing import Literal

import msgspec

from rules.change import Change
from rules.model import FilesystemVerdict
from threads.model import Accounting, Claim, Defect, Message, Point, Series, Thread


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every value of this package."""


class Place(Value, frozen=True, kw_only=True):
    """A spot in the kernel source of the model: what a statement about code rests on."""

    file: str
    line: int
    function: str = ""


class Step(Value, frozen=True, kw_only=True):
    """One step of a chain."""

    function: str
    place: Place  # definition
    call: Place | None  # where the step before calls it, None for the entry
    edge: Literal["entry", "call", "macro", "callback", "operation", "completion", "work"]
    operation: str = ""
    condition: str = ""
    changed: bool = False


class Met(Value, frozen=True, kw_only=True):
    """A check or lock met on the way to a function, before it is entered."""

    subject: str
    op: str
    place: Place
    stale: bool = False  # made before a lock was dropped
    why: str = ""


class Chain(Value, frozen=True, kw_only=True):
    path: str  # path file: "fault"
    steps: tuple[Step, ...]
    met: tuple[Met, ...]
    note: str = ""


class HunkPlace(Value, frozen=True, kw_only=True):
    """Where one changed function stands."""

    function: str
    file: str
    known: bool  # the model has it
    on_paths: tuple[str, ...]  # path files that reach it
    stage: str  # "page_mkwrite operation, iomap helper", "" when off every path
    chains: tuple[Chain, ...]  # a few, distinct by operation
    chains_total: int
    infeasible: int  # left out
    filesystems: tuple[str, ...]  # that reach it
    note: str = ""  # "function unknown to the 6.12.117 model" and the like


class ModelFit(Value, frozen=True, kw_only=True):
    version: str  # "5.10.262", "" when no model was used
    fit: Literal["exact", "nearest", "by-name", "by-date", "asked", "none"]
    why: str
    tree: str


class Cell(Value, frozen=True, kw_only=True):
    text: str
    places: tuple[Place, ...] = ()


class Layer(Value, frozen=True, kw_only=True):
    """One row of the placement table: the same change made at this layer."""

    layer: str  # "dispatch: do_page_mkwrite"
    place: Place
    covers: Cell  # implementers, filesystems, entries
    holds: Cell  # locks, references, may it sleep
    checks: Cell  # which exist already
    changed: bool = False  # the patch's own layer


class Placement(Value, frozen=True, kw_only=True):
    function: str
    condition: str  # what the patch guards against: "uptodate"
    act: str = ""  # what it does about that: "adds a check of uptodate"
    layers: tuple[Layer, ...]
    produced: tuple[Cell, ...]  # where that state is made
    paragraph: str


class FilesystemRow(Value, frozen=True, kw_only=True):
    filesystem: str
    implementer: str
    place: Place
    operation: str
    helper: str
    reached: bool
    own_check: Cell
    produces: Cell
    verdict: FilesystemVerdict
    why: str


class Objection(Value, frozen=True, kw_only=True):
    """What a rule of ours says."""

    rule: str
    title: str
    severity: Literal["high", "medium", "low"]
    confidence: Literal["high", "medium", "low"]
    text: str
    places: tuple[Place, ...]
    file: str = ""  # diff line that it hangs on
    line: int | None = None  # new line number, or old of a removed line
    pedantic: bool = False
    raised_by: tuple[str, ...] = ()  # ids of review points that say the same
    link: str = ""  # the evidence of that link


class CheckedClaim(Value, frozen=True, kw_only=True):
    claim: Claim
    verdict: Literal["confirmed", "contradicted", "unknown"]
    text: str
    places: tuple[Place, ...] = ()


class Suggestion(Value, frozen=True, kw_only=True):
    test: str  # "generic/019", "mm:userfaultfd"
    suite: str  # "xfstests", "kselftest", "ltp", "blktests", "stress-ng"
    tier: Literal["regression", "targeted", "group", "soak"]
    score: float
    reasons: tuple[str, ...]
    needs: tuple[str, ...] = ()
    said_by: tuple[str, ...] = ()  # message-ids that name it
    seconds: float | None = None  # how long it runs, None when unknown
    note: str = ""  # "expected to fail: ..."


class PlanRun(Value, frozen=True, kw_only=True):
    """One filesystem and option set to run on."""

    filesystem: str
    options: str
    reason: str


class PlanCommand(Value, frozen=True, kw_only=True):
    line: str
    where: str = ""  # the directory to run it in, "xfstests"; "" for any


class Plan(Value, frozen=True, kw_only=True):
    suggestions: tuple[Suggestion, ...]
    runs: tuple[PlanRun, ...]
    config: tuple[str, ...]  # kernel options
    commands: tuple[PlanCommand, ...]
    notes: tuple[str, ...] = ()
    catalogue: str = ""  # which table the tests come from
    local_config: str = ""  # text for xfstests' local.config
    behaviours: tuple[str, ...] = ()  # what the change can affect


class Participant(Value, frozen=True, kw_only=True):
    name: str
    address: str
    role: str
    mails: int
    points: int


class Answer(Value, frozen=True, kw_only=True):
    """What the model has to say to one review point."""

    point: str
    text: str
    places: tuple[Place, ...] = ()


class Review(Value, frozen=True, kw_only=True):
    source: str
    link_mask: str  # "https://lore.kernel.org/r/%s"
    thread: Thread
    series: tuple[Series, ...]  # versions found, oldest first
    reviewed: str  # msgid of the patch or cover letter that stands for the reviewed version, "" when none
    participants: tuple[Participant, ...]
    points: tuple[Point, ...]
    claims: tuple[CheckedClaim, ...]
    accounting: tuple[Accounting, ...]
    outcome: str
    outcome_why: str
    verdict: str  # "2 open, 1 disputed, 5 settled; waiting for the author"
    change: Change | None
    model: ModelFit
    hunks: tuple[HunkPlace, ...]
    placements: tuple[Placement, ...]
    filesystems: tuple[FilesystemRow, ...]
    objections: tuple[Objection, ...]
    answers: tuple[Answer, ...]
    plan: Plan | None
    not_looked_at: tuple[str, ...]  # what this report leaves out, and why
    defects: tuple[Defect, ...]

    def message(self, msgid: str) -> Message | None:
        return next((m for m in self.thread.messages if m.msgid == msgid), None)
