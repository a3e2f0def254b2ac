"""The plan: from a change to tests with reasons, in tiers, with where and how to run them.

Everything is computed from values; the shipped tables are read on first use. The order of the tests is that of
`rules.testplan.ranking`; what an annotation or a person says goes before it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from rules.change import Change
from rules.testplan import bridge, catalogue, commands, filesystems, needs, ranking, sections, suites
from rules.testplan.catalogue import Catalogue, Sets, TestInfo
from rules.testplan.exact import Exact, changed, gathered
from rules.testplan.filesystems import Concern, Model
from rules.testplan.inert import inert, without_code
from rules.testplan.values import Budget, Command, Named, Query, Ranked, Run, Suggested, TestPlan, Tier
from rules.testplan.words import Words

if TYPE_CHECKING:
    from rules.testplan.suitetrees import SuiteTree

MOST_RANKED = 60
_TARGETED = 14  # beyond this a plan is a list
_SOAK = 4
_PER_FAMILY = 2
_GROUPS = 4
_LINE_CAP = 400
_MOST_IDENTIFIERS = 600
_MOST_TEXT = 20_000
_IDENTIFIER = re.compile(r"[A-Za-z_]\w{2,60}")
_LONG = frozenset({"soak", "long_rw", "stress", "recoveryloop"})
_LONG_SECONDS = 120.0  # as measured by the user
_COMMON = frozenset({"auto", "quick", "rw", "stress", "metadata"})  # groups that tell no test from another
_NEAR = 15  # how far apart the numbers of a series of like tests may be


def build(
    change: Change,
    model: Model | None = None,
    *,
    named: tuple[Named, ...] = (),
    before: str = "",
    xfstests: Catalogue | None = None,
    words: Words | None = None,
    budget: Budget | None = None,
    expunged: Mapping[str, str] | None = None,
    diff_only: bool = False,
    suite_trees: tuple["SuiteTree", ...] = (),
) -> TestPlan:
    """The plan of a change.

    `before`: ISO date that tests must be older than; history is always older than the patch, and than `before`.
    `xfstests` and `words`: of the user's tree. `suite_trees`: of other suites.
    `expunged`: test -> line of the user's list of tests that are known to
    fail. `diff_only`: use neither subject and message nor what people named.
    """
    tests = Sets(catalogue.shipped() if xfstests is None else xfstests)
    query = query_of(change, before)
    still = inert(change)
    concerns = () if still else filesystems.concerned(query, model)
    found = bridge.hits(query, filesystems.operations_of(query.functions, model))
    exact = changed(change, tests) if diff_only else gathered(change, named, tests)
    text = "" if diff_only else f"{change.subject}\n{change.message[:_MOST_TEXT]}"
    reached = bool(concerns)
    order = _order(query, concerns, found, tests, words=words, before=before, text=text) if reached else ()
    ranked = _with_exact(exact, order, tests, before)
    details = _details(ranked, tests)
    there = tuple(dict.fromkeys(concern.filesystem for concern in concerns))
    rows = tuple(_suggestions(ranked, exact, details, there, expunged or {}, (budget or Budget()).measured))
    groups = tuple(_groups(found, tests, ranked)) if reached else ()
    switched = bridge.switched(query)
    runs = _runs(concerns, _variants(switched, found), rows, ranked, exact, tests)
    wanted = _tiers(rows, groups)
    wanted = sections.placed(wanted, runs, tests) if runs else wanted
    kept, notes = commands.within(wanted, budget)
    runs = sections.used(runs, kept, tests) if kept or not wanted else ()
    barred = () if still else filesystems.barred(concerns, query)
    if barred and not runs:
        kept = tuple(one for one in kept if one.said_by)
    else:
        notes += _nothing(query, wanted, kept, still, reached=reached)
    others, missing = ((), ()) if still else _others(query, suite_trees)
    notes += _untimed(budget, others)
    return TestPlan(
        suggestions=kept + tuple(suggestion for suggestion, _ in others),
        runs=runs,
        config=needs.config(kept, found if reached else (), details, switched, there, runs) if kept or runs else (),
        commands=_commands(sections.check_lines(kept, runs, tests), others),
        local_config=sections.local_config(runs, kept, tests),
        behaviours=tuple(hit.behaviour.name for hit in found[:6]) if reached else (),
        told_by=tuple(", ".join(hit.evidence[:2]) for hit in found[:6]) if reached else (),
        switched=tuple(f"{one.switch.name} ({one.evidence})" for one in switched) if reached else (),
        notes=(*notes, *barred, *filesystems.programs(query), *missing, *_unknown(named, tests, diff_only)),
        catalogue=tests.catalogue.source,
        ranked=ranked,
    )


def _order(
    query: Query,
    concerns: tuple[Concern, ...],
    found: tuple[bridge.Hit, ...],
    tests: Sets,
    *,
    words: Words | None,
    before: str,
    text: str,
) -> tuple[Ranked, ...]:
    sources = ranking.shipped(words)
    return ranking.rank(query, concerns, found, tests, MOST_RANKED, sources=sources, existing=before, text=text)


def _runs(
    concerns: tuple[Concern, ...],
    variants: Iterable[tuple[str, str]],
    rows: tuple[Suggested, ...],
    ranked: tuple[Ranked, ...],
    exact: Iterable[str],
    tests: Sets,
) -> tuple[Run, ...]:
    """With sections of their own for tests that a changed function or a person speaks for; none for nothing to run."""
    if not rows and not any(one.own for one in concerns):
        return ()
    close = {one.test for one in ranked if one.close}
    wanted = tests.of(row.test for row in rows if row.test in close)
    found = filesystems.housed(filesystems.runs(concerns, variants), wanted, tests.of(exact), tests)
    return found or (() if concerns else filesystems.anywhere(tests.of(exact), tests))


def _others(
    query: Query, trees: tuple["SuiteTree", ...]
) -> tuple[tuple[tuple[Suggested, Command], ...], tuple[str, ...]]:
    """Suggestions of other suites with their commands, and what the user's trees do not have."""
    rows = () if filesystems.program(query) else suites.suggest(query)  # those test a kernel
    if not trees:
        return rows, ()
    from rules.testplan import suitetrees

    return suitetrees.checked(rows, trees, query)


