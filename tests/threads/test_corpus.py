"""Real threads, where they are at hand: nothing is lost, nothing is invented, and other programs agree."""

import contextlib
import email
import email.policy
import mailbox
import re
import shutil
from pathlib import Path

import pytest

from tests.threads.test_diff import counts, numstat
from threads import diff, messages, series, sources, tree
from threads.model import Thread

CORPUS = Path(__file__).parents[3] / "shared/corpus"
FILES = sorted(CORPUS.glob("*/mbox/*.mbox"))
pytestmark = pytest.mark.skipif(not FILES, reason=f"no threads in {CORPUS}")
SHARES = [FILES[start::10] for start in range(10)]


def read(path: Path) -> Thread:
    mails, defects = sources.read_path(path)
    return tree.build([messages.parse_message(raw, where) for raw, where in mails], defects)


@pytest.mark.parametrize("files", SHARES, ids=range(10))
def test_every_mail_is_read_without_a_defect(files: list[Path]) -> None:
    for path in files:
        thread = read(path)
        with contextlib.closing(mailbox.mbox(path, create=False)) as box:
            assert len(thread.messages) == len(box), path
        assert (thread.defects, thread.parents.count(-1)) == ((), 1), path
        for message in thread.messages:
            assert (message.defects, message.date_note) == ((), ""), (path, message.msgid)
            assert message.date and message.author.address and message.subject and message.body, (path, message.msgid)


def letters(text: str) -> str:
    """Without white space and quote marks: `mailbox` leaves ">From " as it is, flowed quotes are joined here."""
    return re.sub(r"[>\s]+", "", text)


def standard_text(raw: email.message.Message) -> str:
    parts = [part for part in raw.walk() if part.get_content_type() in ("text/plain", "text/x-patch", "text/x-diff")]
    return "\n".join(part.get_content() for part in parts)


@pytest.mark.parametrize("files", SHARES, ids=range(10))
def test_the_text_is_the_standard_librarys(files: list[Path]) -> None:
    def load(file: object) -> email.message.Message:
        return email.message_from_binary_file(file, policy=email.policy.default)

    for path in files:
        ours = {message.msgid: message.body for message in read(path).messages}
        with contextlib.closing(mailbox.mbox(path, factory=load, create=False)) as box:
            for raw in box:
                msgid = str(raw["message-id"]).strip(" <>")
                assert letters(ours[msgid]) == letters(standard_text(raw)), (path, msgid)


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
@pytest.mark.parametrize("files", SHARES, ids=range(10))
def test_patches_have_the_counts_of_git_apply_or_say_why_not(files: list[Path], tmp_path: Path) -> None:
    for path in files:
        thread = read(path)
        bodies = {message.msgid: message.lines for message in thread.messages}
        found = series.find(thread)
        assert found, path
        for patch in (patch for one in found for patch in one.patches):
            lines = bodies[patch.msgid]
            start = next(n for n in range(patch.message_lines[1], len(lines)) if diff.starts_patch(lines[n]))
            git = numstat("\n".join(lines[start:]) + "\n", tmp_path)
            ours = [(*counts(file), file.path) for file in patch.files]
            assert git == ours if git is not None else patch.defects, (path, patch.msgid)


@pytest.mark.parametrize("files", SHARES, ids=range(10))
def test_every_diff_line_stands_where_it_says(files: list[Path]) -> None:
    for path in files:
        thread = read(path)
        bodies = {message.msgid: message.lines for message in thread.messages}
        for patch in (patch for one in series.find(thread) for patch in one.patches):
            lines = bodies[patch.msgid]
            for hunk in (hunk for file in patch.files if not file.note for hunk in file.hunks):
                assert hunk.mail_line is not None and lines[hunk.mail_line].startswith("@@ -")
                for line in hunk.lines:
                    assert line.mail_line is not None
                    assert lines[line.mail_line] in (line.sign + line.text, line.text), (path, patch.msgid, line)
