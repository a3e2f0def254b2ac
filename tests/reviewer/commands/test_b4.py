import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from reviewer.commands import b4
from reviewer.errors import Failure


def test_a_check_without_a_mail_is_bad_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("B4_TRACKING_FILE", raising=False)
    with pytest.raises(Failure, match="no mail on standard input"):
        CliRunner().invoke(b4.check, ["-n"], input="", catch_exceptions=False)


def test_a_check_of_the_mail_alone_warns_about_the_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("B4_TRACKING_FILE", raising=False)
    mail = "From: Nils <nils@example.org>\nMessage-ID: <1@example.org>\nSubject: [PATCH] x: y\n\nText.\n"
    result = CliRunner().invoke(b4.check, ["-n"], input=mail, catch_exceptions=False)
    rows = json.loads(result.stdout)
    assert (rows[0]["tool"], rows[0]["status"]) == ("mkwrite-review", "warn")


def test_a_check_of_a_thread_tells_how_it_stands() -> None:
    result = CliRunner().invoke(b4.check, ["-n", "--thread", "example"], catch_exceptions=False)
    rows = json.loads(result.stdout)
    assert rows[0]["url"] == "https://lore.kernel.org/r/20261112101500.4711-1-ada@example.org"


def test_a_review_is_written_for_the_tip_of_the_branch(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=T", "-c", "user.email=t@example.org"]
        done = subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "one")
    git("branch", "b4/review/x")
    arguments = ["example", "-n", "-C", str(tmp_path), "--branch", "b4/review/x", "--identity", "Ed <ed@example.org>"]
    result = CliRunner().invoke(b4.review, arguments, catch_exceptions=False)
    directory = tmp_path / ".git" / "b4-review" / git("rev-parse", "b4/review/x")
    assert result.stdout.strip() == str(directory)
    assert sorted(file.name for file in directory.iterdir()) == ["0001.txt", "identity.txt", "series.txt"]
    assert (directory / "identity.txt").read_text() == "Ed <ed@example.org>\n"
