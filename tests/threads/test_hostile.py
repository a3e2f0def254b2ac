"""Mail made to do harm: every case is read within its limits, costs no other mail, and says what was cut."""

import gzip
import time
import tracemalloc
from functools import partial

import pytest

from tests import growth
from tests.threads.mails import DIFF, depths, mail, mbox, patch
from threads import messages, series, sources, tree
from threads.model import Message, Thread

GOOD = [mail(f"good{n}@example.org", subject="x", body=f"good {n}\n") for n in range(3)]


def read(raw: bytes) -> Message:
    return messages.parse_message(raw, "mail 1")


def run(data: bytes) -> Thread:
    mails, defects = sources.read_bytes(data)
    thread = tree.build([messages.parse_message(raw, where) for raw, where in mails], defects)
    found = series.find(thread)
    series.current(thread, found)
    return thread


def nested(depth: int) -> str:
    heads = [f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(1, depth)]
    return "--b0\n" + "".join(heads) + "\nwords\n"


HEADERS = {
    "20,000 encoded words": "Subject: " + "=?utf-8?q?a?= " * 20_000,
    "adjacent encoded words": "Subject: " + "=?utf-8?q?a?=" * 20_000,
    "encoded words in From": "From: " + "=?utf-8?b?YQ==?= " * 9000 + "<a@b.c>",
    "10,000 recipients": "To: " + ", ".join(f"P{n} <p{n}@example.org>" for n in range(10_000)),
    "500 brackets in From": "From: " + "(" * 500,
    "20,000 brackets in To": "To: " + "(" * 20_000 + ")" * 20_000,
    "20,000 quotes in To": "To: " + '"' * 20_001,
    "escaped quotes": "To: " + '"\\' * 10_000,
    "20,000 parameters": "Content-Type: text/plain" + "; a=b" * 20_000,
    "5,000 pieces of a parameter": "Content-Type: text/plain" + "".join(f"; name*{n}=x" for n in range(5000)),
    "a parameter with a star": "Content-Type: text/plain; name*",
    "a comment alone in To": "To: (c):",
    "a broken address": "From: !an??:=m==fr2@[C",
    "an id in brackets": "Message-ID: <[x]@y>",
    "an id in an id": "Message-ID: <<x>y@z>",
    "an empty id": "Message-ID: <>",
    "an id of 1 MB": "Message-ID: <" + "a" * 1_000_000 + "@b>",
    "20,000 references": "References: " + " ".join(f"<{n}@example.org>" for n in range(20_000)),
    "a long header": "X-Long: " + "a" * 5_000_000,
    "100,000 headers": "X: y\n" * 100_000 + "Z: z",
    "a version of 5,000 digits": "Subject: [PATCH v" + "9" * 5000 + "] x",
    "a counter of 5,000 digits": "Subject: [PATCH " + "9" * 5000 + "/1] x",
    "unicode_escape": "Subject: =?unicode_escape?q?=5Cx1b[2J?=",
    "utf-7": "Subject: =?utf-7?q?+ABs-?=",
    "rot13": "Content-Type: text/plain; charset=rot13",
    "undefined": "Content-Type: text/plain; charset=undefined",
    "a charset of 10,000 letters": "Content-Type: text/plain; charset=" + "x" * 10_000,
    "zone +9999": "Date: Thu, 4 Jun 2020 10:00:00 +9999",
    "year 99999": "Date: Thu, 4 Jun 99999 10:00:00 +0000",
    "a date of digits": "Date: " + "9" * 66 + ":" + "9" * 30,
    "30 February": "Date: 30 Feb 2020 10:00:00 +0000",
    "base64 of nothing": "Content-Transfer-Encoding: base64",
    "multipart without a boundary": "Content-Type: multipart/mixed",
    "a boundary of 10,000 letters": "Content-Type: multipart/mixed; boundary=" + "b" * 10_000,
    "NUL in the headers": "Subject: a\x00b",
    "C1 in the headers": "Subject: a\x9b31mb",
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_bomb_costs_little_and_no_other_mail(name: str) -> None:
    evil = (HEADERS[name] + "\n").encode() + b"\nevil text\n"
    start = time.process_time()
    thread = run(mbox(GOOD[0], evil, *GOOD[1:]))
    assert time.process_time() - start < 2
    assert len(thread.messages) == 4
    assert {message.body for message in thread.messages} >= {"good 0\n", "good 1\n", "good 2\n"}
    assert not any("unreadable:" in defect.what for message in thread.messages for defect in message.defects)


def test_the_headers_of_a_bomb_take_little_memory() -> None:
    evil = (HEADERS["20,000 encoded words"] + "\n").encode() + b"\nevil text\n"
    tracemalloc.start()
    read(evil)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


def test_a_charset_cannot_make_control_characters_of_plain_ones() -> None:
    for charset in ("unicode_escape", "raw_unicode_escape", "utf-7", "utf_7", "UNICODE-ESCAPE", "string_escape"):
        body = "\\x1b[2J +ABs- \\u202e"
        message = read(
            mail(subject=f"=?{charset}?q?{body}?=", body=body, more=f"Content-Type: text/plain; charset={charset}\n")
        )
        assert "\x1b" not in message.subject + message.body
        assert "\u202e" not in message.subject + message.body


@pytest.mark.parametrize("depth", [30, 500, 3000])
def test_a_mail_nested_without_end_is_left_as_text(depth: int) -> None:
    message = read(mail(body=nested(depth), more="Content-Type: multipart/mixed; boundary=b0\n"))
    assert "words" in message.body
    assert [defect.what.partition(", ")[2] for defect in message.defects] == ["the mail left as undivided text"]


@pytest.mark.parametrize(
    "body",
    [
        "--b\n" * 200_000,
        "--b\n\n" + "\n" * 2_000_000,
        "--b\n\n" + "x\r" * 500_000,
        "--b\n" + "X: y\n" * 300_000 + "\ntext",
        '--b\nContent-Type: multipart/x; a="' + ";" * 100_000 + '"\n\n',
        "--b\nContent-Type: message/delivery-status\n\n" + "A: b\n\n" * 200_000,
        "".join(f'--b\nContent-Type: multipart/x; boundary="{n:.>1900}"\n\n' for n in range(490)),
        "--b\n\nx\n" * 20_000,
        "--b--\n" * 100_000,
        "--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 5000,
    ],
)
def test_crowds_of_parts_cost_little(body: str) -> None:
    start = time.process_time()
    thread = run(mbox(GOOD[0], mail(body=body, more="Content-Type: multipart/mixed; boundary=b\n"), GOOD[1]))
    assert time.process_time() - start < 5
    assert len(thread.messages) == 3


@pytest.mark.parametrize(("depth", "lines"), [(15, 300_000), (100, 80_000), (300, 30_000), (900, 9000)])
def test_lines_under_many_open_boundaries_cost_little(depth: int, lines: int) -> None:
    body = nested(depth) + "words\n" * lines
    start = time.process_time()
    message = read(mail(body=body, more="Content-Type: multipart/mixed; boundary=b0\n"))
    assert time.process_time() - start < 5
    assert message.body.count("words") > lines


def test_mails_that_name_each_other_in_circles_make_a_tree() -> None:
    ring = [mail(f"{n}", subject="Re: x", parent=f"{(n + 1) % 500}", more="References: <7> <8>\n") for n in range(500)]
    thread = run(mbox(*ring, mail("self", subject="Re: x", parent="self")))
    assert len(thread.messages) == 501
    assert thread.parents.count(-1) == 2
    assert all(parent < number for number, parent in enumerate(thread.parents))


def test_a_chain_of_thousands_is_a_tree_and_series_are_found_in_it() -> None:
    chain = [patch("0", "[PATCH] a")] + [
        mail(str(n), subject="Re: [PATCH] a", parent=str(n - 1)) for n in range(1, 3000)
    ]
    start = time.process_time()
    thread = run(mbox(*chain))
    assert depths(thread)[-1] == 2999
    assert len(series.patch_of(thread, series.find(thread))) == 2999
    assert time.process_time() - start < 10


def test_patches_in_a_chain_of_thousands_are_grouped_in_time() -> None:
    chain = [patch("0", "[PATCH 1/3000] a")]
    chain += [patch(str(n), f"[PATCH {n + 1}/3000] a", parent=str(n - 1)) for n in range(1, 1500)]
    start = time.process_time()
    thread = run(mbox(*chain))
    (one,) = series.find(thread)
    assert len(one.patches) == 1500
    assert time.process_time() - start < 10


def test_mails_without_ids_and_copies_are_kept_apart() -> None:
    bare = [mail("", body=f"{n}\n") for n in range(3)]
    other = mail("good0@example.org", subject="x", body="forged\n")
    thread = run(mbox(*GOOD, *bare, bare[0], GOOD[0], other))
    assert len(thread.messages) == 6
    assert [defect.where for defect in thread.defects] == ["good0@example.org"]
    assert sum(message.msgid.endswith("@invalid") for message in thread.messages) == 3


def test_any_prefix_of_a_good_mailbox_is_read() -> None:
    data = mbox(patch("1", "[PATCH] a"), *GOOD)
    whole = gzip.compress(data)
    for cut in range(len(GOOD[0]), len(data), 37):
        assert run(data[:cut] + b"x").messages
    for cut in range(len(whole) // 2, len(whole), 11):
        assert run(whole[:cut]).messages


def test_flipped_bytes_never_cost_the_other_mails() -> None:
    evil = patch("evil", "[PATCH] a", more="Content-Type: text/plain; charset=utf-8; format=flowed\n")
    for place in range(0, len(evil), 5):
        flipped = bytes([*evil[:place], evil[place] ^ 0xA5, *evil[place + 1 :]])
        thread = run(mbox(GOOD[0], flipped, GOOD[1]))
        assert {message.body for message in thread.messages} >= {"good 0\n", "good 1\n"}


# What a careless expression takes quadratic time for, in each place where text is looked at.
ATOMS = [
    "a",
    "a.",
    "(",
    '"',
    '\\"',
    "<",
    "<>",
    "@",
    ",",
    ";",
    "=?utf-8?q?a?= ",
    "=?",
    "; a=b",
    '; a="',
    ">",
    "> ",
    " ",
    "\t",
    "a b@c ",
    "[PATCH] ",
    "[",
    "Re: ",
    "1/2 ",
    "v1",
    "a-by",
    "Acked-by: (",
    "-by: ",
    "with that ",
    "once ",
    ">8",
    "8<",
    "- ",
    "://x",
    "x and ",
    "_" * 20,
    "&",
    "&#",
    "<a",
    "<p>",
    "<!--",
    "</",
    "0",
    "00:00 ",
    "\x0c",
    "\u2028",
    "\x00",
    " via ",
    "From ",
    "-- ",
    "--- a ",
]
LINES = [
    "\n",
    " \n",
    "-- \n",
    "---\n",
    "--- a\n+++ b\n",
    "@@ -1 +1 @@\n",
    "@@ -1,9 +1,9 @@\n",
    "diff --git a/x b/x\n",
    "Index: x\n",
    "> x\n",
    "From: x\n",
    "Reviewed-by: a <a@b>\n",
    "From " + "0" * 40 + " \n",
    "-----BEGIN PGP SIGNED MESSAGE-----\n",
    "A: b\n",
    "+x\n",
    " x\n",
    "-----BEGIN PGP SIGNATURE-----\n",
    "GIT binary patch\n",
    "\\ No newline\n",
    "soft \n",
    "rename from x\n",
    "x\n",
    ">8\n",
    "--b\n",
]
FIELDS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "References",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Received",
]


@pytest.mark.parametrize("field", FIELDS)
def test_twice_the_header_takes_at_most_three_times_as_long(field: str) -> None:
    def headed(atom: str, size: int) -> bytes:
        return f"{field}: {atom * (size // len(atom))}\nX: y\n\ntext\n".encode()

    for atom in ATOMS:
        assert growth.ratio(partial(headed, atom), run, 5000) < 3, atom


@pytest.mark.parametrize("more", ["", "Content-Type: text/html\n", "Content-Type: text/plain; format=flowed\n"])
def test_twice_the_text_on_one_line_takes_at_most_three_times_as_long(more: str) -> None:
    def one_line(atom: str, size: int) -> bytes:
        return mail(body=atom * (size // len(atom)) + "\n", more=more)

    for atom in ATOMS:
        assert growth.ratio(partial(one_line, atom), run, 20_000) < 3, atom


@pytest.mark.parametrize("start", ["", "---\n\n" + DIFF, "> x\n\n-- >8 --\n\n" + DIFF])
def test_twice_the_lines_take_at_most_three_times_as_long(start: str) -> None:
    def lines(line: str, size: int) -> bytes:
        return mail(body=start + line * (size // len(line)))

    for line in LINES:
        assert growth.ratio(partial(lines, line), run, 10_000) < 3, line


def test_twice_the_mails_take_at_most_three_times_as_long() -> None:
    def crowd(count: int) -> bytes:
        return mbox(*(mail(str(n), subject=f"[PATCH {n}/9] Re: x", parent=str(n // 2)) for n in range(count)))

    assert growth.ratio(crowd, run, 200) < 3
