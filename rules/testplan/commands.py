"""How long the tests of a plan take, and which of them fit into the time given."""

from collections.abc import Mapping, Sequence

from rules.testplan.catalogue import TestInfo
from rules.testplan.values import Budget, Suggested

# Seconds by group where the user's check.time does not know: "quick" promises less than 30 s, "auto" less than 5 min.
_QUICK, _AUTO, _OTHER, _LONG = 10.0, 90.0, 240.0, 600.0


def seconds(info: TestInfo, measured: Mapping[str, float]) -> float:
    """How long a test takes: as measured by the user, else what its groups promise."""
    if info.test in measured:
        return measured[info.test]
    if "quick" in info.groups:
        return _QUICK
    if "soak" in info.groups or "long_rw" in info.groups or "soak" in info.flags:
        return _LONG
    return _AUTO if "auto" in info.groups else _OTHER


def within(suggestions: tuple[Suggested, ...], budget: Budget | None) -> tuple[tuple[Suggested, ...], tuple[str, ...]]:
    """Those that fit, in their order, and a note on what was left out. Whole groups fit no budget."""
    if budget is None or budget.seconds is None:
        return suggestions, ()
    kept: list[Suggested] = []
    left: list[Suggested] = []
    spent = 0.0
    for one in suggestions:
        if one.seconds is not None and spent + one.seconds <= budget.seconds:
            kept.append(one)
            spent += one.seconds
        else:
            left.append(one)
    return tuple(kept), (_budgeted(kept, left, spent, budget, budget.seconds),) if suggestions else ()


def _budgeted(
    kept: Sequence[Suggested], left: Sequence[Suggested], spent: float, budget: Budget, seconds: float
) -> str:
    alone = [one for one in left if one.seconds is not None]
    if not kept:
        shortest = min((one.seconds for one in left if one.seconds is not None), default=0.0)
        needed = f"; the shortest takes about {duration(shortest)}" if alone else ""
        return f"budget: none of {_counted(len(alone), 'test')} fits into {duration(seconds)}{needed}"
    known = sum(one.test in budget.measured for one in kept)
    source = f"{known} times are from check.time, the others" if known else "the times are"
    note = (
        f"budget: {_counted(len(kept), 'test')}, about {duration(spent)} of {duration(seconds)} on one configuration;"
        f" {source} what their groups promise"
    )
    missing = [_counted(len(alone), "test")] if alone else []
    missing += [_counted(len(left) - len(alone), "group")] if len(left) > len(alone) else []
    return f"{note}; left out: {' and '.join(missing)}" if missing else note


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def duration(seconds: float) -> str:
    """Like "90 s", "30 min", "2.5 h"."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h".replace(".0 h", " h")
