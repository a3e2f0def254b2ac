"""The order of tests for a change."""

from rules.testplan import bridge, filesystems
from rules.testplan.catalogue import Tests, members
from rules.testplan.filesystems import Concern
from rules.testplan.values import Query, Ranked

# Tests that find most regressions of most changes: long mixes of everything.
_MIXES = ("tool:fsx", "tool:fsstress & flag:soak", "group:recoveryloop")


def rank(
    query: Query, concerns: tuple[Concern, ...], found: tuple[bridge.Hit, ...], tests: Tests, limit: int
) -> tuple[Ranked, ...]:
    """The best `limit` tests that can run and existed, best first."""
    within = filesystems.candidates(concerns, tests) & tests.before(query.date)
    answers = bridge.answers(found, tests, within)
    scores = {index: bridge.score(one) for index, one in answers.items()}
    mixes = [tests.where(mix) & within for mix in _MIXES]
    for mask in mixes:
        for index in members(mask):
            scores[index] = scores.get(index, 0.0) + 0.05
    order = sorted(scores, key=lambda index: (-scores[index], tests.catalogue.tests[index]))[:limit]
    return tuple(
        Ranked(
            test=tests.catalogue.tests[index],
            score=round(scores[index], 4),
            reasons=bridge.reasons(answers.get(index, []), found)
            or ("bridge: any change -> a long mix of operations",),
        )
        for index in order
    )
