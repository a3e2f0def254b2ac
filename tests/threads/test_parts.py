"""MIME trees and transfer encodings, through `parse_message`."""

import base64
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.threads.mails import DIFF, mail, message
from threads import hypertext, messages
from threads.model import Message


def multipart(*parts: str, kind: str = "mixed", boundary: str = "=_b", end: bool = True) -> Message:
    body = (
        "preamble\n"
        + "".join(f"--{boundary}\n{part}\n" for part in parts)
        + (f"--{boundary}--\nepilogue\n" if end else "")
    )
    return message(body=body, more=f'MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary="{boundary}"\n')


def whats(read: Message) -> list[str]:
    return [defect.what for defect in read.defects]


def test_text_parts_are_joined_in_order() -> None:
    read = multipart("Content-Type: text/plain\n\none", "\ntwo")
    assert read.body == "one\ntwo"
    assert (read.attachments, read.defects) == ((), ())


@pytest.mark.parametrize(
    "header",
    [
        "Content-Type: text/x-patch; name=fix.patch\nContent-Disposition: attachment; filename=fix.patch",
        "Content-Type: text/x-diff",
        "Content-Type: text/plain\nContent-Disposition: attachment; filename=0001-fix.patch",
        "Content-Type: application/octet-stream; name=fix.diff",
        "Content-Type: application/octet-stream",
        "Content-Type: text/plain\nContent-Disposition: attachment; filename=changes.txt",
    ],
)
@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
def test_an_attached_patch_stands_behind_the_text(header: str, encoding: str) -> None:
    encoded = {
        "8bit": DIFF,
        "base64": base64.encodebytes(DIFF.encode()).decode(),
        "quoted-printable": quopri.encodestring(DIFF.encode()).decode(),
    }[encoding]
    read = multipart(
        "Content-Type: text/plain\n\nSee the patch.\n", f"{header}\nContent-Transfer-Encoding: {encoding}\n\n{encoded}"
    )
    assert read.body.rstrip("\n") == "See the patch.\n\n" + DIFF.rstrip("\n")
    assert read.defects == ()
    assert [attachment.text.rstrip("\n") for attachment in read.attachments] == [DIFF.rstrip("\n")]


@pytest.mark.parametrize(
    "header",
    [
        "Content-Type: text/plain\nContent-Disposition: attachment; filename=dmesg.txt",
        "Content-Type: text/x-csrc; name=repro.c",
        "Content-Type: message/rfc822\n\nSubject: forwarded",
    ],
)
def test_a_file_that_goes_with_the_text_is_kept_beside_it(header: str) -> None:
    read = multipart("Content-Type: text/plain\n\nWords.", header + "\n\n[ 1.0] oops")
    assert read.body == "Words."
    assert [attachment.text for attachment in read.attachments] == ["[ 1.0] oops"]


def test_a_binary_file_is_listed_without_its_text() -> None:
    read = multipart("\nWords.", "Content-Type: image/png; name=x.png\nContent-Transfer-Encoding: base64\n\nAAAA")
    assert read.body == "Words."
    assert [(a.name, a.content_type, a.text, a.size) for a in read.attachments] == [("x.png", "image/png", "", 3)]


def test_of_alternatives_the_plain_text_is_read() -> None:
    read = multipart("Content-Type: text/plain\n\nwords", "Content-Type: text/html\n\n<p>words", kind="alternative")
    assert read.body == "words"


def test_html_alone_becomes_text() -> None:
    read = message(
        body="<html><p>I <b>object</b>.</p><blockquote>code</blockquote></html>", more="Content-Type: text/html\n"
    )
    assert read.body == "I object.\n\n> code"
    assert message(body="<!DOCTYPE html><html><p>x</p></html>").body == "x\n"


def test_more_html_than_the_cap_is_noted() -> None:
    page = "Content-Type: text/html\n\n<p>" + "words " * 30_000
    read = multipart(page, page)
    assert len(read.body) < hypertext.CAP
    assert whats(read) == ["more than 256 KiB of HTML, the rest not read"]


def test_an_attached_page_is_kept_beside_the_text() -> None:
    read = multipart("\nWords.", "Content-Type: text/html\nContent-Disposition: attachment; filename=x.html\n\n<p>x")
    assert read.body == "Words."
    assert [(attachment.name, attachment.text) for attachment in read.attachments] == [("x.html", "<p>x")]


