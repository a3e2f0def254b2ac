"""What the patch does to which step of which path: the first sentences of a report.

What matters most comes first: functions whose checks, errors or states the patch changes, then those on the fault path,
then those with most changed lines. Functions that stand alike share a sentence.
"""

import re
from collections.abc import Sequence

from reviewer.render.words import Span, Spans, code, count, joined, listed, reviewed_series, text
from reviewer.review import HunkPlace, Review

_NAMED = 3  # functions of one sentence
_SYSTEMS = 6  # filesystems that are named; more are counted
_PATHS = 3


def hunks(review: Review) -> tuple[HunkPlace, ...]:
    """The changed functions, the most important first."""
    guarded = list(dict.fromkeys(placement.function for placement in review.placements))
    lines = _changed_lines(review)

    def rank(hunk: HunkPlace) -> tuple[bool, bool, bool, int]:
        return (
            not hunk.on_paths,
            hunk.function not in guarded,
            "fault" not in hunk.on_paths,
            -lines.get((hunk.function, hunk.file), 0),
        )

    return tuple(sorted(review.hunks, key=rank))


def _changed_lines(review: Review) -> dict[tuple[str, str], int]:
    """Added and removed lines of the hunks of each function."""
    found: dict[tuple[str, str], int] = {}
    for file in review.change.files if review.change else ():
        for hunk in file.hunks:
            number = sum(line.sign != " " for line in hunk.lines)
            for name in hunk.functions:
                found[name, file.path] = found.get((name, file.path), 0) + number
    return found


def changes(review: Review) -> tuple[Spans, ...]:
    """What the patch does to which step of which path, a sentence for each place; functions off all paths share one."""
    ordered = hunks(review)
    on = [hunk for hunk in ordered if hunk.on_paths]
    off = [hunk for hunk in ordered if not hunk.on_paths]
    unseen = frozenset(row.filesystem for row in review.filesystems)
    unseen -= {row.filesystem for row in review.filesystems if row.reached}
    alike: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[HunkPlace]] = {}
    for hunk in on:
        group = alike.setdefault((hunk.stage, hunk.on_paths, _systems(hunk, unseen)), [])
        if all(hunk.function != other.function for other in group):  # the same can be changed in two files
            group.append(hunk)
    acts = _acts(review)
    groups = ((group, systems) for (_, _, systems), group in alike.items())
    found = [_on_path(group, acts, systems, first=not number) for number, (group, systems) in enumerate(groups)]
    if off:
        found.append(_off_paths(off, bool(on)))
    if not review.hunks:
        found.append(_without_functions(review))
    return tuple(found)


def _acts(review: Review) -> dict[str, list[str]]:
    """What the patch does to the checks of each function, in words."""
    found: dict[str, list[str]] = {}
    told = {placement.act for placement in review.placements}
    for placement in review.placements:
        moved = placement.act.replace("adds ", "changes ", 1)
        act = moved if moved in told else placement.act  # the same check went elsewhere
        if act and act not in found.setdefault(placement.function, []):
            found[placement.function].append(act)
    return {name: acts for name, acts in found.items() if acts}


def _on_path(group: Sequence[HunkPlace], acts: dict[str, list[str]], systems: Sequence[str], first: bool) -> Spans:
    """ "Changes f() (adds a check of i_size) and g() on the page fault path, each 1 call below ->fault, for xfs." """
    named: list[Spans] = []
    for hunk in group[:_NAMED]:
        act = f" ({listed(acts[hunk.function], 2)})" if hunk.function in acts else ""
        named.append((Span("step", f"{hunk.function}()"), text(act)) if act else (Span("step", f"{hunk.function}()"),))
    left = len(group) - len(named)
    names = (*joined(named), text(f" and {left} more")) if left else _and(named)
    told = f" {where(group[0], 'each ' if len(group) > 1 else '')}{_for(systems)}."
    return (text("Changes " if first else "Also changes "), *names, text(told))


