"""Where the mail side and the kernel side meet: computed tables and objections beside the review points.

A link between an objection and a point rests on what both name (a function, an operation, a state, a diff line), and
the link says what that is. A point that asks why here, what about the others, or how it can happen gets the computed
answer beside it when it speaks of the same code; where the tables have nothing to say, nothing is said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from reviewer.review import Answer, Cell, FilesystemRow, Layer, Objection, Place, Placement, Value
from rules import concepts, evidence, wording
from rules import coverage as covering
from rules import filesystems as implementing
from rules.change import Change, ChangedLine
from rules.filesystem_names import filesystem_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules.graph import Model
    from rules.guards import Guard
    from rules.model import Function
    from rules.objections import Facts, Hit
    from threads.model import Anchor, Point

_TEXT_CAP = 6000  # characters of a point that are read
_IDENTIFIER = re.compile(r"[A-Za-z_]\w{3,80}")
# How reviewers say it in prose: words of which one is in the text (in lower case) wherever the pattern matches, the
# pattern, what it stands for in the model. Patterns are text: `re` compiles and keeps those that are used, often few.
_PROSE: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = (
    (("fault",), r"\b(?:page|write|protection) ?-?fault", ("page_mkwrite", "fault")),
    (("date",), r"\bup ?-?to ?-?date\b|\b!?uptodate\b", ("uptodate",)),
    (
        ("sig", "kill"),
        r"\bSIGBUS\b|\bsignals?\b|\bkill(?:s|ed|ing)?\s{1,3}(?:the\s{1,3})?(?:app|task|process)",
        ("SIGBUS",),
    ),
    (("freez", "frozen"), r"\bfreez|\bfrozen\b", ("freeze",)),
    (("truncat",), r"\btruncat", ("truncate",)),
    (("warn",), r"\bwarn(?:s|ed|ing)?\b", ("WARN",)),
    (("completion",), r"\bI/?O completion\b|\bcompletion (?:path|side|handler)", ("completion",)),
    (("lock",), r"\bdead ?-?lock|\b(?:un)?lock(?:ed|ing)?\b", ("lock",)),
    (("atomic", "sleep"), r"\batomic context|\bsleep", ("sleep",)),
    (("fixes",), r"(?m:^\W*Fixes:)|\bfixes tag", ("Fixes:",)),
    (("stable",), r"\bstable\b", ("stable",)),
    (("test", "reproducer"), r"\bx?fstests?\b|\btest ?case|\breproducer", ("test",)),
)
_WHY_HERE = (
    r"\bwhy (?:is|isn't|are|aren't|not|do|does|don't|doesn't|should|here|this|in)\b|\bwaiting until\b"
    r"|\bwrong (?:place|layer)\b|\bcaught (?:before|earlier)\b|\bbelongs? in\b"
    r"|\bneeds? to be fixed (?:in|inside|here)\b|\bshould be fixed\b"
    r"|\b(?:move|put|do|initiali[sz]e|set|handle|check)\b[^.?!\n]{0,40}\b(?:in|into|inside|to)\s{1,3}\w{3,80}\(\)"
)
_OTHERS = (
    r"\b(?:every|each|all|other|another|any)\b.{0,60}"
    r"\b(?:implement\w*|filesystems?|callers?|call ?-?sites?|paths?|users?)\b"
    r"|\b(?:every|all)\b.{0,40}->\w"
)
_SAME = (
    r"\brather than (?:just|only)\b|\bsame (?:problem|issue|bug)\b|\bin every single\b"
    r"|\balso (?:need|affect|support|apply)|\bother call ?-?site"
)
# Who speaks of "all filesystems" asks about them only in a question, or where something is wanted of them.
_WANTED = r"\?|\b(?:needs?|should|shouldn't|must|also|too|miss(?:es|ed|ing)?|forgot|affect(?:s|ed)?|broken|audit)\b"
_ONE_MORE = r"\bneed\b[^.?!\n]{0,60}\bhere\?"  # another place for the same change: who calls it tells which
_HOW = r"\bhow (?:can|could|do|does|did|is|would)\b|\bwhat (?:path|sequence)\b|\bcall (?:path|chain|trace)\b"
_CALL_SITES = r"\bcall ?-?sites?\b|\bcallers?\b|\bthat (?:can |may |might |also |could )?calls?\b"
_NEAR_WHY = 20  # characters between "why should" and "all implementations"
_LINE_SLACK = 2  # lines between a comment's line and an objection's
_ANSWER_PLACES = 8  # of one answer
_SHARED_ENOUGH = 2  # of what a point and a placement share: one word is chance
_CALL_SITES_CAP = 20  # more callers than that are no list that somebody goes through
_CALLERS_SHOWN = 8  # more callers than that are counted by filesystem
_ON_PATHS = "Of the functions on the model's paths,"
_FEW_LISTED = 3  # functions that a point must list before each is looked for
_LISTED = 8  # functions of a point that are looked for
_NAMED_SHOWN = 2  # functions whose callers one answer lists
_NAMED_CALL = re.compile(r"([A-Za-z_]\w{3,80})\(")


class Joined(Value, frozen=True, kw_only=True):
    placements: tuple[Placement, ...]
    filesystems: tuple[FilesystemRow, ...]
    objections: tuple[Objection, ...]
    answers: tuple[Answer, ...]
    skipped: tuple[str, ...]  # rules that could not decide, and why


def of_change(
    change: Change,
    model: Model,
    points: tuple[Point, ...],
    *,
    pedantic: bool = False,
    tests: tuple[str, ...] | None = None,
    tests_named: tuple[str, ...] = (),
) -> Joined:
    """Everything that is computed of one change, beside the points that it belongs to.

    `tests` are the plan's regression tests, None without a plan; `tests_named` those that the thread names.
    """
    from rules import objections

    facts = objections.Facts(change, model, tests, tests_named, partial(_older, change, model))
    ran = objections.judge(facts, pedantic=pedantic)
    rows = implementing.of_whole_change(change, model, facts.rows)
    named = {point.id: words_of(point) for point in points}
    return Joined(
        # Why here is asked of a check, an error or a state; of other changes only points that ask get an answer.
        placements=tuple(placement_of(placement) for placement in facts.placements if placement.guard is not None),
        filesystems=tuple(row_of(row) for row in rows),
        objections=tuple(objection_of(hit, points, named) for hit in ran.hits),
        answers=tuple(_answers(points, named, facts, rows, model)),
        skipped=tuple(f"rule {one.rule}: {one.why}" for one in ran.skipped),
    )


def _older(change: Change, model: Model, function: Function) -> dict[str, bool]:
    """The oldest shipped model that is older than the patch, and whether it has the code that the patch changes."""
    from rules import older, select, store

    oldest = next(iter(store.shipped()), "")
    if not oldest or not select.released_before(oldest, change.date):
        return {}
    before = model if oldest == model.version else store.load(oldest)
    return {oldest: older.stands_in(change, model, function, before)}


# Values of rules in the form that reports take


def place_of(spot: evidence.Spot) -> Place:
    return Place(file=spot.file, line=spot.line, function=spot.function)


def _places(spots: Iterable[evidence.Spot]) -> tuple[Place, ...]:
    return tuple(place_of(spot) for spot in dict.fromkeys(spots))


def _cell(cell: evidence.Cell) -> Cell:
    return Cell(text=cell.text, places=_places(cell.spots))


def placement_of(placement: covering.Placement) -> Placement:
    """A placement as reports show it: spots are places, a layer stands at its first one."""
    return Placement(
        function=placement.function,
        condition=placement.condition,
        act=act_of(placement.guard),
        layers=tuple(
            Layer(
                layer=layer.label,
                place=place_of(layer.spots[0]),
                covers=_cell(layer.covers),
                holds=_cell(layer.holds),
                checks=_cell(layer.checks),
                changed=layer.changed,
            )
            for layer in placement.layers
        ),
        produced=tuple(_cell(cell) for cell in placement.produced),
        paragraph=placement.paragraph,
    )


def act_of(guard: Guard | None) -> str:
    """What the patch does about a state, in words: "adds a check of uptodate"; "" for what has no words."""
    told = _ACTS.get(guard.kind, "") if guard is not None else ""
    return told.format(guard.subject) if guard is not None and guard.subject else told.replace(" of {}", "")


# What goes from one place has often moved to another, or into a helper: that is no more than a change of it.
_ACTS: dict[str, str] = {
    "check added": "adds a check of {}",
    "check removed": "changes a check of {}",
    "assert added": "adds an assertion of {}",
    "assert removed": "changes an assertion of {}",
    "assert became check": "turns an assertion of {} into a check",
    "check became assert": "turns a check of {} into an assertion",
    "warning dropped": "drops a warning from a check of {}",
    "warning added": "adds a warning to a check of {}",
}


def row_of(row: implementing.Row) -> FilesystemRow:
    """A filesystem's row as reports show it."""
    return FilesystemRow(
        filesystem=row.filesystem,
        implementer=row.implementer,
        place=place_of(row.spot),
        operation=row.operation,
        helper=row.helper,
        reached=row.reached,
        own_check=_cell(row.own_check),
        produces=_cell(row.produces),
        verdict=row.verdict,
        why=row.why,
    )


