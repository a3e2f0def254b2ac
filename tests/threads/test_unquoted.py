"""Reactions that quote nothing of the point."""

import pytest

from tests import growth
from tests.threads.argued import ADA, BO, CEM, look
from tests.threads.mails import DIFF, mail, patch
from threads import features, messages, tree, unquoted
from threads.points import Draft
from threads.reading import Reading

LEAK = "> +\tret = -EIO;\n\nThis leaks the buffer, please free it.\n"
RE = "Re: [PATCH] toy: fix it"


def answer(number: int, to: int, author: str, text: str) -> bytes:
    date = f"Fri, 5 Jun 2020 {number % 24:02d}:00:00 +0000"
    return mail(f"{number}@example.org", subject=RE, author=author, body=text, parent=f"{to}@example.org", date=date)


def thread(*raws: bytes) -> Reading:
    first = patch("0@example.org", "[PATCH] toy: fix it", author=ADA)
    return look(tree.build([messages.parse_message(raw, "test") for raw in (first, *raws)]))


def point(reading: Reading, text: str) -> Draft:
    """The block that holds the text, as one point."""
    number = next(n for n, one in enumerate(reading.passages) if any(text in said.text for said in one.sentences))
    passage = reading.passages[number]
    main = next(n for n, said in enumerate(passage.sentences) if text in said.text)
    owned = range(len(passage.sentences))
    return Draft(
        block=number, main=main, sentences=tuple(owned), lines=passage.sentences[main].lines,
        quote_line=passage.sentences[main].best_line, text=passage.sentences[main].text, kind="correctness",
        weight="should", chance=1.0, whole=1.0, automated=False, traits=features.about(passage, owned, main), why=(),
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Please fold it into the first patch and apply it to your tree.",
        "I will look at the next version.",
        "The patch was applied to the wrong tree.",
        "Have you changed the caller too?",
    ],
)
def test_a_request_does_not_settle_itself(text: str) -> None:
    assert (
        unquoted.by_raiser(point(thread(answer(1, 0, BO, text + "\n")), text), thread(answer(1, 0, BO, text))) is None
    )


@pytest.mark.parametrize(
    "text",
    [
        "Applied with a small change:",
        "I've folded it into the first one.",
        "Thanks, applied with the subject made shorter.",
        "The other path lacks the lock too, I'll send a patch for it.",
    ],
)
def test_what_was_changed_when_it_was_applied_is_accepted(text: str) -> None:
    reading = thread(answer(1, 0, BO, text + "\n"))
    found = unquoted.by_raiser(point(reading, text), reading)
    assert found is not None
    assert (found.relation, found.type) == ("self", "accepted")


@pytest.mark.parametrize(
    ("author", "text"),
    [
        (CEM, "Makes sense, as Bo said. Will do."),  # not the author
        (ADA, "As Bo said it may leak. Any other opinion?"),  # agrees to nothing
        (ADA, "Makes sense. I'll fix it."),  # names nobody
        (ADA, "Bo, I'll be away next week."),  # speaks to, not of
    ],
)
def test_agreement_elsewhere_needs_the_author_and_the_name(author: str, text: str) -> None:
    reading = thread(answer(1, 0, BO, LEAK), answer(2, 0, CEM, "I see it too.\n"), answer(3, 2, author, text + "\n"))
    assert unquoted.named(point(reading, "leaks"), reading, frozenset()) is None


def test_the_author_agrees_elsewhere_and_names_the_raiser() -> None:
    text = "Makes sense now, it is what Bo meant. Will fix it.\n"
    reading = thread(answer(1, 0, BO, LEAK), answer(2, 0, CEM, "I see it too.\n"), answer(3, 2, ADA, text))
    draft = point(reading, "leaks")
    found = unquoted.named(draft, reading, frozenset())
    assert found is not None
    assert (found.relation, found.type) == ("named", "accepted")
    assert unquoted.named(draft, reading, frozenset((found.block,))) is None


def test_a_tag_counts_only_when_later_and_by_the_raiser() -> None:
    tag = "Reviewed-by: Bo Reviewer <bo@example.org>\n"
    reading = thread(answer(1, 0, BO, LEAK), answer(2, 1, ADA, "> leaks\n\nIt does not.\n"), answer(3, 2, BO, tag))
    draft = point(reading, "leaks")
    found = unquoted.tagged(draft, reading, 2)
    assert found is not None
    assert (found.relation, found.type, found.line) == ("tag", "withdrawn", 0)
    assert unquoted.tagged(draft, reading, 3) is None
    other = thread(answer(1, 0, BO, LEAK), answer(3, 1, CEM, "Reviewed-by: Cem Third <cem@example.net>\n"))
    assert unquoted.tagged(point(other, "leaks"), other, 1) is None


