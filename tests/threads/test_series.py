import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.threads.mails import DIFF, mail, patch, thread
from threads import series
from threads.model import Series, Thread


def numbers(one: Series) -> list[int]:
    return [patch.number for patch in one.patches]


def find(*raws: bytes) -> tuple[Series, ...]:
    return series.find(thread(*raws))


def cover(msgid: str, subject: str, **more: str) -> bytes:
    body = "What this is about.\n\nAda\n\n fs/toy/file.c | 3 ++-\n\n-- \n2.40.0\n"
    return mail(msgid, subject=subject, body=body, **more)


def reply(
    msgid: str, parent: str, body: str, subject: str = "Re: [PATCH] toy", author: str = "Bo <bo@example.org>"
) -> bytes:
    return mail(msgid, parent=parent, subject=subject, author=author, body=body, date="Fri, 5 Jun 2020 10:00:00 +0000")


@pytest.mark.parametrize(
    "raw",
    [
        mail(subject="a question"),
        mail(subject="[RFC] an idea", body="No code yet.\n"),
        mail(subject="[PATCH] toy: fix", body="The patch got lost.\n"),
        mail(subject="Re: [PATCH] toy", body="I suggest:\n\n" + DIFF),  # a suggestion, not a patch
        mail(subject="Re: [PATCH] toy", body="> Signed-off-by: Ada <ada@example.org>\n\n" + DIFF),
        mail(subject="Re: [PATCH] toy", body="\n".join("> " + line for line in DIFF.split("\n"))),
        mail(subject="Re: [PATCH] toy", body="Signed-off-by: Somebody Else <else@example.org>\n---\n" + DIFF),
        mail(subject="[GIT PULL] toy", body="Please pull.\n" + "---\n fs/toy | 1 +\n"),
    ],
)
def test_a_thread_without_a_patch_has_no_series(raw: bytes) -> None:
    assert find(raw) == ()
    assert series.current(thread(raw), ()) is None


def test_a_diff_under_a_report_is_the_patch_of_a_thread_without_another() -> None:
    report = mail("1", subject="a warning in toy")
    answer = reply("2", "1", "> it warns\n\nDoes this help?\n\n" + DIFF, subject="Re: a warning in toy")
    (one,) = find(report, answer)
    assert [(patch.msgid, [file.path for file in patch.files]) for patch in one.patches] == [("2", ["fs/toy/file.c"])]
    assert str(one.author) == "Bo"
    both = find(report, answer, patch("3", "[PATCH] toy: fix it"))
    assert [patch.msgid for series in both for patch in series.patches] == ["3"]


def test_a_single_patch_is_a_series_of_one() -> None:
    (one,) = find(patch("1", "[PATCH] toy: fix it"))
    assert (one.version, one.resend, one.subject, one.expected, one.cover) == (1, False, "toy: fix it", 1, None)
    (only,) = one.patches
    assert (only.number, only.total, only.prefix) == (1, 1, ("PATCH",))
    assert only.message_lines == (0, 3)
    assert [tag.name for tag in only.trailers] == ["Signed-off-by"]
    assert [file.path for file in only.files] == ["fs/toy/file.c"]
    assert only.files[0].hunks[0].lines[0].mail_line == 11
    assert only.defects == ()


def test_a_cover_letter_leads_its_patches_in_order() -> None:
    (one,) = find(
        cover("0", "[PATCH v3 0/3] toy: series"),
        patch("3", "[PATCH v3 3/3] c", parent="0"),
        patch("1", "[PATCH v3 1/3] a", parent="0"),
        patch("2", "[PATCH v3 2/3] b", parent="0"),
    )
    assert one.cover is not None
    assert (one.version, one.subject, one.cover.number, one.cover.files) == (3, "toy: series", 0, ())
    assert one.cover.message_lines == (0, 5)
    assert (numbers(one), one.expected) == ([1, 2, 3], 3)


