"""Statements about kernel code, checked against a model.

A statement is turned into a question only when its words leave no doubt which one: "A() calls B()", a drawn call path,
"A() never checks Uptodate", "only iomap clears PageUptodate on errors", "A() is the only caller of B()", "A() clears
PageUptodate". Everything else is unknown, with the reason. Answers hold for the model's version and scope. A negative
answer about a function speaks of its own body and says to what depth its callees were looked at.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from rules.evidence import home_of
from rules.feasible import Frames, calls_of, told_edge
from rules.filesystem_names import filesystem_of
from rules.model import Edge, Function, OpEntry, Site, SiteOp, Value
from rules.relations import Context, Said, frames, said
from rules.statements import (
    EXCLUSIVE,
    FUNCTION,
    NEGATIONS,
    ON_ERROR,
    ONLY,
    STATES,
    VERBS,
    Reading,
    hints,
    pattern,
    stacked,
)
from rules.states import error_hint

if TYPE_CHECKING:
    from rules.graph import Model

_COMPLETE = ("uptodate", "error", "mapping_error")  # every site of these is in each model (scope.toml)
REACH = 4  # calls between two functions of a drawn path that may be left out
BELOW = 2  # calls below a function that a negative answer looks at
MOST_PLACES = 14
TEXT_CAP = 2000  # characters of a statement that are read
TRACE_CAP = 8000  # of a stack trace
NO_CONTEXT = Context()


class Place(Value, frozen=True, kw_only=True):
    file: str
    line: int
    function: str
    text: str  # one sentence: what stands there


class Verdict(Value, frozen=True, kw_only=True):
    verdict: Literal["confirmed", "contradicted", "unknown"]
    text: str
    places: tuple[Place, ...] = ()


def check(kind: str, symbols: Sequence[str], text: str, model: Model, context: Context = NO_CONTEXT) -> Verdict:
    """The verdict on a statement of this kind; `symbols` are the names in it, in order.

    `context` tells what it may mean by "it" and "here".
    """
    trace = frames(text[:TRACE_CAP])
    if trace:
        return _traced(model, trace)
    listed = stacked(text[:TEXT_CAP])
    flat = " -> ".join(f"{name}()" for name in listed) if listed else " ".join(text[:TEXT_CAP].split())
    sentences = pattern(r"(?<=[.!?;]) +(?=[A-Z_>-]|[a-z]\w*_\w*\()").split(flat)
    # Of several sentences the kind tells which one is meant; a single one may have been labelled wrongly.
    wanted = kind if len(sentences) > 1 else "other"
    readings = [Reading(kind, tuple(symbols), sentence, model) for sentence in sentences]
    verdicts = [_check_sentence(reading, wanted) for reading in readings]
    decided = next((verdict for verdict in verdicts if verdict.verdict != "unknown"), None)
    return decided or _related(readings, sentences, context) or verdicts[0]


def _check_sentence(reading: Reading, wanted: str) -> Verdict:
    if reading.hedged():
        return _unknown("it speaks of what should, could or will be, or asks; not of what the code does")
    first: Verdict | None = None
    for question in _questions(wanted):
        verdict = question(reading)
        if verdict is None:
            continue
        if verdict.verdict != "unknown" or reading.kind != "call_path":  # "A() calls B() which only does C"
            return verdict
        first = first or verdict
    return first or _unknown(reading.reason())


def _questions(kind: str) -> tuple[Callable[[Reading], Verdict | None], ...]:
    return {
        "absence": (_not, _has_operation),
        "exclusivity": (_only,),
        "universality": (_listed,),
        "call_path": (_drawn, _calls, _listed),
        "state": (_listed, _calls, _has_operation, _state),
    }.get(kind, (_only, _not, _listed, _drawn, _calls, _has_operation, _state))


def _unknown(text: str) -> Verdict:
    return Verdict(verdict="unknown", text=text)


# A drawn path: A() -> B() -> C()


def _drawn(reading: Reading) -> Verdict | None:
    names = _path_names(reading)
    if len(names) < 2:
        return None
    unknown = [name for name in names[:-1] if not reading.model.named(name)]
    if unknown:
        return _unknown(f"the {reading.model.version} model has no function {', '.join(unknown)}")
    places: list[Place] = []
    gaps = []
    for upper, lower in pairwise(names):
        if not reading.model.named(lower):  # the last: what is outside of the model is known by its name
            outside = _outside_places(reading.model, upper, lower)
            if not outside:
                return _unknown(f"the {reading.model.version} model has no function {lower}")
            places += outside
            continue
        way = _way(reading.model, upper, lower)
        # vm_normal_page() may stand in the drawing beside what its caller calls next.
        way = way or _beside(reading.model, names, upper, lower)
        if way:
            places += [_edge_place(reading.model, edge) for edge in way]
        else:
            gaps.append(f"{upper}() to {lower}()")
    if gaps:
        return Verdict(
            verdict="unknown",
            text=f"no call was found from {', '.join(gaps)} within {REACH} calls in {reading.model.version}",
            places=tuple(places[:MOST_PLACES]),
        )
    text = f"each step is called by the one before it in {reading.model.version}"
    return Verdict(verdict="confirmed", text=text, places=tuple(places[:MOST_PLACES]))


def _path_names(reading: Reading) -> tuple[str, ...]:
    """Names joined by arrows, in order; both ends of an arrow must be written as functions."""
    if not hints(reading.text, "->", "=>", "→"):
        return ()
    joined = pattern(rf"{FUNCTION}\s*(?:->|=>|-->|→)\s*(?={FUNCTION})")
    names: list[str] = []
    for match in joined.finditer(reading.text):
        for name in (match[1], match[2]):
            written = f"{name}(" in reading.text or reading.is_function(name)
            if written and (not names or names[-1] != name):
                names.append(name)
    return tuple(names)


def _way(model: Model, upper: str, lower: str) -> tuple[Edge, ...]:
    """The shortest way from one function to another, at most REACH calls; empty when there is none."""
    targets = {function.index for function in model.named(lower)}
    ways: dict[int, tuple[Edge, ...]] = dict.fromkeys((function.index for function in model.named(upper)), ())
    queue = deque(ways)
    while queue:
        index = queue.popleft()
        if len(ways[index]) == REACH:
            continue
        edges = calls_of(model, index)
        last = min((edge for edge in edges if edge.callee in targets), key=_by_operation, default=None)
        if last is not None:
            return (*ways[index], last)
        for edge in edges:
            if edge.kind != "operation" and edge.callee not in ways:
                ways[edge.callee] = (*ways[index], edge)
                queue.append(edge.callee)
    return _given(model, upper, targets)


def _by_operation(edge: Edge) -> bool:
    return edge.kind == "operation"


def _given(model: Model, upper: str, targets: set[int]) -> tuple[Edge, ...]:
    """Where one function is handed to the other, to be called by it: write_cache_pages(mapping, wbc, f, data)."""
    edges = (edge for target in sorted(targets) for edge in model.callers(target))
    return tuple(edge for edge in edges if edge.kind == "callback" and edge.operation == upper)[:1]


def _beside(model: Model, names: tuple[str, ...], upper: str, lower: str) -> tuple[Edge, ...]:
    """A call of `lower` by whoever stands above `upper` in the drawing."""
    above = names[: names.index(upper)]
    return next((way for name in reversed(above) if (way := _way(model, name, lower)) and len(way) == 1), ())


def _edge_place(model: Model, edge: Edge) -> Place:
    caller, callee = model.functions[edge.caller], model.functions[edge.callee]
    how = {"callback": f"hands {callee.name}() to {edge.operation}()", "operation": f"calls {edge.operation}"}
    text = how.get(edge.kind, f"calls {callee.name}()")
    if edge.kind == "operation":
        text += f", which {callee.name}() implements"
    condition = f" if {edge.condition}" if edge.condition else ""
    return Place(file=caller.file, line=edge.line, function=caller.name, text=f"{caller.name}() {text}{condition}")


# A stack trace


def _traced(model: Model, trace: tuple[str, ...]) -> Verdict:
    """The frames are looked up in pairs that stand side by side; what the compiler inlined is left out of a trace."""
    if len(trace) < 2:
        return _unknown("a single frame of a stack trace says nothing of who calls whom")
    places: list[Place] = []
    found, gaps, strange = 0, [], 0
    for lower, upper in pairwise(trace):
        if not model.named(lower) or not model.named(upper):
            strange += 1
            continue
        way = _way(model, upper, lower)
        if way:
            found += 1
            places += [_edge_place(model, edge) for edge in way]
        else:
            gaps.append(f"{upper}() to {lower}()")
    if gaps or found < 2:
        why = f"no call was found from {gaps[0]}" if gaps else f"{found} of its {len(trace) - 1} steps are in the model"
        return Verdict(
            verdict="unknown", text=f"a stack trace: {why} ({model.version})", places=tuple(places[:MOST_PLACES])
        )
    left = f"; {strange} more are outside of the model" if strange else ""
    text = f"a stack trace: {found} of its steps are calls in {model.version}{left}"
    return Verdict(verdict="confirmed", text=text, places=tuple(places[:MOST_PLACES]))


# Calls told in other words, or by "it"


def _related(readings: Sequence[Reading], sentences: Sequence[str], context: Context) -> Verdict | None:
    """The first call that one of the sentences tells of and the model has; else why none was decided."""
    missed: Verdict | None = None
    for number, reading in enumerate(readings):
        before = (*context.before, *sentences[:number])
        around = Context(before=before[-_BEFORE:], quoted=context.quoted)
        for one in said(sentences[number], reading.is_function, around):
            verdict = _told_call(reading.model, one, sentences[number])
            if verdict.verdict == "confirmed":
                return verdict
            missed = missed or verdict
    return missed


def _told_call(model: Model, one: Said, sentence: str) -> Verdict:
    reach = (3 if one.strong else 2) - one.resolved
    for depth in range(1, reach + 1):
        for upper in one.uppers:
            places = _places_of(model, upper, one.lowers, depth)
            if places:
                told = " and ".join(map(_written, one.lowers))
                whose = (
                    f"{_written(upper)} calls" if model.named(upper) or upper[:2] == "->" else f"{upper} has a call of"
                )
                part = "the call that it speaks of is there: " if len(sentence.split()) > _SHORT else ""
                deeper = f" within {depth} calls" if depth > 1 else ""
                meant = ' (taken for what "it" is)' if one.resolved else ""
                text = f"{part}{whose} {told}{deeper} in {model.version}{meant}"
                return Verdict(verdict="confirmed", text=text, places=places[:MOST_PLACES])
    strange = [name for name in one.uppers[:1] if not model.named(name) and name[:2] != "->" and "_" in name]
    if strange:
        return _unknown(f"the {model.version} model has no function {strange[0]}()")
    lowers = " and ".join(map(_written, one.lowers))
    return _unknown(f"no call of {lowers} by {_written(one.uppers[0])} was found in {model.version}")


_BEFORE = 2  # sentences that "it" may point back to
_SHORT = 14  # words of a sentence that says little besides a call


def _written(name: str) -> str:
    return name if name[:2] == "->" else f"{name}()"


def _places_of(model: Model, upper: str, lowers: tuple[str, ...], depth: int) -> tuple[Place, ...]:
    """Where `upper` (a function, an operation or a filesystem) calls every one of `lowers`; () when it does not."""
    found: list[Place] = []
    for lower in lowers:
        places = _calling_places(model, upper, lower, depth)
        if not places:
            return ()
        found += places
    return tuple(dict.fromkeys(found))


def _calling_places(model: Model, upper: str, lower: str, depth: int) -> tuple[Place, ...]:
    if upper[:2] == "->":
        targets = _implementers_of(model, upper[2:])
        ways = (_calling_places(model, name, lower, depth) for name in targets[:_IMPLEMENTERS])
        return next((places for places in ways if places), ())
    if not model.named(upper):
        return _called_from_home(model, upper, lower)
    if lower[:2] == "->":
        return _operation_places(model, upper, lower[2:], depth)
    if not model.named(lower):
        return _outside_places(model, upper, lower)
    way = _way(model, upper, lower)
    return tuple(_edge_place(model, edge) for edge in way) if 0 < len(way) <= depth else ()


_IMPLEMENTERS = 40


def _implementers_of(model: Model, field: str) -> tuple[str, ...]:
    structs = (name.split(".") for name in model.operations() if name.partition(".")[2] == field)
    entries = (entry for struct, own in structs for entry in model.entries(struct, own))
    return tuple(dict.fromkeys(entry.function for entry in entries if entry.target >= 0))


def _called_from_home(model: Model, home: str, lower: str) -> tuple[Place, ...]:
    """Calls of a function in a filesystem's or library's files."""
    if home not in _homes(model):
        return ()
    edges = [edge for function in _all(model, (lower,)) for edge in model.callers(function.index)]
    own = [edge for edge in edges if edge.kind != "operation" and home_of(model.functions[edge.caller].file) == home]
    return tuple(_edge_place(model, edge) for edge in own)


def _operation_places(model: Model, upper: str, field: str, depth: int) -> tuple[Place, ...]:
    """Where a function, or one that it calls within so many steps, calls ->field."""
    functions = model.named(upper)
    near = [function.index for function in functions]
    if depth > 1:
        near += _below(model, functions, depth - 1)
    for index in near:
        for call in model.operations_called(index):
            if call.operation.partition(".")[2] == field:
                caller = model.functions[index]
                text = f"{caller.name}() calls {call.operation}"
                return (Place(file=caller.file, line=call.line, function=caller.name, text=text),)
    return ()


def _outside_places(model: Model, upper: str, lower: str) -> tuple[Place, ...]:
    """Calls of a function that the model has not, by the name in the caller's body."""
    return tuple(
        Place(file=function.file, line=line, function=function.name, text=f"{function.name}() calls {lower}()")
        for function in model.named(upper)
        for line, text in model.unresolved(function.index)
        if text == lower
    )


