"""Who is who in a thread, what each quoted line is, and which mail came first."""

import pytest

from tests.threads.argued import ADA, BO, CEM, quoted, talk
from tests.threads.mails import DIFF, mail, patch, thread
from threads import quoting, scene, series
from threads.model import Identity, Origin, Thread
from threads.scene import Scene, person

RE = "Re: [PATCH] toy: fix it"
SKETCH = "How about this?\n\n-- >8 --\nSubject: toy: better\n\nShorter.\n---\n" + DIFF
TAG = "Reviewed-by: Bo Reviewer <bo@example.org>\n"


def seen(given: Thread) -> Scene:
    return Scene(given, series.find(given), quoting.read(given))


def keys(name: str, address: str = "") -> frozenset[str]:
    return person(Identity(name=name, address=address))


def answer(number: int, to: int, author: str, text: str, hour: int) -> bytes:
    date = f"Fri, 5 Jun 2020 {hour:02d}:00:00 +0000"
    return mail(f"{number}@example.org", subject=RE, author=author, body=text, parent=f"{to}@example.org", date=date)


def line_of(given: Scene, msgid: str, text: str) -> Origin:
    return Origin(msgid=msgid, line=given.message(msgid).lines.index(text), exact=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Ada Author", "ada@example.org"), ("Ada Otter", "otter@example.org")),
        (("Ada", "ada@example.org"), ("Ada", "ada@example.net")),  # a first name alone is nobody in particular
        (("", ""), ("", "")),
        (("Ada Author via list", "list@example.org"), ("Bo Reviewer via list", "list@example.org")),
        (("J. Q.", "j@example.org"), ("J. Q.", "q@example.org")),  # initials alone neither
    ],
)
def test_two_people_are_not_taken_for_one(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert not keys(*one) & keys(*other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Ada Author", "ada@example.org"), ("Someone", "ada@example.org")),
        (("Ada Author", "ada@example.org"), ("ADA AUTHOR", "ada@example.net")),
        (("Author, Ada", "a@example.org"), ("Ada Author", "b@example.org")),
        (("Zoë Déjà", "a@example.org"), ("Zoe Deja", "b@example.org")),
        (("'Ada Author' via list", "list@example.org"), ("Ada Author", "ada@example.org")),
        (("Ada Author (Toy Works)", "a@toy.example"), ("Ada Author", "ada@example.org")),
        (("Ada X. Author", "a@example.org"), ("Ada Author", "b@example.org")),
    ],
)
def test_a_person_is_known_by_address_and_by_name_in_any_spelling(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert keys(*one) & keys(*other)


def test_a_list_that_rewrites_the_sender_lends_nobody_its_address() -> None:
    assert "list@example.org" not in keys("Ada Author via list", "list@example.org")


def test_without_a_patch_the_first_sender_is_the_author() -> None:
    found = seen(thread(mail("0@example.org", subject="a question", author=BO), answer(1, 0, ADA, "Yes.\n", 1)))
    assert [found.is_author(f"{number}@example.org") for number in (0, 1)] == [True, False]


def test_the_author_is_who_posted_the_patch_even_when_another_began_the_thread() -> None:
    report = mail("0@example.org", subject="toy: it breaks", author=BO, date="Wed, 3 Jun 2020 10:00:00 +0000")
    fix = patch("1@example.org", "[PATCH] toy: fix it", author=ADA, parent="0@example.org")
    found = seen(thread(report, fix, answer(2, 1, CEM, "Fine.\n", 1)))
    assert [found.role(f"{number}@example.org") for number in (0, 1, 2)] == ["reviewer", "author", "reviewer"]


def test_somebody_who_sends_a_patch_in_an_answer_does_not_become_the_author() -> None:
    found = seen(talk((BO, SKETCH), (CEM, "> How about this?\n\nNo.\n")))
    assert found.role("1@example.org") == "reviewer"
    assert not found.posts("1@example.org")
    assert found.posts("0@example.org")


def test_the_author_of_the_patch_is_the_author_when_another_mails_it() -> None:
    body = "From: Cem Third <cem@example.net>\n\nBecause.\n\nSigned-off-by: Cem Third <cem@example.net>\n---\n\n" + DIFF
    found = seen(thread(mail("0@example.org", subject="[PATCH] toy: fix it", author=ADA, body=body),
                        answer(1, 0, CEM, "Mine.\n", 1), answer(2, 0, BO, "Ok.\n", 2)))  # fmt: skip
    assert [found.is_author(f"{number}@example.org") for number in (0, 1, 2)] == [True, True, False]


def test_the_authors_of_a_series_are_all_whose_patches_it_holds() -> None:
    body = "From: Cem Third <cem@example.net>\n\nBecause.\n\nSigned-off-by: Cem Third <cem@example.net>\n---\n\n" + DIFF
    first = patch("1@example.org", "[PATCH 1/2] toy: fix it", author=ADA)
    second = mail("2@example.org", subject="[PATCH 2/2] toy: and that", author=ADA, body=body, parent="1@example.org")
    found = seen(thread(first, second, answer(3, 1, CEM, "Mine.\n", 1), answer(4, 1, BO, "Ok.\n", 2)))
    assert [found.is_author(f"{number}@example.org") for number in (1, 3, 4)] == [True, True, False]


def test_a_program_is_a_bot_even_under_the_authors_name() -> None:
    robot = mail("1@example.org", subject="Re: [PATCH] toy: fix it", author=ADA, parent="0@example.org",
                 body="Hi,\n\nlove your patch! Yet something to improve:\n",
                 more="X-Mailer: toy-ci\nAuto-Submitted: auto-generated\n")  # fmt: skip
    found = seen(thread(patch("0@example.org", "[PATCH] toy: fix it", author=ADA), robot))
    assert found.message("1@example.org").automated
    assert found.role("1@example.org") == "bot"


def test_the_order_of_time_is_that_of_dates_and_never_before_the_mail_answered() -> None:
    late, early = answer(1, 0, BO, "One.\n", 9), answer(2, 0, CEM, "Two.\n", 3)
    behind = mail("3@example.org", subject=RE, author=ADA, body="Three.\n", parent="1@example.org", date="")
    wrong = mail("4@example.org", subject=RE, author=ADA, body="Four.\n", parent="1@example.org",
                 date="Mon, 1 Jun 2015 00:00:00 +0000")  # fmt: skip
    found = seen(thread(patch("0@example.org", "[PATCH] toy: fix it", author=ADA), late, early, behind, wrong))
    rank = {msgid: found.rank[number] for msgid, number in found.index.items()}
    assert rank["0@example.org"] == 0
    assert rank["2@example.org"] < rank["1@example.org"]
    assert rank["1@example.org"] < min(rank["3@example.org"], rank["4@example.org"])
    assert sorted(rank.values()) == [0, 1, 2, 3, 4]


def test_a_patch_that_one_posts_is_not_yet_a_word_spoken() -> None:
    found = seen(talk((ADA, "One more thing.\n"), (BO, "Ok.\n"), (ADA, "Good.\n")))
    spoke = {msgid: found.spoke_before(msgid) for msgid in found.index}
    assert spoke == {
        "0@example.org": False, "1@example.org": False, "2@example.org": False, "3@example.org": True,
    }  # fmt: skip


def test_who_spoke_before_is_told_by_time_not_by_the_place_in_the_tree() -> None:
    later, earlier = answer(1, 0, BO, "One.\n", 9), answer(2, 0, BO, "Two.\n", 3)
    found = seen(thread(patch("0@example.org", "[PATCH] toy: fix it", author=ADA), later, earlier))
    assert (found.spoke_before("1@example.org"), found.spoke_before("2@example.org")) == (True, False)


def test_a_name_is_new_only_in_the_first_mail_that_has_it() -> None:
    found = seen(talk((BO, "What about toy_lock()?\n"), (ADA, "> What about toy_lock()?\n\ntoy_lock() is fine.\n")))
    assert found.is_new("toy_lock", "1@example.org")
    assert not found.is_new("toy_lock", "2@example.org")
    assert not found.is_new("toy_mark", "1@example.org")  # the patch calls it
    assert found.is_new("toy_unheard_of", "2@example.org")


def test_what_a_quoted_line_is_told_by_where_it_stands() -> None:
    found = seen(talk((BO, "> +\tret = -EIO;\n\nWhy?\n\n" + TAG)))
    what = {
        text: found.what(line_of(found, "0@example.org", text))
        for text in (
            "Because it is wrong.", "Signed-off-by: Ada Author <ada@example.org>", "+\tret = -EIO;", " \tint ret;",
            "index 1111111..2222222 100644",
        )
    }  # fmt: skip
    assert what == {
        "Because it is wrong.": "message",
        "Signed-off-by: Ada Author <ada@example.org>": "trailer",
        "+\tret = -EIO;": "diff",
        " \tint ret;": "diff",
        "index 1111111..2222222 100644": "diff",
    }
    assert found.what(line_of(found, "1@example.org", "Why?")) == "words"
    assert found.what(None) == "unknown"


def test_the_text_of_a_cover_letter_is_no_commit_message() -> None:
    cover = mail("0@example.org", subject="[PATCH 0/1] toys", author=ADA, body="All the toys.\n")
    found = seen(thread(cover, patch("1@example.org", "[PATCH 1/1] toy: fix it", author=ADA, parent="0@example.org")))
    assert found.what(line_of(found, "0@example.org", "All the toys.")) == "cover"
    assert found.what(line_of(found, "1@example.org", "Because it is wrong.")) == "message"


def test_the_text_of_a_patch_whose_diff_was_lost_is_a_commit_message() -> None:
    found = seen(thread(mail("0@example.org", subject="[PATCH 2/2] toy: fix it", author=ADA, body="Because.\n")))
    assert found.what(line_of(found, "0@example.org", "Because.")) == "message"


def test_words_around_a_sketch_in_an_answer_are_words_and_its_diff_is_a_diff() -> None:
    found = seen(talk((BO, SKETCH)))
    assert found.is_patch("1@example.org")
    assert found.what(line_of(found, "1@example.org", "How about this?")) == "words"
    assert found.what(line_of(found, "1@example.org", "+\tret = -EIO;")) == "diff"


def test_quoted_tags_are_not_given_again() -> None:
    found = seen(talk((BO, "Fine.\n\n" + TAG), (ADA, quoted(TAG) + "\nThanks.\n"), (CEM, "Cc: bo@example.org\n")))
    assert [len(found.tag_lines(f"{number}@example.org")) for number in (1, 2, 3)] == [1, 0, 0]
    (line,) = found.tag_lines("1@example.org")
    assert found.message("1@example.org").lines[line] == TAG.rstrip()


@pytest.mark.parametrize(
    ("text", "gives"),
    [
        ("  acked-by: Bo <bo@example.org>", True),
        ("Tested-and-reviewed-by: Bo", True),
        ("Nacked-by: Bo", False),
        ("Signed-off-by: Bo", False),
        ("I gave my Reviewed-by: already", False),
    ],
)
def test_a_review_tag_begins_its_line(text: str, gives: bool) -> None:
    assert scene.gives_tag(text) is gives


def test_the_depth_of_a_mail_counts_from_the_patch_above_it() -> None:
    cover = mail("0@example.org", subject="[PATCH 0/1] toys", author=ADA, body="All the toys.\n")
    one = patch("1@example.org", "[PATCH 1/1] toy: fix it", author=ADA, parent="0@example.org")
    found = seen(thread(cover, one, answer(2, 1, BO, "Why?\n", 1), answer(3, 2, ADA, "So.\n", 2)))
    assert [found.depth(f"{number}@example.org") for number in (0, 1, 2, 3)] == [1, 1, 1, 2]
    assert [found.parent(f"{number}@example.org") for number in (0, 3)] == ["", "2@example.org"]


def test_an_unknown_mail_is_nobodys() -> None:
    found = seen(talk())
    assert not found.is_author("gone@example.org")
    assert not found.same("gone@example.org", "gone@example.org")
    assert not found.posts("gone@example.org")


def test_who_answers_a_patch_with_a_sketch_is_a_reviewer_below_it() -> None:
    found = seen(thread(*_two(posted=False)))
    assert [found.role(f"{number}@example.org") for number in (1, 2, 3, 4)] == [
        "author", "reviewer", "author", "reviewer"
    ]  # fmt: skip


def test_the_author_of_a_talk_is_the_author_of_the_patch_above_it() -> None:
    found = seen(thread(*_two(posted=True)))
    roles = [found.role(f"{number}@example.org") for number in (1, 2, 3, 4)]
    assert roles == ["author", "reviewer", "reviewer", "author"]
    assert [found.began(f"{number}@example.org") for number in (1, 2, 3, 4)] == [True, False, True, False]


def test_a_later_version_by_the_same_people_has_their_talk() -> None:
    again = patch("2@example.org", "[PATCH v2] toy: fix it", author=ADA, parent="1@example.org")
    found = seen(
        thread(patch("1@example.org", "[PATCH] toy: fix it", author=ADA), again, answer(3, 2, ADA, "Better?\n", 2))
    )
    assert not found.others
    assert found.role("3@example.org") == "author"


def _two(*, posted: bool) -> list[bytes]:
    """Ada's patch, Bo's own below it (or a sketch), then Ada and Bo speak of that."""
    other = (
        patch("2@example.org", "[PATCH] toy: mend the mark", author=BO, parent="1@example.org")
        if posted
        else answer(2, 1, BO, SKETCH, 1)
    )
    first = patch("1@example.org", "[PATCH] toy: fix it", author=ADA)
    return [first, other, answer(3, 2, ADA, "Why is that?\n", 2), answer(4, 3, BO, "It leaks.\n", 3)]