def test_a_signed_mail_is_read_without_its_signature() -> None:
    read = multipart(
        "Content-Type: text/plain\n\nwords", "Content-Type: application/pgp-signature\n\nxyz", kind="signed"
    )
    assert read.body == "words"
    assert [attachment.content_type for attachment in read.attachments] == ["application/pgp-signature"]


def test_an_inline_pgp_wrapper_is_taken_off() -> None:
    body = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nWords.\n- --- a/x\n- -- \nAda\n"
        "-----BEGIN PGP SIGNATURE-----\n\nabc=\n-----END PGP SIGNATURE-----\n"
    )
    assert message(body=body).body == "Words.\n--- a/x\n-- \nAda\n"
    half = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nWords.\n"
    assert message(body=half).body == half


@pytest.mark.parametrize("encoding", ["x-unknown", "uuencode", "7bit; x"])
def test_an_unknown_transfer_encoding_leaves_the_text_and_is_noted(encoding: str) -> None:
    read = message(body="words\n", more=f"Content-Transfer-Encoding: {encoding}\n")
    assert read.body == "words\n"
    assert "not known" in whats(read)[0]


@pytest.mark.parametrize("cut", [1, 2, 3, 4])
def test_base64_that_is_cut_gives_what_is_there(cut: int) -> None:
    text = base64.b64encode(b"words and words ").decode().rstrip("=")
    read = message(body=text[:-cut], more="Content-Transfer-Encoding: base64\n")
    assert "words and words ".startswith(read.body)
    assert len(read.body) >= 12
    assert whats(read) == ([] if len(text[:-cut]) % 4 == 0 else ["base64 text that is cut or dirty"])


def test_text_that_a_list_puts_behind_base64_costs_nothing_of_it() -> None:
    text = base64.encodebytes(b"words and words.").decode() + "_" * 40 + "\nToys mailing list\n"
    read = message(body=text, more="Content-Transfer-Encoding: base64\n")
    assert read.body == "words and words."
    assert whats(read) == ["base64 text that is cut or dirty"]


@pytest.mark.parametrize("encoding", ["base64 ", "Base64", " base64\t"])
def test_an_encoding_is_known_however_it_is_written(encoding: str) -> None:
    assert message(body="d29yZHM=", more=f"Content-Transfer-Encoding: {encoding}\n").body == "words"
    assert multipart(f"Content-Transfer-Encoding: {encoding}\n\nd29yZHM=").body == "words"


def test_the_fields_of_a_report_are_kept_beside_the_text() -> None:
    fields = "Reporting-MTA: dns; mail.example.org\n\nAction: failed\nStatus: 5.1.1"
    read = multipart("\nIt came back.", f"Content-Type: message/delivery-status\n\n{fields}\n", kind="report")
    assert read.body == "It came back."
    assert [(one.content_type, one.text) for one in read.attachments] == [("message/delivery-status", fields)]


def test_the_parts_of_a_digest_are_mails() -> None:
    read = multipart("\nSubject: one\n\nwords", "\nSubject: two\n\nother words", kind="digest")
    assert [attachment.text for attachment in read.attachments] == ["words", "other words"]


@pytest.mark.parametrize("more", ["*=undefined''x", "*=idna''x", "*=x; boundary*0=x", "*=\0''x"])
def test_a_boundary_that_the_library_fails_on_leaves_the_text(more: str) -> None:
    read = message(body="--x\n\nwords\n--x--\n", more=f"Content-Type: multipart/mixed; boundary{more}\n")
    assert "words" in read.body
    assert whats(read) == ["a MIME boundary that cannot be read, the mail left as undivided text"]


def test_a_multipart_without_its_end_gives_its_parts() -> None:
    read = multipart("\none", "\ntwo", end=False)
    assert read.body.split() == ["one", "two"]
    assert whats(read) == ["multipart without its end"]


@pytest.mark.parametrize("kind", ["multipart/mixed", "multipart/mixed; boundary=other", "multipart/mixed; boundary="])
def test_a_multipart_without_its_boundary_is_read_as_text(kind: str) -> None:
    read = message(body="--x\n\nwords\n--x--\n", more=f"Content-Type: {kind}\n")
    assert "words" in read.body
    assert whats(read) == ["multipart without its boundary, read as text"]


