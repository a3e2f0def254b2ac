"""The page: what a report says and in which order, before any format lays it out.

First what a maintainer needs in ten seconds (subject, what the patch does to which step of which path, how the thread
stands), then the open points, then why here, then the rest. The short page cuts each part and says how much it left
out; the whole page (`verbose`) cuts nothing.
"""

from collections.abc import Sequence

from msgspec import Struct

from reviewer import neutral
from reviewer.render import filesystem_rows, headline, series_rows, testwords, words
from reviewer.render.words import Span, Spans, code, note, text
from reviewer.review import (
    Answer,
    Cell,
    CheckedClaim,
    Layer,
    Objection,
    Placement,
    Plan,
    Review,
    Suggestion,
)
from reviewer.summary import TO_CHECK
from threads.model import UNSETTLED, Point


class Para(Struct, frozen=True):
    spans: Spans


class Items(Struct, frozen=True):
    """A list; each entry is its lines, the first of which carries the mark."""

    entries: tuple[tuple[Spans, ...], ...]


class OneLiners(Struct, frozen=True):
    """A list whose entries a narrow format cuts to two lines."""

    entries: tuple[Spans, ...]


class Table(Struct, frozen=True):
    head: tuple[str, ...]
    rows: tuple[tuple[Spans, ...], ...]


class Listing(Struct, frozen=True):
    """Lines to copy: commands, configuration."""

    lines: tuple[str, ...]


class Entry(Struct, frozen=True):
    """One review point that is not settled, or any on the whole page."""

    point: Point
    when: str  # "4 Jun 13:23"
    said: str  # raw, on one line
    hangs_on: Spans
    history: tuple[Spans, ...]
    answer: Spans
    link: Span


class Points(Struct, frozen=True):
    entries: tuple[Entry, ...]


_WHOLE_POINTS = 4  # unsettled points that the short page tells in full; the next ones take a line each
_BRIEF_POINTS = 8
_SAME_REASON = 8  # tests of the short page that are named for one reason
_TAGS = 4  # tags of the short page
_CLAIMS = 5  # decided claims of the short page

Block = Para | Items | OneLiners | Table | Listing | Points


class Section(Struct, frozen=True):
    name: str  # stable: "points", "placement", "filesystems", "rules", "claims", "tests", "settled", "series", ...
    title: str
    blocks: tuple[Block, ...]
    long: bool = False  # a format that can fold does


class Page(Struct, frozen=True):
    subject: str
    byline: Spans
    link: Span | None
    does: tuple[Spans, ...]
    chain: Spans
    verdict: Spans
    sections: tuple[Section, ...]


def build(review: Review, verbose: bool = False) -> Page:
    """The page of a review; every limit below is lifted when `verbose`."""
    makers = (_points, _placement, _filesystems, _rules, _claims, _tests, _settled, _people, _series, _odd, _left)
    does = headline.changes(review)
    shown = does if verbose else does[:2]
    if len(shown) < len(does):
        rest = words.count(len(does) - len(shown), "more place")
        shown = (*shown, (note(f"{rest}: --verbose"),))
    chains = words.distinct_chains(headline.hunks(review), 1)
    return Page(
        subject=words.subject(review),
        byline=_byline(review),
        link=words.mail_link(review, review.reviewed) if review.reviewed else None,
        does=shown,
        chain=words.chain_spans(chains[0]) if chains else (),
        verdict=_verdict(review),
        sections=tuple(section for make in makers if (section := make(review, verbose)) is not None),
    )


def _byline(review: Review) -> Spans:
    message = review.message(review.reviewed) or next(iter(review.thread.messages), None)
    series = words.reviewed_series(review)
    found: list[Spans] = []
    if message is not None:
        author = series.author if series else message.author
        found += [(Span("who", str(author)),), (text(words.day(message.date)),)]
    if series is not None and len(review.series) > 1:
        found.append((text(f"v{series.version} ("), *series_rows.beside(review, series), text(")")))
    bots = sum(one.role == "bot" for one in review.participants)
    people = words.count(len(review.participants) - bots, "person", "people")
    programs = f" and {words.count(bots, 'program')}" if bots else ""
    found.append((text(f"{words.count(len(review.thread.messages), 'mail')} of {people}{programs}"),))
    return words.joined(found)