def objection_of(hit: Hit, points: tuple[Point, ...], named: Mapping[str, frozenset[str]]) -> Objection:
    """An objection with the points that say the same; see `link`."""
    rule, finding = hit.rule, hit.finding
    links = [(point, why) for point in points if (why := link(hit, point, named[point.id]))]
    return Objection(
        rule=rule.id,
        title=rule.title,
        severity=rule.severity,
        confidence=rule.confidence,
        text=finding.text,
        places=_places(finding.spots),
        file=finding.file,
        line=finding.line,
        pedantic=rule.pedantic,
        raised_by=tuple(point.id for point, _ in links),
        link="; ".join(f"{point.id}: {why}" for point, why in links) or "not raised by anybody",
    )


# Links


def words_of(point: Point) -> frozenset[str]:
    """Functions, operations and states that a point names, in the model's words."""
    text = f"{point.text}\n{point.quote}"[:_TEXT_CAP]
    found = {symbol.strip("()").removeprefix("->") for symbol in point.symbols}
    found.update(_IDENTIFIER.findall(text))
    found.update(concept.subject for word in tuple(found) if (concept := concepts.find(word)))
    lower = text.lower()
    for hints, pattern, meant in _PROSE:
        if any(hint in lower for hint in hints) and re.search(pattern, text, re.I):
            found.update(meant)
    return frozenset(found)


