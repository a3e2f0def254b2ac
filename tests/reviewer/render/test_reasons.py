import pytest

from reviewer.render import marks, reasons
from reviewer.render.reasons import Heard
from tests.reviewer.render import sample
from threads import weights


def test_every_feature_of_the_shipped_weights_has_words() -> None:
    names = {name for model in weights.shipped().models.values() for name in model.rows}
    assert len(names) > 10_000
    assert [name for name in sorted(names) if not marks.phrase(name)] == []
    raw = (
        "relation:",
        "depth:",
        "act:",
        "weight:",
        "topic:",
        "symbols:",
        "point:",
        "under:",
        "answers:",
        "quotes:",
        "re:",
    )
    assert [name for name in sorted(names) if any(mark in marks.phrase(name).lower() for mark in raw)] == []


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
        ("sign:+", "it is about an added line of the patch"),
        ("point:main:act:wonder", "the point doubts or wonders"),
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
        ("author-agreed>0.7", "the author most likely agreed"),
        ("author-against>-0.3", "the author may have objected"),
        ("relation:last", "it quotes the point"),
        ("later:chain", "it is a later answer and goes on from an answer"),
        ("main:weight:question", "the sentence is put as a question"),
        ("pair:why here", 'it has the words "why here"'),
        ("pair:NAME ?", 'it has the words "a name of code?"'),
        ("t:^yes", 'it begins with "yes"'),
        ("t2:then $", 'one of its first sentences ends with "then"'),
        ("point:wants?:sure", 'the point asks for something by a question, and the answer begins with "sure"'),
        ("author:several:mail", "the author answers, and it answers several things and answers the whole mail"),
        ("by:reviewer+answers:self", "it is a reviewer's and goes on from its sender's own words"),
        ("author&back:none:nobody", "it is the author's and got no answer, nor did the rest of its mail"),
        ("prev:re:no-start", "the sentence before begins with no"),
        ("silence:main:?", "nobody reacted, and the sentence has a question mark"),
        (
            "likeliest:open:nobody",
            "all answers, also those that may be about something else, leave it open, and nobody reacted",
        ),
        ("replayed:accepted>0.45", "the answers most likely make it accepted"),
        ("second:apart>0.3", "it has a sentence of another paragraph that may be a point (chance above 0.3)"),
        ("strong:2", "it has 2 sentences that look like a point alone"),
        ("top:satisfied", "it is satisfied before all else"),
        ("blocks:1", "it is all that its mail says"),
    ],
)
def test_a_feature_is_told_in_words(feature: str, said: str) -> None:
    assert reasons.phrase(feature) == said


def test_what_says_the_same_is_told_once_with_its_sum() -> None:
    told = reasons.told("author, quotes the point: agrees +1.25, promise! +0.85, promise +0.59")
    assert told == "author, quotes the point: it promises a change (+1.44); it agrees (+1.25)"


def test_what_says_nothing_to_a_person_is_left_out_unless_it_is_all() -> None:
    assert reasons.told("point: depth:1 +0.90, any:w:the +0.50, sign:+ +0.40") == (
        "point: it is about an added line of the patch (+0.40)"
    )
    assert (
        reasons.told("point: mail-depth:1 +0.90, depth:1 +0.50") == "point: it stands 1 answer below the patch (+0.90)"
    )


def test_the_same_to_another_degree_or_jointly_is_told_once() -> None:
    told = reasons.told("author: words<=8 +0.69, words<=3 +0.62, any:? +0.20, on-patch&any:? +0.30")
    assert (
        told
        == "author: it has 3 words at most (+1.31); it answers the patch and one sentence has a question mark (+0.50)"
    )
    assert reasons.told("nit: under:diff +0.20, sign:- +0.10") == "nit: it is about a removed line of the patch (+0.30)"


def test_the_words_that_made_a_feature_stand_behind_it() -> None:
    said = Heard(main=("this", "corrupts", "the", "log"), rest=("how", "is", "this", "supposed", "to", "happen", "?"))
    assert reasons.told("correctness: main:topic:correctness +0.70", said) == (
        'correctness: the sentence speaks of correctness ("corrupts") (+0.70)'
    )
    assert reasons.told("evidence: rest:topic:evidence>1 +0.60", said) == (
        "evidence: the rest of the passage speaks of evidence more than once"
        ' ("how is this", "supposed to happen") (+0.60)'
    )
    assert reasons.told("nit: main:act:nit +0.60", said) == "nit: the sentence calls itself a nit (+0.60)"


def test_the_main_sentence_of_a_point_is_the_one_that_its_quote_belongs_to() -> None:
    text = "The lock is taken here.\nThe comment above is wrong about it."
    point = sample.point(1, sample.PATCH, sample.HANA, text.split("\n")[1], "readability", "nit", text=text)
    said = reasons.heard_point(point)
    assert "comment" in said.main
    assert "lock" in said.rest


def test_two_sentences_on_the_line_of_the_quote_are_both_looked_at() -> None:
    text = "I thought it was gone. What is the reason to keep it?"
    said = reasons.heard_point(sample.point(1, sample.PATCH, sample.HANA, text, "evidence", "question"))
    told = reasons.told("evidence: main:topic:evidence +0.60", said)
    assert '"the reason"' in told


def test_the_words_of_the_point_stand_in_the_reason_of_an_answer() -> None:
    point = reasons.heard_point(sample.point(1, sample.PATCH, sample.HANA, "Please drop it.", "approach", "should"))
    said = reasons.heard("Will do.", point)
    assert reasons.told("author, quotes the point: point:main:act:please +0.29, promise +0.60", said) == (
        'author, quotes the point: it promises a change ("will do") (+0.60); the point says please ("please") (+0.29)'
    )


def test_a_status_without_answers_does_not_speak_of_answers() -> None:
    told = reasons.told("open: replayed:open +0.72, replayed:open>0.75 +0.40, silence:raised-by:reviewer +0.28")
    assert told == "open: nobody reacted, and a reviewer raised it (+0.28)"


def test_a_reason_without_features_says_so() -> None:
    assert reasons.told("raiser, goes on from an answer: ").endswith(": no single thing in it decided that")


def test_reasons_of_one_head_share_a_line() -> None:
    told = reasons.grouped(("point: under:diff +0.25", "should: main:words<=28 +0.90", "point: wants>=1 +0.16"))
    assert told == (
        "point: it stands under a line of the patch (+0.25); it has one sentence that asks for something (+0.16)",
        "should: the sentence has 28 words at most (+0.90)",
    )
