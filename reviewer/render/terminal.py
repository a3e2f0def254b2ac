"""The page in a terminal or a pipe: 80 columns or more, 16 colours or none.

Lines are laid out here and coloured by rich, which is imported only for colours: it costs more than all the rest.
Links stand as plain addresses, which every terminal and every mail client understands.
"""

from reviewer.neutral import terminal as inert
from reviewer.render import columns, page
from reviewer.render.columns import Line, cut, fold, one_line, width
from reviewer.render.page import Block, Entry, Items, Listing, OneLiners, Page, Para, Points, Table
from reviewer.render.words import Span, Spans
from reviewer.review import Review

STYLES = {
    "strong": "bold",
    "step": "bold",
    "title": "bold",
    "who": "bold",
    "link": "blue",
    "place": "cyan",
    "note": "dim",
    "open": "bold yellow",
    "disputed": "bold red",
    "answered": "green",
    "accepted": "green",
    "withdrawn": "green",
    "good": "green",
    "bad": "red",
}
_GUTTER = "  "


def render(review: Review, *, columns: int = 80, color: bool = False, verbose: bool = False) -> str:
    """The page as text with a newline at the end, with colour codes when `color`."""
    return painted(lines(page.build(review, verbose), columns, verbose), color)


def lines(value: Page, room: int, verbose: bool) -> list[Line]:
    """The page as lines of styled pieces."""
    found = _head(value, room)
    for section in value.sections:
        found += [[], *fold([(_flat(section.title), "title")], room)]
        for block in section.blocks:
            found += _block(block, room, verbose)
    return found


def painted(found: list[Line], color: bool) -> str:
    """Styled lines as text. Styles are names of rich, of the 16 colours only."""
    if not color:
        return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in found)
    import io

    from rich.console import Console
    from rich.text import Text

    out = io.StringIO()
    console = Console(
        file=out, force_terminal=True, color_system="standard", markup=False, emoji=False, highlight=False,
        legacy_windows=False, _environ={},
    )  # fmt: skip
    text = Text(tab_size=8, end="")
    for line in found:
        for piece, style in _without_end(line):
            text.append(piece, STYLES.get(style, style) or None)
        text.append("\n")
    console.print(text, soft_wrap=True, end="")
    return out.getvalue()


def _without_end(line: Line) -> Line:
    """The line without blanks at its end, which could make a terminal fold it."""
    kept = list(line)
    while kept and not kept[-1][0].rstrip():
        kept.pop()
    return [*kept[:-1], (kept[-1][0].rstrip(), kept[-1][1])] if kept else []


def piece(span: Span) -> tuple[str, str]:
    """A span made inert, on one line, with its style."""
    words = _flat(span.text)
    return (f'"{words}"' if span.role == "quote" else words), STYLES.get(span.role, "")


def pieces(spans: Spans) -> Line:
    """Spans made inert. A link under words of ours is left out: without its address it says nothing."""
    return [piece(span) for span in spans if span.role != "link" or span.text == span.target]


def _flat(text: str) -> str:
    return inert(text).replace("\n", " ").replace("\t", " ")


def _head(value: Page, room: int) -> list[Line]:
    found = fold([(_flat(value.subject), "bold")], room)
    found += fold(pieces(value.byline), room)
    if value.link is not None:
        found.append([piece(value.link)])
    found.append([])
    for sentence in value.does:
        found += fold(pieces(sentence), room)
    if value.chain:
        found += fold(pieces(value.chain), room, "  ", "    ")
    found += fold(pieces(value.verdict), room)
    return found


def _block(block: Block, room: int, verbose: bool) -> list[Line]:
    match block:
        case Para(spans):
            return fold(pieces(spans), room, "  ")
        case Items(entries):
            return [line for entry in entries for line in _item(entry, room)]
        case Table(head, rows):
            return table(head, rows, room)
        case OneLiners(entries):
            short = (one_line(pieces(spans), 2 * room - 16) for spans in entries)
            return [line for pieces_of in short for line in fold(pieces_of, room, "  ", "      ")]
        case Listing(commands):
            return [line for command in commands for line in _command(command, room)]
        case Points(entries):
            return [line for entry in entries for line in _point(entry, room, verbose)]