def link(hit: Hit, point: Point, words: frozenset[str]) -> str:
    """What an objection and a point have in common, "" when that is too little to call them the same.

    The same diff line is enough. Otherwise the rule must ask what the point asks (its kind, or its words), and both
    must name two of the same things, or the changed function and one of them.
    """
    finding = hit.finding
    anchor = point.anchor
    if anchor is not None and anchor.kind == "diff" and anchor.file == finding.file and _near(anchor, finding.line):
        return f"both stand at {finding.file}:{finding.line}"
    if point.kind not in hit.rule.kinds and not any(kind in hit.rule.kinds for kind in asks(point)):
        return ""
    shared = [word for word in dict.fromkeys(finding.words) if word in words]
    function = finding.function in words and finding.function != ""
    if len(shared) + function < 2 and not (shared and set(shared) == {"Fixes:"}):
        return ""
    common = ([f"{finding.function}()"] if function else []) + shared
    return f'both speak of {evidence.names(common, 4)}: "{point.quote}"'


def _near(anchor: Anchor, line: int | None) -> bool:
    numbers = (anchor.new, anchor.old)
    return line is not None and any(number is not None and abs(number - line) <= _LINE_SLACK for number in numbers)


def asks(point: Point) -> tuple[str, ...]:
    """What a point asks that the tables can answer: "placement", "scope", "evidence"; by its kind or its words."""
    return _asked(point.kind, point.text[:_TEXT_CAP])


@lru_cache(maxsize=256)  # asked for every objection, and again for the answer
def _asked(kind: str, text: str) -> tuple[str, ...]:
    found = []
    if kind == "placement" or re.search(_WHY_HERE, text, re.I):
        found.append("placement")
    if kind == "scope" or _of_others(text) is not None or re.search(_ONE_MORE, text, re.I):
        found.append("scope")
    if kind == "evidence" or re.search(_HOW, text, re.I):
        found.append("evidence")
    return tuple(found)


@lru_cache(maxsize=256)
def _of_others(text: str) -> int | None:
    """Where a text begins to ask about the other implementers, callers or filesystems; None when it does not."""
    if same := re.search(_SAME, text, re.I):
        return same.start()
    for match in re.finditer(_OTHERS, text, re.I | re.S):
        start = max(text.rfind(mark, 0, match.start()) for mark in (". ", "? ", "\n\n", ".\n", "?\n"))
        end = re.compile(r"[.?](?:\s|$)").search(text, match.end())
        if re.search(_WANTED, text[start + 1 : end.end() if end else len(text)], re.I):
            return match.start()
    return None


