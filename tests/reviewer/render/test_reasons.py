import pytest

from reviewer.render import reasons


def test_a_reason_that_is_a_sentence_stays_as_it_is() -> None:
    for sentence in ("a later version was posted", "raiser, goes on from an answer: raises the same again"):
        assert reasons.told(sentence) == sentence
        assert reasons.grouped((sentence,)) == (sentence,)


def test_a_feature_without_words_is_shown_as_it_is() -> None:
    assert reasons.told("open: odd:thing +0.39") == 'open: the mark "odd:thing" (+0.39)'


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
        ("mail-depth:1", "it stands 1 answer below the patch"),
        ("back:author:quoted", "it got an answer of the author that quotes it"),
        ("back:other:re:promise", "it got an answer of somebody else that promises a change"),
        ("back:none:author", "it got no answer, though the author answered other parts of the mail"),
        ("on-patch&back:none", "it answers the patch and got no answer"),
        ("point:wants", "the point wants something"),
        ("main:act:can-you", "the sentence asks whether one can"),
        ("main:starts:the", 'the sentence begins with "the"'),
        ("silence:raised-by:reviewer", "nobody reacted, and a reviewer raised it"),
        ("silence:raiser-silent", "nobody reacted, and the raiser wrote nothing later"),
        ("thread:author-answered-mail", "the author answered the mail"),
        ("spoke:nobody", "nobody reacted"),
        ("spoke:author+raiser", "the author and the raiser reacted"),
        ("last:author:disputed", 'the author spoke last, as "disputed"'),
        ("raiser-turns:0", "the raiser said nothing more"),
        ("author-agreed>0.7", "how surely the author agreed (above 0.7)"),
        ("top:satisfied", "it is satisfied before all else"),
        ("blocks:1", "it is all that its mail says"),
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
