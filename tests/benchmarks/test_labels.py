"""Labels kept as facts: written from an annotation, and read again with the mails of an archive."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import labels

MAIL = b"""From: Rita Reviewer <rita@example.org>\r
Message-ID: <one@example.org>\r
Subject: Re: [PATCH] frob: take the lock\r
\r
> +	frob_lock(f);\r
\r
Who drops this lock when frob_fill() fails?\r
\r
Rita\r
"""
GOLD: dict[str, Any] = {
    "points": [
        {
            "message_id": "one@example.org",
            "quote": "Who drops this lock when frob_fill() fails?",
            "kind": "correctness",
            "weight": "question",
            "status": "open",
            "events": [],
        }
    ],
    "outcome": "undecided",
}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A clone of an archive with one mail, as public-inbox keeps it: a commit a mail, in the file `m`."""
    repo = tmp_path / "frob-devel.0"
    subprocess.run(["git", "init", "-q", str(repo)], check=True)
    (repo / "m").write_bytes(MAIL)
    who = ["-c", "user.name=Archive", "-c", "user.email=archive@example.org"]
    subprocess.run(["git", "-C", str(repo), "add", "m"], check=True)
    subprocess.run(["git", "-C", str(repo), *who, "commit", "-q", "-m", "Re: frob"], check=True)
    (repo / ".git").rename(repo / "all.git")
    return tmp_path


def stored(archive: Path) -> dict[str, Any]:
    repo = labels.repository(archive, "frob-devel.0")
    assert repo is not None
    commits = labels.index(repo, {"one@example.org"})
    raw = labels.mails({"archive": "frob-devel.0", "commits": list(commits.values())}, archive)
    found = {mail.msgid: mail for mail in labels.parsed(raw) if mail is not None}
    return labels.record_of(GOLD, "frob-devel.0", commits, found)


def test_an_annotation_comes_back_from_its_record_with_the_quotes(archive: Path) -> None:
    record = stored(archive)
    again = labels.annotation(record, labels.parsed(labels.mails(record, archive)))
    assert again["points"] == GOLD["points"]
    assert again["outcome"] == "undecided"


def test_a_record_holds_no_word_of_the_mail(archive: Path) -> None:
    assert not re.search("lock|drops|fails", str(stored(archive)))


def test_a_line_that_moved_is_found_by_its_hash_and_another_is_not() -> None:
    (message,) = labels.parsed([MAIL])
    wanted = labels.mark(GOLD["points"][0]["quote"])
    assert labels.line_of(message, (0, wanted)) == GOLD["points"][0]["quote"]
    assert labels.line_of(message, (2, labels.mark("something else"))) is None


def test_a_point_whose_mail_is_not_at_hand_is_left_out(archive: Path) -> None:
    assert labels.annotation(stored(archive), [None])["points"] == []


def test_a_quote_that_no_line_holds_is_an_error_of_the_annotation(archive: Path) -> None:
    with pytest.raises(ValueError, match="has no line"):
        labels.place_of({}, "one@example.org", "never said")


def test_an_archive_that_is_not_there_gives_no_mails(tmp_path: Path) -> None:
    assert labels.mails({"archive": "frob-devel.0", "commits": ["0" * 12]}, tmp_path) == [None]


@pytest.mark.parametrize("path", sorted(labels.LABELS.glob("*.jsonl")), ids=lambda path: path.stem)
def test_shipped_labels_are_ids_numbers_and_hashes_only(path: Path) -> None:
    records = labels.read(path)
    assert records
    for record in records:
        places = [point["at"] for point in record["points"]]
        places += [event["at"] for point in record["points"] for event in point.get("events", ())]
        assert all(re.fullmatch(r"[0-9a-f]{12}", commit) for commit in record["commits"])
        for mail, line, mark in places:
            assert 0 <= mail < len(record["commits"])
            assert line >= 0
            assert re.fullmatch(r"[0-9a-f]{8}", mark)
