"""A Review as text: one module for each format, imported when it is asked for."""

from reviewer.review import Review

FORMATS = ("terminal", "markdown", "json", "html", "reply", "rdjson", "sarif")


def render(
    review: Review, fmt: str = "terminal", *, width: int = 80, color: bool = False, verbose: bool = False
) -> str:
    """The report in one of FORMATS. `width` and `color` matter to the terminal, `verbose` to it and to Markdown.

    Raises ValueError for another format.
    """
    if fmt == "json":
        from reviewer.render import json_v1

        return json_v1.render(review)
    if fmt == "terminal":
        from reviewer.render import terminal

        page = terminal.render(review, columns=width, color=color, verbose=verbose)
        return page + "\n" + diff(review, room=width, color=color) if verbose else page
    if fmt == "markdown":
        from reviewer.render import markdown

        return markdown.render(review, verbose=verbose)
    return _rarer(review, fmt)


def diff(review: Review, *, room: int | None = None, color: bool = False) -> str:
    """The patches with the review under their lines, for a terminal of `room` columns."""
    from reviewer.render import difftext

    return difftext.render(review, room=room, color=color)


def _rarer(review: Review, fmt: str) -> str:
    if fmt == "html":
        from reviewer.render import html

        return html.render(review)
    if fmt == "reply":
        from reviewer.render import reply

        return reply.render(review)
    if fmt == "rdjson":
        from reviewer.render import rdjson

        return rdjson.render(review)
    if fmt == "sarif":
        from reviewer.render import sarif

        return sarif.render(review)
    raise ValueError(f"no such format: {fmt}")
