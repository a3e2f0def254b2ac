"""The HTML report in a real browser; skipped where there is none."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reviewer.render import render
from tests.reviewer.browser import chromium
from tests.reviewer.render import sample, test_hostile

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(chromium.missing()), reason=chromium.missing() or "there is one"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("html")
    (directory / "typical.html").write_text(render(sample.typical(), "html"))
    (directory / "empty.html").write_text(render(sample.empty(), "html"))
    for name in test_hostile.PAYLOADS:
        (directory / f"hostile-{name}.html").write_text(render(test_hostile.tainted(name), "html"))
    return directory


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium.started() as driver:
        yield driver


@pytest.fixture
def page(browser: Any, pages: Path) -> Any:
    chromium.opened(browser, pages / "typical.html")
    return browser


def visible(driver: Any, selector: str) -> list[str]:
    """First words of the elements that can be seen."""
    found = driver.find_elements("css selector", selector)
    return [one.text.split()[0] for one in found if one.is_displayed()]


def box(driver: Any, selector: str) -> dict[str, float]:
    return dict(driver.find_element("css selector", selector).rect)


def test_nothing_is_complained_about_in_the_console(page: Any) -> None:
    assert page.get_log("browser") == []


@pytest.mark.parametrize("name", ["empty", *(f"hostile-{name}" for name in test_hostile.PAYLOADS)])
def test_a_page_of_any_text_opens_without_a_word_in_the_console(browser: Any, pages: Path, name: str) -> None:
    chromium.opened(browser, pages / f"{name}.html")
    assert browser.get_log("browser") == []
    assert browser.find_elements("css selector", "script, img, iframe, [onerror], [onclick]") == []
    assert browser.find_element("css selector", "main").is_displayed()


def test_filters_by_status_need_no_script(page: Any) -> None:
    assert len(visible(page, "article.point")) == 7
    for choice, left in (
        ("status-open", ["P2", "P3", "P6", "P7"]),
        ("status-disputed", ["P2"]),
        ("status-settled", ["P1", "P4", "P5"]),
    ):
        page.find_element("id", choice).click()
        assert visible(page, "article.point") == left


def test_filters_by_person_count_everybody_who_raised_a_point(page: Any) -> None:
    labels = {label.text: label for label in page.find_elements("css selector", ".filters label")}
    labels["Piet de Vries"].click()
    assert visible(page, "article.point") == ["P3"]
    page.find_element("id", "status-settled").click()
    assert visible(page, "article.point") == []
    labels["anybody"].click()
    assert len(visible(page, "article.point")) == 3


def test_filters_reach_the_comments_in_the_patch(page: Any) -> None:
    assert len(visible(page, "#diff details.point")) == 7
    page.find_element("id", "status-disputed").click()
    assert visible(page, "#diff details.point") == ["P2"]
    assert visible(page, "#diff details.rule"), "what rules say is no review point and stays"


def test_a_comment_opens_and_leads_to_its_point(page: Any) -> None:
    bubble = next(one for one in page.find_elements("css selector", "details.bubble") if one.text.startswith("P3"))
    bubble.find_element("css selector", "summary").click()
    bubble.find_element("css selector", "a").click()
    assert page.current_url.endswith("#point-2")
    assert page.find_element("css selector", "article:target").text.startswith("P3")


def test_a_comment_stands_beside_its_line(page: Any) -> None:
    row = next(
        one for one in page.find_elements("css selector", ".row") if "brine_fault_error(folio, -EIO)" in one.text
    )
    code, notes = row.find_element("css selector", ".text").rect, row.find_element("css selector", ".notes").rect
    assert abs(code["y"] - notes["y"]) <= 4
    assert notes["x"] >= code["x"] + code["width"] - 1


def test_every_part_is_reached_from_the_head(page: Any) -> None:
    targets = [link.get_attribute("href").partition("#")[2] for link in page.find_elements("css selector", "nav a")]
    assert {"points", "placement", "filesystems", "claims", "tests", "diff", "thread"} <= set(targets)
    assert all(page.find_elements("id", target) for target in targets)


def test_the_first_screen_tells_what_changes_and_how_it_stands(page: Any) -> None:
    page.execute_script("window.scrollTo(0, 0)")
    verdict, first = box(page, ".verdict"), box(page, "article.point")
    assert box(page, "h1")["y"] < 60
    assert verdict["y"] + verdict["height"] < 400
    assert first["y"] < 800
    assert "3 open, 1 disputed" in page.find_element("css selector", ".verdict").text


def test_pictures_have_a_size_and_a_name(page: Any) -> None:
    for picture in page.find_elements("css selector", "svg.picture"):
        assert picture.size["width"] > 200
        assert picture.size["height"] > 50
        assert picture.accessible_name
    changed = page.find_elements("css selector", ".node.changed")
    assert len(changed) == 1
    assert "brine_page_mkwrite" in changed[0].text


def test_the_keyboard_reaches_the_points_first(page: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    page.find_element("css selector", "body").send_keys(Keys.TAB)
    link = page.switch_to.active_element
    assert link.get_attribute("class") == "skip"
    assert link.rect["x"] >= 0
    link.send_keys(Keys.ENTER)
    page.find_element("id", "status-all").send_keys(Keys.ARROW_RIGHT)
    assert visible(page, "article.point") == ["P2", "P3", "P6", "P7"]


def test_a_narrow_window_does_not_scroll_sideways(pages: Path) -> None:
    with chromium.started(width=420, height=800) as driver:
        chromium.opened(driver, pages / "typical.html")
        assert driver.execute_script("return document.documentElement.scrollWidth") <= 420
        row = next(one for one in driver.find_elements("css selector", ".row") if "fault_error(folio" in one.text)
        code, notes = row.find_element("css selector", ".text").rect, row.find_element("css selector", ".notes").rect
        assert notes["y"] >= code["y"] + code["height"] - 2


def _luminance(color: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", color)[:3]]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_can_be_read_in_light_and_dark(pages: Path, dark: bool) -> None:
    with chromium.started(dark=dark) as driver:
        chromium.opened(driver, pages / "typical.html")
        paper = driver.find_element("css selector", "body").value_of_css_property("background-color")
        assert (_luminance(paper) < 0.2) == dark
        for selector in (
            "body",
            "a",
            ".byline",
            "small",
            ".chip.open",
            ".chip.disputed",
            ".chip.accepted",
            ".row.head",
        ):
            one = driver.find_element("css selector", selector)
            color, back = one.value_of_css_property("color"), one.value_of_css_property("background-color")
            grounds = [paper if back.endswith(" 0)") else back]
            values = sorted([_luminance(color), _luminance(grounds[0])])
            assert (values[1] + 0.05) / (values[0] + 0.05) >= 4.5, f"{selector}: {color} on {grounds[0]}"