# "A() calls B()"


def _calls(reading: Reading) -> Verdict | None:
    pair = _active(reading) or _passive(reading)
    if pair is None:
        return None
    upper, lower = pair
    way = _way(reading.model, upper, lower)
    if way:
        through = f" through {', '.join(reading.model.functions[edge.callee].name for edge in way[:-1])}" * (
            len(way) > 1
        )
        return Verdict(
            verdict="confirmed",
            text=f"{upper}() calls {lower}(){through} in {reading.model.version}",
            places=tuple(_edge_place(reading.model, edge) for edge in way),
        )
    open_calls = [
        text for function in reading.model.named(upper) for _, text in reading.model.unresolved(function.index)
    ]
    reason = f"; it also calls {open_calls[0]}, which the model cannot follow" if open_calls else ""
    return _unknown(f"no call from {upper}() to {lower}() within {REACH} calls in {reading.model.version}{reason}")


def _active(reading: Reading) -> tuple[str, str] | None:
    if not hints(reading.text, "call", "invoke", "up in", "goes through", "enters"):
        return None
    verbs = r"(?:calls?|invokes?|calls? into|ends? up (?:in|calling)|goes through|enters)"
    adverbs = r"(?:,? which |,? that )?(?:[a-z]+ly |also |then |will |now |always )?"
    # "In A(), the zeroing path calls B()": the subject of the verb is no function of its own
    within = rf"\b[Ii]n {FUNCTION},? (?:[a-z]+ ){{1,4}}{adverbs}{verbs} (?:the )?{FUNCTION}"
    for words in (rf"{FUNCTION} ?{adverbs}{verbs} (?:the )?{FUNCTION}", within):
        match = pattern(words).search(reading.text)
        pair = _pair(reading, match[1], match[2]) if match else None
        if pair:
            return pair
    return None