def test_patches_in_a_row_are_one_series() -> None:
    (one,) = find(
        patch("1", "[PATCH 1/3] a"), patch("2", "[PATCH 2/3] b", parent="1"), patch("3", "[PATCH 3/3] c", parent="2")
    )
    assert (one.cover, numbers(one)) == (None, [1, 2, 3])


def test_patches_whose_cover_is_missing_are_one_series() -> None:
    (one,) = find(patch("2", "[PATCH 2/4] b", parent="gone"), patch("4", "[PATCH 4/4] d", parent="gone"))
    assert (one.cover, numbers(one), one.expected) == (None, [2, 4], 4)


def test_a_mail_without_a_diff_that_numbered_patches_answer_is_their_cover() -> None:
    (one,) = find(
        cover("0", "[PATCH] toy: series"),
        patch("1", "[PATCH 1/2] a", parent="0"),
        patch("2", "[PATCH 2/2] b", parent="0"),
    )
    assert one.cover is not None
    assert (one.cover.msgid, numbers(one), one.expected) == ("0", [1, 2], 2)


def test_a_patch_added_behind_the_last_belongs_to_the_series() -> None:
    (one,) = find(
        cover("0", "[PATCH 0/2] s"),
        patch("1", "[PATCH 1/2] a", parent="0"),
        patch("2", "[PATCH 2/2] b", parent="0"),
        patch("3", "[PATCH 3/2] c", parent="0"),
    )
    assert numbers(one) == [1, 2, 3]


@pytest.mark.parametrize(
    ("first", "subjects", "version", "resend"),
    [
        ("[PATCH 0/2 RESEND] s", ("[PATCH 1/2] a", "[PATCH 2/2] b"), 1, True),
        ("[PATCH 0/2] s", ("[PATCH RESEND 1/2] a", "[PATCH RESEND 2/2] b"), 1, True),
        ("[PATCH 0/2] s", ("[PATCH RESEND 1/2] a", "[PATCH 2/2] b"), 1, False),
        ("[PATCH v3 0/2] s", ("[PATCH v4 1/2] a", "[PATCH v4 2/2] b"), 4, False),
        ("[PATCH v4 0/2] s", ("[PATCH v3 1/2] a", "[PATCH v3 2/2] b"), 4, False),
        ("[PATCH v3 0/2] s", ("[PATCH v3 1/2] a", "[PATCH v4 2/2] b"), 3, False),  # each patch counts its own
        ("[PATCH v2 0/1] s", ("[PATCH v2] a",), 2, False),
        ("[PATCH 0/1] s", ("[PATCH] a",), 1, False),
    ],
)
def test_what_is_sent_in_one_go_under_a_cover_letter_is_one_series(
    first: str, subjects: tuple[str, ...], version: int, resend: bool
) -> None:
    (one,) = find(cover("0", first), *(patch(str(n), subject, parent="0") for n, subject in enumerate(subjects, 1)))
    assert one.cover is not None
    assert (one.cover.msgid, one.version, one.resend, numbers(one)) == (
        "0",
        version,
        resend,
        [*range(1, len(subjects) + 1)],
    )


@pytest.mark.parametrize(
    ("first", "second", "more"),
    [
        ("[PATCH 0/2 RESEND] s", "[PATCH 1/2] a", {"date": "Fri, 5 Jun 2020 10:00:00 +0000"}),
        ("[PATCH 0/2] s", "[PATCH v2 1/2] a", {"author": "Bo <bo@example.org>"}),
        ("[PATCH 0/2] s", "[PATCH v2 1/3] a", {}),
        ("[PATCH 0/2] s", "[PATCH] tests: for s", {}),
        ("[PATCH] a", "[PATCH 0/1] s", {}),
    ],
)
def test_what_comes_later_or_counts_otherwise_is_another_series(first: str, second: str, more: dict[str, str]) -> None:
    leading = patch("0", first) if first == "[PATCH] a" else cover("0", first)
    assert len(find(leading, patch("1", second, parent="0", **more))) == 2


