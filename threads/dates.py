"""When a mail was sent, from its Date header or else from the newest Received header. Pure; never raises.

The form of RFC 5322 is read here directly (importing dateutil costs 39 ms, and nearly every mail has that form);
everything else goes to python-dateutil, whose failures are ParserError, OverflowError, ValueError and
decimal.InvalidOperation (66 digits before a colon). Results are aware datetimes. A zone that cannot be is taken as
UTC, and the note says so.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

CAP = 200  # characters of a date header
EARLIEST, LATEST = 1980, 2100  # years in which mail to a kernel list can have been sent
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_STANDARD = re.compile(
    r"(?:[A-Za-z]{3,9},?\s*)?(\d{1,2})\s+([A-Za-z]{3})[a-z]{0,6}\s+(\d{4})\s+(\d{1,2}):(\d\d)(?::(\d\d))?"
    r"\s+(?:([+-])(\d\d)(\d\d)|(GMT|UTC?|Z))\s*(?:\([^()]{0,60}\))?"
)
_OFFSET = re.compile(r"\s([+-])(\d{2}):?(\d{2,})\b")
_NAMED = {  # RFC 822 zones and some that mailers write, hours
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6,
    "PST": -8, "PDT": -7, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "JST": 9, "AEST": 10,
    "AEDT": 11,
}  # fmt: skip


def read(dates: Sequence[str], received: Sequence[str]) -> tuple[datetime | None, str]:
    """The date and, when it is not simply the Date header's, a note that says why.

    `received` holds the Received headers from the top (newest first); only what follows the last ";" is read.
    """
    arrival = next((when for when in (_received(text) for text in received[:20]) if when), None)
    reason = "no Date header"
    for text in dates[:5]:
        when, note = parse(text)
        if when is None:
            reason = f"Date header {text[:60]!r}: {note}"
        elif arrival is not None and when - arrival > timedelta(days=2):
            reason = f"Date header {text[:60]!r} lies after the mail's arrival"
        else:
            return when, note
    if arrival is not None:
        return arrival, f"{reason}; date of arrival taken"
    return None, reason


def _received(text: str) -> datetime | None:
    return parse(text.rpartition(";")[2])[0]


def parse(text: str) -> tuple[datetime | None, str]:
    """One date and a note. The date is None when the text holds none that mail can have; the note then says why."""
    text = " ".join(text[: CAP + 1].split())
    if not text:
        return None, "empty"
    if len(text) > CAP or re.search(r"\d{10}", text):
        return None, "too long to be a date"
    if not text.isascii():
        return None, "no date that can be read"
    if match := _STANDARD.fullmatch(text):
        return _standard(match)
    return _lenient(text)


def _standard(match: re.Match[str]) -> tuple[datetime | None, str]:
    day, month, year, hour, minute, second = match[1], match[2], match[3], match[4], match[5], match[6]
    number = _MONTHS.get(month.lower(), 0)
    zone, note = (UTC, "") if match[10] else _zone(match[7], match[8], match[9])
    seconds = min(int(second or 0), 59)  # a leap second
    if second and int(second) > 60:
        return None, "no such time"
    try:
        return _sane(datetime(int(year), number, int(day), int(hour), int(minute), seconds, tzinfo=zone), note)
    except ValueError:
        return None, "no such day or time"


def _zone(sign: str, hours: str, minutes: str) -> tuple[timezone, str]:
    if int(hours) > 14 or len(minutes) != 2 or int(minutes) > 59:
        return UTC, f"zone {sign}{hours}{minutes} is impossible, taken as UTC"
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset), ""


def _sane(when: datetime, note: str) -> tuple[datetime | None, str]:
    if not EARLIEST <= when.year <= LATEST:
        return None, f"year {when.year} cannot be"
    return when, note


def _lenient(text: str) -> tuple[datetime | None, str]:
    """Through dateutil; the numeric zone is read here, since dateutil refuses or overflows on impossible ones."""
    from decimal import InvalidOperation

    from dateutil import parser

    text = re.sub(r"\([^()]*\)", " ", text)
    zone, note = None, ""
    if match := _OFFSET.search(text):
        zone, note = _zone(match[1], match[2], match[3])
        text = text[: match.start()] + text[match.end() :]
    try:
        when = parser.parse(text, tzinfos=_seconds, default=datetime(1, 1, 1))
    except (parser.ParserError, OverflowError, InvalidOperation, ValueError, TypeError):
        return None, "no date that can be read"
    if when.year == 1:
        return None, "no year"
    if when.tzinfo is None or zone is not None:
        note = note or ("" if zone is not None else "no zone, taken as UTC")
        when = when.replace(tzinfo=zone or UTC)
    return _sane(when, note)


def _seconds(name: str | None, offset: int | None) -> int | None:
    """Offset of a zone for dateutil, which prints a warning about any that it is not told."""
    return offset if name not in _NAMED else _NAMED[name] * 3600
