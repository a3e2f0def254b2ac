"""HTML of a mail to plain text: quotes get "> ", links and pictures are dropped. Pure, linear, no recursion.

Not `html.parser`: it is quadratic on malformed input (CVE-2025-6069) in Python 3.11 to 3.13.
"""

import html
import re

CAP = 2 * 1024 * 1024  # characters of HTML that are read
_TAG = re.compile(r"(<[!?/]?[A-Za-z!?][^<>]{0,4000}>)")
_NAME = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,20})")
_BREAKS = frozenset(
    ("p", "div", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "hr")
)
_HIDDEN = frozenset(("script", "style", "head", "title"))


class _Page:
    """Text while it is being gathered."""

    __slots__ = ("depth", "hidden", "line", "lines", "pre")

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line = ""
        self.depth = 0
        self.pre = 0
        self.hidden = ""

    def end_line(self, *, always: bool = False) -> None:
        text = self.line if self.pre else self.line.strip()
        if text or always:
            self.lines.append(("> " * min(self.depth, 64)) + text)
        self.line = ""

    def add(self, text: str) -> None:
        if self.pre:
            first, *more = text.split("\n")
            self.line += first
            for piece in more:
                self.end_line(always=True)
                self.line = piece
            return
        folded = re.sub(r"[ \t\r\n\f]+", " ", text)
        if folded != " " or self.line:
            self.line += folded

    def tag(self, closing: bool, name: str) -> None:
        if name in _HIDDEN:
            self.hidden = "" if closing else name
        if self.hidden:
            return
        if name == "br":
            self.end_line(always=True)
        elif name == "li" and not closing:
            self.end_line()
            self.line = "- "
        elif name in _BREAKS:
            self.end_line()
            step = -1 if closing else 1
            if name == "blockquote":
                self.depth = max(0, self.depth + step)
            elif name == "pre":
                self.pre = max(0, self.pre + step)
            elif name == "p" and closing:
                self.end_line(always=True)


def to_text(source: str) -> str:
    """Plain text of an HTML page; more than 2 MiB are cut."""
    page = _Page()
    source = (
        re.sub(r"(?s)<!--.*?-->", "", source[:CAP]) if source.count("<!--") <= source.count("-->") else source[:CAP]
    )
    for piece in _TAG.split(source):
        match = _NAME.match(piece) if piece.startswith("<") else None
        if match and piece.endswith(">"):
            if not page.hidden or (match[1] and match[2].lower() == page.hidden):
                page.tag(bool(match[1]), match[2].lower())
        elif not page.hidden and not (piece.startswith("<") and piece.endswith(">") and _TAG.fullmatch(piece)):
            page.add(html.unescape(piece))
    page.end_line()
    return "\n".join(page.lines)