def _passive(reading: Reading) -> tuple[str, str] | None:
    if "called" not in reading.text:
        return None
    words = r"(?:is|are|gets|being) (?:[a-z]+ly |also |always )?called (?:directly )?(?:by|from|in|via|within)"
    match = pattern(rf"{FUNCTION} {words} (?:the )?{FUNCTION}").search(reading.text)
    return _pair(reading, match[2], match[1]) if match else None


def _pair(reading: Reading, upper: str, lower: str) -> tuple[str, str] | None:
    return (upper, lower) if reading.is_function(upper) and reading.is_function(lower) else None


# "A() never checks Uptodate", "A() does not call B()"


def _not(reading: Reading) -> Verdict | None:
    if not hints(reading.text, "not", "n't", "never", "nobody", "none of", "no longer"):
        return None
    match = pattern(rf"\b{NEGATIONS}\b").search(reading.text)
    if match is None:
        return None
    before, after = reading.text[: match.start()], reading.text[match.end() :]
    names = tuple(name for name in reading.functions() if pattern(rf"\b{name}\b").search(before))
    if not names:
        return _unknown("it says what is not done, but not by which function that the model knows")
    unread = [function.name for function in _all(reading.model, names) if function.outline]
    if unread:
        return _unknown(f"of {_told(unread)} the {reading.model.version} model has the place, not what is in it")
    callee = pattern(rf"^ (?:[a-z]+ly |actually )?call {FUNCTION}").match(after)
    if callee and reading.is_function(callee[1]):
        return _calls_not(reading.model, names, callee[1])
    verb = pattern(rf"^ (?:[a-z]+ly |actually |even |ever )?({'|'.join(VERBS.values())})\b").match(after)
    state, op = reading.state(), reading.verb()
    if verb is None or not state or op is None:
        return _unknown("it says what is not done in words that name no call and no state of the model")
    return _does_not(reading.model, names, state, op)