def _commands(lines: tuple[str, ...], others: tuple[tuple[Suggested, Command], ...]) -> tuple[Command, ...]:
    """Those of xfstests, then those of the other suites, those of one directory together."""
    found = [Command(line=line, where="xfstests") for line in lines]
    found += [command for _, command in others]
    places = list(dict.fromkeys(one.where for one in found))
    return tuple(sorted(dict.fromkeys(found), key=lambda one: places.index(one.where)))


def _untimed(budget: Budget | None, others: tuple[tuple[Suggested, Command], ...]) -> tuple[str, ...]:
    limited = budget is not None and budget.seconds is not None
    return ("budget: the times of the other suites are not known, they are not counted",) if limited and others else ()


def _nothing(
    query: Query, wanted: tuple[Suggested, ...], kept: tuple[Suggested, ...], still: str, *, reached: bool
) -> tuple[str, ...]:
    """Why a plan has no test of xfstests, when it is not for want of time, or none but those that people name."""
    if still or kept:
        return (still,) if still else ()
    if query.files and not reached:
        return (_unreached(query),)
    none = "no test is known that exercises this change more than another; -g quick finds plain breakage"
    return () if wanted else (none,)


def _unreached(query: Query) -> str:
    """For a change to code that no test exercises, or to none of filesystems, memory management and block devices."""
    if passed := filesystems.unexercised(query):
        more = f" and {len(passed) - 3} others" if len(passed) > 3 else ""
        return f"no test of xfstests exercises {', '.join(passed[:3])}{more}"
    places = dict.fromkeys("/".join(path.split("/")[:2]) for path in query.files)
    named = ", ".join(list(places)[:3]) + (" and others" if len(places) > 3 else "")
    return f"no test of xfstests is known to reach this change ({named}): no filesystem, mm or block code is in it"


def query_of(change: Change, before: str = "") -> Query:
    """What the ranking may know of a change: paths, functions, identifiers of changed lines."""
    lines = [line for file in change.files for hunk in file.hunks for line in hunk.lines if line.sign != " "]
    identifiers: dict[str, None] = {}
    for line in lines:
        if len(identifiers) >= _MOST_IDENTIFIERS:
            break
        identifiers.update(dict.fromkeys(_IDENTIFIER.findall(line.text[:_LINE_CAP])))
    return Query(
        files=_code(change),
        functions=change.functions,
        identifiers=tuple(identifiers),
        added=sum(line.sign == "+" for line in lines),
        deleted=sum(line.sign == "-" for line in lines),
        date=before or change.date,
    )


def _code(change: Change) -> tuple[str, ...]:
    """Paths, without documentation and build options where other files change too."""
    paths = tuple(dict.fromkeys(file.path or file.old_path for file in change.files))
    return tuple(path for path in paths if not without_code(path)) or paths


def _with_exact(exact: Mapping[str, Exact], ranked: tuple[Ranked, ...], tests: Sets, before: str) -> tuple[Ranked, ...]:
    """What an annotation or a person says, before what the ranking says; reasons of both are kept."""
    by_test = {one.test: one for one in ranked}
    first = []
    for test, one in sorted(exact.items(), key=lambda item: -item[1].weight):
        if before and not tests.catalogue.added[tests.index[test]] < before:
            continue
        other = by_test.get(test)
        reasons = one.reasons + (other.reasons if other else ())
        score = one.weight + (min(other.score, 0.99) if other else 0.0)
        first.append(Ranked(test=test, score=round(score, 4), reasons=reasons, firm=True, close=True))
    named = {one.test for one in first}
    return (*sorted(first, key=lambda one: -one.score), *(one for one in ranked if one.test not in named))


def _details(ranked: tuple[Ranked, ...], tests: Sets) -> dict[str, TestInfo]:
    infos = tests.describe(tests.index[one.test] for one in ranked)
    return {info.test: info for info in infos.values()}