def test_a_cover_letter_beside_its_patches_leads_them() -> None:
    sent = (
        cover("0", "[PATCH 0/2] s", parent="gone"),
        patch("1", "[PATCH 1/2] a", parent="gone"),
        patch("2", "[PATCH 2/2] b", parent="gone"),
    )
    for one in (*find(*sent), *find(*(raw.replace(b"In-Reply-To", b"X-None") for raw in sent))):
        assert one.cover is not None
        assert (one.cover.msgid, numbers(one)) == ("0", [1, 2])


def test_a_cover_letter_under_its_last_patch_leads_the_series() -> None:
    (one,) = find(
        patch("2", "[PATCH v5 2/2] b"),
        cover("0", "[PATCH v5 0/2] s", parent="2"),
        patch("1", "[PATCH v5 1/2] a", parent="2"),
    )
    assert one.cover is not None
    assert (one.subject, one.version, numbers(one)) == ("s", 5, [1, 2])


def test_versions_in_one_thread_are_told_apart_oldest_first() -> None:
    found = find(
        cover("a0", "[PATCH 0/2] s"),
        patch("a1", "[PATCH 1/2] a", parent="a0"),
        patch("a2", "[PATCH 2/2] b", parent="a0"),
        cover("b0", "[PATCH v2 0/1] s", parent="a0"),
        patch("b1", "[PATCH v2 1/1] a", parent="b0"),
        patch("c1", "[PATCH v3 1/2] a", parent="a0"),
        patch("c2", "[PATCH v3 2/2] b", parent="a0"),
    )
    assert [(one.version, numbers(one)) for one in found] == [(1, [1, 2]), (2, [1]), (3, [1, 2])]
    assert [one.cover is not None for one in found] == [True, True, False]


def test_a_resend_is_its_own_series() -> None:
    found = find(patch("1", "[PATCH v2] a"), patch("2", "[PATCH v2 RESEND] a", parent="1"))
    assert [(one.version, one.resend) for one in found] == [(2, False), (2, True)]


def test_a_forgotten_version_is_inferred_from_the_patches_sent_with_it() -> None:
    (one,) = find(patch("1", "[PATCH 1/2 v2] a"), patch("2", "[PATCH 2/2] b", parent="1"))
    assert (one.version, numbers(one)) == (2, [1, 2])


def test_a_patch_sent_again_under_the_same_number_is_its_own_series() -> None:
    found = find(
        cover("0", "[PATCH 0/1] s"),
        patch("1", "[PATCH 1/1] a", parent="0"),
        patch("2", "[PATCH 1/1] a", parent="0", date="Fri, 5 Jun 2020 1:00 +0000"),
    )
    assert [[patch.msgid for patch in one.patches] for one in found] == [["1"], ["2"]]


def test_a_patch_whose_diff_got_lost_is_kept_with_a_defect() -> None:
    (one,) = find(patch("1", "[PATCH 1/2] a"), mail("2", subject="[PATCH 2/2] b", parent="1", body="Attached.\n"))
    assert numbers(one) == [1, 2]
    assert [defect.what for defect in one.patches[1].defects] == ["a patch without a diff that can be read"]


def test_a_reply_whose_mailer_writes_no_re_is_no_patch() -> None:
    found = find(
        cover("0", "[PATCH 0/1] s"),
        patch("1", "[PATCH 1/1] a", parent="0"),
        reply("2", "1", "> Because it is wrong.\n\nIs it?\n", subject="[PATCH 1/1] a"),
        reply("3", "0", "> What this is about.\n\nWhat?\n", subject="[PATCH 0/1] s"),
    )
    assert [numbers(one) for one in found] == [[1]]