def _calls_not(model: Model, names: tuple[str, ...], lower: str) -> Verdict:
    targets = {function.index for function in model.named(lower)}
    found = [
        edge for function in _all(model, names) for edge in calls_of(model, function.index) if edge.callee in targets
    ]
    if found:
        text = f"{lower}() is called there in {model.version}"
        return Verdict(verdict="contradicted", text=text, places=tuple(_edge_place(model, edge) for edge in found))
    deeper = next((way for name in names if (way := _way(model, name, lower))), ())
    if deeper:
        return Verdict(
            verdict="unknown",
            text=f"{_told(names)} does not call {lower}() itself, but comes to it in {len(deeper)} calls",
            places=tuple(_edge_place(model, edge) for edge in deeper),
        )
    return Verdict(
        verdict="confirmed",
        text=f"no call of {lower}() in {_bodies(names)} of {model.version}, nor within {REACH} direct calls below"
        f"{_passed_over(model, _all(model, names), REACH)}",
        places=tuple(_function_place(function) for function in _all(model, names)),
    )


def _does_not(model: Model, names: tuple[str, ...], state: str, op: SiteOp) -> Verdict:
    functions = _all(model, names)
    ops = ("test", "check") if op == "test" else (op,)
    own = [site for function in functions for site in model.sites(function.index) if site.subject == state]
    done = [site for site in own if site.op in ops]
    if done:
        text = f"{_told(names)} does: {state} {op} in its own body in {model.version}"
        return Verdict(verdict="contradicted", text=text, places=tuple(_site_place(model, site) for site in done))
    below = [site for site in _sites_below(model, functions) if site.subject == state and site.op in ops]
    asserted = [site for site in own if site.op == "assert"]
    if below:  # a statement about a path is one about the bodies on it; one about a function may mean what it calls
        return Verdict(
            verdict="confirmed" if len(names) > 1 else "unknown",
            text=f"no {state} {op} in {_bodies(names)} of {model.version}; functions called from there have one",
            places=tuple(_site_place(model, site) for site in below[:MOST_PLACES]),
        )
    more = ", only an assertion" if asserted else ""
    return Verdict(
        verdict="confirmed",
        text=f"no {state} {op} in {_bodies(names)} of {model.version}{more}, nor in direct callees {BELOW} calls down"
        f"{_passed_over(model, functions, BELOW)}",
        places=tuple(_site_place(model, site) for site in asserted) or tuple(map(_function_place, functions)),
    )


