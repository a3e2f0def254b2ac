"""Statements about existing code."""

from tests.threads.argued import BO, DATA, NAMES, from_file, judged, talk
from threads.claims import MOST


def test_thanks_and_requests_are_no_claims() -> None:
    thread = talk((BO, "Thanks for the patch.\n\nPlease resend it with a better subject.\n"))
    assert [claim.quote for claim in judged(thread).claims if claim.msgid == "1@example.org"] == []


def test_what_functions_do_is_claimed_with_the_symbols_named() -> None:
    text = "> +\tret = -EIO;\n\ntoy_write() never takes the lock before it calls ->toy_mark.\n"
    found = [claim for claim in judged(talk((BO, text))).claims if claim.msgid == "1@example.org"]
    assert [claim.quote for claim in found] == ["toy_write() never takes the lock before it calls ->toy_mark."]
    assert found[0].symbols == ("toy_write()", "->toy_mark")


def test_exclusive_statements_are_told_as_such() -> None:
    text = "> +\tret = -EIO;\n\nThe only caller of toy_write() is toy_flush().\n"
    found = [claim for claim in judged(talk((BO, text))).claims if claim.msgid == "1@example.org"]
    assert [claim.type for claim in found] == ["exclusivity"]


def test_no_thread_gets_more_than_eight_and_ids_are_in_reading_order() -> None:
    for name in NAMES:
        claims = judged(from_file(DATA / f"{name}.mbox")).claims
        assert len(claims) <= MOST
        assert [claim.id for claim in claims] == [f"C{number}" for number in range(1, len(claims) + 1)]
