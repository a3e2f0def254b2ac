import pytest
from hypothesis import given
from hypothesis import strategies as st

from threads import headers
from threads.model import Identity


@pytest.mark.parametrize(
    "charset",
    [
        "unicode_escape",
        "raw_unicode_escape",
        "utf-7",
        "rot13",
        "hex",
        "zlib",
        "undefined",
        "idna",
        "punycode",
        "x-no",
        "mbcs",
    ],
)
def test_a_charset_that_does_more_than_map_bytes_is_not_used(charset: str) -> None:
    text, note = headers.decode_bytes(rb"\x1b[2J +AGE-", charset)
    assert text == r"\x1b[2J +AGE-"
    assert charset in note
    assert headers.decode(f"=?{charset}?q?=5Cx1b?=".encode()) == (r"\x1b", (note,))


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("utf-8", "é".encode(), "é"),
        ("UTF8", "é".encode(), "é"),
        ("us-ascii", "é".encode(), "é"),
        ("", "é".encode(), "é"),
        ("ISO-8859-1", b"\xe9", "é"),
        ("iso8859-15", b"\xa4", "€"),
        ("cp1252", b"\x80", "€"),
        ("koi8-r", b"\xc1", "а"),
        ("gb2312", "中".encode("gbk"), "中"),
        ("big5", "中".encode("big5"), "中"),
        ("euc-kr", "한".encode("euc-kr"), "한"),
        ("ks_c_5601-1987", "한".encode("euc-kr"), "한"),
        ("iso-2022-jp", "日".encode("iso-2022-jp"), "日"),
        ("Shift_JIS", "日".encode("shift-jis"), "日"),
        ("utf-16", "a".encode("utf-16"), "a"),
    ],
)
def test_a_charset_of_the_list_is_read(charset: str, data: bytes, text: str) -> None:
    assert headers.decode_bytes(data, charset) == (text, "")


def test_bytes_that_do_not_fit_are_replaced_and_noted() -> None:
    assert headers.decode_bytes(b"a\xff", "utf-8") == ("a\ufffd", "bytes that are no utf-8, shown as U+FFFD")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"plain", "plain"),
        (b"a =?x", "a =?x"),
        (b"=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        (b"=?utf-8?q?a?= b", "a b"),
        (b"x =?utf-8?b?w6k=?= y", "x é y"),
        (b"=?utf-8?b?w6k?=", "é"),  # no padding
        (b"=?utf-8?q?=C3?= =?utf-8?q?=A9?=", "é"),  # one character over two words
        (b"=?iso-8859-1?Q?=E9=5F_?=", "é_"),
        (b"=?utf-8*en?q?a?=", "a"),
        (b"=?utf-8?q?a=0Ab?=", "a b"),  # a line break inside a word does not make a line
        (b"[PATCH] a\xe2\x80\xa8b", "[PATCH] a b"),  # nor does U+2028
    ],
)
def test_encoded_words_are_decoded_and_the_rest_is_left(raw: bytes, text: str) -> None:
    assert headers.decode(raw) == (text, ())


@pytest.mark.parametrize(
    ("raw", "people"),
    [
        (b"", []),
        (b"undisclosed-recipients:;", []),
        (b"Ada <ada@example.org>", [("Ada", "ada@example.org")]),
        (b"ADA@Example.org", [("", "ada@example.org")]),
        (b"ada@example.org (Ada Author)", [("Ada Author", "ada@example.org")]),
        (b'"Author, Ada" <ada@example.org>, Bo <b@c>', [("Author, Ada", "ada@example.org"), ("Bo", "b@c")]),
        (b"Author, Ada <ada@example.org>", [("Author, Ada", "ada@example.org")]),
        (b'"A \\"x\\" B" <a@example.org>', [('A "x" B', "a@example.org")]),
        (b"team: ada@example.org, Bo <bo@example.org>;", [("", "ada@example.org"), ("Bo", "bo@example.org")]),
        (b"=?utf-8?q?J=C3=B6?= <jo@example.org>", [("Jö", "jo@example.org")]),
        (b"Ada (c (nested)) <ada@example.org>", [("Ada", "ada@example.org")]),
        (b'"a b"@example.org', [("", '"a b"@example.org')]),
    ],
)  # fmt: skip
def test_mailboxes_are_read(raw: bytes, people: list[tuple[str, str]]) -> None:
    found, notes = headers.addresses(raw)
    assert [(person.name, person.address) for person in found] == people
    assert notes == ()


@pytest.mark.parametrize(
    "raw",
    [b"alice@example.org)bob@example.com", b"<>", b"Ada <ada>", b"ada@@example.org", b"a@b <c@d> <e@f", b"(" * 500],
)
def test_an_address_that_cannot_be_told_is_never_guessed(raw: bytes) -> None:
    found, notes = headers.addresses(raw)
    assert all(person.address in ("", "c@d") for person in found)
    assert notes or found in ((), (Identity(name="a@b <e@f", address="c@d"),))