def _verdict(review: Review) -> Spans:
    counts, mark, rest = review.verdict.partition("; ")
    return (Span("strong", counts), text(mark + rest)) if rest else (Span("strong", counts),)


def _limit(total: int, verbose: bool, short: int) -> int:
    return total if verbose else short


def _more(left: int, what: str, plural: str = "") -> tuple[Para, ...]:
    return (Para((note(f"{words.count(left, what, plural)}: --verbose"),)),) if left > 0 else ()


def _points(review: Review, verbose: bool) -> Section | None:
    points = [point for point in words.ordered(review.points) if point.status in UNSETTLED]
    if not points:
        said = "Nothing is left open." if review.points else "No mail raises a point that mkwrite recognises."
        mark, _, owed = review.outcome_why.rpartition("agreed to: ")
        if review.outcome == "new-version-needed" and not mark and owed:
            said = f"No objection is left unanswered; what the author agreed to is still to come: {owed}."
        elif review.points and " is promised by " in review.outcome_why:
            said = "No objection is left unanswered; a version that the author promised is still to come."
        elif review.points and review.outcome_why.startswith(TO_CHECK):
            said = "No objection is left unanswered; the author still has something to test or check."
        return Section("points", "Open points", (Para((text(said),)),))
    shown = points[: _limit(len(points), verbose, _WHOLE_POINTS)]
    brief = points[len(shown) :][:_BRIEF_POINTS]
    by_status = [(status, sum(point.status == status for point in points)) for status in UNSETTLED]
    title = " and ".join(f"{number} {status}" for status, number in by_status if number)
    entries = tuple(_entry(review, point, verbose) for point in shown)
    lines = (OneLiners(tuple(_line(review, point) for point in brief)),) if brief else ()
    left = len(points) - len(shown) - len(brief)
    return Section("points", title, (Points(entries), *lines, *_more(left, "more unsettled point")))


def _entry(review: Review, point: Point, verbose: bool) -> Entry:
    events = point.events if verbose else point.events[-1:]
    history = [words.event_line(review, event, 400 if verbose else 110, linked=verbose) for event in events]
    unsettled = point.status in UNSETTLED
    if not events and unsettled:
        history.append(
            (text(f"no answer: {words.status_why(review, point)}" if verbose and point.status_why else "no answer"),)
        )
    if point.waiting_for and history:
        history[-1] = (*history[-1], text("; "), Span("strong", f"waiting for {point.waiting_for}"))
    elif unsettled and history:
        history[-1] = (*history[-1], text("; not waited for any more"))
    if verbose and point.status_why and (events or not unsettled):
        history.append((text(f"{point.status} because {words.status_why(review, point)}"),))
    answer = next((one for one in review.answers if one.point == point.id), None)
    return Entry(
        point=point,
        when=words.moment(review, point.date),
        said=words.passage(review, point),
        hangs_on=(*series_rows.elsewhere(review, point), *words.hangs_on(review, point.anchor)),
        history=tuple(history),
        answer=_answer(review, answer, verbose) if answer else (),
        link=words.mail_link(review, point.msgid),
    )


def _answer(review: Review, answer: Answer, verbose: bool) -> Spans:
    version = f" {review.model.version}" if review.model.version else ""
    said = answer.text if verbose else _sentences(answer.text, 260)
    return (note(f"source{version}: "), text(said), *words.places(answer.places, 12 if verbose else 2))


def _placement(review: Review, verbose: bool) -> Section | None:
    blocks: list[Block] = []
    order = [hunk.function for hunk in headline.hunks(review)]
    placements = sorted(review.placements, key=lambda one: order.index(one.function) if one.function in order else 99)
    for placement in placements[: _limit(len(placements), verbose, 1)]:
        blocks += _placement_blocks(placement, verbose)
    if verbose:
        blocks += _all_chains(review)
    if not blocks:
        return None
    blocks += _more(len(review.placements) - 1, "more placement") if not verbose else ()
    title = "Why here" if review.placements else "Chains to what is changed"
    return Section("placement", title, tuple(blocks))


