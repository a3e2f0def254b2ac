"""Lines told apart, and quotes traced to where they come from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import growth
from tests.threads.mails import mail
from threads import messages, quoting, tree
from threads.model import Line, Message, Thread
from threads.quoting import MessageLines


def message(body: str, parent: str = "", msgid: str = "1@example.org") -> Message:
    return messages.parse_message(mail(msgid, body=body, parent=parent), "test")


def told(body: str) -> list[Line]:
    return quoting.classify(message(body, parent="0@example.org"))


def kinds(body: str) -> list[str]:
    return [str(line.kind) for line in told(body)][: body.rstrip("\n").count("\n") + 1]


def thread(*bodies: str) -> tuple[Thread, tuple[MessageLines, ...]]:
    """A chain of mails, each an answer to the one before."""
    made = [
        messages.parse_message(
            mail(f"{number}@example.org", body=body, parent=f"{number - 1}@example.org" if number else ""), "test"
        )
        for number, body in enumerate(bodies)
    ]
    built = tree.build(made)
    return built, quoting.read(built).messages


@pytest.mark.parametrize(
    "line",
    [
        "I wrote: nothing of the kind",
        "The function does this:",
        "a > b is never true",
        "From the kernel headers:",
        "Thanks for the fix",
        "-- but that is another story",
    ],
)
def test_what_only_looks_like_a_mark_is_own_text(line: str) -> None:
    assert kinds(f"Hello.\n{line}\nMore.\n")[1] == "own"


@pytest.mark.parametrize(
    "line",
    [
        "On Mon, Mar 04, 2024 at 10:00:00AM +0000, Ada Author wrote:",
        "Ada Author <ada@example.org> writes:",
        "Am 04.03.24 um 10:00 schrieb Ada Author:",
        "Le 04/03/2024 à 10:00, Ada Author a écrit :",
        "Em 04/03/2024 10:00, Ada Author escreveu:",
        "在 2024/3/4 10:00, Ada Author 写道:",
        "On Mon 04-03-24 10:00:00, Ada Author wrote:",
        "* Ada Author <ada@example.org> [240304 10:00]:",
    ],
)
def test_attribution_lines_of_many_clients_are_known(line: str) -> None:
    assert kinds(f"{line}\n> text\n\nAnswer.\n")[0] == "attribution"


def test_an_attribution_that_was_wrapped_is_known_on_both_lines() -> None:
    body = "On Thu, Jul 29, 2021 at 5:25 AM Ada Author\n<ada@example.org> wrote:\n> text\n\nAnswer.\n"
    assert kinds(body)[:3] == ["attribution", "attribution", "quote"]


def test_what_stands_under_outlooks_header_is_quoted() -> None:
    body = "I agree.\n\n-----Original Message-----\nFrom: Ada\nSent: Monday\nTo: Bo\nSubject: x\n\nThe old text.\n"
    assert kinds(body)[0] == "own"
    assert set(kinds(body)[3:]) <= {"quote"}


def test_signature_list_footer_trailers_and_diffs_are_told_apart() -> None:
    body = (
        "Fine.\n\nReviewed-by: Bo <bo@example.org>\n-- \nBo\n"
        "_______________________________________________\nfoo mailing list\nhttps://example.org/list\n"
    )
    found = kinds(body)
    assert found[0] == "own"
    assert found[2] == "trailer"
    assert found[3:5] == ["signature", "signature"]
    assert kinds("Like this:\n\n--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-a\n+b\nand that is all.\n")[2:] == [
        "diff", "diff", "diff", "diff", "diff", "own"
    ]  # fmt: skip


def test_a_whole_patch_inside_of_an_answer_is_no_own_text() -> None:
    body = "How about this?\n\n>From 0123456789ab Mon Sep 17 00:00:00 2001\n"
    body = body.replace(">From", "From") + "From: Bo <bo@example.org>\nSubject: [PATCH] x\n\nText of it.\n---\n"
    assert kinds(body) == ["own", "blank", "diff", "diff", "diff", "blank", "diff", "diff"]


@pytest.mark.parametrize(
    ("line", "depth", "text"),
    [
        ("> a", 1, "a"),
        (">a", 1, "a"),
        ("> > +\tb", 2, "+\tb"),
        (">>> c", 3, "c"),
        (">  \tcontext", 1, " \tcontext"),
        (">", 1, ""),
        ("a > b", 0, "a > b"),
    ],
)
def test_quote_marks_are_counted_and_taken_off(line: str, depth: int, text: str) -> None:
    assert quoting.split_marks(line) == (depth, text)


def test_bars_count_as_quotes_only_where_there_are_no_others() -> None:
    assert kinds("ada> one\nada> two\nada> three\nmine\n") == ["quote", "quote", "quote", "own"]
    assert kinds("> real\n| a table\n| of three\n| lines\n")[1] == "own"


def test_a_table_is_no_quote() -> None:
    table = "+---+---+\n| a | b |\n+---+---+\n| 1 | 2 |\n| 3 | 4 |\n+---+---+\n"
    assert set(kinds(f"Times:\n{table}")) == {"own"}


def test_marks_with_a_blank_before_them_count_where_there_are_no_others() -> None:
    body = " ---- Ada Author <ada@example.org> wrote ----\n > One.\n > Two.\n > \n > Three.\nI see.\n"
    assert kinds(body)[1:] == ["quote", "quote", "quote", "quote", "own"]
    assert kinds("Less:\n\n > a\n > b\n")[2:] == ["own", "own"]
    assert kinds("> One.\n\nI see:\n > a\n > b\n > c\n")[3:] == ["own", "own", "own"]


def test_a_line_quoted_three_times_is_traced_to_where_it_was_written() -> None:
    _, lines = thread(
        "One line that was written first.\nAnother one.\n",
        "> One line that was written first.\n> Another one.\n\nSecond.\n",
        "> > One line that was written first.\n>\n> Second.\n\nThird.\n",
        "> > > One line that was written first.\n> > Second.\n> Third.\n",
    )
    origins = [(line.origin.msgid, line.origin.line) for line in lines[3].lines if line.origin]
    assert origins == [("0@example.org", 0), ("1@example.org", 3), ("2@example.org", 4)]


def test_a_quote_that_was_wrapped_again_is_traced_and_marked_as_not_exact() -> None:
    _, lines = thread(
        "This is a rather long line that some client will break into two pieces.\nNext.\n",
        "> This is a rather long line that some client\n> will break into two pieces.\n",
    )
    origins = [line.origin for line in lines[1].lines if line.kind == "quote"]
    assert [(origin.line, origin.exact) for origin in origins if origin] == [(0, False), (0, False)]


def test_changed_white_space_and_left_out_lines_do_not_hinder_tracing() -> None:
    _, lines = thread(
        "first\n\tif (foo)\n\t\treturn 1;\nlast\n", ">         if (foo)\n>                 return 1;\n> last\n"
    )
    assert [line.origin.line for line in lines[1].lines if line.origin] == [1, 2, 3]


def test_a_brace_is_placed_by_its_neighbours() -> None:
    source = "{\n\tone();\n}\n{\n\ttwo();\n}\n"
    _, lines = thread(source, "> {\n> \ttwo();\n> }\n")
    assert [line.origin.line for line in lines[1].lines if line.origin] == [3, 4, 5]


def test_what_was_never_written_in_the_thread_has_no_origin() -> None:
    _, lines = thread("Something.\n", "> Words from some other place entirely.\n")
    assert lines[1].lines[0].origin is None


def test_blocks_are_runs_of_own_lines_with_what_they_answer() -> None:
    _, lines = thread("a line\nb line\n", "Hi,\n\n> a line\n\nFirst.\n\nStill first.\n\n> b line\n\nSecond.\n-- \nBo\n")
    found = lines[1].blocks
    assert [[line.text for line in block.lines if line.text] for block in found] == [
        ["Hi,"], ["First.", "Still first."], ["Second."]
    ]  # fmt: skip
    assert [[line.text for line in block.context if line.text] for block in found] == [[], ["a line"], ["b line"]]


@given(st.text(alphabet="> \n|-+@ab:\t", max_size=400))
def test_every_line_gets_exactly_one_kind(body: str) -> None:
    made = message(body)
    lines = quoting.classify(made)
    assert [line.number for line in lines] == list(range(len(made.lines)))
    assert all(line.depth > 0 for line in lines if line.kind == "quote")


@pytest.mark.parametrize("piece", ["> > ", "a" * 40 + " wrote: ", "- ", "@@ -1 +1 @@", "Cc: ", ". "])
def test_hostile_lines_take_time_in_proportion_to_their_length(piece: str) -> None:
    assert growth.ratio(lambda count: message(piece * count + "\n> x\n" * 3), quoting.classify, 4_000) < 3


def test_an_indent_that_no_attribution_stands_above_is_own_text() -> None:
    assert kinds("I would write:\n\n    toy_mark(t);\n\nand be done.\n")[2] == "own"
    assert kinds("On Mon, Mar 04, 2024, Ada Author wrote:\n> text\n\n    toy_mark(t);\n")[3] == "own"


def test_an_indented_quote_ends_at_the_margin() -> None:
    body = 'On 04/03/24, 6:29 PM, "Ada Author" <ada@example.org> wrote:\n\n    It is wrong.\n\nNo.\n\n    toy(t);\n'
    assert kinds(body) == ["attribution", "blank", "quote", "blank", "own", "blank", "own"]


@pytest.mark.parametrize("margin", ["    ", "\t"])
def test_an_answer_that_quotes_by_an_indent_says_only_what_stands_at_the_margin(margin: str) -> None:
    old = "On Sun, Bo wrote:\n> We need it.\n\nI cannot take it.\n\nthanks,\nAda\n"
    quoted = "".join(f"{margin}{line}\n" for line in old.splitlines())
    _, found = thread(
        "We need it.\n", old, f'Sent again.\n\nOn 04/03/24, 6:29 PM, "Ada Author" <ada@example.org> wrote:\n\n{quoted}'
    )
    assert [[line.text for line in block.lines] for block in found[2].blocks] == [["Sent again."]]
    assert [line.depth for line in found[2].lines if line.text == "We need it."] == [2]
    assert [line.origin.line for line in found[2].lines if line.text == "I cannot take it." and line.origin] == [3]


def test_the_second_name_of_a_diff_that_a_mailer_broke_is_no_own_text() -> None:
    body = "Like this:\n\ndiff --git a/fs/toy.c\nb/fs/toy.c\nindex 1..2 100644\n--- a/fs/toy.c\n+++ b/fs/toy.c\n"
    assert kinds(body + "@@ -1 +1 @@\n-a\n+b\n")[2:] == ["diff"] * 8
    assert kinds("Like this:\n\ndiff --git a/x b/x\nand/or that.\n")[3] == "own"
