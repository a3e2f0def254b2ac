"""Sentences of a comment block and the cues they hold."""

import pytest

from tests import growth
from threads import cues, speech
from threads.model import Block, Identity, Line


def block(text: str) -> Block:
    lines = tuple(
        Line(number=number, kind="own" if line.strip() else "blank", depth=0, text=line)
        for number, line in enumerate(text.split("\n"))
    )
    return Block(msgid="1@example.org", number=0, lines=lines, context=())


SIGNER = speech.signer(Identity(name="Ada van Quill", address="aquill@example.org"))


def said(text: str) -> list[str]:
    return [sentence.text for sentence in speech.sentences(block(text), SIGNER)]


def test_greeting_closing_and_name_are_no_sentences() -> None:
    assert said("Hi Bo,\n\nThis leaks.\n\nThanks,\nAda") == ["This leaks."]


@pytest.mark.parametrize(
    "end", ["Ada", "--A", "- Ada", "A. van Quill", "Addie", "-ada", "aquill@example.org", "Ada van Quill,", "-- ada"]
)
def test_the_name_under_a_mail_is_no_sentence(end: str) -> None:
    assert said(f"This leaks.\n\n{end}") == ["This leaks."]


@pytest.mark.parametrize(
    "end", ["*doh*", "LGTM", "Agreed", "Good catch", "Will do", "and here", "Thanks for spotting", 'nit: extra "and"']
)
def test_a_short_last_line_that_is_no_name_is_a_sentence(end: str) -> None:
    assert said(f"This leaks.\n\n{end}") == ["This leaks.", end]


def test_abbreviations_and_dots_inside_of_names_do_not_end_a_sentence() -> None:
    assert said("See e.g. foo.c, it has v1.2 of that. But this one doesn't.") == [
        "See e.g. foo.c, it has v1.2 of that.",
        "But this one doesn't.",
    ]


def test_a_sentence_knows_its_lines_and_the_one_that_holds_most_of_it() -> None:
    first, second = speech.sentences(block("Short. This is the longer one that\ngoes on."), SIGNER)
    assert first.lines == (0,)
    assert second.lines == (0, 1)
    assert second.best_line == 0


def test_sketched_code_is_one_piece_beside_the_words() -> None:
    found = speech.sentences(block("How about:\n\n\tif (!foo)\n\t\treturn;\n\nThat is shorter."))
    assert [sentence.code for sentence in found] == [False, True, False]


def test_bullets_are_apart() -> None:
    assert len(said(" - split the patch\n - fix the subject")) == 2


def test_a_fixes_line_that_a_reviewer_offers_is_a_sentence() -> None:
    lines = (Line(number=0, kind="trailer", depth=0, text='Fixes: 0123456789ab ("foo")'),)
    found = speech.sentences(Block(msgid="x", number=0, lines=lines, context=()), SIGNER)
    assert [sentence.text for sentence in found] == ['Fixes: 0123456789ab ("foo")']


def test_symbols_come_in_the_order_of_their_mention() -> None:
    text = "foo_bar() calls ->page_mkwrite before IOMAP_F_NEW, then foo_bar() again"
    assert speech.symbols(text) == ("foo_bar()", "->page_mkwrite", "IOMAP_F_NEW")


def test_phrases_are_found_as_whole_words_and_prefixes() -> None:
    lexicon = speech.Lexicon({"want": ("could you", "deadlock*")})
    assert lexicon.find(["could", "you"]) == {"want": "could you"}
    assert lexicon.find(["deadlocks"]) == {"want": "deadlock*"}
    assert lexicon.find(["could", "we"]) == {}
    assert lexicon.count(["could", "you", "deadlock", "deadlocks"]) == {"want": 2}


@pytest.mark.parametrize("table", [cues.ACTS, cues.REACTIONS, cues.TOPICS, cues.WEIGHTS])
def test_every_phrase_can_occur(table: dict[str, tuple[str, ...]]) -> None:
    """A phrase that the tokeniser never yields would be dead weight."""
    for name, phrases in table.items():
        for phrase in phrases:
            bare = phrase.replace("*", "")
            assert " ".join(speech.tokens(bare)) == bare.rstrip(".!") or any(x in phrase for x in (",", "!", "/")), (
                name,
                phrase,
            )


@pytest.mark.parametrize("piece", [".", "a.", "a_", "?!", "->", "'", "a b. ", "x()"])
def test_hostile_text_takes_time_in_proportion_to_its_length(piece: str) -> None:
    def read(made: Block) -> None:
        for sentence in speech.sentences(made):
            speech.symbols(sentence.text)

    assert growth.ratio(lambda count: block(piece * count), read, 20_000) < 3


def test_a_paragraph_of_many_lines_and_sentences_takes_time_in_proportion() -> None:
    assert growth.ratio(lambda count: block("One is said.\n" * count), speech.sentences, 1000) < 3


def test_a_function_is_one_name_with_and_without_its_brackets() -> None:
    assert speech.names("toy_lock() or toy_lock, and ->fault") == {"toy_lock", "->fault"}
