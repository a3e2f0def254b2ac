"""The text of `mkwrite plan`: what the change can affect, once, and the tests with a short reason each.

A reason by the table of behaviours names its behaviour by a letter; the JSON keeps every reason whole.
"""

import re
import string
from collections.abc import Iterable

from reviewer.neutral import terminal
from rules.testplan.values import Suggested, TestPlan

_TIERS = {
    "regression": "Regression tests of this change",
    "targeted": "Targeted tests",
    "group": "Groups",
    "soak": "Long runs",
}
_BRIDGE = re.compile(r"bridge: (.{1,200}) \((.{1,400})\) -> (.+)", re.DOTALL)
_SHOWN = 3  # reasons of a test


def render(made: TestPlan, notes: tuple[str, ...]) -> str:
    """The whole plan as lines that are safe to print; no line ends in a newline."""
    own = [one for one in made.suggestions if one.suite == "xfstests"]
    others = [one for one in made.suggestions if one.suite != "xfstests"]
    letters = dict(zip(made.behaviours, _letters(), strict=False))
    lines = [*_affected(made, letters), ""]
    for tier, title in _TIERS.items():
        lines += _block(title, [one for one in own if one.tier == tier], letters)
    lines += _block("Other suites", others, letters)
    lines += ["Run on", *(f"  {run.section:<18} {run.options}: {run.reason}" for run in made.runs), ""]
    lines += ["Kernel configuration", *(f"  {option}" for option in made.config), ""]
    lines += ["Commands", *(f"  {line}" for line in made.commands), ""]
    lines += ["local.config (devices are placeholders)", *(f"  {line}" for line in made.local_config.splitlines()), ""]
    lines += [f"Note: {note}" for note in (*notes, *made.notes)]
    lines.append(f"Tests: {made.catalogue}")
    return "\n".join(terminal(line) for line in lines)


def _letters() -> Iterable[str]:
    """A to Z, AA to AZ, and so on to ZZ."""
    yield from string.ascii_uppercase
    yield from (first + second for first in string.ascii_uppercase for second in string.ascii_uppercase)


def _affected(made: TestPlan, letters: dict[str, str]) -> list[str]:
    if not letters:
        return ["Can affect nothing that the table of behaviours knows"]
    evidence: dict[str, str] = {}
    for one in made.suggestions:
        for found in map(_BRIDGE.fullmatch, one.reasons):
            if found:
                evidence.setdefault(found[1], found[2])
    said = ((letter, name, evidence.get(name, "")) for name, letter in letters.items())
    return ["Can affect", *(f"  {letter:<2} {name}{f': {names}' if names else ''}" for letter, name, names in said)]


def _block(title: str, rows: list[Suggested], letters: dict[str, str]) -> list[str]:
    if not rows:
        return []
    names = [one.test if one.suite == "xfstests" else f"{one.suite} {one.test}" for one in rows]
    times = ["" if one.seconds is None else f"{one.seconds:.0f} s" for one in rows]
    wide, late = min(16, max(map(len, names))), max(map(len, times))
    lines = [title]
    for name, time, one in zip(names, times, rows, strict=True):
        further = [f"needs {'; '.join(one.needs)}"] if one.needs else []
        further += [one.note] if one.note else []
        lines.append(f"  {name:<{wide}}  {time:>{late}}  {'; '.join(_told(one, letters))}".rstrip())
        lines += (" " * (wide + late + 6) + line for line in further)
    return [*lines, ""]


def _told(one: Suggested, letters: dict[str, str]) -> Iterable[str]:
    for reason in one.reasons[:_SHOWN]:
        found = _BRIDGE.fullmatch(reason)
        letter = letters.get(found[1]) if found else None
        if found is None or letter is None:
            yield reason
            continue
        first, *more = found[3].split(" | ")
        yield f"{letter} by {first}{' or others' if more else ''}"
