"""HTML of a mail to plain text: quotes get "> ", links and pictures are dropped. Pure, linear, no recursion.

Not `html.parser`: it is quadratic on malformed input (CVE-2025-6069) in Python 3.11 to 3.13.
"""

import html
import re

CAP = 2 * 1024 * 1024  # characters of HTML that are read
_TAG = re.compile(r"(<[!?/]?[A-Za-z][^<>]{0,4000}>)")
_NAME = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,20})")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_BREAKS = frozenset(
    ("p", "div", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "hr")
)
_HIDDEN = frozenset(("script", "style", "head", "title"))


def to_text(source: str) -> str:
    """Plain text of an HTML page; what stands behind 2 MiB is cut."""
    page = _Page()
    for number, piece in enumerate(_TAG.split(_without_comments(source[:CAP]))):
        match = _NAME.match(piece) if number % 2 else None
        if match:
            page.tag(bool(match[1]), match[2].lower())
        elif not number % 2:
            page.add(html.unescape(piece))
    page.end_line()
    return "\n".join(page.lines)


def _without_comments(source: str) -> str:
    """A comment that is never closed goes to the end."""
    kept = []
    place = 0
    while (start := source.find("<!--", place)) >= 0:
        kept.append(source[place:start])
        end = source.find("-->", start)
        place = end + 3 if end >= 0 else len(source)
    return "".join([*kept, source[place:]])


class _Page:
    """Text while it is being gathered."""

    __slots__ = ("depth", "hidden", "line", "lines", "pre")

    def __init__(self) -> None:
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

    def add(self, text: str) -> None:
        if self.hidden:
            return
        if not self.pre:
            text = _SPACE.sub(" ", text)
            if text.strip() or self.line:
                self.line.append(text)
            return
        first, *more = text.split("\n")
        self.line.append(first)
        for piece in more:
            self.end_line(always=True)
            self.line = [piece]

    def tag(self, closing: bool, name: str) -> None:
        if self.hidden:
            if closing and name == self.hidden:
                self.hidden = ""
        elif name in _HIDDEN:
            self.hidden = "" if closing else name
        elif name == "br":
            self.end_line(always=True)
        elif name == "li" and not closing:
            self.end_line()
            self.line = ["- "]
        elif name in _BREAKS:
            self.block(closing, name)

    def block(self, closing: bool, name: str) -> None:
        self.end_line()
        step = -1 if closing else 1
        if name == "blockquote":
            self.depth = max(0, self.depth + step)
        elif name == "pre":
            self.pre = max(0, self.pre + step)
        elif name == "p" and closing:
            self.end_line(always=True)
