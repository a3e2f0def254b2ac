"""The JSON report, version 1: structs of its own, so that a change inside mkwrite does not change what users read.

When the version rises: a key goes, changes its name, its type or its meaning, or a listed value changes its meaning.
It stays when a key is added or an enumeration gets a value more; readers must let keys pass that they do not know.
Every key is always present. What is unknown is null, "" or [], and a key beside it says why. Mail text stands in keys
named `quote`, `text`, `line`, `name` and `subject`, never in keys or sentences of ours. `quote` holds at most 400
characters. Messages are a flat list with their parents' ids, so that no depth of a thread is a depth of the JSON.
"""

from collections import Counter
from datetime import datetime
from typing import Any

import msgspec

from reviewer import neutral
from reviewer.render import links
from reviewer.render.json_values import (
    JsonAccounting,
    JsonAnchor,
    JsonAnswer,
    JsonCell,
    JsonChain,
    JsonChange,
    JsonClaim,
    JsonDefect,
    JsonEvent,
    JsonFile,
    JsonFilesystem,
    JsonHangsOn,
    JsonHunk,
    JsonHunkPlace,
    JsonLayer,
    JsonLine,
    JsonMessage,
    JsonMessageUses,
    JsonMet,
    JsonModel,
    JsonObjection,
    JsonParticipant,
    JsonPatch,
    JsonPerson,
    JsonPlace,
    JsonPlacement,
    JsonPlan,
    JsonPoint,
    JsonRun,
    JsonSeries,
    JsonStep,
    JsonSuggestion,
    JsonThread,
    JsonTrailer,
    JsonUses,
    Report,
)
from reviewer.review import (
    Cell,
    Chain,
    CheckedClaim,
    FilesystemRow,
    HunkPlace,
    Layer,
    Objection,
    Place,
    Placement,
    Plan,
    Review,
)
from rules.change import Change, ChangedHunk
from threads.model import Anchor, Defect, Event, Identity, Point, Series, Trailer

VERSION = 1
QUOTE_CAP = 400


def render(review: Review) -> str:
    """The report as JSON text, two blanks of indent, one newline at the end."""
    return neutral.json(_encoded(report(review))) + "\n"


def _encoded(value: Report) -> str:
    try:
        return msgspec.json.format(msgspec.json.encode(value), indent=2).decode("utf-8")
    except UnicodeEncodeError:  # half a surrogate pair, which UTF-8 cannot hold
        text = msgspec.json.encode(_mended(msgspec.to_builtins(value)))
        return msgspec.json.format(text, indent=2).decode("utf-8")


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, list):
        return [_mended(one) for one in value]
    if isinstance(value, dict):
        return {key: _mended(one) for key, one in value.items()}
    return value


def schema() -> dict[str, Any]:
    """The JSON Schema of the report, as `review-v1.schema.json` holds it."""
    found = msgspec.json.schema(Report)
    policy = " ".join((__doc__ or "").split("\n\n", 1)[1].split())
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "mkwrite review, version 1"}
    return {**head, "description": policy, **found}


def report(review: Review) -> Report:
    """The review as the structs of version 1."""
    return Report(
        version=VERSION,
        source=review.source,
        link_mask=review.link_mask,
        reviewed=review.reviewed,
        verdict=review.verdict,
        outcome=review.outcome,
        outcome_why=review.outcome_why,
        thread=_thread(review),
        series=[_series(one) for one in review.series],
        participants=[
            JsonParticipant(name=one.name, address=one.address, role=one.role, mails=one.mails, points=one.points)
            for one in review.participants
        ],
        points=[_point(review, point) for point in review.points],
        claims=[_claim(one) for one in review.claims],
        accounting=_accounting(review),
        change=None if review.change is None else _change(review.change),
        model=JsonModel(
            version=review.model.version, fit=review.model.fit, why=review.model.why, tree=review.model.tree
        ),
        hunks=[_hunk_place(one) for one in review.hunks],
        chains=[_chain(hunk.function, chain) for hunk in review.hunks for chain in hunk.chains],
        placements=[_placement(one) for one in review.placements],
        filesystems=[_filesystem(one) for one in review.filesystems],
        objections=[_objection(one) for one in review.objections],
        answers=[
            JsonAnswer(point=one.point, explanation=one.text, places=_places(one.places)) for one in review.answers
        ],
        plan=None if review.plan is None else _plan(review.plan),
        not_looked_at=list(review.not_looked_at),
        defects=_defects((*review.thread.defects, *review.defects)),
    )


