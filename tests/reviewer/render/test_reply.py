import msgspec
import pytest

from reviewer.render import reply
from tests.reviewer.render import sample


def test_a_thread_with_nothing_open_asks_nothing() -> None:
    draft = reply.render(sample.settled())
    assert "Nothing is left open" in draft
    assert "What v" not in draft


def test_the_headers_answer_the_reviewed_patch() -> None:
    head = reply.render(sample.typical()).split("\n\n")[0]
    assert "To: Nils Arden <nils@example.org>" in head
    assert "Subject: Re: [PATCH v2 1/2] brinefs" in head
    assert "In-Reply-To: <v2-1-brine@example.org>" in head
    assert "robot@example.org" not in head


def test_a_mail_without_an_id_is_not_answered_by_one() -> None:
    review = sample.typical()
    message = msgspec.structs.replace(review.thread.messages[0], msgid="no-id-1@invalid")
    thread = msgspec.structs.replace(review.thread, messages=(message,), parents=(-1,))
    assert "In-Reply-To" not in reply.render(msgspec.structs.replace(review, thread=thread, reviewed="no-id-1@invalid"))


def test_each_open_point_of_a_person_is_quoted_with_at_most_five_lines_of_context() -> None:
    body = reply.render(sample.typical()).split("\n\n", 1)[1]
    assert body.index("Why does the fault path") < body.index("-EIO hides -ENOMEM") < body.index("how often")
    assert "brine_fault_error is not declared" not in body
    run = 0
    for line in body.split("\n"):
        run = run + 1 if line.startswith("> >") else 0
        assert run <= 5


def test_lines_of_a_patch_are_not_folded_and_prose_of_ours_is() -> None:
    body = reply.render(sample.typical()).split("\n\n", 1)[1]
    assert "> > +\t\tret = brine_fault_error(folio, -EIO);" in body.split("\n")
    assert all(len(line) <= 72 for line in body.split("\n") if not line.startswith((">", "    http", "http")))


def test_the_author_gets_a_list_of_what_the_next_version_must_answer() -> None:
    body = reply.render(sample.typical())
    assert "What v3 must answer:" in body
    assert "[ ] P2: placement (blocking) in the commit message, disputed" in body
    assert "[ ] P4: readability (nit) at fs/brinefs/file.c:123, promised" in body


@pytest.mark.parametrize(
    ("who", "weight", "asked"),
    [
        ("the author", "should", "Nobody has answered this yet. Will v3 change this, or why not?"),
        ("the author", "question", "Nobody has answered this yet. Is there an answer to it?"),
        ("Bo R", "should", "Nobody has answered this yet. Does that settle it for you, Bo R?"),
    ],
)
def test_each_point_ends_in_a_question_to_whoever_is_waited_for(who: str, weight: str, asked: str) -> None:
    review = sample.typical()
    point = msgspec.structs.replace(review.points[0], status="open", waiting_for=who, weight=weight, events=())
    text = reply.render(msgspec.structs.replace(review, points=(point,)))
    assert asked in text.split("\n")


def test_a_point_that_nobody_is_waited_for_is_not_asked_again() -> None:
    review = sample.typical()
    point = msgspec.structs.replace(review.points[0], status="open", waiting_for="", events=())
    assert "Nothing is left open" in reply.render(msgspec.structs.replace(review, points=(point,)))


def test_prose_is_quoted_by_the_paragraph_and_code_by_its_last_lines() -> None:
    text = reply.render(sample.typical())
    assert "> > A read that failed leaves a folio in the page cache" in text
    quoted = [line for line in text.split("\n") if line.startswith("> > ")]
    assert not any(line.strip("> ") in ("Hi,", "Thanks,") for line in quoted)
