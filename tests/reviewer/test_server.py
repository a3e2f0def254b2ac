"""The whole way from a message-id to raw mails: Debian's public-inbox on loopback, asked through the real b4."""

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reviewer import cut, sources
from reviewer.errors import Failure
from tests.reviewer import epochs
from tests.reviewer.process import ROOT, mkwrite
from threads import messages, tree
from threads.model import Thread

PROGRAMS = ("public-inbox-init", "public-inbox-index", "public-inbox-httpd", "git")
MISSING = [name for name in PROGRAMS if shutil.which(name) is None]
pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)} (Debian package public-inbox)"),
    pytest.mark.skipif(
        not (Path(sys.executable).parent / "b4").exists() and shutil.which("b4") is None, reason="b4 is not installed"
    ),
]

OTHER = [epochs.mail(f"other-{n}@example.org", f"[PATCH] mm: another change {n}") for n in range(5)]
ODD = "odd/id+x%y&z@example.org"
SEED = ROOT.parent / "shared" / "corpus" / "dev" / "mbox" / "t000.mbox"


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A v2 inbox with the example thread, five other mails and one with an awkward id."""
    path = tmp_path_factory.mktemp("inbox") / "list"
    example = [raw for raw, _ in sources.read("example").raws]
    real = [raw for raw, _ in sources.read(str(SEED)).raws] if SEED.exists() else []
    epochs.add(path / "git" / "0.git", [*OTHER[:2], *example, *OTHER[2:], *real, epochs.mail(ODD, "[PATCH] odd")])
    return path


@pytest.fixture(scope="module")
def midmask(inbox: Path) -> Iterator[str]:
    """The inbox indexed and served on a free loopback port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/list"
    home = inbox.parent
    env = {"PI_CONFIG": str(home / "config"), "HOME": str(home), "PATH": "/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1"}
    for command in (
        ["public-inbox-init", "-V2", "-L", "basic", "list", str(inbox), url, "list@example.org"],
        ["public-inbox-index", "--no-fsync", str(inbox)],
    ):
        subprocess.run(command, env=env, check=True, capture_output=True, timeout=120)
    command = ["public-inbox-httpd", "-W0", "-l", f"http://127.0.0.1:{port}"]
    with (home / "log").open("wb") as log, subprocess.Popen(command, env=env, stdout=log, stderr=log) as server:
        try:
            _wait(port, server)
            yield f"{url}/%s"
        finally:
            server.terminate()


def _wait(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    pytest.fail("public-inbox-httpd does not listen")


def ids(mails: sources.Mails) -> set[str]:
    return {cut.head(raw).msgid for raw, _ in mails.raws}


def first_id() -> str:
    return cut.head(sources.read("example").raws[0][0]).msgid


def test_a_fetched_thread_is_the_thread_that_was_put_in(midmask: str) -> None:
    fetched = sources.read(first_id(), midmask=midmask)
    assert ids(fetched) == ids(sources.read("example"))
    assert fetched.asked == first_id()


def test_a_reply_names_the_same_thread(midmask: str) -> None:
    reply = cut.head(sources.read("example").raws[-1][0]).msgid
    assert ids(sources.read(reply, midmask=midmask)) == ids(sources.read("example"))


def test_bodies_arrive_unchanged(midmask: str) -> None:
    def bodies(mails: sources.Mails) -> dict[str, bytes]:
        return {cut.head(raw).msgid: raw.partition(b"\n\n")[2].rstrip() for raw, _ in mails.raws}

    assert bodies(sources.read(first_id(), midmask=midmask)) == bodies(sources.read("example"))


def test_a_url_of_the_archive_names_the_mail(midmask: str) -> None:
    url = midmask.replace("%s", first_id().replace("@", "%40")) + "/T/#u"
    assert ids(sources.read(url, midmask=midmask)) == ids(sources.read("example"))


def test_an_id_with_awkward_characters_is_fetched(midmask: str) -> None:
    assert ids(sources.read(ODD, midmask=midmask)) == {ODD}


def test_the_midmask_of_the_users_git_configuration_counts(midmask: str, sealed_home: Path) -> None:
    (sealed_home / "gitconfig").write_text(f"[b4]\n\tmidmask = {midmask}\n")
    assert ids(sources.read(f"<{first_id()}>")) == ids(sources.read("example"))


def test_an_id_that_the_archive_does_not_have_is_not_found(midmask: str) -> None:
    with pytest.raises(Failure) as caught:
        sources.read("nobody@example.org", midmask=midmask)
    assert caught.value.kind == "not-found"


def test_the_clone_read_directly_gives_the_same_mails(midmask: str, inbox: Path) -> None:
    for path in (inbox, inbox / "git" / "0.git"):
        assert ids(sources.read(f"{path}#{first_id()}", network=False)) == ids(sources.read("example"))


def parsed(source: str, midmask: str | None = None) -> Thread:
    return tree.build(
        tuple(messages.parse_message(raw, where) for raw, where in sources.read(source, midmask=midmask).raws)
    )


def test_the_parsed_thread_is_the_same_from_server_clone_and_file(midmask: str, inbox: Path) -> None:
    of_file = parsed("example")
    assert parsed(first_id(), midmask) == of_file
    assert parsed(f"{inbox}#{first_id()}") == of_file


def report(*arguments: str) -> dict[str, Any]:
    done = mkwrite("review", "--format", "json", *arguments)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found.pop("source")
    return found


def test_the_report_of_a_fetched_thread_is_that_of_the_file(midmask: str) -> None:
    assert report("--midmask", midmask, first_id()) == report("example")


@pytest.mark.skipif(not SEED.exists(), reason="../shared/corpus is not here")
def test_the_report_of_a_real_thread_is_the_same_from_server_clone_and_file(midmask: str, inbox: Path) -> None:
    msgid = cut.head(sources.read(str(SEED)).raws[0][0]).msgid
    of_file = report(str(SEED))
    assert report("--midmask", midmask, msgid) == of_file
    assert report(f"{inbox}#{msgid}") == of_file