def _placement_blocks(placement: Placement, verbose: bool) -> list[Block]:
    blocks: list[Block] = []
    if placement.paragraph:
        said = placement.paragraph if verbose else _sentences(placement.paragraph, 640)
        blocks.append(Para((text(said),)))
    if placement.layers:
        groups = _alike_layers(placement.layers, verbose)
        left = groups[: 0 if verbose else max(len(groups) - 4, 0)]
        groups = groups[len(left) :]
        title = f"{placement.condition} checked at" if placement.condition else "changed at"
        head: tuple[str, ...] = (title, "covers", "held there", "checks there")
        rows: tuple[tuple[Spans, ...], ...] = tuple(_layer(group, verbose) for group in groups)
        if not any(layer.checks.places for layer in placement.layers) and _unrecorded(placement.layers):
            head, rows = head[:-1], tuple(row[:-1] for row in rows)
        blocks.append(Table(head, rows))
        blocks += _more(len(left), "layer further from the change", "layers further from the change")
    for cell in placement.produced if verbose else ():
        blocks.append(Para((text("made by: "), text(cell.text), *words.places(cell.places))))
    return blocks


def _unrecorded(layers: Sequence[Layer]) -> bool:
    """The same is said of the checks at every layer: that the model does not record them."""
    return len({layer.checks.text for layer in layers}) == 1


def _sentences(words_of_it: str, most: int) -> str:
    """Whole sentences from the start, at most `most` characters, but at least one."""
    found = ""
    for sentence in words_of_it.split(". "):
        if found and len(found) + len(sentence) > most:
            return found + "."
        found += (". " if found else "") + sentence
    return found


def _brief(cell: Cell) -> str:
    """What a cell says before it goes into detail."""
    said = cell.text
    for mark in (": ", " (", "; sleeping", "; may sleep", "; not the way", "; on entry none"):
        said = said.partition(mark)[0]
    return words.shortened(said, 100) or "-"


def _alike_layers(layers: Sequence[Layer], verbose: bool) -> list[list[Layer]]:
    """Layers in their order; on the short page neighbours of which the same is said are one row."""
    groups: list[list[Layer]] = []
    for layer in layers:
        last = groups[-1][-1] if groups else None
        same = last is not None and [_brief(one) for one in _cells(last)] == [_brief(one) for one in _cells(layer)]
        if same and not verbose and last is not None and last.changed == layer.changed:
            groups[-1].append(layer)
        else:
            groups.append([layer])
    return groups


def _cells(layer: Layer) -> tuple[Cell, Cell, Cell]:
    return layer.covers, layer.holds, layer.checks


def _layer(group: Sequence[Layer], verbose: bool) -> tuple[Spans, ...]:
    last = group[-1]  # the nearest to the change
    name = last.layer + (" (this patch)" if last.changed else "")
    more = f", {words.count(len(group) - 1, 'caller')} alike" if len(group) > 1 else ""
    head = (Span("strong" if last.changed else "code", name), text(f"{more} "), words.place(last.place))
    if verbose:
        return (head, *((text(cell.text or "-"), *words.places(cell.places)) for cell in _cells(last)))
    covers, *rest = map(_brief, _cells(last))
    return (head, *((text(said),) for said in (covers.partition("; ")[0], *rest)))


def _all_chains(review: Review) -> list[Block]:
    entries: dict[tuple[Spans, ...], None] = {}  # a chain can be on two paths
    for hunk in review.hunks:
        for chain in hunk.chains:
            more = ((note(chain.note),),) if chain.note else ()
            entries.setdefault((words.chain_spans(chain, 100), words.met_spans(chain), *more))
    return [Items(tuple(entries))] if entries else []


