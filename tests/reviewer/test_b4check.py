import json
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import msgspec
import pytest

from reviewer import b4check, neutral
from tests.reviewer.render import sample, test_hostile

KEYS = {"tool", "status", "summary", "url", "details"}


def test_a_settled_thread_passes() -> None:
    rows = b4check.rows(sample.settled())
    assert [row["status"] for row in rows] == ["pass"]
    assert rows[0]["summary"].startswith("3 settled; looks accepted")


def test_a_blocking_point_fails_and_another_warns() -> None:
    review = sample.typical()
    assert b4check.rows(review)[0]["status"] == "fail"
    light = tuple(one for one in review.points if one.weight != "blocking")
    assert b4check.rows(msgspec.structs.replace(review, points=light))[0]["status"] == "warn"


def test_a_row_tells_points_rules_and_tests() -> None:
    rows = b4check.rows(sample.typical())
    assert [row["tool"] for row in rows] == ["mkwrite-review", "mkwrite-rules", "mkwrite-tests"]
    assert all(set(row) == KEYS for row in rows)
    assert rows[0]["url"] == "https://lore.example.org/r/v2-1-brine@example.org"
    assert "P2 disputed, placement, blocking: Mara Okafor" in rows[0]["details"]
    assert rows[1]["summary"] == "2 objections, 1 of them raised by nobody"
    assert "./check generic/019" in rows[2]["details"]


@pytest.mark.parametrize("payload", test_hostile.PAYLOADS)
def test_hostile_text_is_inert_in_a_row(payload: str) -> None:
    text = b4check.text(b4check.rows(test_hostile.tainted(payload)))
    assert neutral.count_hidden(text) == 0
    for row in json.loads(text):
        assert neutral.count_hidden(row["summary"] + row["details"]) == 0
        assert "\n" not in row["summary"]


@pytest.mark.parametrize(
    "content", ["", "no json", "[]", '{"series": 1}', '{"series": {"thread-blob": "--help"}}', "[" * 50_000]
)
def test_a_tracking_file_that_names_no_blob_is_no_error(content: str, tmp_path: Path) -> None:
    file = tmp_path / "tracking.json"
    file.write_text(content)
    assert b4check.thread_of(str(file), tmp_path) is None


def test_no_tracking_file_is_no_error(tmp_path: Path) -> None:
    assert b4check.thread_of("", tmp_path) is None
    assert b4check.thread_of(str(tmp_path / "gone"), tmp_path) is None


def test_the_thread_is_read_from_the_blob_that_b4_keeps(tmp_path: Path) -> None:
    data = (Path(b4check.__file__).parent / "example" / "thread.mbox").read_bytes()
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    done = subprocess.run(
        ["git", "hash-object", "-w", "--stdin"], input=data, capture_output=True, cwd=tmp_path, check=True
    )
    (tmp_path / "tracking.json").write_text(json.dumps({"series": {"thread-blob": done.stdout.decode().strip()}}))
    mails = b4check.thread_of(str(tmp_path / "tracking.json"), tmp_path)
    assert mails is not None
    assert len(mails.raws) == 11


def _mail() -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["Message-ID"] = "[PATCH] brinefs: look", "<one@example.org>"
    mail["From"], mail["Date"] = "Nils Arden <nils@example.org>", "Wed, 11 Nov 2026 09:00:00 +0100"
    mail.set_content("Look first.\n")
    return mail


def test_a_mail_alone_warns_that_the_thread_was_not_seen() -> None:
    mails = b4check.from_mail(_mail().as_bytes(), None, network=False)
    assert len(mails.raws) == 1
    review = msgspec.structs.replace(sample.empty(), not_looked_at=mails.notes)
    assert b4check.rows(review)[0]["status"] == "warn"


def test_b4_runs_the_command_and_shows_its_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(b4check.__file__).parents[1]))  # run from a tree that is not installed
    checks = pytest.importorskip("b4.review.checks")
    data = Path(b4check.__file__).parent / "example" / "thread.mbox"
    command = f"{sys.executable} -c 'import sys; from reviewer.commands.b4 import check; check()' --thread {data} -n"
    rows = checks.run_series_checks(("one@example.org", _mail()), [command], str(tmp_path))
    assert rows, "b4 shows no row"
    assert rows[0]["tool"] == "mkwrite-review", rows
    assert rows[0]["status"] in ("pass", "warn", "fail")
    assert "open" in rows[0]["summary"] or "settled" in rows[0]["summary"]
