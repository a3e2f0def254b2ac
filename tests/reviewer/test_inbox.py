"""Reading clones directly: whole threads, incremental indexing, and repositories that mean harm."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer import cut, inbox, mailindex
from reviewer.errors import Failure
from tests.reviewer.epochs import add, mail


def ids(path: Path, msgid: str) -> list[str]:
    return [cut.head(raw).msgid for raw, _ in inbox.thread(path, msgid).raws]


@pytest.fixture
def epoch(tmp_path: Path) -> Path:
    path = tmp_path / "git" / "0.git"
    add(
        path,
        [
            mail("a@example.org", "[PATCH] one"),
            mail("other@example.org", "[PATCH] two"),
            mail("b@example.org", "Re", "a@example.org"),
        ],
    )
    return path


def test_a_directory_without_repositories_is_no_inbox(tmp_path: Path) -> None:
    assert inbox.epochs(tmp_path) == ()


def test_a_source_tree_is_no_inbox(tmp_path: Path) -> None:
    add(tmp_path / "tree.git", [b"int main;\n"], name="main.c")
    with pytest.raises(Failure, match="not of a public-inbox") as caught:
        inbox.thread(tmp_path / "tree.git", "a@example.org")
    assert caught.value.kind == "not-inbox"


def test_an_empty_repository_is_said_to_be_one(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "0.git"], check=True)
    with pytest.raises(Failure, match="no commits"):
        inbox.thread(tmp_path / "0.git", "a@example.org")


@pytest.mark.parametrize("below", ["git/0.git", "git", "."])
def test_an_inbox_or_its_epoch_gives_the_thread_and_nothing_else(epoch: Path, tmp_path: Path, below: str) -> None:
    assert ids(tmp_path / below, "b@example.org") == ["a@example.org", "b@example.org"]


def test_an_id_that_is_not_there_is_said_so(epoch: Path) -> None:
    with pytest.raises(Failure, match="holds no mail with the id") as caught:
        inbox.thread(epoch, "nobody@example.org")
    assert caught.value.kind == "not-in-inbox"


def test_a_thread_goes_on_in_the_next_epoch(epoch: Path, tmp_path: Path) -> None:
    add(tmp_path / "git" / "1.git", [mail("c@example.org", "Re", "b@example.org")])
    assert ids(tmp_path, "a@example.org") == ["a@example.org", "b@example.org", "c@example.org"]


def test_siblings_whose_parent_is_missing_stay_together(tmp_path: Path) -> None:
    add(
        tmp_path / "0.git",
        [mail("a@example.org", "Re", "gone@example.org"), mail("b@example.org", "Re", "gone@example.org")],
    )
    assert ids(tmp_path, "b@example.org") == ["a@example.org", "b@example.org"]


def test_new_mail_is_added_to_the_index_and_removed_mail_leaves_it(epoch: Path, tmp_path: Path) -> None:
    assert len(ids(tmp_path, "a@example.org")) == 2
    add(epoch, [mail("c@example.org", "Re", "b@example.org")])
    assert len(ids(tmp_path, "a@example.org")) == 3
    add(epoch, [mail("b@example.org", "Re", "a@example.org")], name="d")
    add(epoch, [mail("d@example.org", "Re", "a@example.org")])
    assert ids(tmp_path, "a@example.org") == ["a@example.org", "d@example.org"]


def test_only_new_commits_are_read_again(epoch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids(tmp_path, "a@example.org")
    read: list[int] = []
    heads = inbox._heads

    def counted(repository: Path, oids: list[str]) -> Iterator[tuple[str, cut.Head]]:
        read.append(len(oids))
        return heads(repository, oids)

    monkeypatch.setattr(inbox, "_heads", counted)
    add(epoch, [mail("c@example.org", "Re", "b@example.org")])
    ids(tmp_path, "a@example.org")
    assert read == [1]


def test_a_rewritten_epoch_is_indexed_anew(epoch: Path, tmp_path: Path) -> None:
    assert len(ids(tmp_path, "a@example.org")) == 2
    subprocess.run(["git", f"--git-dir={epoch}", "update-ref", "-d", "refs/heads/master"], check=True)
    subprocess.run(["git", f"--git-dir={epoch}", "reflog", "expire", "--expire=now", "--all"], check=True)
    add(tmp_path / "new.git", [mail("z@example.org", "[PATCH] new"), mail("a@example.org", "Re", "z@example.org")])
    fetch = ["git", f"--git-dir={epoch}", "fetch", "-q", str(tmp_path / "new.git"), "master:master"]
    subprocess.run(fetch, check=True)
    assert ids(epoch, "a@example.org") == ["z@example.org", "a@example.org"]
    with pytest.raises(Failure):
        ids(epoch, "b@example.org")


def test_a_missing_object_costs_only_its_own_mail(epoch: Path, tmp_path: Path) -> None:
    oid = _blob_of(epoch, "master")  # the newest mail, b@
    _loose(epoch)
    (epoch / "objects" / oid[:2] / oid[2:]).unlink()
    assert ids(tmp_path, "a@example.org") == ["a@example.org"]


def test_a_mail_lost_after_indexing_is_noted(epoch: Path, tmp_path: Path) -> None:
    ids(tmp_path, "a@example.org")
    oid = _blob_of(epoch, "master")
    _loose(epoch)
    (epoch / "objects" / oid[:2] / oid[2:]).unlink()
    found = inbox.thread(tmp_path, "a@example.org")
    assert len(found.raws) == 1
    assert "1 mail of this thread is missing" in found.notes[0]


def _blob_of(epoch: Path, commit: str) -> str:
    done = subprocess.run(["git", f"--git-dir={epoch}", "rev-parse", f"{commit}:m"], check=True, capture_output=True)
    return done.stdout.decode().strip()


def _loose(epoch: Path) -> None:
    """Turn packs into loose objects, so that one can be removed."""
    for pack in list((epoch / "objects" / "pack").glob("*.pack")):
        data = pack.read_bytes()
        for path in (pack, pack.with_suffix(".idx")):
            path.unlink()
        subprocess.run(["git", f"--git-dir={epoch}", "unpack-objects", "-q"], input=data, check=True)


HOSTILE = """
[core]
	fsmonitor = touch {trap}
	pager = touch {trap}
	sshCommand = touch {trap}
	alternateRefsCommand = touch {trap}
	editor = touch {trap}
