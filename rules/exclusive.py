"""Statements that somebody is the only one: the only caller, implementer, user, or filesystem that touches a state."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rules.feasible import Frames, told_edge
from rules.filesystem_names import filesystem_of
from rules.lookups import (
    MOST_PLACES,
    Verdict,
    definitions,
    edge_place,
    entry_place,
    homes_of,
    is_part,
    site_place,
    unknown,
)
from rules.model import Edge, Site, SiteOp
from rules.statements import EXCLUSIVE, FUNCTION, ON_ERROR, ONLY, Reading, hints, pattern
from rules.states import error_hint

if TYPE_CHECKING:
    from rules.graph import Model

_COMPLETE = ("uptodate", "error", "mapping_error")  # every site of these is in each model (scope.toml)
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


def only(reading: Reading) -> Verdict | None:
    """The verdict on a sentence that says so; None for one that does not."""
    lower = reading.text.lower()
    if not hints(lower, "only", "sole", "no other", "nobody", "nothing") or not pattern(ONLY).search(lower):
        return None
    caller = _only_caller(reading)
    if caller is not None:
        return caller
    user = _only_implementer(reading) or _only_users(reading)
    if user is not None:
        return user
    state, op, home = reading.state(), reading.verb(), home_named(reading)
    if not state or op not in ("clear", "set", "test") or not home:
        if not pattern(EXCLUSIVE).search(lower):
            return None  # "only if", "only 4 KB": nobody is said to be the only one
        return unknown("it says that something is the only one, in words that name no state, call or operation")
    if not pattern(r"\b(?:only|sole)\b[^.]{0,60}\b(?:file ?systems?|fs|one|code|place)\b|\bonly " + home).search(
        reading.text
    ):
        return unknown("what is said to be the only one is not clearly a filesystem")
    return _only_filesystem(reading, home, state, op)


def home_named(reading: Reading) -> str:
    """The one filesystem or library named in the text, "" for none or several."""
    words = set(pattern(r"\b[a-z0-9]{3,12}\b").findall(reading.text.lower()))
    known = words & homes_of(reading.model)
    return next(iter(known)) if len(known) == 1 else ""


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
            places=tuple(site_place(model, site) for _, site in sorted(others.items())),
        )
    if on_error or not mine or (is_part(model) and state not in _COMPLETE):
        return unknown(f"no {state} {op}{when} was found outside {home}, which does not prove that there is none")
    places = tuple(site_place(model, site) for site in mine)
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
    edges = [
        told_edge(model, edge) for function in definitions(model, (lower,)) for edge in model.callers(function.index)
    ]
    others = [edge for edge in edges if model.functions[edge.caller].name not in (upper, lower)]
    places = tuple(edge_place(model, edge) for edge in (others or edges)[:MOST_PLACES])
    if not edges:
        return unknown(f"the {model.version} model has no caller of {lower}()")
    if others:
        names = dict.fromkeys(model.functions[edge.caller].name for edge in others)
        text = f"{lower}() is also called by {', '.join(f'{name}()' for name in list(names)[:6])} in {model.version}"
        return Verdict(verdict="contradicted", text=text, places=places)
    if is_part(model):
        text = f"no other caller is seen in {model.version}, but the model holds the functions on the paths, not all"
        return Verdict(verdict="unknown", text=text, places=places)
    static = all(function.static for function in definitions(model, (lower,)))
    scope = "it is static" if static else "among fs, mm and block; it is not static, drivers were not searched"
    return Verdict(verdict="confirmed", text=f"{upper}() is the only caller in {model.version}: {scope}", places=places)


def _only_implementer(reading: Reading) -> Verdict | None:
    fields, home = reading.operations(), home_named(reading)
    said = pattern(r"\bonly (?:user|implementer|implementation|filesystem)\b").search(reading.text)
    if len(fields) != 1 or not home or not said:
        return None
    model = reading.model
    names = [name for name in model.operations() if name.partition(".")[2] == fields[0]]
    if len(names) != 1:
        return unknown(f"->{fields[0]} is the field of {len(names)} structs in {model.version}")
    struct, _, field = names[0].partition(".")
    entries = model.entries(struct, field)
    others = [entry for entry in entries if filesystem_of(entry.file) not in (home, "")]
    places = tuple(map(entry_place, (others or entries)[:MOST_PLACES]))
    if others:
        told = ", ".join(sorted({filesystem_of(entry.file) for entry in others}))
        return Verdict(
            verdict="contradicted", text=f"{names[0]} is also set by {told} in {model.version}", places=places
        )
    if not entries:
        return unknown(f"no table of {model.version} has .{field}")
    return Verdict(verdict="confirmed", text=f"only {home} has .{field} in the fs, mm and block code", places=places)


def _only_users(reading: Reading) -> Verdict | None:
    """Of a library of iomap or of a function: the filesystems that call it, against those that are said to be all."""
    lower = reading.text.lower()
    match = pattern(_USED).search(lower)
    if match is None:
        return None
    before, after = lower[: match.start()], lower[match.end() :]
    what, _, told = after.partition(" is " if " is " in after else " are ")
    told = told or pattern(r"\b(?:is|are) (?:currently )?(?:the )?$").split(before)[0]
    homes = tuple(word for word in dict.fromkeys(pattern(_NAMES).findall(told)) if word in homes_of(reading.model))
    functions = [name for name in reading.functions() if name.lower() in what]
    edges = _calls_of_functions(reading.model, functions) if functions else _calls_of_library(reading.model, what)
    if not homes or not edges:
        return None
    called = f"{functions[0]}()" if functions else f"functions of {_library(what)[0]}"
    return _users_are(reading.model, homes, edges, bool(match[1]), called)


def _calls_of_functions(model: Model, names: Iterable[str]) -> list[Edge]:
    return [
        edge for function in definitions(model, names) for edge in model.callers(function.index) if edge.kind == "call"
    ]


def _calls_of_library(model: Model, what: str) -> list[Edge]:
    """Calls of the functions of iomap's files that a text speaks of, "the iomap buffered I/O paths"."""
    chosen = [one for file in sorted(_library(what)) for one in model.in_file(file) if not one.static]
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
    places = tuple(edge_place(model, edge) for _, edge in sorted(first.items()))[:MOST_PLACES]
    # "The only other one" leaves one out that the sentence does not name.
    if len(first) > other:
        told = ", ".join(sorted(first))
        return Verdict(verdict="contradicted", text=f"{told} call {what} too in {model.version}", places=places)
    text = f"no other filesystem is seen that calls {what} in {model.version}, which does not prove that there is none"
    return Verdict(verdict="unknown", text=text, places=places)