def _suggestions(
    ranked: tuple[Ranked, ...],
    exact: Mapping[str, Exact],
    details: Mapping[str, TestInfo],
    there: tuple[str, ...],
    expunged: Mapping[str, str],
    measured: Mapping[str, float],
) -> Iterator[Suggested]:
    for one, tier in _choose(ranked, exact, details, measured):
        info = details[one.test]
        yield Suggested(
            test=one.test,
            suite="xfstests",
            tier=tier,
            score=one.score,
            reasons=one.reasons,
            needs=needs.of_test(info, there),
            said_by=exact[one.test].said_by if one.test in exact else (),
            family=family(info),
            seconds=commands.seconds(info, measured),
            note=f"expected to fail: {expunged[one.test]}" if one.test in expunged else "",
        )


def _tiers(rows: tuple[Suggested, ...], groups: tuple[Suggested, ...]) -> tuple[Suggested, ...]:
    """Regression tests, representatives of families, whole groups, long runs, in this order."""
    by_tier = {tier: tuple(row for row in rows if row.tier == tier) for tier in ("regression", "targeted", "soak")}
    return by_tier["regression"] + by_tier["targeted"] + groups + by_tier["soak"]


def _choose(
    ranked: tuple[Ranked, ...],
    exact: Mapping[str, Exact],
    details: Mapping[str, TestInfo],
    measured: Mapping[str, float],
) -> list[tuple[Ranked, Tier]]:
    """What something firm speaks for; look-alikes beyond the second of a family only when somebody named them."""
    chosen: list[tuple[Ranked, Tier]] = []
    seen: list[TestInfo] = []
    count = {"targeted": 0, "soak": 0}
    for one in ranked:
        info = details[one.test]
        if not one.firm:
            continue
        if one.test in exact:
            chosen.append((one, exact[one.test].tier))
            continue
        tier: Tier = "soak" if _is_long(info, measured) else "targeted"
        if count[tier] >= (_SOAK if tier == "soak" else _TARGETED):
            continue
        if sum(_alike(info, other) for other in seen) >= _PER_FAMILY:
            continue
        seen.append(info)
        count[tier] += 1
        chosen.append((one, tier))
    return chosen


def family(info: TestInfo) -> str:
    """Groups and tools that tell a test from others, as one string: look-alikes have the same."""
    return " ".join(sorted((set(info.groups) - _COMMON) | set(info.tools)))


def _alike(one: TestInfo, other: TestInfo) -> bool:
    """Of one family, or of a series: near numbers, the same tools, and most groups of one are the other's.

    btrfs/060 to 074 run fsstress beside every pair of balance, scrub, replace, defrag and so on.
    """
    if family(one) == family(other):
        return True
    directory, _, number = one.test.partition("/")
    folder, _, place = other.test.partition("/")
    if directory != folder or abs(int(number) - int(place)) > _NEAR:
        return False
    if not one.tools or set(one.tools) != set(other.tools):
        return False
    groups, others = set(one.groups) - _COMMON, set(other.groups) - _COMMON
    shared = len(groups & others)
    return shared > 0 and 3 * shared >= 2 * min(len(groups), len(others))


def _is_long(info: TestInfo, measured: Mapping[str, float]) -> bool:
    """By the user's own times, else by groups; a test that promises to be quick is none, whatever stress it makes."""
    if info.test in measured:
        return measured[info.test] > _LONG_SECONDS
    return "quick" not in info.groups and (bool(_LONG.intersection(info.groups)) or "soak" in info.flags)


def _groups(found: tuple[bridge.Hit, ...], tests: Sets, ranked: tuple[Ranked, ...]) -> Iterator[Suggested]:
    top = [tests.index[one.test] for one in ranked[:30]]
    seen: set[str] = set()
    for hit in found[:3]:
        for group in hit.behaviour.groups:
            members = tests.tagged(f"group:{group}")
            if group in seen or not any(members >> index & 1 for index in top) or len(seen) >= _GROUPS:
                continue
            seen.add(group)
            yield Suggested(
                test=f"-g {group}",
                suite="xfstests",
                tier="group",
                score=round(hit.strength, 4),
                reasons=(f"bridge: {hit.behaviour.name} ({', '.join(hit.evidence[:2])}) -> group:{group}",),
            )


def _variants(switched: Iterable[bridge.Switched], found: Iterable[bridge.Hit]) -> Iterator[tuple[str, str]]:
    """(key of a variant, why): first those without which the changed code does not run."""
    for one in switched:
        yield from ((key, f"{one.switch.name} ({one.evidence})") for key in one.switch.runs)
    for hit in list(found)[:5]:
        if hit.strength >= 0.5:
            yield from ((key, hit.behaviour.name) for key in hit.behaviour.runs)


def _unknown(named: tuple[Named, ...], tests: Sets, diff_only: bool) -> Iterator[str]:
    for one in () if diff_only else named:
        if one.test not in tests.index:
            yield f"{one.test}, named in {one.msgid}, is not in the catalogue ({tests.catalogue.source})"