def _filesystems(review: Review, verbose: bool) -> Section | None:
    rows = filesystem_rows.ordered(review.filesystems)
    if not filesystem_rows.tell(rows):
        return None
    table = Table(*(filesystem_rows.whole(rows) if verbose else filesystem_rows.short(rows)))
    title = f"Filesystems: {filesystem_rows.summary(rows)}"
    return Section("filesystems", title, (table,), long=verbose and len(rows) > 8)


def _rules(review: Review, verbose: bool) -> Section | None:
    if not review.objections:
        return None
    order = ("high", "medium", "low")
    found = sorted(review.objections, key=lambda one: (order.index(one.severity), order.index(one.confidence)))
    shown = found[: _limit(len(found), verbose, 4)]
    entries = tuple(_objection(one, verbose) for one in shown)
    return Section("rules", "Rules ask", (Items(entries), *_more(len(found) - len(shown), "more objection")))


def _objection(one: Objection, verbose: bool) -> tuple[Spans, ...]:
    where = f"{one.file}:{one.line}" if one.file and one.line is not None else one.file
    sure = f"{one.severity} severity, {one.confidence} confidence" if verbose else one.severity
    head: Spans = (
        Span("strong", one.title),
        text(f" [{one.rule}, {sure}; "),
        *words.rule_link(one.raised_by),
        text("]"),
    )
    spot = (text(" (at "), Span("place", where), text(")")) if where else ()
    said = one.text if verbose else words.shortened(one.text, 260)
    return head, (text(said), *spot, *words.places(one.places, 12 if verbose else 2))


def _claims(review: Review, verbose: bool) -> Section | None:
    """The statements that the source decides; the others are counted, and told in the end by --verbose."""
    if not review.claims:
        return None
    order = ("contradicted", "confirmed", "unknown")
    claims = sorted(review.claims, key=lambda one: order.index(one.verdict))
    decided = [one for one in claims if one.verdict != "unknown"]
    left = len(claims) - len(decided)
    if decided:
        undecided = f"{left} more that the source does not decide"
    else:
        undecided = f"{words.count(left, 'claim')} found, none that the source decides"
    if not decided and not verbose:
        return None  # counted with the kernel model
    counts = ", ".join(f"{n} {name}" for name in order[:2] if (n := sum(one.verdict == name for one in claims)))
    shown = claims if verbose else decided[:_CLAIMS]
    blocks: tuple[Block, ...] = (Items(tuple(_claim(review, one, verbose) for one in shown)),)
    unseen = _more(len(decided) - len(shown), "more claim") if not verbose else ()
    told = (Para((note(f"{undecided}: --verbose"),)),) if left and not verbose else ()
    title = ": ".join(filter(None, ("Claims about the source", counts or f"{left} undecided")))
    return Section("claims", title, (*blocks, *unseen, *told))


def _claim(review: Review, one: CheckedClaim, verbose: bool) -> tuple[Spans, ...]:
    role = {"confirmed": "good", "contradicted": "bad"}.get(one.verdict, "strong")
    head: Spans = (
        Span(role, one.verdict),  # type: ignore[arg-type]
        text(": "),
        Span("quote", words.shortened(one.claim.text or one.claim.quote, 400 if verbose else 220)),
        text(" "),
        words.who(review, one.claim.author, one.claim.msgid),
    )
    said = one.text if verbose else words.shortened(one.text, 200)
    link = (text(" "), words.mail_link(review, one.claim.msgid)) if verbose else ()
    return head, (text(said), *words.places(one.places, 12 if verbose else 3), *link)