def _sites_below(model: Model, functions: Sequence[Function]) -> Iterator[Site]:
    return (site for index in _below(model, functions, BELOW) for site in model.sites(index))


def _below(model: Model, functions: Sequence[Function], depth: int) -> Iterator[int]:
    """What is called within so many direct calls, nearest first."""
    seen = {function.index for function in functions}
    level = list(seen)
    for _ in range(depth):
        found = [edge.callee for index in level for edge in calls_of(model, index) if edge.kind in ("call", "macro")]
        level = [index for index in dict.fromkeys(found) if index not in seen]
        seen.update(level)
        yield from level


def _passed_over(model: Model, functions: Sequence[Function], depth: int) -> str:
    """What a negative answer did not look into, "" when it read all that it speaks of."""
    unread = sum(model.functions[index].outline for index in _below(model, functions, depth))
    return f", of which {unread} {'was' if unread == 1 else 'were'} not read" if unread else ""


def _all(model: Model, names: Iterable[str]) -> tuple[Function, ...]:
    """Every definition in a .c file, or the header's when there is no other."""
    found: list[Function] = []
    for name in names:
        definitions = model.named(name)
        found += [function for function in definitions if function.file.endswith(".c")] or definitions
    return tuple(found)


def _told(names: Sequence[str]) -> str:
    return ", ".join(f"{name}()" for name in names)


def _bodies(names: Sequence[str]) -> str:
    return f"the own bod{'y' if len(names) == 1 else 'ies'} of {_told(names)}"


# "only iomap clears PageUptodate", "A() is the only caller of B()"


def _only(reading: Reading) -> Verdict | None:
    lower = reading.text.lower()
    if not hints(lower, "only", "sole", "no other", "nobody", "nothing") or not pattern(ONLY).search(lower):
        return None
    caller = _only_caller(reading)
    if caller is not None:
        return caller
    user = _only_implementer(reading) or _only_users(reading)
    if user is not None:
        return user
    state, op, home = reading.state(), reading.verb(), _home(reading)
    if not state or op not in ("clear", "set", "test") or not home:
        if not pattern(EXCLUSIVE).search(lower):
            return None  # "only if", "only 4 KB": nobody is said to be the only one
        return _unknown("it says that something is the only one, in words that name no state, call or operation")
    if not pattern(r"\b(?:only|sole)\b[^.]{0,60}\b(?:file ?systems?|fs|one|code|place)\b|\bonly " + home).search(
        reading.text
    ):
        return _unknown("what is said to be the only one is not clearly a filesystem")
    return _only_filesystem(reading, home, state, op)


