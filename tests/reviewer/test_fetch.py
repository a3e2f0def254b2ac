"""Fetching through the real b4 from a loopback server that fails in every way that was met."""

import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_plus

import pytest

from reviewer import fetch, programs
from reviewer.config import Masks
from reviewer.errors import Failure
from tests.reviewer import faulty_server
from tests.reviewer.faulty_server import MSGID, Server

pytestmark = pytest.mark.skipif(
    not (Path(sys.executable).parent / "b4").exists() and shutil.which("b4") is None, reason="b4 is not installed"
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with faulty_server.running() as running:
        yield running


def masks(server: Server, case: str) -> Masks:
    return Masks(midmask=server.midmask(case), linkmask="https://lore.kernel.org/r/%s")


def failure(server: Server, case: str, msgid: str = MSGID, limits: programs.Limits | None = None) -> Failure:
    with pytest.raises(Failure) as caught:
        fetch.thread(msgid, masks(server, case), limits)
    return caught.value


def test_a_good_answer_gives_every_mail_of_the_thread(server: Server) -> None:
    mails = fetch.thread(MSGID, masks(server, "good"))
    assert [where for _, where in mails] == ["mail 1", "mail 2"]
    assert b"Message-ID: <reply@example.org>" in mails[1][0]


def test_a_mail_with_broken_headers_is_delivered(server: Server) -> None:
    assert len(fetch.thread(MSGID, masks(server, "broken-headers"))) == 1


FAULTS = {
    "404": ("not-found", "knows no mail"),
    "400": ("http", "HTTP error 400"),
    "401": ("http", "HTTP error 401"),
    "403": ("http", "HTTP error 403"),
    "429": ("http", "HTTP error 429"),
    "500": ("http", "HTTP error 500"),
    "502": ("http", "HTTP error 502"),
    "503": ("http", "HTTP error 503"),
    "reset": ("unreachable", "cannot reach"),
    "page": ("not-mail", "a web page instead of mail"),
    "page-encoded": ("not-mail", "a web page instead of mail"),
    "page-gzipped": ("not-in-thread", "does not hold the mail"),
    "plain": ("not-mail", "not compressed"),
    "plain-encoded": ("not-mail", "not compressed"),
    "truncated": ("corrupt", "corrupt or cut short"),
    "short": ("corrupt", "corrupt or cut short"),
    "flipped": ("corrupt", "corrupt or cut short"),
    "bad-deflate": ("corrupt", "corrupt or cut short"),
    "junk-behind": ("corrupt", "corrupt or cut short"),
    "circle": ("redirects", "redirects in a circle"),
    "empty": ("empty", "an empty thread"),
    "zero": ("empty", "an empty thread"),
    "other-thread": ("not-in-thread", "does not hold the mail"),
    "no-ids": ("not-in-thread", "does not hold the mail"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_each_fault_of_a_server_is_one_line_with_what_to_try(server: Server, case: str) -> None:
    kind, words = FAULTS[case]
    told = failure(server, case)
    assert told.kind == kind
    assert words in told.what
    assert told.next_step
    assert "\n" not in str(told)
    assert "Traceback" not in str(told)


def test_every_case_of_the_server_is_tested_here() -> None:
    elsewhere = {"good", "broken-headers", "hang", "drip", "bomb"}
    assert set(faulty_server.CASES) == set(FAULTS) | elsewhere


@pytest.mark.parametrize("case", ["hang", "drip"])
def test_a_server_that_never_ends_is_left_after_the_time_limit(server: Server, case: str) -> None:
    began = time.monotonic()
    told = failure(server, case, limits=programs.Limits(seconds=2))
    assert told.kind == "timeout"
    assert time.monotonic() - began < 8


def test_a_thread_that_unpacks_to_too_much_is_given_up(server: Server) -> None:
    told = failure(server, "bomb", limits=programs.Limits(seconds=60, memory=512 * programs.MIB))
    assert told.kind == "too-big"


def test_a_server_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(Failure) as caught:
        fetch.thread(MSGID, Masks(midmask="http://127.0.0.1:9/all/%s", linkmask=""))
    assert caught.value.kind == "unreachable"
    assert "127.0.0.1:9" in caught.value.what


def test_a_proxy_is_obeyed_which_is_how_the_tests_are_sealed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{server.server_address[1]}")
    with pytest.raises(Failure):
        fetch.thread(MSGID, Masks(midmask="http://archive.invalid/all/%s", linkmask=""))
    assert any(path.startswith("http://archive.invalid/all/") for path in server.asked)


@pytest.mark.parametrize(
    "msgid", ["", "a b@example.org", "a\n@example.org", "<a@example.org>", "a\x1b[31m@b", "x" * 1001]
)
def test_an_impossible_id_is_refused_before_b4_runs(server: Server, msgid: str) -> None:
    before = len(server.asked)
    assert failure(server, "good", msgid).kind == "bad-id"
    assert len(server.asked) == before


@pytest.mark.parametrize(
    "msgid",
    [
        "-h@example.org",
        "$(touch PWNED)@example.org".replace(" ", "_"),
        "http://127.0.0.1:9/all/x@example.org",
        "id:x@example.org",
    ],
)
def test_an_id_that_b4_could_take_for_something_else_is_asked_for_as_it_stands(server: Server, msgid: str) -> None:
    before = len(server.asked)
    assert failure(server, "404", msgid).kind == "not-found"
    assert unquote_plus(server.asked[before]) == f"/404/{msgid}/t.mbox.gz"


def test_the_tree_one_stands_in_cannot_redirect_the_fetch(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs.run(["git", "init", "-q", tmp_path])
    (tmp_path / ".b4-config").write_text("[b4]\n\tmidmask = http://127.0.0.1:9/all/%s\n")
    monkeypatch.chdir(tmp_path)
    assert len(fetch.thread(MSGID, masks(server, "good"))) == 2


def test_settings_that_the_user_hands_git_are_kept_beside_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.name")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "Ada Example")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.delenv("NO_PROXY")
    env = fetch._environment(Masks(midmask="https://example.org/all/%s", linkmask=""), tmp_path)
    assert (env["GIT_CONFIG_COUNT"], env["GIT_CONFIG_KEY_0"], env["GIT_CONFIG_KEY_1"]) == (
        "3",
        "user.name",
        "b4.midmask",
    )
    assert "GIT_DIR" not in env
    assert "NO_PROXY" not in env  # a proxy is the user's business unless the server is on loopback


def test_loopback_is_never_asked_through_a_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("no_proxy")
    monkeypatch.setenv("NO_PROXY", "example.org")
    env = fetch._environment(Masks(midmask="http://127.0.0.1:8080/all/%s", linkmask=""), tmp_path)
    assert (env["NO_PROXY"], env["no_proxy"]) == ("example.org,127.0.0.1", "127.0.0.1")


def test_a_missing_git_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server: Server) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert failure(server, "good").kind == "git-missing"


def test_a_missing_b4_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server: Server) -> None:
    git = shutil.which("git")
    assert git is not None
    (tmp_path / "git").symlink_to(git)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert failure(server, "good").kind == "b4-missing"


def test_a_b4_that_crashes_is_told_by_the_name_of_its_error_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server: Server
) -> None:
    fake = tmp_path / "b4"
    fake.write_text(
        "#!/bin/sh\necho 'Traceback (most recent call last):' >&2\necho 'ValueError: text of a mail' >&2\nexit 1\n"
    )
    fake.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    told = failure(server, "good")
    assert told.kind == "b4-crash"
    assert "ValueError" in told.what
    assert "text of a mail" not in str(told)


def test_a_password_in_the_midmask_is_not_shown() -> None:
    masks = Masks(midmask="https://ada:secret@example.org/all/%s", linkmask="")
    assert fetch.shown_host(masks) == "example.org"


def test_nothing_is_left_behind(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    fetch.thread(MSGID, masks(server, "good"))
    failure(server, "page")
    assert list(tmp_path.iterdir()) == []
