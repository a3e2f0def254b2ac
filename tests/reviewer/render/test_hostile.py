"""Every format against every kind of hostile text in every field of a review."""

import html.parser
import json
import re
from collections.abc import Callable
from functools import cache

import msgspec
import pytest

from reviewer import neutral
from reviewer.render import difftext, mermaid, render
from reviewer.render.why import explain
from reviewer.review import Review
from tests.reviewer.render import sample

PAYLOADS = {
    "terminal": "\x1b[2J\x1b]52;c;cm0=\x07\x1b]8;;http://x.example\x1b\\a\x9b31mb\x00\x08\r\x7f\x0c",
    "bidi": "\u202e\u2066evil\u2069\u200b\u2028\u2029\ufeff\U000e0041\ud800",
    "html": "\"'><script>alert(1)</script><img src=x onerror=alert(1)></style></title><a href=javascript:x>",
    "markdown": "](javascript:x) ![i](http://x.example/i.png) <b>b</b> `` ``` \n# h\n- l\n| a | b |\n[a]: http://x.example\n---\n",
    "fence": "\n```\n~~~\n````````\n</details><details open>\n```mermaid\n",
    "forge": " @maintainer #12 http://x.example www.x.example a@b.example :tada: $x$ [^1] &lt;b&gt; &copy;",
    "mermaid": '"];\nn9 --> n1; click n1 "javascript:x"\n%%{init: {}}%% end subgraph x',
    "rich": "[bold red]x[/] [/] [link=http://x.example]y[/link] :pile_of_poo: [conceal]z[/conceal]",
    "jinja": "{{ 7 * 7 }}{% raw %}{# #}",
    "mail": "\nReviewed-by: No <n@example.org>\nFrom n@example.org Thu Jan  1 00:00:00 1970\n-- \n>8\n\nBcc: x@e.org",
    "percent": "%s %d {0} {x} %n \\u0041 \\n",
    "tabs": "\t\t日本語\t" + "é" * 30,
    "long": "a" * 3000,
}
FORMATS: dict[str, Callable[[Review], str]] = {
    "terminal": render,
    "narrow": lambda review: render(review, width=40, verbose=True),
    "diff": difftext.render,
    "markdown": lambda review: render(review, "markdown", verbose=True),
    "html": lambda review: render(review, "html"),
    "json": lambda review: render(review, "json"),
    "reply": lambda review: render(review, "reply"),
    "rdjson": lambda review: render(review, "rdjson"),
    "sarif": lambda review: render(review, "sarif"),
    "why": lambda review: "".join(explain(review, f"X{number}") for number in range(len(review.points))),
}
SGR = re.compile(r"\x1b\[[0-9;]*m")


@cache
def tainted(name: str) -> Review:
    review: Review = sample.tainted(sample.typical(), PAYLOADS[name])
    return review


def named(review: Review) -> Review:
    """The same with ids that a user can type."""
    points = tuple(msgspec.structs.replace(point, id=f"X{number}") for number, point in enumerate(review.points))
    return msgspec.structs.replace(review, points=points)


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("fmt", FORMATS)
def test_no_format_holds_a_character_that_is_obeyed_or_hidden(fmt: str, payload: str) -> None:
    out = FORMATS[fmt](named(tainted(payload)) if fmt == "why" else tainted(payload))
    assert neutral.count_hidden(out) == 0
    out.encode("utf-8")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_colours_are_the_only_escape_sequences_of_a_terminal(payload: str) -> None:
    review = tainted(payload)
    for out in (render(review, color=True, verbose=True), difftext.render(review, color=True, room=80)):
        assert neutral.count_hidden(SGR.sub("", out)) == 0


def test_markup_of_rich_is_shown_as_it_is() -> None:
    out = render(tainted("rich"), color=True, verbose=True)
    assert "[bold red]x[/]" in SGR.sub("", out)
    assert ":pile_of_poo:" in out


class Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[tuple[str, str]] = set()
        self.hrefs: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen |= {(tag, "")} | {(tag, name) for name, _ in attrs}
        self.hrefs |= {value or "" for name, value in attrs if name == "href"}

    handle_startendtag = handle_starttag


def tags(document: str) -> Tags:
    found = Tags()
    found.feed(document)
    return found