def _others_first(point: Point) -> bool:
    """A point that asks both why here and what about the others asks first about the others."""
    if point.kind in ("placement", "scope"):
        return point.kind == "scope"
    text = point.text[:_TEXT_CAP]
    why, others = re.search(_WHY_HERE, text, re.I), _of_others(text)
    return others is not None and (why is None or others < why.end() + _NEAR_WHY)


def _asks_one_more(point: Point) -> bool:
    return bool(re.search(_ONE_MORE, point.text[:_TEXT_CAP], re.I))


# Answers


def _answers(
    points: tuple[Point, ...],
    named: Mapping[str, frozenset[str]],
    facts: Facts,
    rows: tuple[implementing.Row, ...],
    model: Model,
) -> Iterator[Answer]:
    for point in points:
        parts = list(_parts(point, named[point.id], facts, rows, model))
        asked = set() if parts else set(asks(point))
        if "scope" in asked:
            parts = list(_own_uses(point, facts.change, model))
        if not parts and {"placement", "scope"} & asked:
            parts = list(_callers_named(point, facts.change, model))
        if parts:
            places = dict.fromkeys(place for _, places in parts for place in places)
            sentences = (sentence for text, _ in parts for sentence in re.split(r"(?<=\.) (?=[A-Z-])", text))
            text = " ".join(dict.fromkeys(sentences))
            yield Answer(point=point.id, text=text, places=tuple(places)[:_ANSWER_PLACES])


def _parts(
    point: Point, words: frozenset[str], facts: Facts, rows: tuple[implementing.Row, ...], model: Model
) -> Iterator[tuple[str, tuple[Place, ...]]]:
    asked = asks(point)
    placement = _relevant(words, facts.placements, point) if asked else None
    others = list(_about_others(point, words, facts, rows, model, placement)) if "scope" in asked else []
    if _others_first(point):
        yield from others
    if placement is not None and "placement" in asked:
        yield wording.why_here(placement), _layer_places(placement)
    if placement is not None and "evidence" in asked:
        yield wording.how(placement), _places(spot for cell in placement.produced[:3] for spot in cell.spots[:1])
    if not _others_first(point):
        yield from others


def _about_others(
    point: Point,
    words: frozenset[str],
    facts: Facts,
    rows: tuple[implementing.Row, ...],
    model: Model,
    placement: covering.Placement | None,
) -> Iterator[tuple[str, tuple[Place, ...]]]:
    if re.search(_CALL_SITES, point.text[:_TEXT_CAP], re.I):
        yield from _call_sites(words, point, facts.change, model)
    elif state := _changed_state(words, facts):
        yield state_in_words(model, state), _state_places(model, state, facts.change)
    elif placement is not None and len(rows) > 1 and not _asks_one_more(point):
        reached = sorted(rows, key=lambda row: not row.reached)
        yield rows_in_words(rows), _places(row.spot for row in reached)


def _relevant(
    words: frozenset[str], placements: tuple[covering.Placement, ...], point: Point
) -> covering.Placement | None:
    """The placement that a point speaks of: by two of its names, its function, or a line of that function's file."""
    anchor = point.anchor

    def shared(placement: covering.Placement) -> int:
        field = placement.operation.rpartition(".")[2]
        names = {name for layer in placement.layers for name in layer.functions}
        own = 2 * (placement.function in words)
        here = anchor is not None and anchor.kind == "diff" and anchor.file == placement.file
        told = (placement.condition in words) + (field in words) + (placement.path in words) + len(names & words)
        return own + told + here

    best = max(placements, key=shared, default=None)
    return best if best is not None and shared(best) >= _SHARED_ENOUGH else None


def _layer_places(placement: covering.Placement) -> tuple[Place, ...]:
    spots = [spot for layer in placement.layers for spot in (*layer.checks.spots[:1], *layer.spots[:1])]
    return _places(spots)


