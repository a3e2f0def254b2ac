import pytest
from hypothesis import given
from hypothesis import strategies as st

from threads.subjects import Subject, read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a question",
        "[f2fs-dev] a question",
        "[GIT PULL] toy fixes",
        "[LSF/MM/BPF TOPIC] toys",
        "[ANNOUNCE] toy v2",
        "[bug report]",
        "patch 1/2 in text",
        "toy: [PATCH] inside",
        "[syzbot] [fs?] WARNING in toy_write",
        "[] x",
        "[" * 500,
    ],
)
def test_a_subject_that_does_not_say_so_is_no_patch(text: str) -> None:
    assert not read(text).patch


@pytest.mark.parametrize(
    ("text", "words", "version", "number", "total"),
    [
        ("[PATCH] t", ["PATCH"], 1, 1, 1),
        ("[patch] t", ["patch"], 1, 1, 1),
        ("[PATCH 1/2] t", ["PATCH", "1/2"], 1, 1, 2),
        ("[PATCH v3 02/11] t", ["PATCH", "v3", "02/11"], 3, 2, 11),
        ("[RFC PATCH v3 00/11] t", ["RFC", "PATCH", "v3", "00/11"], 3, 0, 11),
        ("[RFC 1/2] t", ["RFC", "1/2"], 1, 1, 2),
        ("[RFCv2] t", ["RFCv2"], 2, 1, 1),
        ("[RFC][PATCH] t", ["RFC", "PATCH"], 1, 1, 1),
        ("[PATCH RFC v2] t", ["PATCH", "RFC", "v2"], 2, 1, 1),
        ("[PATCHv2 1/2] t", ["PATCHv2", "1/2"], 2, 1, 2),
        ("[PATCH V4] t", ["PATCH", "V4"], 4, 1, 1),
        ("[PATCH -v2] t", ["PATCH", "-v2"], 2, 1, 1),
        ("[PATCH v5.1] t", ["PATCH", "v5.1"], 5, 1, 1),
        ("[PATCHSET v2 0/3] t", ["PATCHSET", "v2", "0/3"], 2, 0, 3),
        ("[PATCH 0/2 v2] t", ["PATCH", "0/2", "v2"], 2, 0, 2),
        ("[PATCH, v2] t", ["PATCH", "v2"], 2, 1, 1),
        ("[PATCH 3 of 5] t", ["PATCH", "3/5"], 1, 3, 5),
        ("[PATCH1/2] t", ["PATCH1/2"], 1, 1, 2),
        ("[PATCH xfstests] t", ["PATCH", "xfstests"], 1, 1, 1),
        ("[PATCH 5.10 12/40] t", ["PATCH", "5.10", "12/40"], 1, 12, 40),
        ("[PATCH 14/13] t", ["PATCH", "14/13"], 1, 14, 13),
        ("[f2fs-dev] [PATCH v2] t", ["PATCH", "v2"], 2, 1, 1),
        ("[PATCH] [v2] t", ["PATCH", "v2"], 2, 1, 1),
        ("[PATCH v" + "9" * 5000 + "] t", [], 1, 1, 1),
    ],
)
def test_patch_subjects_are_told_apart(text: str, words: list[str], version: int, number: int, total: int) -> None:
    found = read(text)
    assert found.title == "t" or len(text) > 2000
    assert (list(found.words), found.version, found.number, found.total) == (words, version, number, total)
    assert found.patch is bool(words)
    assert not found.reply


@pytest.mark.parametrize(
    "text",
    [
        "Re: [PATCH 1/2] t",
        "RE: [PATCH 1/2] t",
        "re: Re: [PATCH 1/2] t",
        "Re[2]: [PATCH 1/2] t",
        "AW: [PATCH 1/2] t",
        "回复：[PATCH 1/2] t",
        "[list] Re: [PATCH 1/2] t",
        "Re: [list] [PATCH 1/2] t",
        "Re: [list] Re: [PATCH 1/2] t",
    ],
)
def test_replies_are_told_in_the_usual_languages_and_through_lists(text: str) -> None:
    found = read(text)
    assert (found.reply, found.patch, found.number, found.total, found.title) == (True, True, 1, 2, "t")


@pytest.mark.parametrize("text", ["[PATCH RESEND] t", "[RESEND PATCH v2] t", "[RESEND][PATCH] t", "[REPOST PATCH] t"])
def test_a_resend_is_told(text: str) -> None:
    assert read(text).resend
    assert not read("[PATCH] resend of t").resend


def test_an_rfc_is_told() -> None:
    assert read("[RFC PATCH] t").rfc
    assert not read("[PATCH] RFC 3676 support").rfc


@given(st.text("[]PATCHRFCve:0123456789/ .-", max_size=60))
def test_no_subject_makes_it_fail(text: str) -> None:
    assert isinstance(read(text), Subject)
