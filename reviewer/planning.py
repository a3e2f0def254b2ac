"""The test plan of a change, with what people in the thread said about tests."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from reviewer.review import Plan, PlanCommand, PlanRun, Suggestion
from rules.change import Change
from rules.testplan import mentions
from rules.testplan import plan as plans
from rules.testplan.values import Named, Suggested, TestPlan
from threads.model import Message
from threads.quoting import Quoting

if TYPE_CHECKING:
    from rules.graph import Model


def plan(change: Change, model: "Model | None", said: tuple[Named, ...] = ()) -> Plan:
    """The plan as a report shows it; `said` are the tests that people named."""
    return of(plans.build(change, model, named=said))


def named(messages: Iterable[Message], quotes: Quoting) -> Iterator[Named]:
    """Tests that people name in their own words; quotes and diffs do not count."""
    for message, read in zip(messages, quotes.messages, strict=True):
        own = [line.text for line in read.lines if line.kind == "own"]
        for one in mentions.named_tests(own):
            yield Named(test=one.test, relation=one.relation, msgid=message.msgid, who=str(message.author))


def of(made: TestPlan) -> Plan:
    """A test plan in the report's terms."""
    return Plan(
        suggestions=tuple(_suggestion(one) for one in made.suggestions),
        runs=tuple(PlanRun(filesystem=run.filesystem, options=run.options, reason=run.reason) for run in made.runs),
        config=made.config,
        commands=tuple(PlanCommand(line=one.line, where=one.where) for one in made.commands),
        notes=made.notes,
        catalogue=made.catalogue,
        local_config=made.local_config,
        behaviours=made.behaviours,
    )


def _suggestion(one: Suggested) -> Suggestion:
    return Suggestion(
        test=one.test,
        suite=one.suite,
        tier=one.tier,
        score=one.score,
        reasons=one.reasons,
        needs=one.needs,
        said_by=one.said_by,
        seconds=one.seconds,
        note=one.note,
    )
