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


def test_what_a_program_printed_is_no_claim_and_a_drawn_path_is_one() -> None:
    log = (
        "toy_write() never takes the lock.\n\n"
        "BUG: KASAN: use-after-free in toy_mark+0x152/0x220\nRead of size 4 at addr ffff88810beee6ae by task toy/12\n\n"
        "Call Trace:\n <TASK>\n toy_mark+0x69/0x160\n toy_write+0x39/0x40 [toyfs]\n do_syscall_64+0x3b/0x90\n\n"
        "fs/toy/file.c:12:9: warning: 'ret' is used uninitialized because toy_write() never sets it\n\n"
        "Bo Reviewer (2):\n  toy: toy_write() never takes the lock\n  toy: toy_mark() is only called with it\n\n"
        " * toy_write() is never called with the lock held since the only caller of\n"
        " * it is toy_flush().\n\n"
        "    toy_flush()\n      -> toy_write()\n        -> toy_mark()\n"
    )
    found = [
        claim for claim in judged(talk((BO, f"> +\tret = -EIO;\n\n{log}"))).claims if claim.msgid == "1@example.org"
    ]
    assert "toy_write() never takes the lock." in [claim.quote for claim in found]
    printed = ("KASAN", "+0x", "file.c:12", "Bo Reviewer (2)", "held since", "toy: ")
    assert [claim.text for claim in found if any(sign in claim.text for sign in printed)] == []
