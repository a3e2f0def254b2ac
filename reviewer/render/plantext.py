"""The text of `mkwrite plan`: what the change can affect, once, and the tests with a short reason each.

A reason by the table of behaviours names its behaviour by a letter; the JSON keeps every reason whole.
"""

import re
import string
from collections.abc import Iterable, Iterator, Sequence

from reviewer.neutral import terminal
from reviewer.render import testwords, words
from rules.testplan import commands
from rules.testplan.values import Suggested, TestPlan

_TIERS = {
    "regression": "Regression tests of this change",
    "targeted": "Targeted tests",
    "group": "Groups",
    "soak": "Stress and long runs",
}
_SHOWN = 3  # reasons of a test
_TITLE = 160
_OPTIONS = re.compile(r"(?:^|: )(CONFIG_\w+(?:, CONFIG_\w+)*)$")
_BEFORE = re.compile(r" before (\d{4}-\d\d-\d\d)(?=,|$)")  # told once, at the end
_SHORTER = (
    (re.compile(r"among the first to run for a change to (?:\S*?/)??((?:[^\s/]+/)?[^\s/]+)$"), r"first choice for \1"),
    (re.compile(r"added (\S+), in the year before the patch$"), r"new (\1)"),
    (_BEFORE, ""),
)


def render(made: TestPlan, notes: tuple[str, ...], title: str = "") -> str:
    """The whole plan as lines that are safe to print; no line ends in a newline. `title`: what it is for.

    What is set up once, the configuration of the kernel and of xfstests, stands last, as it is long.
    """
    own = [one for one in made.suggestions if one.suite == "xfstests"]
    others = [one for one in made.suggestions if one.suite != "xfstests"]
    letters = _legend(made)
    lines = [f"Plan for {words.shortened(title, _TITLE)}", ""] if title else []
    lines += _affected(made, letters)
    for tier, heading in _TIERS.items():
        rows = [one for one in own if one.tier == tier]
        told = _groups(rows, letters) if tier == "group" else _rows(rows, letters, made.config)
        lines += _block(f"{heading}{_whole(rows)}", told)
    lines += _block("Other suites", _rows(others, letters, made.config))
    lines += _block("Run on", (f"  {run.section:<18} {run.options}: {run.reason}" for run in made.runs))
    lines += _block("Commands", (f"  {line}" for line in testwords.listing(made.commands)))
    lines += [f"Note: {note}" for note in (*notes, *made.notes)]
    lines += [f"Tests: {made.catalogue}{_history(made)}", ""]
    lines += _block("Kernel configuration", (f"  {option}" for option in made.config))
    lines += _block("local.config", (f"  {line}".rstrip() for line in made.local_config.splitlines()))
    lines.pop()
    return "\n".join(terminal(line) for line in lines)


def _letters() -> Iterable[str]:
    """A to Z, AA to AZ, and so on to ZZ."""
    yield from string.ascii_uppercase
    yield from (first + second for first in string.ascii_uppercase for second in string.ascii_uppercase)


def _shown(made: TestPlan) -> Iterator[str]:
    return (reason for one in made.suggestions for reason in one.reasons[:_SHOWN])


def _legend(made: TestPlan) -> dict[str, str]:
    """Behaviour -> letter, for those of the plan and for others that a reason names."""
    named = (found.behaviour for found in map(testwords.bridge, _shown(made)) if found)
    return dict(zip(dict.fromkeys((*made.behaviours, *named)), _letters(), strict=False))


def _affected(made: TestPlan, letters: dict[str, str]) -> list[str]:
    own = any(one.suite == "xfstests" and not one.said_by and one.tier != "regression" for one in made.suggestions)
    if not letters and own and not made.switched:
        return [
            "No name in this change points to a behaviour of the table: tests are those of its functions and files",
            "",
        ]
    evidence = dict(zip(made.behaviours, made.told_by, strict=False))
    for one in made.suggestions:
        for found in map(testwords.bridge, one.reasons):
            if found:
                evidence.setdefault(found.behaviour, found.evidence)
    said = ((letter, name, evidence.get(name, "")) for name, letter in letters.items())
    rows = [f"  {letter:<2} {name}{f': {names}' if names else ''}" for letter, name, names in said]
    return _block("Can affect", rows) + _block(
        "Parts of the change run only with", (f"  {one}" for one in made.switched)
    )


def _block(title: str, rows: Iterable[str]) -> list[str]:
    """Nothing for a title with nothing below it."""
    lines = list(rows)
    return [title, *lines, ""] if lines else []


def _whole(rows: Sequence[Suggested]) -> str:
    times = [one.seconds for one in rows if one.seconds is not None]
    return f", about {commands.duration(sum(times))} a configuration" if times else ""


def _rows(rows: Sequence[Suggested], letters: dict[str, str], config: Sequence[str]) -> Iterator[str]:
    if not rows:
        return
    names = [one.test if one.suite == "xfstests" else f"{one.suite} {one.test}" for one in rows]
    times = ["" if one.seconds is None else f"{one.seconds:.0f} s" for one in rows]
    wide, late = min(16, max(map(len, names))), max(map(len, times))
    listed = {option.partition("=")[0] for option in config}
    for name, time, one in zip(names, times, rows, strict=True):
        reasons = list(_reasons(one, letters))
        needed = dict.fromkeys(filter(None, (_need(need, listed) for need in one.needs)))
        reasons += [f"needs {', '.join(needed)}"] if needed else []
        start = f"  {name:<{wide}}  {time:>{late}}{'  ' if late else ''}"
        yield f"{start}{'; '.join(reasons)}".rstrip()
        if one.note:
            yield f"{' ' * len(start)}{one.note}"


def _reasons(one: Suggested, letters: dict[str, str]) -> Iterator[str]:
    """What a test has for several behaviours is said once, behind the letters of all of them."""
    shown = one.reasons[:_SHOWN]
    having: dict[str, list[str]] = {}
    for found in filter(None, map(testwords.bridge, shown)):
        having.setdefault(testwords.phrase(found.query), []).append(letters[found.behaviour])
    yield from (f"{', '.join(sorted(named))}: {phrase}" for phrase, named in having.items())
    yield from (_short(testwords.told(reason)) for reason in shown if testwords.bridge(reason) is None)


def _short(reason: str) -> str:
    for pattern, shorter in _SHORTER:
        reason = pattern.sub(shorter, reason)
    return reason


def _groups(rows: Sequence[Suggested], letters: dict[str, str]) -> Iterator[str]:
    """Groups that answer the same behaviour share a line; they say themselves what is in them."""
    alike: dict[str, list[str]] = {}
    for one in rows:
        found = filter(None, map(testwords.bridge, one.reasons[:_SHOWN]))
        alike.setdefault(", ".join(letters[parts.behaviour] for parts in found), []).append(one.test)
    wide = max((len(" ".join(names)) for names in alike.values()), default=0)
    for named, names in alike.items():
        yield f"  {' '.join(names):<{wide}}  {f'for {named}' if named else ''}".rstrip()


def _need(need: str, listed: set[str]) -> str:
    """Without the kernel options that stand in the plan's configuration."""
    found = _OPTIONS.search(need)
    return need[: found.start()] if found and listed.issuperset(found[1].split(", ")) else need


def _history(made: TestPlan) -> str:
    dates = [
        found[1] for reason in _shown(made) if reason.startswith("history: ") and (found := _BEFORE.search(reason))
    ]
    return f"; earlier changes are those before {max(dates)}" if dates else ""
