"""The CPU time of a whole review beside b4 on the same thread, and its memory."""

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.benchmarks import startup

NAMES = ("--format json", "--help")
BOUND = 1.25  # 0.8 to 0.95 were measured; the rest is for a busy machine


@pytest.mark.slow
@pytest.mark.skipif(
    not (Path(sys.executable).parent / "b4").exists() and shutil.which("b4") is None, reason="b4 is not installed"
)
def test_a_review_costs_no_more_than_b4_am() -> None:
    mbox = startup.SEED if startup.SEED.exists() else startup.EXAMPLE
    wanted = {
        name: words for name, words in startup.commands(mbox).items() if name.endswith(NAMES) or name.startswith("b4 ")
    }

    def of(costs: Mapping[str, startup.Cost]) -> list[startup.Cost]:
        return [next(cost for name, cost in costs.items() if name.endswith(end)) for end in NAMES]

    def within(costs: Mapping[str, startup.Cost]) -> bool:
        review, help_ = of(costs)
        b4 = min(cost.cpu for name, cost in costs.items() if name.startswith("b4 "))
        return review.cpu <= BOUND * b4 and help_.cpu <= b4 / 2

    costs = startup.costs(wanted, enough=within)  # more rounds only where something else kept the machine busy
    review, help_ = of(costs)
    assert (review.code, help_.code) == (0, 0)
    assert next(cost.code for name, cost in costs.items() if name.startswith("b4 ")) == 0
    assert within(costs), costs
    if startup.own_peak() < 120:  # a child of a larger process shows that one's peak
        assert review.memory < 120


def test_a_command_that_fails_is_told_by_its_code(tmp_path: Path) -> None:
    assert startup.measure([sys.executable, "-c", "raise SystemExit(7)"], tmp_path).code == 7
