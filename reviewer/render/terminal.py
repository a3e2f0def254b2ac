"""The page in a terminal or a pipe: 80 columns or more, 16 colours or none.

Lines are laid out here and coloured by rich, which is imported only for colours: it costs more than all the rest.
Links stand as plain addresses, which every terminal and every mail client understands.
"""

from reviewer.neutral import terminal as inert
from reviewer.render import columns, page
from reviewer.render.columns import Line, cut, fold, width
from reviewer.render.page import Block, Entry, Items, Listing, Page, Para, Points, Table
from reviewer.render.words import Span, Spans, moment, passage
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
_LEAST = 9  # cells of a table column


def render(review: Review, *, columns: int = 80, color: bool = False, verbose: bool = False) -> str:
    """The page as text with a newline at the end, with colour codes when `color`."""
    return painted(lines(page.build(review, verbose), columns, verbose), color)


def lines(value: Page, room: int, verbose: bool) -> list[Line]:
    """The page as lines of styled pieces."""
    found = _head(value, room)
    for section in value.sections:
        found += [[], [(_flat(section.title), "title")]]
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
        for piece, style in line:
            text.append(piece, STYLES.get(style, style) or None)
        text.append("\n")
    console.print(text, soft_wrap=True, end="")
    return out.getvalue()


def piece(span: Span) -> tuple[str, str]:
    """A span made inert, on one line, with its style."""
    words = _flat(span.text)
    return (f'"{words}"' if span.role == "quote" else words), STYLES.get(span.role, "")


def pieces(spans: Spans) -> Line:
    return [piece(span) for span in spans]


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
        case Listing(commands):
            return [[("    " + columns.expand(_flat(command)), "")] for command in commands]
        case Points(entries):
            return [line for entry in entries for line in _point(entry, room, verbose)]


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
        (f", {moment(point.date)}", ""),
    ]
    quote = fold([(f'"{_flat(passage(point))}"', "")], room, "    ")
    if not verbose and len(quote) > 2:
        left = "".join(text for line in quote[1:] for text, _ in line)
        quote = [quote[0], [("    " + cut(" ".join(left.split()), room - 4), "")]]
    hangs = fold(pieces(entry.hangs_on), room, "    ", "      ")
    found = [*fold(head, room, "  ", "      "), *quote, *_first(hangs, room, verbose)]
    for line in entry.history:
        found += fold(pieces(line), room, "    ", "      ")
    if entry.answer:
        found += fold(pieces(entry.answer), room, "    ", "      ")
    found.append([("    ", ""), piece(entry.link)])
    return found


def _first(found: list[Line], room: int, verbose: bool) -> list[Line]:
    """The first line, with dots when there are more."""
    if verbose or len(found) <= 1:
        return found
    line = list(found[0])
    text, style = line[-1]
    used = width("".join(text for text, _ in line[:-1]))
    line[-1] = (columns.split(text, room - used - 4)[0].rstrip() + " ...", style)
    return [line]


def table(head: tuple[str, ...], rows: tuple[tuple[Spans, ...], ...], room: int) -> list[Line]:
    """A table without rules; cells that are too wide are folded inside their column."""
    cells = [[[(_flat(name), "dim")] for name in head]] + [[pieces(cell) for cell in row] for row in rows]
    natural = [max(_width(row[column]) for row in cells) for column in range(len(head))]
    widths = shared(natural, room - 2 - len(_GUTTER) * (len(head) - 1))
    found: list[Line] = []
    for row in cells:
        folded = [fold(cell, widths[column]) for column, cell in enumerate(row)]
        for number in range(max(map(len, folded))):
            line: Line = [("  ", "")]
            for column, parts in enumerate(folded):
                shown = parts[number] if number < len(parts) else []
                line += shown
                gap = widths[column] - _width(shown) if column < len(folded) - 1 else 0
                line.append((" " * gap + (_GUTTER if column < len(folded) - 1 else ""), ""))
            found.append(line)
    return found


def _width(line: Line) -> int:
    return sum(width(text) for text, _ in line)


def shared(natural: list[int], room: int) -> list[int]:
    """Column widths: what a column needs when that is no more than its share, else an equal part of what is left."""
    widths = [0] * len(natural)
    open_columns = list(range(len(natural)))
    while open_columns:
        share = max(_LEAST, room // len(open_columns))
        small = [column for column in open_columns if natural[column] <= share]
        if not small:
            for column in open_columns:
                widths[column] = share
            break
        for column in small:
            widths[column] = natural[column]
            room -= natural[column]
            open_columns.remove(column)
    return widths