def _command(command: str, room: int) -> list[Line]:
    """A command to copy: a long one goes on after a backslash, as in a shell."""
    folded = fold([(columns.expand(_flat(command)), "")], room - 2, "    ", "        ")
    return [[*line, (" \\", "")] for line in folded[:-1]] + folded[-1:]


def _item(entry: tuple[Spans, ...], room: int) -> list[Line]:
    found = fold(pieces(entry[0]), room, "  ", "    ")
    for more in entry[1:]:
        found += fold(pieces(more), room, "    ")
    return found


def _point(entry: Entry, room: int, verbose: bool) -> list[Line]:
    point = entry.point
    automated = " by a program" if point.automated else ""
    raisers = ", ".join(str(one) for one in point.raisers) or str(point.author)
    head: Line = [
        (f"{_flat(point.id)} ", "bold"),
        (_flat(point.status), STYLES.get(point.status, "")),
        (f", {point.kind}, {point.weight}{automated}: ", ""),
        (_flat(raisers), "bold"),
        (f", {entry.when}", ""),
    ]
    quote = f'"{_flat(entry.said)}"'
    hangs = pieces(entry.hangs_on)
    if not verbose:
        quote = cut(quote.removesuffix('"'), 2 * room - 14) + '"' if width(quote) > 2 * room - 14 else quote
        hangs = one_line(hangs, 2 * room - 20)
    found = [
        *fold(head, room, "  ", "      "),
        *fold([(quote, "")], room, "    "),
        *fold(hangs, room, "    ", "      "),
    ]
    for line in entry.history:
        found += fold(pieces(line), room, "    ", "      ")
    if entry.answer:
        found += fold(pieces(entry.answer), room, "    ", "      ")
    found.append([("    ", ""), piece(entry.link)])
    return found


def table(head: tuple[str, ...], rows: tuple[tuple[Spans, ...], ...], room: int) -> list[Line]:
    """A table without rules; cells that are too wide are folded inside their column.

    When the longest words do not fit side by side, or the table would take more lines than that, each row becomes an
    entry of its own.
    """
    cells = [[[(_flat(name), "dim")] for name in head]] + [[pieces(cell) for cell in row] for row in rows]
    columns_of = list(zip(*cells, strict=True))
    natural = [max(map(_width, column)) for column in columns_of]
    least = [min(max(map(_longest_word, column)), needed) for column, needed in zip(columns_of, natural, strict=True)]
    left = room - 2 - len(_GUTTER) * (len(head) - 1)
    entries = [line for row in rows for line in _stacked(head, row, room)]
    if sum(least) > left:
        return entries
    widths = shared(natural, least, left)
    found = [line for row in cells for line in _side_by_side(row, widths)]
    return entries if len(entries) < len(found) - 1 else found


def _side_by_side(row: list[Line], widths: list[int]) -> list[Line]:
    folded = [fold(cell, room) for cell, room in zip(row, widths, strict=True)]
    found: list[Line] = []
    for number in range(max(map(len, folded))):
        line: Line = [("  ", "")]
        for parts, room in zip(folded, widths, strict=True):
            shown = parts[number] if number < len(parts) else []
            line += [*shown, (" " * (room - _width(shown)) + _GUTTER, "")]
        found.append(line)
    return found


def _stacked(head: tuple[str, ...], row: tuple[Spans, ...], room: int) -> list[Line]:
    """A row as an entry: its first cell, and below it the others with their heads."""
    first, *others = (pieces(cell) for cell in row)
    rest: Line = []
    for name, cell in zip(head[1:], others, strict=True):
        rest += [("; " if rest else "", ""), (f"{_flat(name)}: ", "dim"), *cell]
    return [*fold(first, room, "  ", "      "), *fold(rest, room, "    ", "      ")]


def _width(line: Line) -> int:
    return sum(width(text) for text, _ in line)


def _longest_word(line: Line) -> int:
    return max((width(word) for text, _ in line for word in text.split(" ")), default=0)


def shared(natural: list[int], least: list[int], room: int) -> list[int]:
    """Column widths: at least `least`, at most `natural`; what is left goes to the narrowest that want more."""
    widths = list(least)
    left = room - sum(widths)
    while left > 0:
        wanting = [column for column, width_of in enumerate(widths) if width_of < natural[column]]
        if not wanting:
            break
        column = min(wanting, key=lambda one: widths[one] / natural[one])
        widths[column] += 1
        left -= 1
    return widths
