"""The manual page."""

import shutil
from pathlib import Path

import pytest

from reviewer import errors, group
from reviewer.commands import man
from tests.reviewer.process import spawn


@pytest.fixture(scope="module")
def page() -> str:
    return man.page(group.group)


def test_it_names_every_command_and_its_options(page: str) -> None:
    assert page.startswith(".TH MKWRITE 1")
    for name in group.COMMANDS:
        assert f".SS {man.escaped(f'mkwrite {name}')}" in page
    assert "\\-\\-midmask" in page


def test_it_names_every_exit_code() -> None:
    codes = {value for name, value in vars(errors).items() if name.isupper() and isinstance(value, int)}
    assert {int(code) for code, _ in man.STATUS} == codes


def test_text_is_literal_in_roff() -> None:
    assert man.escaped(".so /etc/passwd\n'x\na-b\\n") == "\\&.so /etc/passwd\n\\&'x\na\\-b\\en"


def test_paragraphs_flow_and_marked_ones_keep_their_lines() -> None:
    assert man.prose("One\ntwo.\n\n\b\nkept as\n  it is") == "One\ntwo.\n.PP\n.nf\nkept as\nit is\n.fi"


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_it_is_roff_without_warnings(page: str, tmp_path: Path) -> None:
    (tmp_path / "page").write_text(page, encoding="utf-8")
    done = spawn(["groff", "-man", "-Tutf8", "-ww", str(tmp_path / "page")])
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("MKWRITE(1)")