def where(hunk: HunkPlace, each: str = "") -> str:
    """ "on the page fault path and the read path, 2 calls below ->fault", for a function that is on a path."""
    title, _, stage = hunk.stage.rpartition(": ")
    known = stage.startswith("implements ") or " below " in stage
    step = (f", {each}{stage}" if known else f" ({stage})") if stage else ""
    first, others = title or hunk.on_paths[0], hunk.on_paths[1:]
    if len(others) > _PATHS:  # none of them is the path of what everything comes through
        return f"on {len(others) + 1} paths ({', '.join((first, *others[: _PATHS - 1]))} ...){step}"
    return f"on the {first} path{_other_paths(others)}{step}"


def _and(groups: Sequence[Spans]) -> Spans:
    if len(groups) < 2:
        return joined(groups)
    return (*joined(groups[:-1]), text(" and "), *groups[-1])


def _other_paths(names: Sequence[str]) -> str:
    if not names:
        return ""
    return f" and the {listed(names)} path{'s' if len(names) > 1 else ''}"


def _systems(hunk: HunkPlace, unseen: frozenset[str]) -> tuple[str, ...]:
    """Filesystems of the function, without those that are `unseen` to use what is changed."""
    every = frozenset(hunk.filesystems)
    return tuple(sorted(every - unseen or every))


def _for(names: Sequence[str]) -> str:
    if len(names) > _SYSTEMS:
        return f", for {len(names)} filesystems"
    return f", for {listed(names, _SYSTEMS)}" if names else ""


def _off_paths(off: Sequence[HunkPlace], more: bool) -> Spans:
    off = list({(hunk.function or hunk.file): hunk for hunk in reversed(off)}.values())[::-1]
    unknown = [hunk for hunk in off if not hunk.known]
    known = [hunk for hunk in off if hunk.known]
    parts: list[Spans] = []
    if known:
        start = "Also changes" if more else "Changes"
        parts.append((text(f"{start} "), *_functions(known), text(", which no path that mkwrite knows reaches.")))
    if unknown:
        start = "Also changes" if more or known else "Changes"
        notes = list(dict.fromkeys(hunk.note for hunk in unknown))
        groups = [[hunk for hunk in unknown if hunk.note == note] for note in notes]
        named = _and([(*_functions(group), text(f" ({group[0].note})" if group[0].note else "")) for group in groups])
        parts.append(
            (text(f"{start} "), *named, text(f": no path to {'it' if len(unknown) == 1 else 'them'} is known."))
        )
    return joined(parts, " ")


def _functions(group: Sequence[HunkPlace]) -> Spans:
    names = list(dict.fromkeys(f"{hunk.function}()" if hunk.function else hunk.file for hunk in group))
    if len(names) > _NAMED:
        return (*joined((code(name),) for name in names[:_NAMED]), text(f" and {len(names) - _NAMED} more"))
    return _and([(code(name),) for name in names])


def _without_functions(review: Review) -> Spans:
    if review.change is None or not review.change.files:
        return (text(_without_patch(review)),)
    files = review.change.files
    added, removed = size(review)
    names = joined((code(file.path),) for file in files[:3])
    more = f" and {len(files) - 3} more" if len(files) > 3 else ""
    return (text("Changes "), *names, text(f"{more} (+{added} -{removed}), in no C function."))


def _without_patch(review: Review) -> str:
    """What a thread is that holds no diff."""
    series = reviewed_series(review)
    if series is not None and series.cover is not None:
        promised = count(series.expected, "patch", "patches") if series.expected else "patches"
        return f"Only the cover letter is in this thread, none of its {promised}."
    first = next(iter(review.thread.messages), None)
    if first is not None and re.match(r"(?:\S{1,10}: )?\[[^\]]{0,60}\bPULL\b", first.subject[:120]):
        return "A pull request: its commits are not in the mails, so that nothing is said of the code."
    if first is not None and first.automated:
        return "The report of a program; no patch was found in this thread."
    return "No patch was found in this thread."


def size(review: Review) -> tuple[int, int]:
    """Added and removed lines."""
    signs = [
        line.sign
        for file in (review.change.files if review.change else ())
        for hunk in file.hunks
        for line in hunk.lines
    ]
    return signs.count("+"), signs.count("-")