def test_more_addresses_than_the_cap_are_noted() -> None:
    found, notes = headers.addresses(b"a@b.c," * 1500)
    assert len(found) == headers.ADDRESS_CAP
    assert notes == ("more than 1000 addresses, the rest not read",)


@pytest.mark.parametrize(
    ("raw", "ids"),
    [
        (b"", ()),
        (b"<>", ()),
        (b"<a@b>", ("a@b",)),
        (b"<a@b>\t<c@d> <a@b>", ("a@b", "c@d")),
        (b'Message of "today" <a@b>', ("a@b",)),
        (b"a@b", ("a@b",)),
        (b"no id here", ()),
        (b"<[x]@y>", ("[x]@y",)),
        (b"<<x>y@z>", ("x",)),
        (b"<a@b\n c>", ("a@bc",)),
        (b"<" + b"a" * 2000 + b">", ("a" * 1000,)),
    ],
)
def test_message_ids_are_read(raw: bytes, ids: tuple[str, ...]) -> None:
    assert headers.ids(raw) == ids


def test_folded_lines_are_joined_and_the_body_starts_behind_the_empty_line() -> None:
    found, body = headers.read(b"Subject: a\n b\nX-Y:c\n\ntext\n\nmore")
    assert found.fields == (("subject", b"a b"), ("x-y", b"c"))
    assert body == b"text\n\nmore"
    assert found.notes == ()


def test_a_mail_without_headers_is_all_body() -> None:
    assert headers.read(b"\ntext")[1] == b"text"
    found, body = headers.read(b"just text\nand more\n\nyet more")
    assert (found.fields, body) == ((), b"just text\nand more\n\nyet more")


def test_a_stray_line_among_the_headers_costs_no_header() -> None:
    found, body = headers.read(b"Subject: a\nstray line\nFrom: b\n\ntext")
    assert [name for name, _ in found.fields] == ["subject", "from"]
    assert body == b"text"
    assert found.notes == ("a line among the headers is no header",)


def test_text_right_behind_the_headers_is_body() -> None:
    found, body = headers.read(b"Subject: a\nHello there,\nthis is text\n\nmore")
    assert (found.text("subject"), body) == ("a", b"Hello there,\nthis is text\n\nmore")
    assert found.notes == ("no empty line between headers and text",)


def test_long_headers_are_cut_and_noted() -> None:
    found, body = headers.read(b"Subject: " + b"a" * 30_000 + b"\nFrom: b\n\ntext")
    assert len(found.first("subject")) == headers.FIELD_CAP
    assert (found.first("from"), body) == (b"b", b"text")
    assert found.notes == ("header subject longer than 20480 bytes, cut",)
    found, body = headers.read(b"X: y\n" * 50_000 + b"\ntext")
    assert body == b"text"
    assert found.notes == ("headers of 249999 bytes, read up to 102400",)


@pytest.mark.parametrize(
    ("raw", "kind", "parameters"),
    [
        (b"text/plain", "text/plain", {}),
        (b"Text/Plain; charset=UTF-8; format=flowed", "text/plain", {"charset": "UTF-8", "format": "flowed"}),
        (b'a/b; name="x;y\\"z"', "a/b", {"name": 'x;y"z'}),
        (b"a/b; filename*=utf-8''%C3%A9.patch", "a/b", {"filename": "é.patch"}),
        (b'a/b; name*0="x"; name*1="y"', "a/b", {"name": "xy"}),
        (b"a/b; name*1*=%41; name*0*=utf-8''%42", "a/b", {"name": "BA"}),
        (b'a/b; name="=?utf-8?q?=C3=A9?="', "a/b", {"name": "é"}),
        (b"a/b; name*", "a/b", {}),
    ],
)
def test_content_types_are_read(raw: bytes, kind: str, parameters: dict[str, str]) -> None:
    assert headers.content(raw) == (kind, parameters)


def test_no_more_parameters_than_the_cap_are_read() -> None:
    assert len(headers.content(b"a/b" + b"".join(b"; p%d=x" % n for n in range(5000)))[1]) == headers.PARAMETER_CAP


@given(st.binary(max_size=400))
def test_no_bytes_make_header_reading_fail(data: bytes) -> None:
    found, _ = headers.read(data)
    for _, value in found.fields:
        headers.decode(value), headers.addresses(value), headers.ids(value), headers.content(value)
    text, _ = headers.decode(data)
    assert "\n" not in text


@given(
    st.lists(
        st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='<>()"\\@,;:'), min_size=1),
        min_size=1,
    )
)
def test_every_plain_mailbox_of_a_list_is_found(names: list[str]) -> None:
    raw = ", ".join(f'"{name}" <{name}@example.org>' for name in names).encode()
    assert [person.address for person in headers.addresses(raw)[0]] == [f"{name.lower()}@example.org" for name in names]