def rows_in_words(rows: tuple[implementing.Row, ...]) -> str:
    """The table of filesystems as sentences."""
    field = rows[0].operation.rpartition(".")[2]
    own = tuple(row for row in rows if row.operation == rows[0].operation)
    sentences = [f"->{field} has {len({row.implementer for row in own})} implementers in the model."]
    told = (
        ("through the changed code", [row for row in own if row.reached]),
        ("affected, with no check", [row for row in own if not row.reached and row.verdict == "affected"]),
        ("protected by their own check", [row for row in own if not row.reached and row.verdict == "protected"]),
        ("unknown", [row for row in own if row.verdict == "unknown"]),
        ("not concerned", [row for row in own if not row.reached and row.verdict == "not concerned"]),
    )
    several = Counter(row.filesystem for row in own)
    for word, found in told:
        names = sorted(
            f"{row.filesystem} ({row.implementer})" if several[row.filesystem] > 1 else row.filesystem for row in found
        )
        if names:
            sentences.append(f"{word.capitalize()}: {evidence.names(names, 24)}.")
    others = sorted({row.filesystem for row in rows if row.operation != rows[0].operation})
    if others:
        sentences.append(f"By other operations also: {evidence.names(others)}.")
    return " ".join(sentences)


def _changed_state(words: frozenset[str], facts: Facts) -> str:
    """The state that the patch no longer sets, clears or looks at, and that a point speaks of."""
    kinds = ("state change removed", "state change added", "check removed", "assert removed")
    return next((guard.subject for guard in facts.guards if guard.kind in kinds and guard.subject in words), "")


def state_in_words(model: Model, state: str) -> str:
    """Who sets, clears and tests a state, by filesystem or library."""
    sentences = []
    for verb, ops in (("tested", ("test", "check")), ("set", ("set",)), ("cleared", ("clear",))):
        sites = [site for site in model.sites_of(state) if site.op in ops]
        homes = Counter(evidence.home_of(model.functions[site.function].file) for site in sites)
        counted = [f"{home} ({number})" for home, number in sorted(homes.items(), key=lambda pair: (-pair[1], pair[0]))]
        number = "1 place" if len(sites) == 1 else f"{len(sites)} places"
        where = f" in {number}: {evidence.names(counted, 8)}" if sites else " nowhere in the model"
        sentences.append(f"{state.replace('_', ' ').capitalize()} is {verb}{where}.")
    return " ".join(sentences)


def _state_places(model: Model, state: str, change: Change) -> tuple[Place, ...]:
    """Sites of a state, those in the changed files first."""
    changed = {file.path for file in change.files}
    spots = [evidence.spot_of(model, site) for site in model.sites_of(state) if site.op != "assert"]
    return _places(sorted(spots, key=lambda spot: spot.file not in changed)[:_ANSWER_PLACES])


def _call_sites(
    words: frozenset[str], point: Point, change: Change, model: Model
) -> Iterator[tuple[str, tuple[Place, ...]]]:
    """Callers of what the point names, and of the changed functions that it names: for "and the other call site?"."""
    symbols = {symbol.strip("()").removeprefix("->") for symbol in point.symbols}
    for name in sorted(words & (_called_in(change) | symbols)):
        sites = _sites(name, model)
        if 1 < len(sites) <= _CALL_SITES_CAP:
            yield _called_words(name, sites, change), sites


def _own_uses(point: Point, change: Change, model: Model) -> Iterator[tuple[str, tuple[Place, ...]]]:
    """Where the patch's own filesystem calls the functions that a point lists: "cover all of these, not just one"."""
    homes = {filesystem_of(file.path) for file in change.files} - {""}
    names = [symbol.removesuffix("()") for symbol in point.symbols if re.fullmatch(r"[a-z_]\w+(?:\(\))?", symbol)]
    others = [name for name in dict.fromkeys(names) if "_" in name and name not in change.functions][:_LISTED]
    if len(homes) != 1 or len(others) < _FEW_LISTED:
        return
    (home,) = homes
    files = (file for file in model.blobs if filesystem_of(file) == home)
    own = [one for file in files for one in model.in_file(file) if not one.outline]
    called = _called_by(model, own, frozenset(others))
    told: list[str] = []
    places: list[Place] = []
    for name in others:
        callers = evidence.names([f"{place.function}()" for place in called.get(name, ())], 4)
        told += [f"{name}() is called by {callers}"] if callers else []
        places += called.get(name, ())
    if len(told) > 1:
        yield f"In {home}, of the functions on the model's paths: {'; '.join(told)}.", tuple(places)