[diff]
	external = touch {trap}
[log]
	showSignature = true
[gpg]
	program = touch {trap}
[protocol]
	allow = always
[protocol "ext"]
	allow = always
[extensions]
	partialClone = origin
[remote "origin"]
	url = ext::sh -c touch% {trap}
	promisor = true
	uploadpack = touch {trap}
"""


def test_nothing_that_a_repository_configures_is_run(epoch: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    with (epoch / "config").open("a") as config:
        config.write(HOSTILE.format(trap=trap).replace("repositoryformatversion = 0", ""))
    subprocess.run(["git", "config", "-f", epoch / "config", "core.repositoryFormatVersion", "1"], check=True)
    for hook in ("post-checkout", "reference-transaction", "post-index-change"):
        path = epoch / "hooks" / hook
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\ntouch {trap}\n")
        path.chmod(0o755)
    ids(epoch, "a@example.org")
    oid = _blob_of(epoch, "master")
    _loose(epoch)
    (epoch / "objects" / oid[:2] / oid[2:]).unlink()  # in the index, so cat-file would fetch it from the "promisor"
    found = inbox.thread(epoch, "a@example.org")
    assert [cut.head(raw).msgid for raw, _ in found.raws] == ["a@example.org"]
    assert not trap.exists()


def test_the_users_git_variables_do_not_lead_elsewhere(
    epoch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(tmp_path / "elsewhere"))
    assert len(ids(epoch, "a@example.org")) == 2


def test_a_mail_longer_than_the_limit_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MAIL_BYTES", 1000)
    add(
        tmp_path / "0.git",
        [mail("a@example.org", "[PATCH] long", body="x" * 5000), mail("b@example.org", "Re", "a@example.org")],
    )
    raws = inbox.thread(tmp_path, "a@example.org").raws
    assert len(raws[0][0]) == 1000
    assert cut.head(raws[1][0]).msgid == "b@example.org"


def test_the_repository_is_not_changed(epoch: Path) -> None:
    def listing() -> list[tuple[str, int]]:
        return sorted((str(p), p.stat().st_mtime_ns) for p in epoch.rglob("*"))

    before = listing()
    ids(epoch, "a@example.org")
    assert listing() == before


def test_a_git_that_stops_early_is_no_shorter_thread(
    epoch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = inbox._command

    def broken(repository: Path, *arguments: str) -> list[str]:
        return ["true"] if arguments[0] == "cat-file" else real(repository, *arguments)

    monkeypatch.setattr(inbox, "_command", broken)
    with pytest.raises(Failure, match="git stopped reading"):
        inbox.thread(tmp_path, "a@example.org")
    monkeypatch.setattr(inbox, "_command", real)
    assert len(ids(tmp_path, "a@example.org")) == 2  # nothing half-read was kept


def test_a_damaged_index_is_made_anew(epoch: Path, sealed_home: Path) -> None:
    ids(epoch, "a@example.org")
    (index,) = (sealed_home / "cache" / "mkwrite" / "inbox").iterdir()
    index.write_bytes(b"no database" * 100)
    assert len(ids(epoch, "a@example.org")) == 2


def test_an_index_damaged_in_its_middle_is_made_anew(epoch: Path, sealed_home: Path) -> None:
    ids(epoch, "a@example.org")
    (index,) = (sealed_home / "cache" / "mkwrite" / "inbox").iterdir()
    data = index.read_bytes()
    index.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    assert len(ids(epoch, "a@example.org")) == 2


def test_without_a_cache_directory_the_index_is_held_in_memory(
    epoch: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert len(ids(epoch, "a@example.org")) == 2


def test_a_very_large_thread_is_cut_and_says_so(epoch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailindex, "MOST_MAILS", 1)
    found = inbox.thread(epoch, "a@example.org")
    assert len(found.raws) == 1
    assert found.notes == ("the thread is cut at 1 mails",)


def test_the_order_is_that_of_the_commits(tmp_path: Path) -> None:
    names = [f"m{n}@example.org" for n in range(12)]
    add(tmp_path / "0.git", [mail(n, "x", names[max(0, k - 1)] if k else "") for k, n in enumerate(names)])
    assert ids(tmp_path, "m5@example.org") == names
