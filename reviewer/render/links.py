"""Addresses that a report points to: a mail in the archive, a spot in the source. Nothing here is ever opened."""

from urllib.parse import quote

from reviewer.neutral import plain
from reviewer.review import Place, Review

_URL_SAFE = "/:?#@!$&+,;=%~"


def mail(review: Review, msgid: str) -> str:
    """URL of a mail by the link mask; "" for a mail that had no Message-ID or a mask that is no web address."""
    mask = review.link_mask
    if not msgid or msgid.endswith("@invalid") or not mask.startswith(("https://", "http://")) or "%s" not in mask:
        return ""
    encoded = quote(msgid, safe="@+=,~", errors="replace")
    return quote(mask, safe=_URL_SAFE, errors="replace").replace("%s", encoded)


def place(where: Place) -> str:
    """file:line, on one line."""
    return plain(f"{where.file}:{where.line}")
