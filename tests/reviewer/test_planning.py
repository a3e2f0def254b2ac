"""Tests that people name, and the plan in the report's terms."""

from reviewer import pipeline, planning, sources
from rules.testplan import values
from rules.testplan.values import Run, Suggested
from threads import quoting

MAILS = (
    b"From: Ada <ada@example.org>\nSubject: [PATCH] toyfs: x\nMessage-ID: <1@example.org>\n\n"
    b"generic/475 fails now and then.\n\n---\ndiff --git a/fs/toyfs/a.c b/fs/toyfs/a.c\n"
    b"--- a/fs/toyfs/a.c\n+++ b/fs/toyfs/a.c\n@@ -1,1 +1,1 @@ int f(void)\n-/* generic/001 */\n+/* generic/002 */\n",
    b"From: Bram <bram@example.org>\nSubject: Re: [PATCH] toyfs: x\nMessage-ID: <2@example.org>\n"
    b"In-Reply-To: <1@example.org>\n\nOn Thu, Ada wrote:\n> generic/475 fails now and then.\n"
    b"\nDid you run generic/388?\n",
)


def test_quotes_and_diffs_name_no_test() -> None:
    thread, _ = pipeline.read_thread(sources.Mails(raws=tuple((mail, "") for mail in MAILS), description=""))
    named = list(planning.named(thread.messages, quoting.read(thread)))
    assert [(one.test, one.msgid, one.who) for one in named] == [
        ("generic/475", "1@example.org", "Ada"),
        ("generic/388", "2@example.org", "Bram"),
    ]


def test_nothing_of_a_plan_is_lost_on_the_way_to_the_report() -> None:
    suggested = Suggested(test="generic/019", suite="xfstests", tier="targeted", score=0.5, reasons=("why",), note="n")
    made = values.TestPlan(
        suggestions=(suggested,),
        runs=(Run(filesystem="xfs", options="defaults", reason="r"),),
        config=("CONFIG_X=y",),
        commands=(values.Command(line="./check generic/019", where="xfstests"),),
        local_config="[xfs]\n",
        behaviours=("mapped write fault",),
        notes=("note",),
        catalogue="table",
    )
    plan = planning.of(made)
    assert (plan.suggestions[0].test, plan.suggestions[0].note) == ("generic/019", "n")
    assert (plan.runs[0].filesystem, plan.config) == ("xfs", ("CONFIG_X=y",))
    assert [(one.line, one.where) for one in plan.commands] == [("./check generic/019", "xfstests")]
    assert (plan.local_config, plan.behaviours, plan.notes, plan.catalogue) == (
        "[xfs]\n",
        ("mapped write fault",),
        ("note",),
        "table",
    )
