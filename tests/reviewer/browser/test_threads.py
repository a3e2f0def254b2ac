"""Reports of whole threads in a real browser: long, of many patches, binary, hostile, without a patch."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reviewer.render import render
from tests.reviewer.browser import chromium, threads
from tests.reviewer.browser.test_html import pytestmark  # noqa: F401 -- the same reasons to skip


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("threads")
    for name, made in threads.ALL.items():
        (directory / f"{name}.html").write_text(render(made(), "html"), errors="backslashreplace")
    return directory


@pytest.fixture(scope="module", params=[1280, 400])
def browser(request: pytest.FixtureRequest) -> Iterator[Any]:
    with chromium.started(width=request.param) as driver:
        yield driver


@pytest.mark.parametrize("name", threads.ALL)
def test_a_report_opens_without_a_complaint_and_fits_the_window(browser: Any, pages: Path, name: str) -> None:
    chromium.opened(browser, pages / f"{name}.html")
    assert browser.get_log("browser") == []
    width = browser.execute_script("return window.innerWidth")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.find_element("css selector", ".verdict").is_displayed()


def test_nothing_of_a_hostile_mail_becomes_an_element_or_runs(browser: Any, pages: Path) -> None:
    chromium.opened(browser, pages / "hostile.html")
    assert browser.title.startswith("Review of ")
    for selector in ("script", "img", "iframe", "object", "form", "[onerror]", "body style"):
        assert browser.find_elements("css selector", selector) == []
    shown = browser.find_element("css selector", "body").text
    assert "<script>" in shown
    assert "<U+202E>" in shown
    assert "\u202e" not in shown


def test_every_patch_of_a_series_has_its_part_and_its_comment(browser: Any, pages: Path) -> None:
    chromium.opened(browser, pages / "twelve.html")
    shown = browser.find_element("id", "diff").text
    for number in range(1, 13):
        assert f"toy: fix part {number}" in shown
    articles = browser.find_elements("css selector", "article.point")
    assert articles
    bubbles = browser.find_elements("css selector", "#diff .bubble.point")
    assert len(bubbles) == len(articles)


def test_a_binary_file_is_named_and_not_shown(browser: Any, pages: Path) -> None:
    chromium.opened(browser, pages / "binary.html")
    shown = browser.find_element("id", "diff").text
    assert "fs/toy/logo.bin" in shown
    assert "PcmZQzWMT" not in shown


def test_a_thread_without_a_patch_has_no_patch_part(browser: Any, pages: Path) -> None:
    chromium.opened(browser, pages / "no-patch.html")
    assert browser.find_elements("id", "diff") == []
    assert "No patch was found in this thread." in browser.find_element("css selector", "header").text


def test_marks_in_the_tree_are_not_cut_off_at_its_edge(browser: Any, pages: Path) -> None:
    chromium.opened(browser, pages / "long.html")
    beyond = browser.execute_script(
        "const tree = document.querySelector('svg[aria-labelledby=tree-title]');"
        "const edge = tree.getBoundingClientRect().right;"
        "return [...tree.querySelectorAll('text')].filter(t => t.getBoundingClientRect().right > edge + 1).length;"
    )
    assert beyond == 0


def test_pictures_keep_their_size_in_a_narrow_window(browser: Any, pages: Path) -> None:
    chromium.opened(browser, pages / "long.html")
    sizes = browser.execute_script(
        "return [...document.querySelectorAll('svg.picture')].map(p => [p.clientWidth, +p.getAttribute('width')])"
    )
    assert sizes
    assert all(shown >= wanted - 1 for shown, wanted in sizes)


def test_print_shows_every_comment_and_no_controls(browser: Any, pages: Path) -> None:
    chromium.opened(browser, pages / "twelve.html")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        for selector in ("nav", ".filters", ".skip"):
            assert not browser.find_element("css selector", selector).is_displayed()
        assert browser.find_element("css selector", "article.point").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