def _called_by(model: Model, callers: list[Function], names: frozenset[str]) -> dict[str, list[Place]]:
    """Who of some functions calls each of these names, which the model may not have; each caller once."""
    found: dict[str, dict[str, Place]] = {}
    for caller in callers:
        calls = [(edge.line, model.functions[edge.callee].name) for edge in model.callees(caller.index)]
        for line, name in sorted((*calls, *model.unresolved(caller.index))):
            if name in names:
                place = Place(file=caller.file, line=line, function=caller.name)
                found.setdefault(name, {}).setdefault(caller.name, place)
    return {name: list(places.values()) for name, places in found.items()}


def _callers_named(point: Point, change: Change, model: Model) -> Iterator[tuple[str, tuple[Place, ...]]]:
    """Who calls the functions that a point names; of a comment that names none, the function that its line stands in.

    Where the tables have nothing to say this is what the model still knows of "why there" and "what about the others".
    Only a point that asks by its words gets it: who calls a function that is merely named answers nothing.
    """
    text = point.text[:_TEXT_CAP]
    if one_more := re.search(_ONE_MORE, text, re.I):
        text = one_more[0]
    elif not re.search(_WHY_HERE, text, re.I) and _of_others(text) is None and not re.search(_CALL_SITES, text, re.I):
        return
    named = _NAMED_CALL.findall(text)
    symbols = (symbol.removesuffix("()").removeprefix("->") for symbol in point.symbols)
    named += [symbol for symbol in symbols if symbol in text]
    # Who locks a page or tests a flag is everybody.
    shown = [name for name in dict.fromkeys(named) if not concepts.find(name) and model.named(name)]
    shown = [name for name in shown if _sites(name, model)]
    for name in shown[:_NAMED_SHOWN] or _standing_in(point, change):
        sites = _sites(name, model)
        if sites:
            yield _called_words(name, sites, change), sites


def _standing_in(point: Point, change: Change) -> tuple[str, ...]:
    """The function of the diff line that a point hangs on, when its hunk changes no other."""
    anchor = point.anchor
    if anchor is None or anchor.kind != "diff":
        return ()
    hunks = (hunk for file in change.files if file.path == anchor.file for hunk in file.hunks)
    here = [hunk for hunk in hunks if any(_is_line(line, anchor) for line in hunk.lines)]
    return here[0].functions if here and len(here[0].functions) == 1 else ()


def _is_line(line: ChangedLine, anchor: Anchor) -> bool:
    return (line.old, line.new) == (anchor.old, anchor.new)


def _called_words(name: str, sites: tuple[Place, ...], change: Change) -> str:
    """Callers in words. Of functions off the paths the model has only the place, so it never says who else calls."""
    changed = set(change.functions)
    callers = list(dict.fromkeys(f"{place.function}()" for place in sites))
    if len(callers) > _CALLERS_SHOWN:
        homes = Counter(evidence.home_of(file) for file, _ in {(place.file, place.function) for place in sites})
        ranked = sorted(homes.items(), key=lambda pair: (-pair[1], pair[0]))
        counted = [home if set(homes.values()) == {1} else f"{home} ({number})" for home, number in ranked]
        return f"{_ON_PATHS} {len(callers)} call {name}(): {evidence.names(counted, 8)}."
    told = [caller + (" (changed here)" if caller[:-2] in changed else "") for caller in callers]
    return f"{_ON_PATHS} {evidence.names(told, 12)} call{'s' if len(told) == 1 else ''} {name}()."


def _called_in(change: Change) -> set[str]:
    lines = (line.text[:400] for file in change.files for hunk in file.hunks for line in hunk.lines)
    return {name for text in lines for name in _IDENTIFIER.findall(text)}


def _sites(name: str, model: Model) -> tuple[Place, ...]:
    """Where a function, or an operation of this name, is called."""
    calls = [(edge.caller, edge.line) for function in model.named(name) for edge in model.callers(function.index)]
    for operation in model.operations():
        struct, _, field = operation.partition(".")
        if field == name:
            calls += [(call.caller, call.line) for call in model.operation_calls(struct, field)]
    functions = [(model.functions[caller], line) for caller, line in dict.fromkeys(calls)]
    return tuple(Place(file=function.file, line=line, function=function.name) for function, line in functions)
