"""`mkwrite plan`."""

import json
import re
from pathlib import Path

import pytest

from reviewer import cli

PATCH = """\
From: Ann Author <ann@example.org>
Date: Thu, 4 May 2023 10:00:00 +0000
Message-Id: <20230504-one@example.org>
Subject: [PATCH] foofs: fail a mapped write on error

generic/019 fails with a warning without this.

Signed-off-by: Ann Author <ann@example.org>
---
 fs/xfs/xfs_file.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/fs/xfs/xfs_file.c b/fs/xfs/xfs_file.c
index 000000000001..000000000002 100644
--- a/fs/xfs/xfs_file.c
+++ b/fs/xfs/xfs_file.c
@@ -10,5 +10,5 @@ xfs_filemap_page_mkwrite(
 {
 \tint error = foo();
\x20
-\tWARN_ON(error);
+\tif (error) return -EIO;
 \treturn 0;
--\x20
2.40.0
"""


@pytest.fixture
def patch(tmp_path: Path) -> str:
    path = tmp_path / "one.patch"
    path.write_text(PATCH, encoding="utf-8")
    return str(path)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.main(["plan", *arguments, "--no-network"])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--before", "yesterday"], "not a date"),
        (["--before", "2023-06-31"], "not a date"),
        (["--before", "٢٠٢٣-٠٦-٣٠"], "not a date"),
        (["--budget", "soon"], "not a time"),
        (["--budget", "0"], "not a time"),
        (["--budget", "-5m"], "not a time"),
        (["--budget", "10"], "write 10m for minutes"),
        (["--expunge", "no/file"], "cannot read"),
    ],
)
def test_bad_options_are_told_in_one_line(
    capsys: pytest.CaptureFixture[str], patch: str, arguments: list[str], told: str
) -> None:
    code, out, err = run(capsys, patch, *arguments)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert told in err


def test_json_carries_hidden_characters_escaped(capsys: pytest.CaptureFixture[str], patch: str, tmp_path: Path) -> None:
    path = tmp_path / "\u202eevil\u009b.patch"
    path.write_bytes(Path(patch).read_bytes())
    _, out, _ = run(capsys, str(path), "--format", "json")
    assert "\u202e" not in out
    assert json.loads(out)["source"] == str(path)


def test_a_mail_without_a_patch_is_bad_input(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "mail.eml"
    path.write_text("From: a@example.org\nMessage-Id: <x@example.org>\nSubject: hello\n\nhello\n", encoding="utf-8")
    code, out, err = run(capsys, str(path))
    assert (code, out) == (1, "")
    assert "no patch" in err


def test_a_tree_of_another_suite_is_read_and_one_that_is_none_is_told(
    capsys: pytest.CaptureFixture[str], patch: str, tmp_path: Path
) -> None:
    (tmp_path / "runtest").mkdir()
    (tmp_path / "runtest" / "mm").write_text("mm01 mm01\n", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    code, out, _ = run(capsys, patch, "--suite-tree", str(tmp_path), "--suite-tree", str(tmp_path / "empty"))
    assert code == 0
    assert "is no tree of a test suite that is known" in out
    assert f"LTP in {tmp_path} has no syscalls" in out


def test_others_can_measure_the_order(capsys: pytest.CaptureFixture[str], patch: str) -> None:
    code, out, _ = run(capsys, patch, "--diff-only", "--before", "2023-05-04", "--format", "json")
    document = json.loads(out)
    assert code == 0
    assert len(document["tests"]) >= 20
    assert all(set(row) == {"test", "score", "reasons"} and row["reasons"] for row in document["tests"])
    assert any("mapped write fault" in reason for row in document["tests"][:5] for reason in row["reasons"])
    assert not [row for row in document["plan"] if row["said_by"]]


def test_the_page_has_tiers_commands_and_configuration(capsys: pytest.CaptureFixture[str], patch: str) -> None:
    code, out, _ = run(capsys, patch, "--budget", "60m")
    assert code == 0
    assert out.startswith("Plan for foofs: fail a mapped write on error\n\nCan affect\n")
    assert "Regression tests of this change, about 10 min a configuration\n  generic/019" in out
    assert "named by Ann Author in 20230504-one@example.org: fails" in out
    assert "CONFIG_FAIL_MAKE_REQUEST=y" in out
    assert re.search(r"\./check -s xfs .*generic/019", out)
    assert "Note: budget: " in out


def test_which_version_and_how_many_patches_are_planned_for_is_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "two.patch"
    path.write_text(PATCH.replace("[PATCH]", "[PATCH v3 2/4]"), encoding="utf-8")
    _, out, _ = run(capsys, str(path))
    assert out.startswith("Plan for foofs: fail a mapped write on error, v3, 1 of 4 patches\n")


def test_a_tree_that_is_none_is_told_and_the_shipped_table_used(
    capsys: pytest.CaptureFixture[str], patch: str, tmp_path: Path
) -> None:
    code, out, _ = run(capsys, patch, "--xfstests", str(tmp_path))
    assert code == 0
    assert "is not an xfstests tree: it has no tests directory; the shipped table is used" in out
    assert "Tests: xfstests " in out
