import pytest

from reviewer.render import reasons


def test_a_reason_that_is_a_sentence_stays_as_it_is() -> None:
    for sentence in ("a later version was posted", "raiser, goes on from an answer: raises the same again"):
        assert reasons.told(sentence) == sentence
        assert reasons.grouped((sentence,)) == (sentence,)


def test_a_feature_without_words_is_shown_as_it_is() -> None:
    assert reasons.told("open: silence:raiser-silent +0.39") == 'open: the mark "silence:raiser-silent" (+0.39)'


@pytest.mark.parametrize(
    ("feature", "said"),
    [
        ("main:topic:changelog", "the sentence speaks of changelog"),
        ("rest:topic:approach>1", "the rest of the passage speaks of approach more than once"),
        ("main:words<=28", "the sentence has 28 words at most"),
        ("any:w:this", 'one sentence has the word "this"'),
        ("under:diff", "it stands under a line of the patch"),
        ("by:reviewer+under:diff", "it is a reviewer's and stands under a line of the patch"),
        ("on-patch&wants>=1", "it answers the patch and has one sentence that asks for something"),
        ("strong>=2", "it has 2 sentences that look like a point alone"),
        ("sign:+", "it is about an added line"),
        ("point:main:act:wonder", "the point wonders"),
    ],
)
def test_a_feature_is_told_in_words(feature: str, said: str) -> None:
    assert reasons.phrase(feature) == said


def test_what_says_the_same_is_told_once_with_its_sum() -> None:
    told = reasons.told("author, quotes the point: agrees +1.25, promise! +0.85, promise +0.59")
    assert told == "author, quotes the point: it agrees (+1.25); it promises a change (+1.44)"


def test_reasons_of_one_head_share_a_line() -> None:
    told = reasons.grouped(("point: under:diff +0.25", "should: main:words<=28 +0.90", "point: wants>=1 +0.16"))
    assert told == (
        "point: it stands under a line of the patch (+0.25); it has one sentence that asks for something (+0.16)",
        "should: the sentence has 28 words at most (+0.90)",
    )
