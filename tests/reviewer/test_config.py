"""Where the archive's address comes from."""

from pathlib import Path

import pytest

from reviewer import config, options, programs
from reviewer.errors import Failure


def test_nothing_configured_means_lore() -> None:
    masks = config.masks()
    assert (masks.midmask, masks.linkmask) == (config.DEFAULT_MIDMASK, options.DEFAULT_LINK_MASK)
    assert masks.host == "lore.kernel.org"


def test_the_users_configuration_counts_and_the_option_before_it(sealed_home: Path) -> None:
    (sealed_home / "gitconfig").write_text(
        "[b4]\n\tmidmask = https://inbox.example.org/l/%s\n\tlinkmask = https://l.example.org/%s\n"
    )
    assert config.masks().midmask == "https://inbox.example.org/l/%s"
    assert config.masks().linkmask == "https://l.example.org/%s"
    assert config.masks("http://127.0.0.1:8080/x").midmask == "http://127.0.0.1:8080/x/%s"


def test_a_tree_that_one_stands_in_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs.run(["git", "init", "-q", tmp_path])
    (tmp_path / ".b4-config").write_text("[b4]\n\tmidmask = https://evil.example.org/%s\n")
    monkeypatch.chdir(tmp_path)
    assert config.masks().midmask == config.DEFAULT_MIDMASK


@pytest.mark.parametrize(
    "mask",
    [
        "lore.kernel.org/all",
        "ftp://example.org/%s",
        "https://",
        "https://[",
        "https://a b/%s",
        "https://a\x1b/%s",
        "file:///etc/%s",
    ],
)
def test_what_is_no_url_of_an_archive_is_refused(mask: str) -> None:
    with pytest.raises(Failure, match="--midmask is not the URL"):
        config.masks(mask)


def test_the_users_bad_setting_is_named_as_such(sealed_home: Path) -> None:
    (sealed_home / "gitconfig").write_text("[b4]\n\tmidmask = lore\n")
    with pytest.raises(Failure, match=r"git config b4\.midmask is not the URL"):
        config.masks()


def test_a_bad_linkmask_is_passed_over_as_b4_does(sealed_home: Path) -> None:
    (sealed_home / "gitconfig").write_text("[b4]\n\tlinkmask = javascript:%s\n")
    assert config.masks().linkmask == options.DEFAULT_LINK_MASK


def test_without_git_the_defaults_hold(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert config.masks().midmask == config.DEFAULT_MIDMASK
