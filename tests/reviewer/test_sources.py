"""What a user may type as SOURCE, and what comes of it."""

import gzip
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer import config, cut, fetch, sources
from reviewer.errors import Failure
from tests.reviewer.epochs import add, mail

FIRST, REPLY, OTHER = "first@example.org", "reply@example.org", "other@example.org"
MAILS = (mail(FIRST, "[PATCH] one"), mail(OTHER, "[PATCH] two"), mail(REPLY, "Re: [PATCH] one", FIRST))


def mbox(*mails: bytes) -> bytes:
    return b"".join(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + raw + b"\n" for raw in mails)


def ids(source: str, **options: Any) -> list[str]:
    return [cut.head(raw).msgid for raw, _ in sources.read(source, **options).raws]


def refused(source: str, **options: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        sources.read(source, **options)
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What would have been fetched: message-id and midmask."""
    calls: list[tuple[str, str]] = []

    def thread(msgid: str, masks: config.Masks, limits: object) -> tuple[tuple[bytes, str], ...]:
        calls.append((msgid, masks.midmask))
        return ((mail(msgid, "x"), "mail 1"),)

    monkeypatch.setattr(fetch, "thread", thread)
    return calls


def test_a_local_file_asks_no_server(tmp_path: Path, asked: list[tuple[str, str]]) -> None:
    (tmp_path / "t@example.org").write_bytes(mbox(*MAILS[::2]))
    assert ids(str(tmp_path / "t@example.org")) == [FIRST, REPLY]
    assert asked == []


def test_no_network_means_none(asked: list[tuple[str, str]]) -> None:
    assert refused(FIRST, network=False).kind == "no-network"
    assert asked == []


@pytest.mark.parametrize("path", ["missing.mbox", "missing/folder", "./missing", "~/missing.mbox.gz"])
def test_a_file_that_is_not_there_is_told_though_a_message_id_follows(asked: list[tuple[str, str]], path: str) -> None:
    for name in (FIRST, f"<{FIRST}>", "", "no id"):
        told = refused(f"{path}#{name}")
        assert (told.what, told.kind) == (f"there is no file '{path}'", "bad-source")
    assert asked == []


def test_a_message_id_with_a_number_sign_is_asked_for(asked: list[tuple[str, str]]) -> None:
    for source in ("a#b@example.org", "<a/b#c@example.org>"):
        sources.read(source)
    assert [msgid for msgid, _ in asked] == ["a#b@example.org", "a/b#c@example.org"]


def test_an_empty_source_or_id_is_told(tmp_path: Path) -> None:
    (tmp_path / "file.mbox").write_bytes(b"")
    for source in ("", " \n"):
        assert str(refused(source)).startswith("SOURCE is empty; give a message-id")
    assert str(refused(f"{tmp_path}/file.mbox#")) == (
        f"no message-id behind the # of {tmp_path}/file.mbox#; add it, or give the path alone"
    )


@pytest.mark.parametrize("form", ["{}", "<{}>", "id:{}", "mid:{}", "Message-ID: <{}>", " {} ", "rfc822msgid:{}"])
def test_a_message_id_is_taken_in_its_usual_forms(asked: list[tuple[str, str]], form: str) -> None:
    found = sources.read(form.format(FIRST))
    assert asked == [(FIRST, config.DEFAULT_MIDMASK)]
    assert found.asked == FIRST


def test_an_id_that_begins_like_a_prefix_is_left_whole(asked: list[tuple[str, str]]) -> None:
    sources.read("x:id@example.org")
    assert asked[0][0] == "x:id@example.org"


def test_the_option_overrides_the_configured_archive(asked: list[tuple[str, str]], sealed_home: Path) -> None:
    (sealed_home / "gitconfig").write_text("[b4]\n\tmidmask = https://one.example.org/all/%s\n")
    sources.read(FIRST)
    sources.read(FIRST, midmask="http://127.0.0.1:1/list")
    assert [mask for _, mask in asked] == ["https://one.example.org/all/%s", "http://127.0.0.1:1/list/%s"]


URLS = [
    "https://lore.kernel.org/all/a%2Bb%40example.org/",
    "https://lore.kernel.org/linux-xfs/a+b@example.org/T/#u",
    "https://lore.kernel.org/r/a+b@example.org",
    "https://LORE.kernel.org/all/a+b@example.org/t.mbox.gz",
    "https://lore.kernel.org/all/a+b@example.org/?x=y",
    "https://patch.msgid.link/a+b@example.org",
    "https://lkml.kernel.org/r/a+b@example.org",
]


@pytest.mark.parametrize("url", URLS)
def test_a_url_of_the_configured_archive_names_a_mail(asked: list[tuple[str, str]], url: str) -> None:
    sources.read(url)
    assert asked == [("a+b@example.org", config.DEFAULT_MIDMASK)]


def test_a_name_of_lore_means_nothing_to_another_archive(asked: list[tuple[str, str]]) -> None:
    told = refused("https://patch.msgid.link/a@example.org", midmask="https://inbox.example.org/all/%s")
    assert told.kind == "other-host"
    assert asked == []


def test_a_url_of_another_host_is_refused_and_its_id_named(asked: list[tuple[str, str]]) -> None:
    told = refused("https://evil.example.org/all/a%40example.org/")
    assert told.kind == "other-host"
    assert "lore.kernel.org" in told.what
    assert "a@example.org" in told.next_step
    assert asked == []


def test_what_only_begins_like_a_url_is_refused(asked: list[tuple[str, str]]) -> None:
    assert refused("https://[a@example.org/").kind == "bad-source"


def test_a_url_without_an_id_is_refused(asked: list[tuple[str, str]]) -> None:
    assert refused("https://lore.kernel.org/linux-xfs/").kind == "bad-source"


def test_an_id_with_white_space_hidden_in_a_url_is_refused(asked: list[tuple[str, str]]) -> None:
    assert refused("https://lore.kernel.org/all/a%0Ab@example.org/").kind == "bad-id"


@pytest.mark.parametrize(
    "source", ["nonsense", "./missing.mbox", "missing.mbox", "/no/such@place", "", "a\0b", "x" * 5000]
)
def test_what_is_neither_file_nor_id_is_one_line_with_the_forms(source: str) -> None:
    told = refused(source)
    assert told.kind == "bad-source"
    assert "message-id" in told.next_step


@given(st.text(st.characters(exclude_characters="/"), max_size=60), st.sampled_from(["", "https://", "<", "id:", "a@"]))
def test_no_text_makes_reading_end_in_anything_but_a_failure(text: str, start: str) -> None:
    with pytest.raises(Failure) as caught:
        sources.read(start + text + "@", network=False)
    assert caught.value.next_step


def test_an_existing_file_wins_over_the_bundled_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(ids("example")) > 5
    (tmp_path / "example").write_bytes(mbox(MAILS[0]))
    monkeypatch.chdir(tmp_path)
    found = sources.read("example")
    assert len(found.raws) == 1
    assert "a file of that name" in found.notes[0]


def test_an_existing_file_wins_over_a_message_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[tuple[str, str]]
) -> None:
    (tmp_path / REPLY).write_bytes(mbox(MAILS[0]))
    monkeypatch.chdir(tmp_path)
    found = sources.read(REPLY)
    assert [cut.head(raw).msgid for raw, _ in found.raws] == [FIRST]
    assert "a file of that name" in found.notes[0]
    assert asked == []


def test_of_several_threads_the_first_is_read_and_the_rest_are_counted(tmp_path: Path) -> None:
    (tmp_path / "list.mbox").write_bytes(mbox(*MAILS))
    found = sources.read(str(tmp_path / "list.mbox"))
    assert [cut.head(raw).msgid for raw, _ in found.raws] == [FIRST, REPLY]
    assert "1 other thread (1 mail)" in found.notes[0]
    assert "#message-id" in found.notes[0]


def maildir(path: Path) -> None:
    for name in ("cur", "new", "tmp"):
        (path / name).mkdir(parents=True)
    for number, raw in enumerate(MAILS):
        (path / "cur" / f"{number}.example:2,S").write_bytes(raw)


def inbox(path: Path) -> None:
    add(path / "git" / "0.git", MAILS)


HOLDERS: dict[str, Callable[[Path], object]] = {
    "mbox": lambda path: path.write_bytes(mbox(*MAILS)),
    "mbox.gz": lambda path: path.write_bytes(gzip.compress(mbox(*MAILS))),
    "maildir": maildir,
    "inbox": inbox,
    "with#mark.mbox": lambda path: path.write_bytes(mbox(*MAILS)),
}


@pytest.mark.parametrize("name", HOLDERS)
def test_path_and_id_name_one_thread_of_anything_that_holds_several(tmp_path: Path, name: str) -> None:
    HOLDERS[name](tmp_path / name)
    assert ids(f"{tmp_path / name}#{REPLY}") == [FIRST, REPLY]
    assert ids(f"{tmp_path / name}#<{OTHER}>") == [OTHER]
    assert refused(f"{tmp_path / name}#nobody@example.org").kind in ("not-in-source", "not-in-inbox")


def test_a_whole_archive_without_an_id_is_refused(tmp_path: Path) -> None:
    inbox(tmp_path)
    assert "#message-id" in refused(str(tmp_path)).next_step


def test_a_single_patch_is_one_mail(tmp_path: Path) -> None:
    (tmp_path / "0001-x.patch").write_bytes(MAILS[0])
    assert ids(str(tmp_path / "0001-x.patch")) == [FIRST]


def test_empty_lines_at_the_end_of_a_mail_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(MAILS[0])
    (tmp_path / "two").write_bytes(MAILS[0] + b"\n\r\n\n")
    assert sources.read(str(tmp_path / "one")).raws == sources.read(str(tmp_path / "two")).raws


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin(io.StringIO):
        buffer = io.BytesIO(mbox(*MAILS[::2]))

    monkeypatch.setattr("sys.stdin", Stdin())
    assert ids("-") == [FIRST, REPLY]


def test_a_terminal_as_standard_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Stdin())
    assert "terminal" in refused("-").what


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\x7fELF\x02\x01\x01\0"])
def test_a_file_without_mail_is_one_line(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "file").write_bytes(data)
    assert refused(str(tmp_path / "file")).kind == "no-mail"


def test_an_empty_directory_is_one_line(tmp_path: Path) -> None:
    assert refused(str(tmp_path)).kind == "no-mail"


def test_a_fifo_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    assert refused(str(tmp_path / "fifo")).kind == "no-mail"
