"""HTML of a mail to plain text: quotes get "> ", links and pictures are dropped. Pure.

`html.parser` tells the tags. It is only fed, never closed: `close` takes an unfinished tag apart at every "<" of it,
which costs 4 s for 16 KiB of "<a " in Python 3.11. What it leaves unread is shown as it stands.
"""

import html
import re
from html.parser import HTMLParser

CAP = 256 * 1024  # characters of HTML that are read: at most 0.8 s
_SPACE = re.compile(r"[ \t\r\n\f]+")
_LONG_NUMBER = re.compile(r"&#[0-9]{8,}")  # past 4,300 digits int() raises; no character has more than 7
_BREAKS = frozenset(
    ("p", "div", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "hr")
)
_HIDDEN = frozenset(("script", "style", "title"))


def to_text(source: str) -> str:
    """Plain text of an HTML page of at most CAP characters; what stands behind them is left out."""
    # "<![" of a name that html.parser does not know raises AssertionError; "<! [" is passed over up to its ">".
    source = _LONG_NUMBER.sub("&#9999999", source[:CAP]).replace("<![", "<! [")
    page = _Page()
    page.feed(source)
    if not page.rawdata.startswith("<!--"):
        page.handle_data(html.unescape(page.rawdata))
    page.end_line()
    return "\n".join(page.lines)


class _Page(HTMLParser):
    """Text while it is being gathered."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.line: list[str] = []
        self.depth = 0
        self.pre = 0
        self.hidden = ""

    def end_line(self, *, always: bool = False) -> None:
        text = "".join(self.line)
        text = text if self.pre else text.strip()
        if text or always:
            self.lines.append("> " * min(self.depth, 64) + text)
        self.line = []

    def handle_data(self, data: str) -> None:
        if self.hidden:
            return
        if not self.pre:
            data = _SPACE.sub(" ", data)
            if data.strip() or self.line:
                self.line.append(data)
            return
        first, *more = data.split("\n")
        self.line.append(first)
        for piece in more:
            self.end_line(always=True)
            self.line = [piece]

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the name that html.parser gives it
        if self.hidden:
            return
        if tag in _HIDDEN:
            self.hidden = tag
        elif tag == "br":
            self.end_line(always=True)
        elif tag == "li":
            self.end_line()
            self.line = ["- "]
        elif tag in _BREAKS:
            self.end_line()
            self.nest(tag, 1)

    def handle_endtag(self, tag: str) -> None:
        if self.hidden:
            self.hidden = "" if tag == self.hidden else self.hidden
        elif tag in _BREAKS:
            self.end_line()
            self.nest(tag, -1)
            if tag == "p":
                self.end_line(always=True)

    def nest(self, tag: str, step: int) -> None:
        if tag == "blockquote":
            self.depth = max(0, self.depth + step)
        elif tag == "pre":
            self.pre = max(0, self.pre + step)
