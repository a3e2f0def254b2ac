"""What the learned weights see."""

import re
from collections.abc import Iterable

import pytest

from tests.threads import argued
from threads import features, weights
from threads.features import Passage
from threads.model import Block, Line


def passage(text: str, *shared: str, signer: Iterable[str] = ()) -> Passage:
    """A comment block of these lines, without a thread around it."""
    lines = tuple(
        Line(number=number, kind="own" if line.strip() else "blank", depth=0, text=line)
        for number, line in enumerate(text.split("\n"))
    )
    block = Block(msgid="1@example.org", number=0, lines=lines, context=())
    return features.taken_apart(block, frozenset(shared), signer=frozenset(signer))


def of_sentence(text: str) -> frozenset[str]:
    (found,) = passage(text).each
    return found


@pytest.mark.parametrize(
    ("text", "there", "away"),
    [
        ("Why is this here?", {"?", "wh-question", "starts:why"}, {"yes-no-question", "statement?"}),
        ("Is this right?", {"?", "yes-no-question"}, {"wh-question"}),
        ("This is right?", {"?", "statement?"}, {"wh-question", "yes-no-question"}),
        ("This is wrong.", {"starts:this", "words<=4", "words<=28"}, {"?", "says:you"}),
        ("Can you call toy_put() here?", {"symbol", "says:you"}, {"link"}),
        ("See https://example.org/x for it.", {"link"}, {"symbol", "code"}),
    ],
)
def test_the_form_of_a_sentence(text: str, there: set[str], away: set[str]) -> None:
    found = of_sentence(text)
    assert there <= found
    assert not away & found


def test_a_tag_that_is_offered_is_no_speech() -> None:
    line = Line(number=0, kind="trailer", depth=0, text='Fixes: 0123456789ab ("toy: add it")')
    (found,) = features.taken_apart(Block(msgid="1@example.org", number=0, lines=(line,), context=()), frozenset()).each
    assert {"offers:fixes", "offers-tag-only"} <= found
    assert not [name for name in found if name.startswith(("act:", "w:", "starts:"))]


def test_code_is_no_speech_and_is_seen_from_the_sentence_before_it() -> None:
    words, code = passage("Please use this instead:\n\n\tif (toy->a)\n\t\treturn toy_put(toy);\n").each
    assert {"code", "code-beside-words"} <= code
    assert not [name for name in code if name.startswith(("act:", "w:", "starts:"))]
    assert {"code-follows", "colon", "act:please"} <= words


def test_a_sentence_knows_its_place_in_the_block_and_the_paragraph() -> None:
    first, second, third = passage("One is here. Two is here.\n\nThree is here.").each
    assert {"place:first", "paragraph-start"} <= first
    assert "place:second" in second
    assert "paragraph-start" not in second
    assert {"place:later", "place:last", "paragraph-start"} <= third


@pytest.mark.parametrize(
    ("shared", "side"),
    [(("by:author", "answers:patch"), "author"), (("answers:patch",), "on-patch"), (("answers:other",), "on-words")],
)
def test_who_speaks_to_whom_is_joined_with_what_is_asked(shared: tuple[str, ...], side: str) -> None:
    found = features.pooled(passage("Why is this here?", *shared))
    assert {f"situation:{side}", f"{side}&any:?", "any:wh-question", "sentences:1", *shared} <= found


def test_a_block_counts_the_sentences_that_ask_and_that_wish() -> None:
    found = features.pooled(passage("Please add a check. Why is this right? Can you please drop that?"))
    assert {"wants>=1", "strong>=1"} <= found
    assert not {"wants>=1", "strong>=1"} & features.pooled(passage("This is nice. That is so."))


def test_a_second_point_is_looked_for_apart_from_the_surest_sentence() -> None:
    asked = passage("Why is this here?\n\nAlso please drop that.\n")
    found = features.counting(asked, [0.9, 0.4])
    assert {"second:any>0.3", "second:apart>0.3", "also", "paragraphs:2"} <= found
    assert "second:any>0.5" not in found
    assert "second:any>0.02" not in features.counting(passage("Why is this here?"), [0.9])


def test_a_sentence_sees_what_its_neighbours_do_but_not_their_words() -> None:
    asked = passage("Why is this here? That is fine.", "by:other")
    found = features.in_context(asked, 1)
    assert {"prev:?", "by:other", "sentences:2"} <= found
    assert not [name for name in found if name.startswith(("prev:w:", "next:"))]


def test_words_beside_each_other_count_with_one_for_every_name_of_c_and_not_in_code() -> None:
    asked = passage("Please use toy_get() instead:\n\n\tif (toy->a)\n\t\treturn toy_put(toy);\n")
    pairs = {name for name in features.about(asked, (0,), 0) if name.startswith("pair:")}
    assert pairs == {"pair:please use", "pair:use NAME", "pair:NAME instead"}
    assert not [name for name in features.about(asked, (1,), 1) if name.startswith("pair:")]


def families(names: Iterable[str]) -> set[str]:
    return {re.split(r":|[<>]=?", name.rpartition("&")[2])[0] for name in names}


def test_the_shipped_weights_know_every_family_of_features() -> None:
    """A feature with a new name weighs nothing until the ledger is trained again."""
    seen: set[str] = set()
    for name in argued.NAMES:
        scene = argued.look(argued.from_file(argued.DATA / f"{name}.mbox")).scene
        for number in range(len(scene.blocks)):
            found = features.passage(number, scene)
            seen.update(found.shared, *found.each, features.pooled(found))
    known = {row for model in weights.shipped().models.values() for row in model.rows}
    assert len(seen) > 100
    assert families(seen) <= families(known)


@pytest.mark.parametrize(
    ("text", "promises"),
    [
        ("Sure, will add it.", True),
        ("I will use that.", True),
        ("It will try that again, and I'll fix it.", True),
        ("So that it will try to reclaim memory.", False),
        ("Then this will make it worse.", False),
    ],
)
def test_what_something_else_will_do_is_no_promise(text: str, promises: bool) -> None:
    assert ("re:promise" in of_sentence(text)) is promises
