"""Statements about kernel code, checked against a model.

A statement is turned into a question only when its words leave no doubt which one: "A() calls B()", a drawn call path,
"A() never checks Uptodate", "only iomap clears PageUptodate on errors", "A() is the only caller of B()", "A() clears
PageUptodate". Everything else is unknown, with the reason. Answers hold for the model's version and scope. A negative
answer about a function speaks of its own body and says to what depth its callees were looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from rules.exclusive import home_named, only
from rules.feasible import Frames, calls_of
from rules.lookups import (
    BELOW,
    MOST_PLACES,
    REACH,
    Place,
    Verdict,
    below,
    definitions,
    edge_place,
    entry_place,
    function_place,
    homes_of,
    outside_places,
    site_place,
    unknown,
    way_to,
)
from rules.model import Edge, Function, Site, SiteOp
from rules.relations import NO_CONTEXT, Context, frames
from rules.statements import (
    FUNCTION,
    NEGATIONS,
    ON_ERROR,
    STATES,
    VERBS,
    Reading,
    hints,
    pattern,
    stacked,
)
from rules.states import error_hint
from rules.told_calls import related, traced

if TYPE_CHECKING:
    from rules.graph import Model

TEXT_CAP = 2000  # characters of a statement that are read
TRACE_CAP = 8000  # of a stack trace


def check(kind: str, symbols: Sequence[str], text: str, model: Model, context: Context = NO_CONTEXT) -> Verdict:
    """The verdict on a statement of this kind; `symbols` are the names in it, in order.

    `context` tells what it may mean by "it" and "here".
    """
    trace = frames(text[:TRACE_CAP])
    if trace:
        return traced(model, trace)
    listed = stacked(text[:TEXT_CAP])
    flat = " -> ".join(f"{name}()" for name in listed) if listed else " ".join(text[:TEXT_CAP].split())
    sentences = pattern(r"(?<=[.!?;]) +(?=[A-Z_>-]|[a-z]\w*_\w*\()").split(flat)
    # Of several sentences the kind tells which one is meant; a single one may have been labelled wrongly.
    wanted = kind if len(sentences) > 1 else "other"
    readings = [Reading(kind, tuple(symbols), sentence, model) for sentence in sentences]
    verdicts = [_check_sentence(reading, wanted) for reading in readings]
    decided = next((verdict for verdict in verdicts if verdict.verdict != "unknown"), None)
    return decided or related(readings, sentences, context) or verdicts[0]


def _check_sentence(reading: Reading, wanted: str) -> Verdict:
    if reading.hedged():
        return unknown("it speaks of what should, could or will be, or asks; not of what the code does")
    first: Verdict | None = None
    for question in _questions(wanted):
        verdict = question(reading)
        if verdict is None:
            continue
        if verdict.verdict != "unknown" or reading.kind != "call_path":  # "A() calls B() which only does C"
            return verdict
        first = first or verdict
    return first or unknown(reading.reason())


def _questions(kind: str) -> tuple[Callable[[Reading], Verdict | None], ...]:
    return {
        "absence": (_not, _has_operation),
        "exclusivity": (only,),
        "universality": (_listed,),
        "call_path": (_drawn, _calls, _listed),
        "state": (_listed, _calls, _has_operation, _state),
    }.get(kind, (only, _not, _listed, _drawn, _calls, _has_operation, _state))


# A drawn path: A() -> B() -> C()


def _drawn(reading: Reading) -> Verdict | None:
    names = _path_names(reading)
    if len(names) < 2:
        return None
    strange = [name for name in names[:-1] if not reading.model.named(name)]
    if strange:
        return unknown(f"the {reading.model.version} model has no function {', '.join(strange)}")
    places: list[Place] = []
    gaps = []
    for upper, lower in pairwise(names):
        if not reading.model.named(lower):  # the last: what is outside of the model is known by its name
            outside = outside_places(reading.model, upper, lower)
            if not outside:
                return unknown(f"the {reading.model.version} model has no function {lower}")
            places += outside
            continue
        way = way_to(reading.model, upper, lower)
        # vm_normal_page() may stand in the drawing beside what its caller calls next.
        way = way or _beside(reading.model, names, upper, lower)
        if way:
            places += [edge_place(reading.model, edge) for edge in way]
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


def _beside(model: Model, names: tuple[str, ...], upper: str, lower: str) -> tuple[Edge, ...]:
    """A call of `lower` by whoever stands above `upper` in the drawing."""
    above = names[: names.index(upper)]
    return next((way for name in reversed(above) if (way := way_to(model, name, lower)) and len(way) == 1), ())


# "A() calls B()"


def _calls(reading: Reading) -> Verdict | None:
    pair = _active(reading) or _passive(reading)
    if pair is None:
        return None
    upper, lower = pair
    way = way_to(reading.model, upper, lower)
    if way:
        through = f" through {', '.join(reading.model.functions[edge.callee].name for edge in way[:-1])}" * (
            len(way) > 1
        )
        return Verdict(
            verdict="confirmed",
            text=f"{upper}() calls {lower}(){through} in {reading.model.version}",
            places=tuple(edge_place(reading.model, edge) for edge in way),
        )
    open_calls = [
        text for function in reading.model.named(upper) for _, text in reading.model.unresolved(function.index)
    ]
    reason = f"; it also calls {open_calls[0]}, which the model cannot follow" if open_calls else ""
    return unknown(f"no call from {upper}() to {lower}() within {REACH} calls in {reading.model.version}{reason}")


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
        return unknown("it says what is not done, but not by which function that the model knows")
    unread = [function.name for function in definitions(reading.model, names) if function.outline]
    if unread:
        return unknown(f"of {_told(unread)} the {reading.model.version} model has the place, not what is in it")
    callee = pattern(rf"^ (?:[a-z]+ly |actually )?call {FUNCTION}").match(after)
    if callee and reading.is_function(callee[1]):
        return _calls_not(reading.model, names, callee[1])
    verb = pattern(rf"^ (?:[a-z]+ly |actually |even |ever )?({'|'.join(VERBS.values())})\b").match(after)
    state, op = reading.state(), reading.verb()
    if verb is None or not state or op is None:
        return unknown("it says what is not done in words that name no call and no state of the model")
    return _does_not(reading.model, names, state, op)


def _calls_not(model: Model, names: tuple[str, ...], lower: str) -> Verdict:
    targets = {function.index for function in model.named(lower)}
    found = [
        edge
        for function in definitions(model, names)
        for edge in calls_of(model, function.index)
        if edge.callee in targets
    ]
    if found:
        text = f"{lower}() is called there in {model.version}"
        return Verdict(verdict="contradicted", text=text, places=tuple(edge_place(model, edge) for edge in found))
    deeper = next((way for name in names if (way := way_to(model, name, lower))), ())
    if deeper:
        return Verdict(
            verdict="unknown",
            text=f"{_told(names)} does not call {lower}() itself, but comes to it in {len(deeper)} calls",
            places=tuple(edge_place(model, edge) for edge in deeper),
        )
    return Verdict(
        verdict="confirmed",
        text=f"no call of {lower}() in {_bodies(names)} of {model.version}, nor within {REACH} direct calls below"
        f"{_passed_over(model, definitions(model, names), REACH)}",
        places=tuple(function_place(function) for function in definitions(model, names)),
    )


def _does_not(model: Model, names: tuple[str, ...], state: str, op: SiteOp) -> Verdict:
    functions = definitions(model, names)
    ops = ("test", "check") if op == "test" else (op,)
    own = [site for function in functions for site in model.sites(function.index) if site.subject == state]
    done = [site for site in own if site.op in ops]
    if done:
        text = f"{_told(names)} does: {state} {op} in its own body in {model.version}"
        return Verdict(verdict="contradicted", text=text, places=tuple(site_place(model, site) for site in done))
    below = [site for site in _sites_below(model, functions) if site.subject == state and site.op in ops]
    asserted = [site for site in own if site.op == "assert"]
    if below:  # a statement about a path is one about the bodies on it; one about a function may mean what it calls
        return Verdict(
            verdict="confirmed" if len(names) > 1 else "unknown",
            text=f"no {state} {op} in {_bodies(names)} of {model.version}; functions called from there have one",
            places=tuple(site_place(model, site) for site in below[:MOST_PLACES]),
        )
    more = ", only an assertion" if asserted else ""
    return Verdict(
        verdict="confirmed",
        text=f"no {state} {op} in {_bodies(names)} of {model.version}{more}, nor in direct callees {BELOW} calls down"
        f"{_passed_over(model, functions, BELOW)}",
        places=tuple(site_place(model, site) for site in asserted) or tuple(map(function_place, functions)),
    )


def _sites_below(model: Model, functions: Sequence[Function]) -> Iterator[Site]:
    return (site for index in below(model, functions, BELOW) for site in model.sites(index))


def _passed_over(model: Model, functions: Sequence[Function], depth: int) -> str:
    """What a negative answer did not look into, "" when it read all that it speaks of."""
    unread = sum(model.functions[index].outline for index in below(model, functions, depth))
    return f", of which {unread} {'was' if unread == 1 else 'were'} not read" if unread else ""


def _told(names: Sequence[str]) -> str:
    return ", ".join(f"{name}()" for name in names)


def _bodies(names: Sequence[str]) -> str:
    return f"the own bod{'y' if len(names) == 1 else 'ies'} of {_told(names)}"


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
    places = tuple(site_place(model, found[home]) for home in homes if home in found)
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
    known = homes_of(reading.model)
    head = pattern(r"\b(?:calls?|clears?|sets?|checks?|tests?)\b").split(reading.text, maxsplit=1)[0]
    words = pattern(r"[a-z0-9]{2,12}(?=,| and\b| path| code|$| will)").findall(head.lower())
    return tuple(dict.fromkeys(word for word in words if word in known))


# "gfs2 has no ->iomap_end", "xfs implements ->page_mkwrite"


def _has_operation(reading: Reading) -> Verdict | None:
    fields, home = reading.operations(), home_named(reading)
    words = r"(implements?|has|defines?|provides?|(?:does not|doesn't) (?:implement|have|define|set|provide))"
    match = pattern(rf"\b{home} {words} (?:an? |any |its own |no )?->{fields[0]}\b").search(reading.text.lower()) if (
        len(fields) == 1 and home
    ) else None  # fmt: skip
    if match is None:
        return None
    model = reading.model
    names = [name for name in model.operations() if name.partition(".")[2] == fields[0]]
    if len(names) != 1:
        return unknown(f"->{fields[0]} is the field of {len(names)} structs in {model.version}")
    entries = [entry for entry in model.entries(*names[0].split(".")) if f"/{home}/" in f"/{entry.file}"]
    denied = match[1].startswith("do") or " no ->" in match[0]
    places = tuple(map(entry_place, entries[:MOST_PLACES]))
    told = f"{home} has {'a' if entries else 'no'} table with .{fields[0]} in {model.version}"
    return Verdict(verdict="contradicted" if bool(entries) == denied else "confirmed", text=told, places=places)


# "A() clears PageUptodate"


def _state(reading: Reading) -> Verdict | None:
    names, state, op = reading.functions(), reading.state(), reading.verb()
    if not names or not state or op not in VERBS:
        return None
    flag = rf"{STATES[state]}|(?:Set|Clear)Page\w+|folio_\w+"
    match = pattern(
        rf"{FUNCTION} (?:[a-z]+ly |also |then |will )?(?:{VERBS[op]}|calls) (?:the )?(?:\w+ )?(?:{flag})"
    ).search(reading.text)
    if match is None or not reading.is_function(match[1]):
        return None
    functions = definitions(reading.model, (match[1],))
    ops = ("test", "check") if op == "test" else (op,)
    own = [site for function in functions for site in reading.model.sites(function.index)]
    below = list(_sites_below(reading.model, functions))
    for sites, where in ((own, "itself"), (below, f"within {BELOW} calls")):
        found = [site for site in sites if site.subject == state and site.op in ops]
        if found:
            text = f"{match[1]}() does so {where} in {reading.model.version}"
            places = tuple(site_place(reading.model, site) for site in found[:MOST_PLACES])
            return Verdict(verdict="confirmed", text=text, places=places)
    return unknown(f"no {state} {op} in {match[1]}() of {reading.model.version} nor {BELOW} direct calls below")
