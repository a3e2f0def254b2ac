from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.threads.mails import mail, message
from threads import messages
from threads.model import Identity


def test_a_plain_mail_is_read_whole() -> None:
    raw = mail(
        "2@example.org",
        subject="Re: [PATCH] toy: =?utf-8?q?f=C3=BCr?= it",
        parent="1@example.org",
        body="Words.\n",
        more='To: Bo <bo@example.org>\nCc: list@example.org,\n\t"Cy, D" <cy@example.org>\n'
        "References: <0@example.org>\n <1@example.org>\n",
    )
    read = messages.parse_message(raw, "mail 2")
    assert read.msgid == "2@example.org"
    assert read.subject == "Re: [PATCH] toy: für it"
    assert read.author == Identity(name="Ada Author", address="ada@example.org")
    assert [person.address for person in (*read.to, *read.cc)] == [
        "bo@example.org",
        "list@example.org",
        "cy@example.org",
    ]
    assert read.date == datetime(2020, 6, 4, 20, 23, 40, tzinfo=UTC)
    assert (read.date_note, read.in_reply_to) == ("", "1@example.org")
    assert read.references == ("0@example.org", "1@example.org")
    assert read.lines == ["Words.", ""]
    assert (read.automated, read.top_posted, read.defects) == ("", False, ())


@pytest.mark.parametrize("msgid", ["", "<>", "no brackets", "< >"])
def test_a_mail_without_an_id_gets_one_of_its_bytes(msgid: str) -> None:
    raw = mail("", more=f"Message-ID: {msgid}\n")
    read = messages.parse_message(raw, "mail 3")
    assert read.msgid == messages.parse_message(raw, "elsewhere").msgid
    assert read.msgid.startswith("no-id-") and read.msgid.endswith("@invalid") and len(read.msgid) == 26
    assert [(defect.where, defect.what) for defect in read.defects] == [("mail 3", "no Message-ID that can be read")]
    assert messages.parse_message(raw + b"x", "mail 3").msgid != read.msgid


def test_two_senders_and_a_name_that_holds_another_address_are_shown() -> None:
    read = message(more="From: Eve <eve@example.com>\n")
    assert read.author.address == "ada@example.org"
    assert [defect.what for defect in read.defects] == ["2 From headers, the first taken"]
    read = message(author='"linus@example.net" <eve@example.com>')
    assert read.author.address == "eve@example.com"
    assert "holds another address" in read.defects[0].what


def test_a_sender_behind_a_list_is_told_by_the_reply_address() -> None:
    via = "Ada Author via Toy-devel <toy-devel@lists.example.org>"
    for sign in ("To: toy-devel@lists.example.org\n", "List-Id: Toys <toy-devel.lists.example.org>\n"):
        named = message(author=via, more=sign + "Reply-To: Ada Author <ada@example.org>\n")
        assert (named.author, named.defects) == (Identity(name="Ada Author", address="ada@example.org"), ())
        original = message(author=via, more=sign + "X-Original-From: Ada A <ada@example.net>\n")
        assert original.author == Identity(name="Ada A", address="ada@example.net")
        unnamed = message(author=via, more=sign + "Reply-To: toy-devel@lists.example.org\n")
        assert unnamed.author == Identity(name="Ada Author", address="toy-devel@lists.example.org")


def test_who_is_no_list_cannot_send_for_another() -> None:
    read = message(author="Ada Author via X <eve@example.com>", more="Reply-To: Ada Author <ada@example.org>\n")
    assert read.author.address == "eve@example.com"
    assert [defect.what for defect in read.defects] == ["replies are asked to ada@example.org and not to the sender"]


def test_replies_to_the_list_or_to_the_sender_are_nothing_odd() -> None:
    assert message(more="Reply-To: Ada <ada@example.org>\n").defects == ()
    assert message(more="To: list@example.org\nReply-To: list@example.org\n").defects == ()


def test_a_mail_without_sender_subject_or_date_is_read() -> None:
    read = messages.parse_message(b"Message-ID: <1@example.org>\n\nwords", "mail 1")
    assert (read.author, read.subject, read.date, read.body) == (Identity(name="", address=""), "", None, "words")
    assert read.date_note == "no Date header"
    assert [defect.what for defect in read.defects] == ["From: no From header"]


def test_a_mail_over_the_cap_is_cut_and_says_so() -> None:
    read = messages.parse_message(mail(body="a" * 79 + "\n") * 140_000, "mail 1")
    assert len(read.body) < messages.MAIL_CAP
    assert [defect.what for defect in read.defects] == ["mail longer than 10 MiB, the rest not read"]


def test_more_lines_than_the_cap_are_cut_and_it_says_so() -> None:
    read = message(body="x\n" * 600_000)
    assert len(read.lines) == messages.LINES_CAP
    assert [defect.what for defect in read.defects] == ["text of more than 500000 lines, the rest not read"]


@pytest.mark.parametrize("error", [RuntimeError("x"), RecursionError(), MemoryError(), KeyError("y")])
def test_a_failure_inside_becomes_a_defect(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(messages, "read", fail)
    read = messages.parse_message(b"anything", "mail 7")
    assert read.msgid.startswith("no-id-")
    assert read.defects[0].where == "mail 7"
    assert read.defects[0].what.startswith(f"mail unreadable: {type(error).__name__}")


QUOTE = "".join(f"> line {number}\n" for number in range(6))


@pytest.mark.parametrize(
    "body",
    [
        "words\nwords\n",
        QUOTE,
        "On a day Ada wrote:\n" + QUOTE + "\nNo.\n",
        "Hi,\n\nsee below.\n\n" + QUOTE + "\nHere is what.\n",
        "One.\nTwo.\n> short\n",
    ],
)
def test_an_answer_below_or_between_is_not_top_posted(body: str) -> None:
    assert not message(body=body).top_posted


@pytest.mark.parametrize("tail", ["", "\n-- \nBo\n"])
def test_an_answer_above_a_long_quote_is_top_posted(tail: str) -> None:
    assert message(body="I do not agree.\n\nOn a day Ada wrote:\n" + QUOTE + tail).top_posted


@given(st.binary(max_size=600))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    read = messages.parse_message(data, "mail 1")
    assert read.msgid
    assert not any("unreadable:" in defect.what for defect in read.defects)


HEADER = st.sampled_from(
    ["From", "To", "Subject", "Date", "Message-ID", "References", "Received", "Content-Type", "Cc", "Reply-To"]
)
MIME = st.sampled_from(["Content-Type", "Content-Transfer-Encoding", "Content-Disposition"])
SIGN = st.sampled_from([*'"()<>@,;:\\aé', "=?utf-8?q?", "?=", "\n "])
WORD = st.sampled_from(["boundary=x", "multipart/mixed", "message/rfc822", "base64", "charset=", "filename*0*=", "%zz"])
SPICE = SIGN | WORD


@given(st.lists(st.tuples(HEADER | MIME, st.lists(SPICE).map("".join))), st.lists(SPICE).map("".join))
def test_no_headers_make_it_fail(fields: list[tuple[str, str]], body: str) -> None:
    raw = "".join(f"{name}: {value}\n" for name, value in fields) + "\n" + body
    read = messages.parse_message(raw.encode(), "mail 1")
    assert not any("unreadable:" in defect.what for defect in read.defects)