def _person(one: Identity) -> JsonPerson:
    return JsonPerson(name=one.name, address=one.address)


def _date(date: datetime | None) -> str | None:
    return None if date is None else date.isoformat()


def _place(one: Place) -> JsonPlace:
    return JsonPlace(file=one.file, line=one.line, function=one.function)


def _places(all_of_them: tuple[Place, ...]) -> list[JsonPlace]:
    return [_place(one) for one in all_of_them]


def _cell(one: Cell) -> JsonCell:
    return JsonCell(text=one.text, places=_places(one.places))


def _defects(defects: tuple[Defect, ...]) -> list[JsonDefect]:
    found = dict.fromkeys((one.where, one.what) for one in defects)
    return [JsonDefect(where=where, what=what) for where, what in found]


def _thread(review: Review) -> JsonThread:
    messages = review.thread.messages
    return JsonThread(
        messages=[
            JsonMessage(
                message_id=message.msgid,
                parent=messages[parent].msgid if parent >= 0 else None,
                subject=message.subject,
                author=_person(message.author),
                date=_date(message.date),
                date_note=message.date_note,
                automated=message.automated,
                top_posted=message.top_posted,
                link=links.mail(review, message.msgid),
                hidden_characters=neutral.count_hidden(message.subject) + neutral.count_hidden(message.body),
                defects=_defects(message.defects),
            )
            for message, parent in zip(messages, review.thread.parents, strict=True)
        ],
        missing=list(review.thread.missing),
    )


def _trailer(one: Trailer) -> JsonTrailer:
    return JsonTrailer(
        name=one.name, value=one.value, message_id=one.msgid, credited=one.credited, condition=one.condition
    )


def _series(one: Series) -> JsonSeries:
    return JsonSeries(
        version=one.version,
        resend=one.resend,
        subject=one.subject,
        author=_person(one.author),
        cover=None if one.cover is None else one.cover.msgid,
        patches=[
            JsonPatch(
                message_id=patch.msgid,
                subject=patch.subject,
                prefix=list(patch.prefix),
                number=patch.number,
                total=patch.total,
                author=_person(patch.author),
                files=[file.path for file in patch.files],
                trailers=[_trailer(trailer) for trailer in patch.trailers],
            )
            for patch in one.patches
        ],
        expected=one.expected,
        base_commit=one.base_commit,
        change_id=one.change_id,
        credited=[_trailer(trailer) for trailer in one.credited],
    )


def _point(review: Review, point: Point) -> JsonPoint:
    return JsonPoint(
        id=point.id,
        message_id=point.msgid,
        link=links.mail(review, point.msgid),
        author=_person(point.author),
        role=point.role,
        date=_date(point.date),
        quote=point.quote[:QUOTE_CAP],
        line=point.line,
        text=point.text,
        kind=point.kind,
        weight=point.weight,
        status=point.status,
        status_why=point.status_why,
        waiting_for=point.waiting_for,
        cleared=point.cleared,
        automated=point.automated,
        anchor=_anchor(point.anchor),
        hangs_on=_hangs_on(point.anchor),
        symbols=list(point.symbols),
        raisers=[_person(raiser) for raiser in point.raisers],
        events=[_event(event) for event in point.events],
        why=list(point.why),
    )


def _anchor(anchor: Anchor | None) -> JsonAnchor | None:
    if anchor is None or anchor.kind != "diff":
        return None
    return JsonAnchor(file=anchor.file, line=anchor.sign + anchor.text)


def _hangs_on(anchor: Anchor | None) -> JsonHangsOn | None:
    if anchor is None:
        return None
    return JsonHangsOn(
        kind=anchor.kind,
        message_id=anchor.msgid,
        mail_line=anchor.line,
        file=anchor.file,
        sign=anchor.sign,
        text=anchor.text,
        old=anchor.old,
        new=anchor.new,
        exact=anchor.exact,
    )


def _event(event: Event) -> JsonEvent:
    return JsonEvent(
        message_id=event.msgid,
        author=_person(event.author),
        role=event.role,
        date=_date(event.date),
        type=event.type,
        quote=event.quote[:QUOTE_CAP],
        line=event.line,
        why=event.why,
    )


def _claim(one: CheckedClaim) -> JsonClaim:
    claim = one.claim
    return JsonClaim(
        id=claim.id,
        message_id=claim.msgid,
        author=_person(claim.author),
        quote=claim.quote[:QUOTE_CAP],
        line=claim.line,
        text=claim.text,
        type=claim.type,
        symbols=list(claim.symbols),
        verdict=one.verdict,
        explanation=one.text,
        places=_places(one.places),
    )