def _home(reading: Reading) -> str:
    """The one filesystem or library named in the text, "" for none or several."""
    words = set(pattern(r"\b[a-z0-9]{3,12}\b").findall(reading.text.lower()))
    known = words & _homes(reading.model)
    return next(iter(known)) if len(known) == 1 else ""


@lru_cache(maxsize=4)
def _homes(model: Model) -> set[str]:
    directories = {file.split("/")[1] for file in model.blobs if file.startswith("fs/") and file.count("/") > 1}
    return directories | {"iomap", "netfs"}


def _only_filesystem(reading: Reading, home: str, state: str, op: SiteOp) -> Verdict:
    model = reading.model
    on_error = bool(pattern(ON_ERROR).search(reading.text))
    every = [site for site in model.sites_of(state, op) if model.functions[site.function].file.startswith("fs/")]
    frames = Frames(model, ())
    sites = [site for site in every if error_hint(frames, site)] if on_error else every
    mine = [site for site in sites if f"/{home}/" in f"/{model.functions[site.function].file}"]
    others: dict[str, Site] = {}
    for site in sites:
        name = filesystem_of(model.functions[site.function].file)
        if name and site not in mine:
            others.setdefault(name, site)
    when = " after an error" if on_error else ""
    closed = f"searched: fs in the {model.version} model, all configurations, wrappers that are named like them"
    if others:
        text = f"{state} is also cleared" if op == "clear" else f"{state} also has a {op}"
        names = {filesystem_of(model.functions[site.function].file) for site in every} - {*others, home, ""}
        when += f", and by {', '.join(sorted(names))} under others" if names else ""
        return Verdict(
            verdict="contradicted",
            text=f"{text} by {', '.join(sorted(others))}{when}; {closed}",
            places=tuple(_site_place(model, site) for _, site in sorted(others.items())),
        )
    if on_error or not mine or (_is_part(model) and state not in _COMPLETE):
        return _unknown(f"no {state} {op}{when} was found outside {home}, which does not prove that there is none")
    places = tuple(_site_place(model, site) for site in mine)
    return Verdict(verdict="confirmed", text=f"no other filesystem has a {state} {op}; {closed}", places=places)


def _only_caller(reading: Reading) -> Verdict | None:
    if not hints(reading.text, "caller", "user", "called", "used"):
        return None
    forms = (
        (rf"{FUNCTION} is (?:currently )?the (?:only|sole) (?:caller|user) of {FUNCTION}", 1, 2),
        (rf"{FUNCTION} is (?:currently )?only (?:called|used) (?:by|from|in) {FUNCTION}", 2, 1),
        (rf"{FUNCTION} is (?:currently )?(?:called|used) (?:by|from|in) {FUNCTION} only", 2, 1),
        (rf"the only (?:caller|user) of {FUNCTION} is {FUNCTION}", 2, 1),
    )
    for words, upper, lower in forms:
        match = pattern(words).search(reading.text)
        if match and reading.is_function(match[upper]) and reading.is_function(match[lower]):
            return _callers_are(reading.model, match[upper], match[lower])
    return None


def _callers_are(model: Model, upper: str, lower: str) -> Verdict:
    edges = [told_edge(model, edge) for function in _all(model, (lower,)) for edge in model.callers(function.index)]
    others = [edge for edge in edges if model.functions[edge.caller].name not in (upper, lower)]
    places = tuple(_edge_place(model, edge) for edge in (others or edges)[:MOST_PLACES])
    if not edges:
        return _unknown(f"the {model.version} model has no caller of {lower}()")
    if others:
        names = dict.fromkeys(model.functions[edge.caller].name for edge in others)
        text = f"{lower}() is also called by {', '.join(f'{name}()' for name in list(names)[:6])} in {model.version}"
        return Verdict(verdict="contradicted", text=text, places=places)
    if _is_part(model):
        text = (
            f"no other caller is seen in {model.version}; the shipped model is not the whole kernel, --tree reads one"
        )
        return Verdict(verdict="unknown", text=text, places=places)
    static = all(function.static for function in _all(model, (lower,)))
    scope = "it is static" if static else "among fs, mm and block; it is not static, drivers were not searched"
    return Verdict(verdict="confirmed", text=f"{upper}() is the only caller in {model.version}: {scope}", places=places)


@lru_cache(maxsize=4)
def _is_part(model: Model) -> bool:
    """The model holds the functions of the paths only, and of what they call the place: who else calls is not in it."""
    return any(function.outline for function in model.functions)