def test_parts_in_parts_are_read_down_to_the_cap() -> None:
    def nest(depth: int) -> Message:
        body = "\nwords"
        for level in range(depth):
            body = f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n{body}\n--b{level}--\n"
        return messages.parse_message(
            b"Message-ID: <1@example.org>\nFrom: a@b\nDate: 4 Jun 2020 10:00 +0000\n" + body.encode(), "m"
        )

    assert (nest(15).body.strip(), nest(15).defects) == ("words", ())
    for depth, what in ((100, "MIME parts more than 20 deep"), (3000, "3000 multiparts on 15003 lines")):
        read = nest(depth)
        assert "words" in read.body
        assert whats(read) == [f"{what}, the mail left as undivided text"]


def test_more_parts_than_the_cap_are_noted() -> None:
    read = multipart(*(f"\npart {number}" for number in range(2000)))
    assert read.body.count("part") == 500
    assert whats(read) == ["more than 500 MIME parts, the rest not read"]


def test_mails_in_mails_are_read_down_to_the_cap() -> None:
    read = messages.parse_message(
        mail(body="Content-Type: message/rfc822\n\n" * 5000, more="Content-Type: message/rfc822\n"), "m"
    )
    assert whats(read) == ["MIME parts more than 20 deep, the mail left as undivided text"]


def test_crlf_is_folded_and_other_separators_stay_in_their_line() -> None:
    raw = mail(body="one\ntwo\x0c\x0b\x85\u2028\x00three\rfour\n").replace(b"\n", b"\r\n")
    read = messages.parse_message(raw, "m")
    assert read.lines == ["one", "two\x0c\x0b\x85\u2028\x00three\rfour", ""]
    assert read.subject == "[PATCH] toy: fix it"


def test_a_mail_with_cr_line_ends_is_read() -> None:
    read = messages.parse_message(mail(body="one\ntwo\n").replace(b"\n", b"\r"), "m")
    assert (read.msgid, read.lines) == ("1@example.org", ["one", "two", ""])


@pytest.mark.parametrize("charset", ["unicode_escape", "rot13", "x-no-such"])
def test_a_body_in_a_charset_that_is_not_allowed_is_read_as_utf_8(charset: str) -> None:
    read = message(body="\\x1b[2J é\n", more=f"Content-Type: text/plain; charset={charset}\n")
    assert read.body == "\\x1b[2J é\n"
    assert whats(read) == [f"charset {charset!r} not read, taken as utf-8"]


def test_a_body_in_utf_16_is_read() -> None:
    text = base64.encodebytes("one\r\ntwo\n".encode("utf-16")).decode()
    read = message(body=text, more="Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n")
    assert read.body == "one\ntwo\n"


def test_flowed_text_is_joined() -> None:
    read = message(body="soft \nbreak\n", more="Content-Type: text/plain; format=flowed\n")
    assert read.body == "soft break\n"


MIME = st.sampled_from(
    [
        "--b\n", "--b--\n", "--c\n", "\n", "\r", "text\n", " folded\n", "\x00", "=3D=\n", "QUJD\n", "<p>", "<![x[",
        "Content-Type: multipart/mixed; boundary=c\n", "Content-Type: multipart/digest; boundary=b\n",
        "Content-Type: message/rfc822\n", "Content-Type: message/delivery-status\n", "Content-Type: text/html\n",
        "Content-Type: multipart/x; boundary*=undefined''b\n", "Content-Type: multipart/x; boundary*=b; boundary*1=b\n",
        "Content-Transfer-Encoding: base64\n", "Content-Transfer-Encoding: quoted-printable\n",
        "Content-Transfer-Encoding: uuencode\n", "Content-Disposition: attachment; filename*0=x.patch\n",
    ]
)  # fmt: skip


@given(st.sampled_from(["multipart/mixed", "multipart/digest", "message/rfc822"]), st.lists(MIME, max_size=40))
def test_no_parts_make_it_fail(kind: str, pieces: list[str]) -> None:
    read = message(body="".join(pieces), more=f"Content-Type: {kind}; boundary=b\n")
    assert (read.msgid, read.subject) == ("1@example.org", "[PATCH] toy: fix it")
    assert not any("unreadable:" in what for what in whats(read))