def _tests(review: Review, verbose: bool) -> Section | None:
    plan = review.plan
    if plan is None or not (plan.suggestions or plan.commands or plan.notes):
        return None
    tiers = [one for one in plan.suggestions if verbose or one.tier in ("regression", "targeted")]
    alike = _alike(tiers, verbose)
    shown = alike[: _limit(len(alike), verbose, 5)]
    blocks: list[Block] = []
    if shown:
        blocks.append(Items(tuple(_suggestion(review, group, verbose) for group in shown)))
    named = sum(len(group) if verbose else min(len(group), _SAME_REASON) for group in shown)
    whole = 0 if verbose else sum(one.tier == "group" for one in plan.suggestions)
    left = ((len(plan.suggestions) - named - whole, "more test"), (whole, "group"))
    if told := " and ".join(words.count(number, what) for number, what in left if number > 0):
        blocks.append(Para((note(f"{told}: --verbose"),)))
    blocks += _how_to_run(plan, verbose)
    return Section("tests", "Tests to run", tuple(blocks))


def _alike(suggestions: Sequence[Suggestion], verbose: bool) -> list[list[Suggestion]]:
    """Tests of one tier and for the same reason together, so that it is said once; in the order of the first of each.

    The whole page tells each test with all its reasons.
    """
    groups: dict[object, list[Suggestion]] = {}
    for one in suggestions:
        groups.setdefault(one.test if verbose else (one.tier, one.suite, _reason(one)), []).append(one)
    return list(groups.values())


def _suggestion(review: Review, group: Sequence[Suggestion], verbose: bool) -> tuple[Spans, ...]:
    first = group[0]
    named = group if verbose else group[:_SAME_REASON]
    names = words.joined((_test(review, one),) for one in named)
    if len(group) > len(named):
        names = (*names, text(f" and {len(group) - len(named)} more"))
    reasons = "; ".join(map(testwords.told, first.reasons)) if verbose else words.shortened(_reason(first), 110)
    needs = ((text(f"needs {'; '.join(first.needs)}"),),) if verbose and first.needs else ()
    return ((*names, text(f" ({first.tier}): {reasons}")), *needs)


def _reason(one: Suggestion) -> str:
    """The first reason, by which look-alikes are told together."""
    return testwords.cause(next(iter(one.reasons), ""))


def _test(review: Review, one: Suggestion) -> Span:
    """The test, linked to the mail that names it."""
    said = next(iter(one.said_by), "")
    name = one.test if one.suite in ("", "xfstests") else f"{one.suite} {one.test}"
    return Span("strong", name, words.mail_link(review, said).target if said else "")


def _how_to_run(plan: Plan, verbose: bool) -> list[Block]:
    blocks: list[Block] = []
    runs = plan.runs[: _limit(len(plan.runs), verbose, 3)]
    if runs and verbose:
        rows = tuple(((code(run.filesystem),), (code(run.options or "defaults"),), (text(run.reason),)) for run in runs)
        blocks.append(Table(("filesystem", "options", "why"), rows))
    elif runs:
        named = words.joined((code(f"{run.filesystem} {run.options}".strip()),) for run in runs)
        more = f" and {len(plan.runs) - len(runs)} more" if len(plan.runs) > len(runs) else ""
        blocks.append(Para((text("on "), *named, text(more))))
    if plan.config and verbose:
        blocks.append(Listing(plan.config))
    if plan.commands:
        shown = plan.commands[: _limit(len(plan.commands), verbose, 1)]
        blocks.append(Listing(tuple(testwords.listing(shown))))
        blocks += _more(len(plan.commands) - len(shown), "more command")
    notes = plan.notes if verbose else plan.notes[:1]
    blocks += [Para((note(one),)) for one in notes]
    if verbose and plan.catalogue:
        blocks.append(Para((note(f"tests known from {plan.catalogue}"),)))
    return blocks


def _settled(review: Review, verbose: bool) -> Section | None:
    points = [point for point in review.points if point.status not in UNSETTLED]
    if not points:
        return None
    title = f"{words.count(len(points), 'settled point')}"
    if verbose:
        return Section("settled", title, (Points(tuple(_entry(review, point, True) for point in points)),), long=True)
    shown = points[:8]
    lines = OneLiners(tuple(_line(review, point) for point in shown))
    return Section("settled", title, (lines, *_more(len(points) - len(shown), "more settled point")), long=True)


