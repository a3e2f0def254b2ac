import gzip
import os
import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.threads.mails import mail, mbox, patch
from threads import sources
from threads.messages import MAIL_CAP
from threads.sources import SourceError, read_bytes, read_path

FROM = b"From ada@example.org Thu Jun  4 13:23:40 2020\n"
ONE, TWO = mail("1@example.org", body="one\n"), mail("2@example.org", body="two\n")


def raws(data: bytes) -> list[bytes]:
    return [raw for raw, _ in read_bytes(data)[0]]


def whats(data: bytes) -> list[str]:
    return [defect.what for defect in read_bytes(data)[1]]


def test_an_mbox_gives_its_mails_in_order() -> None:
    mails, defects = read_bytes(mbox(ONE, TWO))
    assert mails == ((ONE, "mail 1"), (TWO, "mail 2"))
    assert defects == ()


def test_a_single_mail_is_one_mail_whatever_stands_in_it() -> None:
    raw = mail(body="From here on\n\nFrom: x\n\nFrom a@b Thu Jan  1 00:00:00 1970\nSubject: y\nFrom: z\n\nmore\n")
    assert raws(raw) == [raw]


def test_what_format_patch_writes_is_one_mail_a_patch() -> None:
    head = b"From " + b"0" * 40 + b" Mon Sep 17 00:00:00 2001\n"
    assert raws(head + patch("1@example.org", "[PATCH] a")) == [patch("1@example.org", "[PATCH] a").removesuffix(b"\n")]
    assert len(raws(head + patch("", "[PATCH 1/2] a") + b"\n" + head + patch("", "[PATCH 2/2] b"))) == 2


@pytest.mark.parametrize("line", [b"From here on", b">From there", b">>From x", b"From a Thu Jan  1 00:00:00 1970"])
def test_mboxrd_quoting_is_undone(line: bytes) -> None:
    raw = mail(body="words\n\n" + line.decode() + "\nmore\n")
    assert raws(mbox(raw, TWO)) == [raw, TWO]


