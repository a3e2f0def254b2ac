"""The page as Markdown for GitHub, GitLab and plain readers.

Mail text is either escaped, in a code span or in a fence; nothing of it becomes a link, an image or HTML. Links go to
the archive only. Long parts stand in `<details>`.
"""

from reviewer.neutral import markdown_code as code
from reviewer.neutral import markdown_fence as fence
from reviewer.neutral import markdown_text as escaped
from reviewer.render import mermaid, page
from reviewer.render.page import Block, Entry, Items, Listing, OneLiners, Page, Para, Points, Section, Table
from reviewer.render.words import Span, Spans
from reviewer.review import Review

_FOREIGN = "Words in quotation marks and in code blocks are those of the mails, not of this report."


def render(review: Review, *, verbose: bool = False) -> str:
    """The report as Markdown, one newline at the end."""
    value = page.build(review, verbose)
    parts = _head(value)
    for section in value.sections:
        parts += _section(review, section)
    parts.append(f"_{_FOREIGN}_")
    return "\n\n".join(parts) + "\n"


def _head(value: Page) -> list[str]:
    byline = inline(value.byline)
    parts = [f"# {escaped(value.subject)}", byline + (f", {inline((value.link,))}" if value.link else "")]
    parts.append(" ".join(inline(sentence) for sentence in value.does))
    if value.chain:
        parts.append(inline(value.chain))
    parts.append(inline(value.verdict))
    return parts


def _section(review: Review, section: Section) -> list[str]:
    blocks = [block for one in section.blocks for block in _block(one)]
    picture = mermaid.diagram(review) if section.name == "placement" else ""
    if picture:
        blocks.append(f"```mermaid\n{picture}\n```")
    title = escaped(section.title)
    if section.long:
        return [f"<details><summary>{title}</summary>", *blocks, "</details>"]
    return [f"## {title}", *blocks]


def inline(spans: Spans) -> str:
    """A sentence; blanks at the edges of a span stay outside its marks."""
    found = []
    for span in spans:
        words_of_it = span.text.strip()
        if words_of_it:
            before = " " if span.text[0].isspace() else ""
            after = " " if span.text[-1].isspace() else ""
            found.append(before + _span(span, words_of_it) + after)
        elif span.text:
            found.append(" ")
    return "".join(found).strip()


def _span(span: Span, text: str) -> str:
    if span.role in ("code", "place"):
        shown = code(text)
    elif span.role == "step":
        shown = f"**{code(text)}**"
    elif span.role == "quote":
        shown = f"“{escaped(text)}”"
    elif span.role == "link":
        shown = "mail" if text == span.target else escaped(text)
    elif span.role in ("strong", "title", "open", "disputed", "bad"):
        shown = f"**{escaped(text)}**"
    elif span.role == "note":
        shown = f"_{escaped(text)}_"
    else:
        shown = escaped(text)
    return f"[{shown}](<{span.target}>)" if span.target else shown


def _block(block: Block) -> list[str]:
    match block:
        case Para(spans):
            return [inline(spans)]
        case Items(entries):
            return ["\n".join(_item(entry) for entry in entries)]
        case OneLiners(entries):
            return ["\n".join(f"- {inline(spans)}" for spans in entries)]
        case Table(head, rows):
            return [_table(head, rows)]
        case Listing(lines):
            return [fence("\n".join(lines), "sh")]
        case Points(entries):
            return [_point(entry) for entry in entries]


def _item(entry: tuple[Spans, ...]) -> str:
    first, *more = (inline(line) for line in entry)
    return "\n".join([f"- {first}", *(f"  {line}" for line in more)])


def _table(head: tuple[str, ...], rows: tuple[tuple[Spans, ...], ...]) -> str:
    shown = [
        tuple(map(escaped, head)),
        tuple("---" for _ in head),
        *(tuple(inline(cell) for cell in row) for row in rows),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in shown)


def _point(entry: Entry) -> str:
    point = entry.point
    raisers = escaped(", ".join(str(one) for one in point.raisers) or str(point.author))
    if entry.link.target:
        raisers = f"[{raisers}](<{entry.link.target}>)"
    automated = " by a program" if point.automated else ""
    what = f"**{escaped(point.id)} {point.status}**, {point.kind}, {point.weight}{automated}"
    head = f"{what}: {raisers}, {entry.when}"
    lines = [*entry.history, *((entry.answer,) if entry.answer else ())]
    text = _indented(fence(point.text or point.quote, "text"))
    return "\n".join([f"- {head}", "", text, "", *(f"  - {inline(line)}" for line in (entry.hangs_on, *lines))])


def _indented(block: str) -> str:
    return "\n".join(f"  {line}" for line in block.split("\n"))