def _line(review: Review, point: Point) -> Spans:
    return (
        Span("strong", point.id),
        text(" "),
        words.status_span(point.status),
        *_by_whom(point),
        text(f", {point.kind}: "),
        words.who(review, point.author, point.msgid),
        text(": "),
        Span("quote", words.shortened(words.passage(review, point), 200)),
    )


def _by_whom(point: Point) -> Spans:
    """Whose word the status of a settled point rests on, when that is not who raised it."""
    last = next((event for event in reversed(point.events) if event.type == point.status), None)
    if last is None or last.author == point.author or point.status in UNSETTLED:
        return ()
    return text(" by "), Span("who", str(last.author))


def _people(review: Review, verbose: bool) -> Section | None:
    if not verbose or not review.participants:
        return None
    rows = tuple(
        (
            (Span("who", one.name), text(" "), code(one.address)),
            (text(one.role),),
            (text(str(one.mails)),),
            (text(str(one.points)),),
        )
        for one in review.participants
    )
    return Section("people", "Who took part", (Table(("person", "role", "mails", "points"), rows),), long=True)


def _series(review: Review, verbose: bool) -> Section | None:
    if not review.series:
        return None
    entries = []
    reviewed = words.reviewed_series(review)
    for series in review.series if verbose or reviewed is None else (reviewed,):
        got = f"{len(series.patches)} of {words.count(series.expected, 'patch', 'patches')}"
        if len(series.patches) > series.expected:  # "[PATCH 17/16]" is sent when the series is out
            got = f"{words.count(len(series.patches), 'patch', 'patches')}, {series.expected} of them announced"
        facts = [f"v{series.version}{' resent' if series.resend else ''}: {got}"]
        if series.base_commit:
            facts.append(f"base {series.base_commit[:12]}")
        if verbose and series.change_id:
            facts.append(f"change-id {series.change_id}")
        tags = series_rows.tags(review, (*series.credited, *series.claimed), None if verbose else _TAGS)
        entries.append(((text(", ".join(facts)), *((text("; "), *tags) if tags else ())),))
    return Section("series", "Series", (Items(tuple(entries)), Para(series_rows.model(review))))


def _odd(review: Review, verbose: bool) -> Section | None:
    found: list[Spans] = [(text(said),) for said in hidden(review)]
    defects = [*review.thread.defects, *review.defects]
    for message in review.thread.messages:
        defects += message.defects
    seen = dict.fromkeys((one.where, one.what) for one in defects)
    found += [(code(where), text(f": {what}")) for where, what in seen]
    if not found:
        return None
    shown = found[: _limit(len(found), verbose, 4)]
    entries = tuple((one,) for one in shown)
    return Section("odd", "Odd in the input", (Items(entries), *_more(len(found) - len(shown), "more", "more")))


def hidden(review: Review) -> tuple[str, ...]:
    """Where the input holds characters that a program would obey or not show: patch lines first, then mails."""
    found = []
    patched: dict[str, int] = {}
    for series in review.series:
        for patch in series.patches:
            for file in patch.files:
                for line in (line for hunk in file.hunks for line in hunk.lines):
                    number = neutral.count_hidden(line.text)
                    if number:
                        patched[patch.msgid] = patched.get(patch.msgid, 0) + number
                        where = f"{file.path}:{line.new or line.old}"
                        found.append(
                            f"{words.count(number, 'hidden character')} in {where} ({line.sign.strip() or 'context'})"
                        )
    for message in review.thread.messages:
        number = neutral.count_hidden(message.body) + neutral.count_hidden(message.subject)
        number -= patched.get(message.msgid, 0)
        if number > 0:
            found.append(f"{words.count(number, 'hidden character')} in the mail of {message.author}, {message.msgid}")
    return tuple(found)


def _left(review: Review, verbose: bool) -> Section | None:
    if not review.not_looked_at:
        return None
    shown = review.not_looked_at[: _limit(len(review.not_looked_at), verbose, 5)]
    entries = tuple(((text(one),),) for one in shown)
    more = _more(len(review.not_looked_at) - len(shown), "more", "more")
    return Section("left", "Not looked at", (Items(entries), *more))