@pytest.mark.parametrize("size", [500, 4096, 65_536])
def test_mails_are_whole_wherever_the_input_is_cut_into_chunks(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [mail(f"{n}@example.org", body=f"line {n}\nFrom there\n" * (n % 40)) for n in range(1000)]
    monkeypatch.setattr(sources, "READ", size)
    assert raws(mbox(*many)) == many


def test_mboxo_quoting_is_undone() -> None:
    head = b"From ada@example.org Thu Jun  4 13:23:40 2020\n"
    body = b"words\n\n>From here\n>>From there\n> From elsewhere\n"
    (read,) = raws(head + mail(body=body.decode()))
    assert read.endswith(b"words\n\nFrom here\n>>From there\n> From elsewhere\n")


@pytest.mark.parametrize(
    "inner",
    [
        b"From here on it is text.\n",
        b"From: Ada\n",
        b"From the log:\n\nNOTE: this\n\n",
        b"From ada@example.org Thu Jun  4 13:23:40 2020\nand that was the line\n",
        b"From ada@example.org Thu Jun  4 13:23:40 2020\n\nnothing behind it\n",
        b"From " + b"1" * 40 + b" Mon Sep 17 00:00:00 2001\nFrom: Ada <ada@example.org>\nSubject: [PATCH] x\n\ntext\n",
        b"From the man page:\nERRORS: EIO\n\n",
    ],
)  # fmt: skip
def test_a_from_line_inside_a_mail_does_not_split_it(inner: bytes) -> None:
    raw = ONE + b"\n" + inner
    assert len(raws(FROM + raw + b"\n" + FROM + TWO)) == 2


@pytest.mark.parametrize(
    "separator",
    [FROM, b"From ada@example.org  Thu Jun  4 13:23 2020\n", b"From - Thu Jun 04 13:23:40 2020\n", b"From ada\n"],
)
def test_separators_of_other_programs_are_known(separator: bytes) -> None:
    assert raws(separator + ONE + b"\n" + separator + TWO) == [ONE, TWO]


def test_a_mail_with_a_broken_header_is_still_a_mail() -> None:
    broken = b"From: a\nSubject: x\nbroken line\nDate: y\n\ntext\n"
    assert raws(FROM + ONE + b"\n" + FROM + broken + b"\n" + FROM + TWO) == [ONE, broken, TWO]


def test_crlf_mailboxes_are_split() -> None:
    data = mbox(ONE, TWO).replace(b"\n", b"\r\n")
    assert [raw.replace(b"\r\n", b"\n").rstrip() for raw in raws(data)] == [ONE.rstrip(), TWO.rstrip()]


def test_an_empty_mail_between_others_is_noted() -> None:
    data = mbox(ONE) + b"From mboxrd@z Thu Jan  1 00:00:00 1970\n\n" + mbox(TWO)
    mails, defects = read_bytes(data)
    assert [raw for raw, _ in mails] == [ONE, TWO]
    assert [(defect.where, defect.what) for defect in defects] == [("mail 2", "empty")]


def test_a_gzipped_mbox_is_unpacked_with_all_its_members() -> None:
    data = gzip.compress(mbox(ONE)) + gzip.compress(mbox(TWO))
    assert (raws(data), whats(data)) == ([ONE, TWO], [])


@pytest.mark.parametrize("cut", [5, 30, 200])
def test_a_gzip_that_is_cut_gives_what_stands_before_the_cut(cut: int) -> None:
    noise = random.Random(cut)
    many = [mail(f"{n}@example.org", body=noise.randbytes(50).hex() + "\n") for n in range(500)]
    data = gzip.compress(mbox(*many))[:-cut]
    found = raws(data)
    assert found[:400] == many[:400]
    assert whats(data) == ["gzip data is cut off, read up to there"]


@pytest.mark.parametrize("seed", range(5))
def test_a_damaged_gzip_gives_what_stands_before_the_damage(seed: int) -> None:
    noise = random.Random(seed)
    many = [mail(f"{n}@example.org", body=noise.randbytes(500).hex() + "\n") for n in range(200)]
    whole = bytearray(gzip.compress(mbox(*many)))
    whole[-6] ^= 0xFF  # the checksum
    assert raws(bytes(whole)) == many
    assert "gzip data is damaged" in whats(bytes(whole))[0]
    whole[len(whole) // 2 : len(whole) // 2 + 40] = bytes(40)
    assert raws(bytes(whole))[:80] == many[:80]
    assert "gzip data is damaged" in whats(bytes(whole))[0]


def test_junk_behind_a_gzip_is_noted() -> None:
    data = gzip.compress(mbox(ONE)) + b"junk"
    assert (raws(data), whats(data)) == ([ONE], ["bytes behind the end of the gzip data, not read"])


def test_half_a_million_empty_members_cost_little() -> None:
    data = gzip.compress(FROM + ONE) + gzip.compress(b"") * 500_000
    start = time.process_time()
    assert raws(data) == [ONE]
    assert time.process_time() - start < 5


def test_a_gzip_bomb_is_cut_at_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "INPUT_CAP", 8 * 1024 * 1024)
    data = gzip.compress(mbox(ONE) + b"\n" + b"a\n" * 20_000_000, 1)
    mails, defects = read_bytes(data)
    assert len(mails) == 1
    assert [defect.what for defect in defects] == [f"more than {8 * 1024 * 1024} bytes, the rest not read"]
    with pytest.raises(SourceError, match="no mail"):
        read_bytes(gzip.compress(bytes(50_000_000)))


def test_more_mails_than_the_cap_are_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAILS_CAP", 3)
    mails, defects = read_bytes(mbox(*[ONE] * 5))
    assert len(mails) == 3
    assert [defect.what for defect in defects] == ["more than 3 mails, the rest not read"]


def test_empty_mails_count_and_are_not_named_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAILS_CAP", 100)
    mails, defects = read_bytes(mbox(ONE) + b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" * 1000)
    assert [raw for raw, _ in mails] == [ONE]
    assert defects[0].what == "more than 100 mails, the rest not read"
    assert defects[-1].what == "49 more empty mails"
    assert len(defects) == 52


@pytest.mark.parametrize(
    "unit",
    [b"From \n", b"\nFrom \n", FROM, FROM + b"X: y\n", b"\nFrom a\n" + b"X: y\n" * 98, b"\nFrom a\nX: " + b"y" * 9999],
)
def test_lines_that_begin_with_from_cost_little_and_have_a_cap(unit: bytes) -> None:
    count = 12_000_000 // len(unit)
    start = time.process_time()
    mails, defects = read_bytes(FROM + ONE + unit * count)
    assert time.process_time() - start < 5
    assert len(mails) == 1
    what = "more than 200000 lines that begin with From, the rest not read"
    assert [defect.what for defect in defects] == ([what] if count > sources.FROM_CAP else [])


def test_a_header_that_is_split_between_chunks_still_separates() -> None:
    long = mail("3@example.org", more="X-Long: " + "y" * 300_000 + "\n", body="three\n")
    assert raws(FROM + ONE + b"\n" + FROM + long + b"\n" + FROM + TWO) == [ONE, long, TWO]


def test_a_mail_longer_than_its_cap_is_cut_and_costs_no_other() -> None:
    huge = mail("3@example.org", body="a" * 9999 + "\n") + b"b" * 12_000_000 + b"\n"
    found = raws(mbox(huge, TWO))
    assert [len(raw) for raw in found] == [MAIL_CAP + 1, len(TWO)]


@pytest.mark.parametrize(
    ("data", "what", "step"),
    [
        (b"", "is empty", "give an mbox"),
        (b" \n\n", "is empty", "give an mbox"),
        (b"hello there\n", "holds no mail", "give an mbox"),
        (b"note: a text with a colon\n", "holds no mail", "give an mbox"),
        (bytes(1000), "holds no mail", "give an mbox"),
        (b"\x7fELF" + bytes(range(256)), "holds no mail", "give an mbox"),
        (b"diff --git a/x b/x\n--- a/x\n+++ b/x\n", "holds no mail", "git format-patch"),
        (b"<!DOCTYPE html>\n<html>", "holds no mail", "web page"),
    ],
)
def test_what_is_no_mail_is_refused_with_advice(data: bytes, what: str, step: str) -> None:
    with pytest.raises(SourceError, match=what) as caught:
        read_bytes(data, "thing")
    assert caught.value.what.startswith("thing ")
    assert step in caught.value.next_step


def test_files_are_read_by_path(tmp_path: Path) -> None:
    (tmp_path / "t.mbox.gz").write_bytes(gzip.compress(mbox(ONE, TWO)))
    (tmp_path / "t.eml").write_bytes(ONE)
    assert [raw for raw, _ in read_path(tmp_path / "t.mbox.gz")[0]] == [ONE, TWO]
    assert [raw for raw, _ in read_path(str(tmp_path / "t.eml"))[0]] == [ONE]


@pytest.mark.parametrize("name", ["absent", "fifo", "folder"])
def test_what_cannot_be_read_is_refused_with_advice(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "folder").mkdir()
    with pytest.raises(SourceError) as caught:
        read_path(tmp_path / name)
    assert "give" in caught.value.next_step


def maildir(path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (path / name).mkdir()
    return path


def test_a_maildir_gives_the_mails_of_new_and_cur(tmp_path: Path) -> None:
    maildir(tmp_path)
    (tmp_path / "cur" / "1.x:2,S").write_bytes(ONE)
    (tmp_path / "new" / "2.x").write_bytes(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + TWO)
    (tmp_path / "tmp" / "3.x").write_bytes(b"half a ma")
    (tmp_path / "new" / ".hidden").write_bytes(b"x")
    assert read_path(tmp_path) == (((ONE, "cur/1.x:2,S"), (TWO, "new/2.x")), ())


def test_links_pipes_and_folders_in_a_maildir_are_not_opened(tmp_path: Path) -> None:
    maildir(tmp_path)
    (tmp_path / "secret").write_bytes(ONE)
    (tmp_path / "new" / "0").write_bytes(TWO)
    (tmp_path / "new" / "1").symlink_to(tmp_path / "secret")
    (tmp_path / "new" / "2").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "new" / "3")
    (tmp_path / "new" / "4").mkdir()
    (tmp_path / "new" / "5").write_bytes(b"")
    mails, defects = read_path(tmp_path)
    assert mails == ((TWO, "new/0"),)
    assert [(d.where, d.what) for d in defects] == [
        *((f"new/{n}", "no regular file, not read") for n in (1, 2, 3, 4)),
        ("new/5", "empty"),
    ]


def test_a_maildir_whose_folders_are_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "box").mkdir()
    (tmp_path / "box" / "new").symlink_to(tmp_path / "there")
    with pytest.raises(SourceError, match="no Maildir"):
        read_path(tmp_path / "box")


@given(
    st.lists(
        st.sampled_from([b"From a\n", FROM, b"\n", b"text\n", b"From: a\n", b"Subject: b\n", b">From x\n", b" c\n"])
    )
)
def test_splitting_loses_no_line(lines: list[bytes]) -> None:
    data = FROM + ONE + b"".join(lines)
    joined = b"".join(raws(data))
    for line in (b"text\n", b"From: a\n", b"Subject: b\n"):
        assert joined.count(line) == data.count(line) or b">From" in data


@given(st.binary(max_size=300))
def test_any_bytes_give_mails_or_a_source_error(data: bytes) -> None:
    for start in (b"", b"From mboxrd@z x\n", b"\x1f\x8b"):
        try:
            mails, _ = read_bytes(start + data)
        except SourceError:
            continue
        assert all(raw.strip() for raw, _ in mails)
