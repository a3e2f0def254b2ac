"""The verdict line and the list of people."""

from reviewer.summary import participants, verdict
from tests.threads.mails import mail
from threads import messages
from threads.model import Identity, Point, Status, Weight

BRAM = Identity(name="Bram", address="bram@example.org")


def point(status: Status, *, weight: Weight = "should", waiting: str = "") -> Point:
    return Point(
        id="P1",
        msgid="m@example.org",
        author=BRAM,
        role="reviewer",
        date=None,
        quote="why here?",
        line=0,
        text="why here?",
        kind="placement",
        weight=weight,
        anchor=None,
        symbols=(),
        raisers=(BRAM,),
        events=(),
        status=status,
        status_why="",
        waiting_for=waiting,
        cleared=False,
        automated=False,
        why=(),
    )


def test_no_points() -> None:
    assert verdict(()) == "no review point found"


def test_settled_points_wait_for_nobody() -> None:
    assert verdict((point("answered"), point("accepted"), point("withdrawn"))) == "3 settled"


def test_open_points_name_who_is_awaited_and_blocking_ones_are_counted() -> None:
    points = (
        point("open", waiting="the author"),
        point("open", waiting="the author", weight="blocking"),
        point("disputed", waiting="Bram"),
        point("answered"),
    )
    assert verdict(points) == "2 open (1 blocking), 1 disputed, 1 settled; waiting for the author and Bram"


def test_many_names_are_counted() -> None:
    points = tuple(point("open", waiting=name) for name in ("Ada", "Bram", "Chidi", "Dana", "Eve"))
    assert verdict(points).endswith("waiting for Ada, Bram, Chidi and 2 more")


def test_what_is_needed_is_told_once() -> None:
    needed = verdict((point("open", waiting="the author"),), "new-version-needed", "not settled: P1")
    assert needed == "1 open; waiting for the author; a new version is needed"
    promised = verdict((point("accepted"),), "new-version-needed", "agreed to: P1")
    assert promised == "1 settled; waiting for the author; a new version is needed (agreed to: P1)"


def test_what_is_promised_or_to_be_tested_waits_for_the_author() -> None:
    promised = verdict((point("answered"),), "new-version-needed", "v2 is promised by Ada")
    assert promised == "1 settled; waiting for the author; v2 is promised by Ada"
    checks = verdict((point("accepted"),), "undecided", "to be tested or checked: P1")
    assert checks == "1 settled; waiting for the author; to be tested or checked: P1"
    open_too = verdict((point("open", waiting="Bram"),), "undecided", "to be tested or checked: P1")
    assert open_too == "1 open; waiting for Bram and the author; to be tested or checked: P1"


def test_a_patch_that_was_taken_with_points_left_open_says_so_and_waits_for_nobody() -> None:
    taken = verdict((point("open"), point("answered")), "merged-looking", "Chidi says that it is in a tree")
    assert taken == "1 open, 1 settled; looks accepted all the same: Chidi says that it is in a tree"
    plain = verdict((point("answered"),), "merged-looking", "Chidi gave a tag and nothing stands against it")
    assert plain == "1 settled; looks accepted: Chidi gave a tag and nothing stands against it"


def test_that_nobody_decided_is_said() -> None:
    why = "no tag, no objection that stands, nobody took it"
    assert verdict((point("answered"),), "undecided", why) == "1 settled; nobody gave a tag or took it"
    assert verdict((point("answered"),), "undecided", "no patch is in this thread") == "1 settled"
    assert verdict((), "undecided", why) == "no review point found"


def test_a_refusal_names_who_refused() -> None:
    refused = verdict((point("open"),), "rejected", "Bram said no to it (P1)")
    assert refused.endswith("; looks rejected: Bram said no to it (P1)")


def test_who_writes_from_two_addresses_took_part_once() -> None:
    senders = ("Ada Quill <ada@example.org>", "Ada Quill <ada@work.example>", "Bram <bram@x.org>", "Bram <b@x.net>")
    mails = [messages.parse_message(mail(f"{n}@x", author=who), "test") for n, who in enumerate(senders)]
    found = participants(mails, (), ())
    assert [(one.name, one.mails) for one in found if one.name.startswith("Ada")] == [("Ada Quill", 2)]
    assert len(found) == 3  # a name of one word proves nothing