def _only_implementer(reading: Reading) -> Verdict | None:
    fields, home = reading.operations(), _home(reading)
    said = pattern(r"\bonly (?:user|implementer|implementation|filesystem)\b").search(reading.text)
    if len(fields) != 1 or not home or not said:
        return None
    model = reading.model
    names = [name for name in model.operations() if name.partition(".")[2] == fields[0]]
    if len(names) != 1:
        return _unknown(f"->{fields[0]} is the field of {len(names)} structs in {model.version}")
    struct, _, field = names[0].partition(".")
    entries = model.entries(struct, field)
    others = [entry for entry in entries if filesystem_of(entry.file) not in (home, "")]
    places = tuple(map(_entry_place, (others or entries)[:MOST_PLACES]))
    if others:
        told = ", ".join(sorted({filesystem_of(entry.file) for entry in others}))
        return Verdict(
            verdict="contradicted", text=f"{names[0]} is also set by {told} in {model.version}", places=places
        )
    if not entries:
        return _unknown(f"no table of {model.version} has .{field}")
    return Verdict(verdict="confirmed", text=f"only {home} has .{field} in the fs, mm and block code", places=places)


# "the only other filesystem using the iomap buffered I/O paths is zonefs"

_USED = (
    r"\bonly (other )?(?:file ?systems?|fs|users?)\b(?: (?:that|which|currently|to|is|are))*"
    r" ?(?:using|uses?|used|of|calling|calls?)\b"
)
_NAMES = r"[a-z0-9]{2,12}"
_DAX = r"(?<!!)(?<!!\()\bIS_DAX\("  # such a call uses no page of the page cache
_LIBRARIES = {
    "buffer": ("fs/iomap/buffered-io.c",),
    "direct": ("fs/iomap/direct-io.c",),
    "dio": ("fs/iomap/direct-io.c",),
}


def _only_users(reading: Reading) -> Verdict | None:
    """Of a library of iomap or of a function: the filesystems that call it, against those that are said to be all."""
    lower = reading.text.lower()
    match = pattern(_USED).search(lower)
    if match is None:
        return None
    before, after = lower[: match.start()], lower[match.end() :]
    what, _, told = after.partition(" is " if " is " in after else " are ")
    told = told or pattern(r"\b(?:is|are) (?:currently )?(?:the )?$").split(before)[0]
    homes = tuple(word for word in dict.fromkeys(pattern(_NAMES).findall(told)) if word in _homes(reading.model))
    functions = [name for name in reading.functions() if name.lower() in what]
    edges = _calls_of_functions(reading.model, functions) if functions else _calls_of_library(reading.model, what)
    if not homes or not edges:
        return None
    called = f"{functions[0]}()" if functions else f"functions of {_library(what)[0]}"
    return _users_are(reading.model, homes, edges, bool(match[1]), called)


def _calls_of_functions(model: Model, names: Iterable[str]) -> list[Edge]:
    return [edge for function in _all(model, names) for edge in model.callers(function.index) if edge.kind == "call"]


def _calls_of_library(model: Model, what: str) -> list[Edge]:
    """Calls of the functions of iomap's files that a text speaks of, "the iomap buffered I/O paths"."""
    files = _library(what)
    chosen = [one for one in model.functions if one.file in files and not one.static] if files else []
    edges = (edge for one in chosen for edge in model.callers(one.index) if edge.kind == "call")
    return [edge for edge in edges if not pattern(_DAX).search(edge.condition)]


def _library(what: str) -> tuple[str, ...]:
    return next((files for word, files in _LIBRARIES.items() if "iomap" in what and word in what), ())


def _users_are(model: Model, homes: tuple[str, ...], edges: list[Edge], other: bool, what: str) -> Verdict:
    first: dict[str, Edge] = {}
    for edge in edges:
        home = filesystem_of(model.functions[edge.caller].file)
        if home and home not in homes:
            first.setdefault(home, edge)
    places = tuple(_edge_place(model, edge) for _, edge in sorted(first.items()))[:MOST_PLACES]
    # "The only other one" leaves one out that the sentence does not name.
    if len(first) > other:
        told = ", ".join(sorted(first))
        return Verdict(verdict="contradicted", text=f"{told} call {what} too in {model.version}", places=places)
    text = f"no other filesystem is seen that calls {what} in {model.version}, which does not prove that there is none"
    return Verdict(verdict="unknown", text=text, places=places)


# "btrfs, f2fs and hostfs call ClearPageUptodate() on errors"


