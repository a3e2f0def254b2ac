"""Which mails belong together."""

import time

from hypothesis import given
from hypothesis import strategies as st

from reviewer import cut
from reviewer.cut import Head


def head(msgid: str, *refs: str, subject: str = "", sender: str = "ada@example.org") -> Head:
    return Head(msgid=msgid, refs=refs, subject=subject, sender=sender)


def test_mails_that_name_nothing_in_common_stay_apart() -> None:
    assert cut.threads([head("a", subject="x"), head("b", subject="x")]) == ((0,), (1,))


def test_mails_without_any_id_stay_apart() -> None:
    assert cut.threads([head(""), head("")]) == ((0,), (1,))


def test_two_series_with_the_same_numbers_stay_apart() -> None:
    numbers = [f"[PATCH {n}/2] x" for n in (1, 2, 1, 2)]
    assert len(cut.threads([head(str(i), subject=s) for i, s in enumerate(numbers)])) == 4


def test_patches_of_different_senders_stay_apart() -> None:
    heads = [head("a", subject="[PATCH 1/2] x"), head("b", subject="[PATCH 2/2] x", sender="bob@example.org")]
    assert len(cut.threads(heads)) == 2


def test_a_reply_belongs_to_what_it_answers_wherever_it_stands() -> None:
    assert cut.threads([head("c", "b"), head("x"), head("b", "a"), head("a")]) == ((0, 2, 3), (1,))


def test_replies_to_a_mail_that_is_missing_belong_together() -> None:
    assert cut.threads([head("a", "gone"), head("b", "gone")]) == ((0, 1),)


def test_an_orphaned_reply_joins_the_mail_of_its_subject() -> None:
    heads = [
        head("a", subject="[PATCH] iomap: x"),
        head("b", subject="Re: AW: [PATCH] iomap: X"),
        head("c", subject="Re: y"),
    ]
    assert cut.threads(heads) == ((0, 1), (2,))


def test_an_orphan_whose_parent_is_known_here_is_none() -> None:
    heads = [head("a", subject="x"), head("b", subject="y"), head("c", "b", subject="Re: x")]
    assert cut.threads(heads) == ((0,), (1, 2))


def test_a_reply_that_names_only_unknown_mails_joins_its_subject() -> None:
    assert cut.threads([head("a", subject="x"), head("c", "mangled", subject="Re: x")]) == ((0, 1),)


def test_orphans_of_one_subject_join_without_its_first_mail() -> None:
    heads = [head("a", subject="Re: x"), head("b", "gone", subject="RE: X"), head("c", subject="Re: y")]
    assert cut.threads(heads) == ((0, 1), (2,))


def test_unthreaded_patches_of_one_series_join() -> None:
    heads = [head(str(n), subject=f"[PATCH v2 {n}/3] change {n}") for n in (1, 2, 3)]
    assert cut.threads([*heads, head("z", subject="[PATCH] other")]) == ((0, 1, 2), (3,))


def test_a_circle_of_references_is_one_thread() -> None:
    assert cut.threads([head("a", "b"), head("b", "c"), head("c", "a")]) == ((0, 1, 2),)


def test_a_chain_of_many_mails_takes_no_recursion_and_little_time() -> None:
    heads = [head(str(n), str(n - 1)) for n in range(20_000)]
    began = time.process_time()
    assert len(cut.threads(heads)) == 1
    assert time.process_time() - began < 2


def test_headers_are_read_from_raw_bytes() -> None:
    raw = (
        b"From x Thu Jan  1 00:00:00 1970\r\nFrom: Ada <ada@example.org>\r\n"
        b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n and more\r\nMessage-Id:\r\n <a@example.org>\r\n"
        b"References: <r1@x> <r2@x>\r\n\t<r1@x>\r\nIn-Reply-To: <p@x>\r\n\r\nMessage-ID: <no@x>\r\n"
    )
    found = cut.head(raw)
    assert (found.msgid, found.refs, found.subject) == ("a@example.org", ("r1@x", "r2@x", "p@x"), "Grüße and more")


HEADERS = st.lists(
    st.sampled_from(
        [
            b"Message-ID: <a@x>", b"message-id :<b@x>", b"MESSAGE-ID:", b" <c@x>", b"\t<d@x> (note)",
            b"References: <e@x>", b"In-Reply-To: <f@x>", b"In-Reply-To-Nobody: <g@x>", b"Subject: s", b"X: <y@x>",
            b"References:\r", b" <h@x>\r",
        ]
    ),
    max_size=10,
)  # fmt: skip


@given(HEADERS)
def test_the_quick_reading_of_ids_is_that_of_the_full_one(lines: list[bytes]) -> None:
    raw = b"From: ada@example.org\n" + b"\n".join(lines) + b"\n\nMessage-ID: <body@x>\n"
    full = cut.head(raw)
    assert cut.ids(raw) == Head(msgid=full.msgid, refs=full.refs)


def test_a_mail_that_answers_itself_has_no_reference() -> None:
    assert cut.head(b"Message-ID: <a@x>\nIn-Reply-To: <a@x>\n\n").refs == ()


@given(st.binary(max_size=400))
def test_no_bytes_make_reading_raise(raw: bytes) -> None:
    assert isinstance(cut.head(raw).msgid, str)


@given(st.lists(st.builds(head, st.sampled_from("abcdef"), st.sampled_from("abcdefg")), max_size=12))
def test_every_mail_is_in_exactly_one_thread(heads: list[Head]) -> None:
    assert sorted(i for thread in cut.threads(heads) for i in thread) == list(range(len(heads)))
