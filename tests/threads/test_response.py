"""What came back to a comment block."""

from tests.threads.argued import ADA, BO, CEM, look, talk
from threads import response
from threads.model import Thread

ASK = "> +\tret = -EIO;\n\nWhy this errno?\n\nRest looks good.\n"


def back(thread: Thread, text: str) -> frozenset[str]:
    reading = look(thread)
    number = next(
        number for number, block in enumerate(reading.scene.blocks) if any(text in line.text for line in block.lines)
    )
    return frozenset(name for name in response.heard_back(number, reading) if "&" not in name)


def test_a_block_that_nobody_answers_says_so_and_whether_its_mail_was_answered() -> None:
    assert back(talk((BO, ASK)), "Why this") == {"back:none", "back:none:nobody"}
    two = "> +\tret = -EIO;\n\nWhy this errno?\n\n>  \treturn ret;\n\nNice.\n"
    thread = talk((BO, two), (ADA, "> Why this errno?\n\nWill fix.\n"))
    assert back(thread, "Nice") == {"back:none", "back:none:author"}


def test_what_the_author_answers_is_heard_with_its_manner() -> None:
    found = back(talk((BO, ASK), (ADA, "> Why this errno?\n\nGood catch, I will fix it in v2.\n")), "Why this")
    assert {"back:author", "back:author:quoted", "back:author:re:promise"} <= found


def test_an_answer_without_a_quote_is_one_to_the_whole_mail() -> None:
    assert "back:other:whole" in back(talk((BO, ASK), (CEM, "I wondered about that too.\n")), "Why this")


def test_each_feature_stands_alone_and_with_the_situation_of_the_block() -> None:
    reading = look(talk((BO, ASK)))
    number = next(n for n, block in enumerate(reading.scene.blocks) if block.msgid == "1@example.org")
    found = response.heard_back(number, reading)
    assert {name for name in found if "&" in name} == {f"on-patch&{name}" for name in found if "&" not in name}