def test_a_later_version_is_quoted_where_it_speaks_of_the_point() -> None:
    body = f"It was wrong.\n\nFree the buffer, as it leaks.\n---\n fs/toy/file.c | 3 ++-\n\n{DIFF}-- \n2.40.0\n"
    date = "Sat, 6 Jun 2020 10:00:00 +0000"
    again = mail(
        "9@example.org", subject="[PATCH v2] toy: fix it", author=ADA, parent="0@example.org", body=body, date=date
    )
    reading = thread(answer(1, 0, BO, LEAK), again)
    found = unquoted.version(point(reading, "leaks"), reading)
    assert found is not None
    assert reading.scene.thread.messages[-1].lines[found.line].startswith("Free the buffer")
    same = mail(
        "9@example.org", subject="[PATCH] toy: fix it", author=ADA, parent="0@example.org", body=body, date=date
    )
    resent = thread(answer(1, 0, BO, LEAK), same)
    assert unquoted.version(point(resent, "leaks"), resent) is None


def test_long_sentences_take_time_in_proportion_to_their_length() -> None:
    def make(count: int) -> tuple[Draft, Reading]:
        reading = thread(answer(1, 0, BO, "thanks " * count + "I also just will send a " * count + "\n"))
        return point(reading, "thanks"), reading

    def read(given: tuple[Draft, Reading]) -> None:
        unquoted.by_raiser(*given)
        unquoted.named(*given, frozenset())

    assert growth.ratio(make, read, 10_000) < 3


@pytest.mark.parametrize("said", ["Aha, please ignore this question.", "Never mind, I misread it.", "Scratch that."])
def test_who_answers_their_own_mail_with_ignore_this_takes_it_back(said: str) -> None:
    first = answer(1, 0, BO, LEAK)
    reading = thread(first, answer(2, 1, BO, said + "\n"))
    found = unquoted.taken_back(point(reading, "leaks"), reading)
    assert found is not None
    assert (found.type, found.relation) == ("withdrawn", "later")
    other = thread(first, answer(2, 1, CEM, said + "\n"))
    assert unquoted.taken_back(point(other, "leaks"), other) is None


def test_a_second_thought_that_takes_nothing_back_is_no_withdrawal() -> None:
    reading = thread(answer(1, 0, BO, LEAK), answer(2, 1, BO, "You cannot ignore the error either.\n"))
    assert unquoted.taken_back(point(reading, "leaks"), reading) is None


def test_a_maintainer_who_updated_the_patch_settles_what_he_says() -> None:
    text = "I've updated the patch itself as below."
    reading = thread(answer(1, 0, BO, text + "\n"))
    found = unquoted.by_raiser(point(reading, text), reading)
    assert found is not None
    assert found.type == "accepted"


@pytest.mark.parametrize("said", ["The constant belongs in the header, I'll update the commit.", "I will fix this up."])
def test_a_maintainer_who_will_mend_it_himself_waits_for_nobody(said: str) -> None:
    reading = thread(answer(1, 0, BO, said + "\n"))
    found = unquoted.by_raiser(point(reading, said), reading)
    assert found is not None
    assert found.type == "accepted"


def test_who_will_change_his_mind_mends_nothing() -> None:
    said = "I will change that opinion when I see numbers."
    reading = thread(answer(1, 0, BO, said + "\n"))
    assert unquoted.by_raiser(point(reading, said), reading) is None


@pytest.mark.parametrize(
    ("author", "text"),
    [
        (CEM, "I have sent v3 with your fixes, did you see it?"),
        (ADA, "If I send a v2 with that change, will you take it?"),
        (ADA, "I sent v1 with a cover letter that speaks of the leak."),
        (BO, "With these changes the toy does not crash."),
        (CEM, "The other patch was merged without changes to the caller."),
        (CEM, "Please apply it with the changes that Bo asks for."),
    ],
)
def test_what_is_only_wished_for_is_in_no_version(author: str, text: str) -> None:
    reading = thread(answer(1, 0, BO, LEAK), answer(2, 0, author, text + "\n"))
    assert unquoted.with_changes(point(reading, "leaks"), reading, frozenset()) is None


@pytest.mark.parametrize(
    ("author", "text"),
    [
        (ADA, "I've just sent V3 with all the fixes, thanks to all."),
        (ADA, "Posted a new version with the corrections."),
        (CEM, "Added to toy-next with minor fixups."),
        (BO, "With some edits pushed to toy-next, thank you."),
        (CEM, "I fixed the leak and pushed it."),
        (CEM, "No need to send it again, I'll fix it up when I merge it."),
    ],
)
def test_what_is_said_to_be_in_what_was_sent_or_taken_settles_earlier_points(author: str, text: str) -> None:
    reading = thread(answer(1, 0, BO, LEAK), answer(2, 0, author, text + "\n"))
    found = unquoted.with_changes(point(reading, "leaks"), reading, frozenset())
    assert found is not None
    assert (found.relation, found.type, found.line) == ("named", "accepted", 0)
    assert unquoted.with_changes(point(reading, "leaks"), reading, frozenset((found.block,))) is None