def test_a_patch_behind_scissors_in_a_reply_is_a_patch() -> None:
    body = "> quoted\n\nHow about this?\n\n-- >8 --\nSubject: [PATCH v2] toy: fix it well\n\nBetter.\n---\n\n" + DIFF
    found = find(patch("1", "[PATCH] toy: fix it"), reply("2", "1", body))
    assert [(one.version, one.subject, one.patches[0].msgid) for one in found] == [
        (1, "toy: fix it", "1"),
        (2, "toy: fix it well", "2"),
    ]
    assert found[1].patches[0].message_lines == (7, 8)


def test_a_signed_off_patch_between_quotes_is_a_patch() -> None:
    body = (
        "> quoted\n\nUntested:\n\nFrom " + "0" * 40 + " Mon Sep 17 00:00:00 2001\nFrom: Ada Author <ada@example.org>\n"
        "Subject: [PATCH] toy:\n fix\n\nBetter.\n\nSigned-off-by: Bo <bo@example.org>\n---\n\n"
        + DIFF
        + "> more quoted\n\nwords\n"
    )
    first, second = find(patch("1", "[PATCH] toy: fix it"), reply("2", "1", body))
    (inner,) = second.patches
    assert (inner.author.address, inner.subject, inner.number, inner.message_lines) == (
        "ada@example.org",
        "toy: fix",
        1,
        (9, 12),
    )
    assert inner.files[0].hunks[0].lines[-1].text == "\treturn ret;"
    assert first.author.address == "ada@example.org"


def test_an_in_body_author_counts() -> None:
    raw = mail(subject="[PATCH] x", body="From: Cy <cy@example.org>\nDate: today\n\nBecause.\n---\n" + DIFF)
    (one,) = find(raw)
    assert (one.patches[0].author.address, one.author.address) == ("cy@example.org", "ada@example.org")
    assert one.patches[0].message_lines == (3, 4)


@pytest.mark.parametrize("body", ["From here on.\n---\n", "Subject to review: x\n---\n", "\nWhy: from: x\n---\n"])
def test_text_that_only_looks_like_an_in_body_header_is_message(body: str) -> None:
    (one,) = find(mail(subject="[PATCH] x", body=body + DIFF))
    assert one.patches[0].author.address == "ada@example.org"
    assert thread(mail(body=body)).messages[0].lines[one.patches[0].message_lines[0]].strip()


def test_base_commit_and_change_id_are_read() -> None:
    body = "Why.\n---\nbase-commit: 0123456789abcdef0123456789abcdef01234567\nchange-id: 20200604-toy-1234\n\n" + DIFF
    (one,) = find(mail(subject="[PATCH] x", body=body))
    assert (one.base_commit, one.change_id) == ("0123456789abcdef0123456789abcdef01234567", "20200604-toy-1234")


def test_tags_in_replies_are_credited_to_the_patch_they_answer() -> None:
    read = thread(
        cover("0", "[PATCH 0/2] s"),
        patch("1", "[PATCH 1/2] a", parent="0"),
        patch("2", "[PATCH 2/2] b", parent="0"),
        reply("3", "1", "> x\n\nReviewed-by: Bo <bo@example.org>\n"),
        reply("4", "3", "Acked-by: Cy <cy@example.org>\n", author="Cy <cy@example.org>"),
        reply("5", "0", "Tested-by: Bo <bo@example.net>\n"),
        reply("6", "gone", "Acked-by: Bo <bo@example.org>\n", subject="something else"),
    )
    (one,) = series.find(read)
    assert [(tag.name, tag.msgid) for tag in one.credited] == [("Reviewed-by", "3"), ("Acked-by", "4")]
    assert [(tag.name, tag.msgid, tag.credited) for tag in one.claimed] == [("Tested-by", "5", False)]
    assert dict(series.patch_of(read, [one])) == {"3": "1", "4": "1", "5": "0"}