def _listed(reading: Reading) -> Verdict | None:
    """A state change that several filesystems are said to make; each of them is looked up."""
    state, op = reading.state(), reading.verb()
    homes = _list_of_homes(reading)
    if len(homes) < 2 or not state or op not in ("clear", "set", "test"):
        return None
    model = reading.model
    on_error = bool(pattern(ON_ERROR).search(reading.text))
    frames = Frames(model, ())
    found: dict[str, Site] = {}
    for site in model.sites_of(state, op):
        home = f"/{model.functions[site.function].file}".split("/fs/")[-1].split("/")[0]
        if home in homes and (not on_error or error_hint(frames, site)):
            found.setdefault(home, site)
    places = tuple(_site_place(model, found[home]) for home in homes if home in found)
    missing = [home for home in homes if home not in found]
    when = " after an error" if on_error else ""
    if missing:
        return Verdict(
            verdict="unknown",
            text=f"no {state} {op}{when} was found in {', '.join(missing)} of {model.version}; the others have one",
            places=places,
        )
    return Verdict(verdict="confirmed", text=f"each of them has a {state} {op}{when} in {model.version}", places=places)


def _list_of_homes(reading: Reading) -> tuple[str, ...]:
    """Filesystems named in a list before the verb, in order."""
    known = _homes(reading.model)
    head = pattern(r"\b(?:calls?|clears?|sets?|checks?|tests?)\b").split(reading.text, maxsplit=1)[0]
    words = pattern(r"[a-z0-9]{2,12}(?=,| and\b| path| code|$| will)").findall(head.lower())
    return tuple(dict.fromkeys(word for word in words if word in known))


# "gfs2 has no ->iomap_end", "xfs implements ->page_mkwrite"


def _has_operation(reading: Reading) -> Verdict | None:
    fields, home = reading.operations(), _home(reading)
    words = r"(implements?|has|defines?|provides?|(?:does not|doesn't) (?:implement|have|define|set|provide))"
    match = pattern(rf"\b{home} {words} (?:an? |any |its own |no )?->{fields[0]}\b").search(reading.text.lower()) if (
        len(fields) == 1 and home
    ) else None  # fmt: skip
    if match is None:
        return None
    model = reading.model
    names = [name for name in model.operations() if name.partition(".")[2] == fields[0]]
    if len(names) != 1:
        return _unknown(f"->{fields[0]} is the field of {len(names)} structs in {model.version}")
    entries = [entry for entry in model.entries(*names[0].split(".")) if f"/{home}/" in f"/{entry.file}"]
    denied = match[1].startswith("do") or " no ->" in match[0]
    places = tuple(map(_entry_place, entries[:MOST_PLACES]))
    told = f"{home} has {'a' if entries else 'no'} table with .{fields[0]} in {model.version}"
    return Verdict(verdict="contradicted" if bool(entries) == denied else "confirmed", text=told, places=places)


def _entry_place(entry: OpEntry) -> Place:
    text = f"{entry.variable} has .{entry.field} = {entry.function}"
    return Place(file=entry.file, line=entry.line, function=entry.function, text=text)


# "A() clears PageUptodate"


def _state(reading: Reading) -> Verdict | None:
    names, state, op = reading.functions(), reading.state(), reading.verb()
    if not names or not state or op is None:
        return None
    flag = rf"{STATES[state]}|(?:Set|Clear)Page\w+|folio_\w+"
    match = pattern(
        rf"{FUNCTION} (?:[a-z]+ly |also |then |will )?(?:{VERBS[op]}|calls) (?:the )?(?:\w+ )?(?:{flag})"
    ).search(reading.text)
    if match is None or not reading.is_function(match[1]):
        return None
    functions = _all(reading.model, (match[1],))
    ops = ("test", "check") if op == "test" else (op,)
    own = [site for function in functions for site in reading.model.sites(function.index)]
    below = list(_sites_below(reading.model, functions))
    for sites, where in ((own, "itself"), (below, f"within {BELOW} calls")):
        found = [site for site in sites if site.subject == state and site.op in ops]
        if found:
            text = f"{match[1]}() does so {where} in {reading.model.version}"
            places = tuple(_site_place(reading.model, site) for site in found[:MOST_PLACES])
            return Verdict(verdict="confirmed", text=text, places=places)
    return _unknown(f"no {state} {op} in {match[1]}() of {reading.model.version} nor {BELOW} direct calls below")


def _site_place(model: Model, site: Site) -> Place:
    function = model.functions[site.function]
    condition = f" if {site.condition}" if site.condition else ""
    verb = {"test": "tests", "assert": "only asserts", "set": "sets", "clear": "clears", "check": "checks"}
    text = f"{function.name}() {verb.get(site.op, site.op + 's')} {site.subject}: {site.spelling}{condition}"
    return Place(file=function.file, line=site.line, function=function.name, text=text)


def _function_place(function: Function) -> Place:
    return Place(
        file=function.file, line=function.first, function=function.name, text=f"{function.name}() was read to its end"
    )
