"""The objects of the JSON report, version 1. `json_v1` fills them; what may change in them stands there."""

import msgspec


class Json(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every object of the report."""


class JsonPerson(Json, frozen=True, kw_only=True):
    name: str
    address: str


class JsonPlace(Json, frozen=True, kw_only=True):
    file: str
    line: int
    function: str


class JsonDefect(Json, frozen=True, kw_only=True):
    where: str
    what: str


class JsonMessage(Json, frozen=True, kw_only=True):
    message_id: str
    parent: str | None
    subject: str
    author: JsonPerson
    date: str | None
    date_note: str
    automated: str
    top_posted: bool
    link: str
    hidden_characters: int
    defects: list[JsonDefect]


class JsonThread(Json, frozen=True, kw_only=True):
    messages: list[JsonMessage]
    missing: list[str]


class JsonTrailer(Json, frozen=True, kw_only=True):
    name: str
    value: str
    message_id: str
    credited: bool
    condition: str


class JsonPatch(Json, frozen=True, kw_only=True):
    message_id: str
    subject: str
    prefix: list[str]
    number: int
    total: int
    author: JsonPerson
    files: list[str]
    trailers: list[JsonTrailer]


class JsonSeries(Json, frozen=True, kw_only=True):
    version: int
    resend: bool
    subject: str
    author: JsonPerson
    cover: str | None
    patches: list[JsonPatch]
    expected: int
    base_commit: str
    change_id: str
    credited: list[JsonTrailer]


class JsonParticipant(Json, frozen=True, kw_only=True):
    name: str
    address: str
    role: str
    mails: int
    points: int


class JsonAnchor(Json, frozen=True, kw_only=True):
    file: str
    line: str


class JsonHangsOn(Json, frozen=True, kw_only=True):
    kind: str
    message_id: str
    mail_line: int | None
    file: str
    sign: str
    text: str
    old: int | None
    new: int | None
    exact: bool


class JsonEvent(Json, frozen=True, kw_only=True):
    message_id: str
    author: JsonPerson
    role: str
    date: str | None
    type: str
    quote: str
    line: int
    why: str


class JsonPoint(Json, frozen=True, kw_only=True):
    id: str
    message_id: str
    link: str
    author: JsonPerson
    role: str
    date: str | None
    quote: str
    line: int
    text: str
    kind: str
    weight: str
    status: str
    status_why: str
    waiting_for: str
    cleared: bool
    automated: bool
    anchor: JsonAnchor | None
    hangs_on: JsonHangsOn | None
    symbols: list[str]
    raisers: list[JsonPerson]
    events: list[JsonEvent]
    why: list[str]


class JsonClaim(Json, frozen=True, kw_only=True):
    id: str
    message_id: str
    author: JsonPerson
    quote: str
    line: int
    text: str
    type: str
    symbols: list[str]
    verdict: str
    explanation: str
    places: list[JsonPlace]


class JsonUses(Json, frozen=True, kw_only=True):
    """Lines by what became of them."""

    point: int
    event: int
    trailer: int
    claim: int
    chatter: int
    quote: int
    signature: int
    blank: int
    other: int


class JsonMessageUses(Json, frozen=True, kw_only=True):
    message_id: str
    lines: int
    uses: JsonUses


class JsonAccounting(Json, frozen=True, kw_only=True):
    lines: int
    uses: JsonUses
    messages: list[JsonMessageUses]


class JsonLine(Json, frozen=True, kw_only=True):
    sign: str
    text: str
    old: int | None
    new: int | None


class JsonHunk(Json, frozen=True, kw_only=True):
    header: str
    functions: list[str]
    found_by: str
    lines: list[JsonLine]


class JsonFile(Json, frozen=True, kw_only=True):
    path: str
    old_path: str
    status: str
    old_blob: str
    new_blob: str
    hunks: list[JsonHunk]


class JsonChange(Json, frozen=True, kw_only=True):
    subject: str
    date: str
    functions: list[str]
    fixes: list[str]
    stable: bool
    files: list[JsonFile]


class JsonModel(Json, frozen=True, kw_only=True):
    version: str
    fit: str
    why: str
    tree: str


class JsonStep(Json, frozen=True, kw_only=True):
    function: str
    file: str
    line: int
    call: JsonPlace | None
    edge: str
    operation: str
    condition: str
    changed: bool


class JsonMet(Json, frozen=True, kw_only=True):
    subject: str
    op: str
    place: JsonPlace
    stale: bool
    why: str


class JsonChain(Json, frozen=True, kw_only=True):
    function: str
    path: str
    steps: list[JsonStep]
    met: list[JsonMet]
    note: str


class JsonHunkPlace(Json, frozen=True, kw_only=True):
    function: str
    file: str
    known: bool
    on_paths: list[str]
    stage: str
    chains_total: int
    infeasible: int
    filesystems: list[str]
    note: str


class JsonCell(Json, frozen=True, kw_only=True):
    text: str
    places: list[JsonPlace]


class JsonLayer(Json, frozen=True, kw_only=True):
    layer: str
    place: JsonPlace
    covers: JsonCell
    holds: JsonCell
    checks: JsonCell
    changed: bool


class JsonPlacement(Json, frozen=True, kw_only=True):
    function: str
    condition: str
    act: str  # what the patch does about that, in words; "" for what has none
    paragraph: str
    layers: list[JsonLayer]
    produced: list[JsonCell]


class JsonFilesystem(Json, frozen=True, kw_only=True):
    filesystem: str
    implementer: str
    place: JsonPlace
    operation: str
    helper: str
    reached: bool
    own_check: JsonCell
    produces: JsonCell
    verdict: str
    why: str


class JsonObjection(Json, frozen=True, kw_only=True):
    rule: str
    title: str
    severity: str
    confidence: str
    text: str
    places: list[JsonPlace]
    file: str
    line: int | None
    pedantic: bool
    raised_by: list[str]
    link: str


class JsonAnswer(Json, frozen=True, kw_only=True):
    point: str
    explanation: str
    places: list[JsonPlace]


class JsonSuggestion(Json, frozen=True, kw_only=True):
    test: str
    suite: str
    tier: str
    score: float
    reasons: list[str]
    needs: list[str]
    said_by: list[str]


class JsonRun(Json, frozen=True, kw_only=True):
    filesystem: str
    options: str
    reason: str


class JsonPlan(Json, frozen=True, kw_only=True):
    suggestions: list[JsonSuggestion]
    runs: list[JsonRun]
    config: list[str]
    commands: list[str]
    notes: list[str]
    catalogue: str


class Report(Json, frozen=True, kw_only=True):
    """A whole report of `mkwrite review --format json`."""

    version: int
    source: str
    link_mask: str
    reviewed: str
    verdict: str
    outcome: str
    outcome_why: str
    thread: JsonThread
    series: list[JsonSeries]
    participants: list[JsonParticipant]
    points: list[JsonPoint]
    claims: list[JsonClaim]
    accounting: JsonAccounting
    change: JsonChange | None
    model: JsonModel
    hunks: list[JsonHunkPlace]
    chains: list[JsonChain]
    placements: list[JsonPlacement]
    filesystems: list[JsonFilesystem]
    objections: list[JsonObjection]
    answers: list[JsonAnswer]
    plan: JsonPlan | None
    not_looked_at: list[str]
    defects: list[JsonDefect]