def test_a_robot_credits_nobody_and_sends_no_patches_in_replies() -> None:
    robot = "kernel test robot <lkp@example.org>"
    found = find(
        patch("1", "[PATCH] a"),
        reply("2", "1", "Reported-by: kernel test robot <lkp@example.org>\n", author=robot),
        reply("3", "1", "Signed-off-by: kernel test robot <lkp@example.org>\n---\n" + DIFF, author=robot),
    )
    assert [(numbers(one), one.credited) for one in found] == [([1], ())]


def current(*raws: bytes) -> str:
    read: Thread = thread(*raws)
    one = series.current(read, series.find(read))
    assert one is not None
    return (one.cover or one.patches[0]).msgid


def test_the_current_series_is_the_authors_newest() -> None:
    late = "Sat, 6 Jun 2020 10:00:00 +0000"
    assert current(patch("1", "[PATCH] a"), patch("2", "[PATCH v2] b", parent="1")) == "2"
    assert current(patch("1", "[PATCH v2] a"), patch("2", "[PATCH v2 RESEND] a", parent="1", date=late)) == "2"
    assert current(patch("1", "[PATCH] a"), patch("2", "[PATCH] tests: for a", parent="1", date=late)) == "1"
    assert (
        current(patch("1", "[PATCH] a"), patch("2", "[PATCH v9] b", parent="1", author="Eve <eve@example.com>")) == "1"
    )


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (
            "Why.\n\n" + DIFF.replace("toy", "evil") + "\nMore.\n---\n stat\n\n" + DIFF,
            "line 2: a diff stands before the --- line",
        ),
        (
            "Why.\n---\n\n" + DIFF + "-- \n2.40.0\n\n" + DIFF.replace("toy", "evil"),
            "a diff stands behind the signature",
        ),
        ("Why.\n---\n 1 file changed, 1 insertion(+)\n\n" + DIFF, "the diffstat says 1 files, +1 -0"),
    ],
)
def test_what_git_am_applies_is_shown_and_what_hides_it_is_a_finding(body: str, what: str) -> None:
    (one,) = find(mail(subject="[PATCH] x", body=body))
    (only,) = one.patches
    assert [file.path for file in only.files].count("fs/toy/file.c") == 1
    assert ("fs/evil/file.c" in [file.path for file in only.files]) == ("evil" in body)
    assert any(defect.what.startswith(what) for defect in only.defects)


SUBJECTS = [
    "[PATCH] a",
    "[PATCH 0/2] s",
    "[PATCH 1/2] a",
    "[PATCH 2/2] b",
    "[PATCH v2 1/2] a",
    "Re: [PATCH] a",
    "[RFC] x",
    "[PATCH 3/2] c",
]


@given(st.lists(st.tuples(st.sampled_from(SUBJECTS), st.integers(0, 12), st.booleans()), max_size=12))
def test_every_patch_is_in_one_series_and_every_reply_about_one(mails: list[tuple[str, int, bool]]) -> None:
    read = thread(
        *(
            patch(str(n), subject, parent=str(parent)) if diff else mail(str(n), subject=subject, parent=str(parent))
            for n, (subject, parent, diff) in enumerate(mails)
        )
    )
    found = series.find(read)
    ids = [patch.msgid for one in found for patch in (*one.patches, *((one.cover,) if one.cover else ()))]
    assert len(ids) == len(set(ids))
    assert set(ids) >= {str(n) for n, (subject, _, diff) in enumerate(mails) if diff and subject.startswith("[PATCH")}
    about = series.patch_of(read, found)
    assert not set(about) & set(ids)
    assert set(about.values()) <= set(ids)
    for one in found:
        assert numbers(one) == sorted(numbers(one))
    assert (series.current(read, found) is None) == (not found)


def test_a_bare_diff_behind_scissors_is_a_suggestion() -> None:
    body = "> quoted\n\nI would change this first (untested).\n\n---8<---\n" + DIFF
    read = thread(
        patch("1", "[PATCH] toy: fix it"), mail("2", subject="Re: [PATCH] toy: fix it", parent="1", body=body)
    )
    assert [one.subject for one in series.find(read)] == ["toy: fix it"]
