"""The ledger as a whole: figures on threads of our own, lines that add up, time."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.threads.argued import ADA, BO, DATA, NAMES, from_file, gold, judged, talk
from tests.threads.mails import mail
from threads import messages, quoting, series, tree
from threads.ledger import build
from threads.model import Thread
from threads.scene import Scene

CORPUS = Path(__file__).parents[2] / "../shared/corpus"
USES = {"point", "event", "trailer", "claim", "chatter", "quote", "signature", "blank"}
OPEN = {"open", "disputed"}


def where(thread: Thread, msgid: str, quote: str) -> tuple[str, int]:
    """Message and comment block that hold the quote, as score.py pairs them."""
    scene = Scene(thread, series.find(thread), quoting.read(thread))
    for number in scene.blocks_in.get(msgid, ()):
        if quote in " ".join(line.text.strip() for line in scene.blocks[number].lines):
            return msgid, number
    raise AssertionError(f"{msgid} does not say {quote}")


def test_the_figures_on_our_own_threads_do_not_fall() -> None:
    """Floors, a little below what is reached; the corpus figures come from tests.benchmarks.ledger."""
    wanted = said = matched = kind = status = 0
    for name in NAMES:
        thread, truth = from_file(DATA / f"{name}.mbox"), gold(name)
        points = list(judged(thread).points)
        wanted, said = wanted + len(truth["points"]), said + len(points)
        for point in truth["points"]:
            place = where(thread, point["message_id"], point["quote"])
            near = [one for one in points if where(thread, one.msgid, one.quote) == place]
            if near:
                one = min(near, key=lambda found: found.quote != point["quote"])
                points.remove(one)
                matched += 1
                kind += one.kind == point["kind"]
                status += (one.status in OPEN) == (point["status"] in OPEN)
    assert 2 * matched / (wanted + said) >= 0.9
    assert kind / matched >= 0.8
    assert status / matched >= 0.9


@pytest.mark.parametrize("name", NAMES)
def test_anchors_and_outcome_of_our_own_threads_are_right(name: str) -> None:
    thread, truth = from_file(DATA / f"{name}.mbox"), gold(name)
    found = judged(thread)
    assert found.outcome == truth["outcome"], found.outcome_why
    for point in truth["points"]:
        for one in found.points:
            if one.quote == point["quote"] and point["anchor"]:
                assert one.anchor is not None
                assert {"file": one.anchor.file, "line": one.anchor.sign + one.anchor.text} == point["anchor"]


def adds_up(thread: Thread) -> None:
    found = judged(thread)
    assert [part.msgid for part in found.accounting] == [message.msgid for message in thread.messages]
    for part, message in zip(found.accounting, thread.messages, strict=True):
        assert len(part.uses) == len(message.lines)
        assert set(part.uses) <= USES
        for use, line in zip(part.uses, message.lines, strict=True):
            assert (use == "blank") <= (not line.strip())
    uses = {part.msgid: part.uses for part in found.accounting}
    for point in found.points:
        assert point.quote in thread.messages[[m.msgid for m in thread.messages].index(point.msgid)].lines[point.line]
        assert uses[point.msgid][point.line] == "point"
        assert bool(point.waiting_for) <= (point.status in OPEN)


@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_our_own_threads_has_one_use(name: str) -> None:
    adds_up(from_file(DATA / f"{name}.mbox"))


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real threads is not beside the checkout")
def test_every_line_of_the_corpus_has_one_use() -> None:
    for path in sorted(CORPUS.glob("*/mbox/*.mbox")):
        adds_up(from_file(path))


def test_a_thread_without_messages_gives_an_empty_ledger() -> None:
    thread = Thread(messages=(), parents=())
    found = build(thread, (), quoting.read(thread))
    assert (found.points, found.claims, found.outcome) == ((), (), "undecided")


def test_the_same_thread_gives_the_same_ledger() -> None:
    thread = from_file(DATA / "inline.mbox")
    assert judged(thread) == judged(thread)


def test_five_hundred_mails_take_less_than_three_seconds() -> None:
    body = (
        "> +\tret = -EIO;\n\nShouldn't this free the buffer? It leaks when the call fails.\n\nWhy not use the helper?\n"
    )
    thread = talk(*[(BO if number % 2 else ADA, body) for number in range(3)])
    raws = [
        mail(
            f"x{number}@example.org", subject="Re: [PATCH] toy: fix it", author=BO if number % 2 else ADA,
            body="> Why not use the helper?\n\n" + body, parent=f"{number % 3}@example.org",
        )
        for number in range(500)
    ]  # fmt: skip
    large = tree.build([*thread.messages, *(messages.parse_message(raw, "test") for raw in raws)])
    start = time.process_time()
    judged(large)
    assert time.process_time() - start < 3.0


def test_a_mail_of_many_thousand_lines_takes_seconds_not_minutes() -> None:
    body = "".join(f"> quoted {number}\n\nWhy {number}?\n\n" for number in range(20_000))
    thread = talk((BO, body))
    start = time.process_time()
    judged(thread)
    assert time.process_time() - start < 10.0


@given(st.lists(st.text(alphabet="> \n|-+@ab:\t?.()_1wrote", max_size=200), min_size=1, max_size=4))
def test_no_answer_makes_it_raise_and_the_lines_still_add_up(bodies: list[str]) -> None:
    adds_up(talk(*[(BO if number % 2 else ADA, body) for number, body in enumerate(bodies)]))
