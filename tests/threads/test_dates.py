from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from dateutil import parser
from hypothesis import given
from hypothesis import strategies as st

from threads import dates

RECEIVED = "from a by b; Fri, 5 Jun 2020 10:00:00 +0200"
ARRIVAL = datetime(2020, 6, 5, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("Thu, 4 Jun 2020 13:23:40 -0700", "2020-06-04T13:23:40-07:00"),
        ("Thu,  4 Jun 2020 13:23:40 -0700 (PDT)", "2020-06-04T13:23:40-07:00"),
        ("4 Jun 2020 13:23 +0530", "2020-06-04T13:23:00+05:30"),
        ("Thu, 4 Jun 2020 13:23:40 GMT", "2020-06-04T13:23:40+00:00"),
        ("Thu, 4 Jun 2020 13:23:40 -0000", "2020-06-04T13:23:40+00:00"),
        ("Mon, 4 Jun 2020 13:23:40 +0000", "2020-06-04T13:23:40+00:00"),  # the wrong weekday
        ("Thu Jun  4 13:23:40 2020", "2020-06-04T13:23:40+00:00"),  # as mbox separators have it
        ("Thu Jun 4 13:23:40 PDT 2020", "2020-06-04T13:23:40-07:00"),
        ("Thu, 4 Jun 20 13:23:40 +0000", "2020-06-04T13:23:40+00:00"),  # two digits
        ("Thu, 4 Jun 99 13:23:40 EST", "1999-06-04T13:23:40-05:00"),
        ("2020-06-04T13:23:40+02:00", "2020-06-04T13:23:40+02:00"),
        ("Sat, 31 Dec 2016 23:59:60 +0000", "2016-12-31T23:59:59+00:00"),  # a leap second
    ],
)
def test_the_ways_mailers_write_dates_are_read(text: str, iso: str) -> None:
    when, _ = dates.read([text], [])
    assert when is not None
    assert when.isoformat() == iso


def test_a_plain_date_has_no_note() -> None:
    assert dates.read(["Thu, 4 Jun 2020 13:23:40 -0700"], [RECEIVED])[1] == ""


@pytest.mark.parametrize("zone", ["+9999", "-2500", "+0075"])
def test_a_zone_that_cannot_be_is_taken_as_utc_and_noted(zone: str) -> None:
    when, note = dates.read([f"Thu, 4 Jun 2020 13:23:40 {zone}"], [])
    assert when == datetime(2020, 6, 4, 13, 23, 40, tzinfo=UTC)
    assert note == f"zone {zone} is impossible, taken as UTC"


BAD = [
    "",
    "not a date",
    "30 Feb 2020 10:00:00 +0000",
    "Thu, 4 Jun 2020 13:23:61 +0000",
    "Thu, 4 Jun 2020 25:23:40 +0000",
    "Thu, 4 Jun 99999 13:23:40 +0000",
    "1 Jan 0001 00:00:00 +0000",
    "Thu, 1 Jan 1970 00:00:00 +0000",
    "9" * 66 + ":" + "9" * 30,
    "9" * 400,
    "Thu, 4 Jun 2020 13:23:40 +99999999999999",
    "Thu, 4 Jun 3020 13:23:40 +0000",
    "0x7fffffff",
    "\x00",
    "(" * 150,
    "12",
    "10:00",
    "Infinity",
    "NaN",
    "1e9999",
    "4 Jun 2020 " + "1:" * 60,
    "٤ Jun 2020 13:23:40 +0000",
]


@pytest.mark.parametrize("text", BAD)
def test_no_date_is_made_of_what_is_none(text: str) -> None:
    when, note = dates.read([text], [])
    assert when is None
    assert note


@pytest.mark.parametrize("text", BAD)
def test_the_arrival_stands_in_for_a_date_that_cannot_be_read(text: str) -> None:
    when, note = dates.read([text], ["garbage", RECEIVED])
    assert when == ARRIVAL
    assert note.endswith("date of arrival taken")


def test_a_mail_without_a_date_takes_its_arrival() -> None:
    assert dates.read([], [RECEIVED]) == (ARRIVAL, "no Date header; date of arrival taken")
    assert dates.read([], []) == (None, "no Date header")


def test_a_date_after_the_arrival_is_not_believed() -> None:
    when, note = dates.read(["Thu, 4 Jun 2037 13:23:40 -0700"], [RECEIVED])
    assert when == ARRIVAL
    assert "lies after the mail's arrival" in note


def test_a_mail_that_was_long_on_its_way_keeps_its_date() -> None:
    when, note = dates.read(["Thu, 4 Jan 2018 13:23:40 +0000"], [RECEIVED])
    assert (when, note) == (datetime(2018, 1, 4, 13, 23, 40, tzinfo=UTC), "")


def test_the_second_date_header_counts_when_the_first_cannot_be_read() -> None:
    assert dates.read(["soon", "Thu, 4 Jun 2020 13:23:40 +0000"], [])[0] == datetime(2020, 6, 4, 13, 23, 40, tzinfo=UTC)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)),
    st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters))),
)
def test_the_common_form_reads_as_dateutil_reads_it(when: datetime, zone: timezone) -> None:
    text = format_datetime(when.replace(microsecond=0, tzinfo=zone))
    assert dates.parse(text) == (parser.parse(text), "")


@given(st.text(max_size=80))
def test_no_text_makes_date_reading_fail(text: str) -> None:
    when, note = dates.parse(text)
    assert when is None or when.tzinfo is not None
    assert when is not None or note


@given(st.text("0123456789 :+-./,TZapmJunMon", max_size=60))
def test_no_near_date_makes_date_reading_fail(text: str) -> None:
    when, _ = dates.parse(text)
    assert when is None or 1980 <= when.year <= 2100


def test_an_unknown_zone_is_noted_and_warns_nobody() -> None:
    assert dates.parse("4 Jun 2020 10:00 XYZ") == (datetime(2020, 6, 4, 10, tzinfo=UTC), "no zone, taken as UTC")
