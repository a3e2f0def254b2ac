"""What a comment hangs on."""

import pytest

from tests.threads.argued import ADA, BO, CEM, look, quoted, talk
from tests.threads.mails import mail
from threads import anchors, messages, tree
from threads.model import Anchor, Thread


def anchored(thread: Thread, text: str) -> Anchor:
    """Anchor of the block that holds the text."""
    scene = look(thread).scene
    block = next(block for block in scene.blocks if any(text in line.text for line in block.lines))
    return anchors.anchor(block, scene)


def test_a_comment_without_a_quote_hangs_on_the_mail() -> None:
    found = anchored(talk((BO, "Do we need this?\n")), "Do we")
    assert (found.kind, found.msgid, found.line) == ("mail", "0@example.org", None)


def test_a_comment_on_the_description_is_not_anchored_in_the_diff() -> None:
    found = anchored(talk((BO, "> Because it is wrong.\n\nWhy?\n")), "Why")
    assert (found.kind, found.text) == ("message", "Because it is wrong.")


def test_the_last_quoted_diff_line_is_the_anchor_with_its_numbers() -> None:
    text = "> @@ -10,4 +10,5 @@\n> -\tret = 0;\n> +\tret = -EIO;\n> +\ttoy_mark(t);\n\nWhy?\n"
    found = anchored(talk((BO, text)), "Why")
    assert (found.kind, found.file, found.sign, found.text) == ("diff", "fs/toy/file.c", "+", "\ttoy_mark(t);")
    assert (found.old, found.new) == (None, 13)


@pytest.mark.parametrize("line", ["> +\tret = -EIO;", ">+ ret = -EIO;", "> +        ret = -EIO;"])
def test_the_line_is_found_without_any_diff_header_and_with_changed_white_space(line: str) -> None:
    found = anchored(talk((BO, f"{line}\n\nWhy this errno?\n")), "Why")
    assert (found.kind, found.file, found.new) == ("diff", "fs/toy/file.c", 12)


def test_an_empty_quoted_line_below_is_passed_over() -> None:
    found = anchored(talk((BO, "> +\tret = -EIO;\n> +\n>\n\nWhy?\n")), "Why")
    assert found.text == "\tret = -EIO;"


def test_a_nested_quote_still_leads_to_the_patch() -> None:
    first = "> +\tret = -EIO;\n\nWhy?\n"
    thread = talk((BO, first), (ADA, quoted("> +\tret = -EIO;") + "\nNote to myself: document this.\n"))
    found = anchored(thread, "Note")
    assert (found.msgid, found.file) == ("0@example.org", "fs/toy/file.c")


def test_an_answer_to_somebodys_words_hangs_on_them() -> None:
    thread = talk((BO, "> +\tret = -EIO;\n\nWhy this errno?\n"), (CEM, "> Why this errno?\n\nBecause.\n"))
    found = anchored(thread, "Because.")
    assert (found.kind, found.msgid, found.line) == ("mail", "1@example.org", 2)


def test_without_the_patch_the_headers_that_were_quoted_tell_the_file() -> None:
    raw = mail(
        "9@example.org", subject="Re: [PATCH] x", parent="gone@example.org",
        body="> diff --git a/mm/x.c b/mm/x.c\n> @@ -1,2 +1,2 @@\n>  a\n> -b\n> +c\n\nNo.\n",
    )  # fmt: skip
    thread = tree.build([messages.parse_message(raw, "test")])
    found = anchored(thread, "No.")
    assert (found.kind, found.file, found.sign, found.text, found.exact) == ("diff", "mm/x.c", "+", "c", False)


def test_a_bullet_list_is_no_diff() -> None:
    thread = talk((BO, "- one thing\n- another thing\n"), (ADA, "> - one thing\n> - another thing\n\nYes.\n"))
    assert anchored(thread, "Yes.").kind == "mail"


def test_a_comment_below_a_tag_of_a_person_hangs_on_the_patch_as_a_whole() -> None:
    found = anchored(talk((BO, "> Signed-off-by: Ada Author <ada@example.org>\n\nWhy at all?\n")), "Why")
    assert (found.kind, found.text) == ("message", "")
    assert found.line is not None


def robot(report: str) -> Thread:
    """A patch of three hunks' lines, and a build robot's answer to it."""
    return talk(
        ("kernel test robot <lkp@example.org>", f"kernel test robot noticed the following build errors:\n\n{report}\n")
    )


@pytest.mark.parametrize("mark", ["", ">> "])
def test_a_compilers_message_hangs_on_the_line_of_the_patch_that_it_names(mark: str) -> None:
    found = anchored(robot(f"{mark}fs/toy/file.c:12:9: error: use of undeclared identifier 'EINVALID'"), "noticed")
    assert (found.kind, found.file, found.new, found.sign) == ("diff", "fs/toy/file.c", 12, "+")


@pytest.mark.parametrize("named", ["fs/toy/file.c:4012:9", "fs/toy/other.c:12:9", "file.c:12"])
def test_a_line_that_the_patch_does_not_show_is_no_anchor(named: str) -> None:
    assert anchored(robot(f"{named}: error: use of undeclared identifier 'EINVALID'"), "noticed").kind == "mail"


def test_a_person_who_quotes_a_compiler_hangs_on_what_they_answer() -> None:
    assert anchored(talk((BO, "fs/toy/file.c:12:9: error: oops, I get this\n")), "oops").kind == "mail"