def _accounting(review: Review) -> JsonAccounting:
    counted = [(one, Counter(one.uses)) for one in review.accounting]
    total: Counter[str] = Counter()
    for _, uses in counted:
        total.update(uses)
    return JsonAccounting(
        lines=total.total(),
        uses=_uses(total),
        messages=[
            JsonMessageUses(message_id=one.msgid, lines=len(one.uses), uses=_uses(uses)) for one, uses in counted
        ],
    )


def _uses(counts: Counter[str]) -> JsonUses:
    named = [name for name in JsonUses.__struct_fields__ if name != "other"]
    known = {name: counts[name] for name in named}
    return JsonUses(**known, other=counts.total() - sum(known.values()))


def _change(change: Change) -> JsonChange:
    return JsonChange(
        subject=change.subject,
        date=change.date,
        functions=list(change.functions),
        fixes=list(change.fixes),
        stable=change.stable,
        files=[
            JsonFile(
                path=file.path,
                old_path=file.old_path,
                status=file.status,
                old_blob=file.old_blob,
                new_blob=file.new_blob,
                hunks=[_hunk(hunk) for hunk in file.hunks],
            )
            for file in change.files
        ],
    )


def _hunk(hunk: ChangedHunk) -> JsonHunk:
    return JsonHunk(
        header=hunk.header,
        functions=list(hunk.functions),
        found_by=hunk.found_by,
        lines=[JsonLine(sign=line.sign, text=line.text, old=line.old, new=line.new) for line in hunk.lines],
    )


def _hunk_place(one: HunkPlace) -> JsonHunkPlace:
    return JsonHunkPlace(
        function=one.function,
        file=one.file,
        known=one.known,
        on_paths=list(one.on_paths),
        stage=one.stage,
        chains_total=one.chains_total,
        infeasible=one.infeasible,
        filesystems=list(one.filesystems),
        note=one.note,
    )


def _chain(function: str, chain: Chain) -> JsonChain:
    return JsonChain(
        function=function,
        path=chain.path,
        steps=[
            JsonStep(
                function=step.function,
                file=step.place.file,
                line=step.place.line,
                call=None if step.call is None else _place(step.call),
                edge=step.edge,
                operation=step.operation,
                condition=step.condition,
                changed=step.changed,
            )
            for step in chain.steps
        ],
        met=[
            JsonMet(subject=one.subject, op=one.op, place=_place(one.place), stale=one.stale, why=one.why)
            for one in chain.met
        ],
        note=chain.note,
    )


def _placement(one: Placement) -> JsonPlacement:
    return JsonPlacement(
        function=one.function,
        condition=one.condition,
        act=one.act,
        paragraph=one.paragraph,
        layers=[_layer(layer) for layer in one.layers],
        produced=[_cell(cell) for cell in one.produced],
    )


def _layer(one: Layer) -> JsonLayer:
    return JsonLayer(
        layer=one.layer,
        place=_place(one.place),
        covers=_cell(one.covers),
        holds=_cell(one.holds),
        checks=_cell(one.checks),
        changed=one.changed,
    )


def _filesystem(one: FilesystemRow) -> JsonFilesystem:
    return JsonFilesystem(
        filesystem=one.filesystem,
        implementer=one.implementer,
        place=_place(one.place),
        operation=one.operation,
        helper=one.helper,
        reached=one.reached,
        own_check=_cell(one.own_check),
        produces=_cell(one.produces),
        verdict=one.verdict,
        why=one.why,
    )


def _objection(one: Objection) -> JsonObjection:
    return JsonObjection(
        rule=one.rule,
        title=one.title,
        severity=one.severity,
        confidence=one.confidence,
        text=one.text,
        places=_places(one.places),
        file=one.file,
        line=one.line,
        pedantic=one.pedantic,
        raised_by=list(one.raised_by),
        link=one.link,
    )


def _plan(plan: Plan) -> JsonPlan:
    return JsonPlan(
        suggestions=[
            JsonSuggestion(
                test=one.test,
                suite=one.suite,
                tier=one.tier,
                score=one.score,
                reasons=list(one.reasons),
                needs=list(one.needs),
                said_by=list(one.said_by),
            )
            for one in plan.suggestions
        ],
        runs=[JsonRun(filesystem=one.filesystem, options=one.options, reason=one.reason) for one in plan.runs],
        config=list(plan.config),
        commands=[one.line for one in plan.commands],
        notes=list(plan.notes),
        catalogue=plan.catalogue,
    )