@pytest.mark.parametrize("payload", PAYLOADS)
def test_html_gets_no_element_attribute_or_address_from_a_mail(payload: str) -> None:
    clean, dirty = tags(render(sample.typical(), "html")), tags(render(tainted(payload), "html"))
    assert dirty.seen <= clean.seen
    assert all(href.startswith(("#", "https://lore.example.org/r/")) for href in dirty.hrefs)
    assert all(re.fullmatch(r"[\w:/?#@!$&+,;=%~.-]*", href) for href in dirty.hrefs)


def test_html_loads_nothing_and_runs_nothing() -> None:
    document = render(sample.typical(), "html")
    assert "default-src 'none'" in document
    assert not {"script", "img", "iframe", "object", "embed", "link", "base", "form"} & {
        tag for tag, _ in tags(document).seen
    }
    assert not any(name.startswith("on") for _, name in tags(document).seen)
    assert "url(" not in document.replace("url(#arrow)", "")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markdown_gets_no_link_image_or_html_from_a_mail(payload: str) -> None:
    module = pytest.importorskip("markdown_it")
    parser = module.MarkdownIt("commonmark").enable(["table", "strikethrough"])
    clean, dirty = (parser.parse(render(one, "markdown", verbose=True)) for one in (sample.typical(), tainted(payload)))
    allowed = {"heading_open", "heading_close", "html_block"} | {token.type for token in clean}
    assert {token.type for token in dirty} <= allowed
    # Parts that carry text may fold differently; what must not change is the skeleton of headings and blocks.
    skeleton = [
        token.type for token in clean if token.type in ("heading_open", "html_block", "table_open", "fence", "hr")
    ]
    assert [
        token.type for token in dirty if token.type in ("heading_open", "html_block", "table_open", "fence", "hr")
    ] == skeleton
    for token in dirty:
        if token.type == "html_block":
            assert re.fullmatch(r"<details><summary>[^<>]*</summary>\n?|</details>\n?", token.content)
        for child in token.children or ():
            assert child.type != "image"
            assert child.type != "html_inline"
            if child.type == "link_open":
                assert child.attrs["href"].startswith("https://lore.example.org/r/")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_mermaid_picture_has_the_same_lines_whatever_its_labels_say(payload: str) -> None:
    lines = mermaid.diagram(tainted(payload)).split("\n")
    assert len(lines) == len(mermaid.diagram(sample.typical()).split("\n"))
    quoted = re.compile(r'"[^"]*"')
    for line, clean in zip(lines, mermaid.diagram(sample.typical()).split("\n"), strict=True):
        assert quoted.sub('""', line) == quoted.sub('""', clean)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_json_gives_the_text_back_and_keeps_its_shape(payload: str) -> None:
    clean, dirty = (json.loads(render(one, "json")) for one in (sample.typical(), tainted(payload)))
    assert _shape(dirty) == _shape(clean)
    expected = PAYLOADS[payload].replace("\ud800", "\ufffd")
    assert dirty["verdict"] == clean["verdict"] + expected
    assert all(len(point["quote"]) <= 400 for point in dirty["points"])


def _shape(value: object) -> object:
    if isinstance(value, dict):
        return {key: _shape(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_shape(one) for one in value]
    return type(value).__name__


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_reply_has_no_header_or_tag_from_a_mail(payload: str) -> None:
    head, _, body = render(tainted(payload), "reply").partition("\n\n")
    names = [line.split(":")[0] for line in head.split("\n") if not line.startswith(" ")]
    assert names in (
        ["To", "Cc", "Subject", "In-Reply-To", "References"],
        ["Subject", "In-Reply-To", "References"],
        ["To", "Cc", "Subject"],
        ["Subject"],
    )
    for line in body.split("\n"):
        assert not re.match(r"\s*[\w-]+-by:", line)
        assert not line.startswith(("From ", "-- "))


@pytest.mark.parametrize("payload", ["html", "markdown", "forge"])
def test_messages_for_code_hosts_are_markdown_without_effect(payload: str) -> None:
    module = pytest.importorskip("markdown_it")
    for diagnostic in json.loads(render(tainted(payload), "rdjson"))["diagnostics"]:
        for token in module.MarkdownIt("commonmark").parse(diagnostic["message"]):
            assert {child.type for child in token.children or ()} <= {"text", "code_inline", "text_special"}
