"""The shipped weights, and how they add up."""

import re

import pytest

from tests.benchmarks import rows
from threads import events, weights
from threads.weights import Model, Weights, WeightsError

MODEL = Model(classes=("no", "yes"), bias=(0.0, 0.5), scale=0.01, rows={"a": bytes((28, 228)), "b": bytes((178, 78))})


def test_unknown_features_count_for_nothing() -> None:
    assert MODEL.sums(["c", "d"]) == [0.0, 0.5]


def test_weights_add_up_and_chances_to_one() -> None:
    assert MODEL.sums(["a", "b"]) == [-0.5, 1.0]
    assert sum(MODEL.chances(["a"]).values()) == pytest.approx(1.0)


def test_the_order_of_features_does_not_matter() -> None:
    assert MODEL.sums(["a", "b"]) == MODEL.sums(["b", "a"])


def test_reasons_are_what_spoke_for_the_class() -> None:
    assert MODEL.reasons(["a", "b"], "yes") == [("a", 2.0)]


SOUNDING = Model(
    classes=("no", "yes"), bias=(0.0, 0.0), scale=0.01, rows={}, words={"nit": bytes((127, 130))}, step=0.5
)


def test_words_add_their_mean_and_a_short_sentence_no_more_than_one_of_four_words() -> None:
    assert SOUNDING.sums([], ["nit"]) == pytest.approx([-0.125, 0.25])
    assert SOUNDING.sums([], ["nit"] * 8) == pytest.approx([-0.5, 1.0])


def test_words_that_are_not_known_add_nothing() -> None:
    assert SOUNDING.sums([], ["frob", "frobs"]) == [0.0, 0.0]


def test_reasons_name_what_the_words_add() -> None:
    ((name, value),) = SOUNDING.reasons([], "yes", said=["nit"] * 4)
    assert name == "words"
    assert value == pytest.approx(1.5)


def test_encoding_is_the_same_each_time_and_reads_back() -> None:
    made = Weights(version=1, thresholds={"block": 0.5}, models={"x": MODEL})
    assert weights.encode(made) == weights.encode(made)
    assert weights.decode(weights.encode(made)) == made


def test_models_share_one_table_of_words_in_the_file() -> None:
    other = Model(classes=("x",), bias=(0.0,), scale=0.01, rows={}, words={"nit": bytes((129,))}, step=2.0)
    made = weights.decode(weights.encode(Weights(version=1, thresholds={}, models={"a": SOUNDING, "b": other})))
    assert made.models["a"].words == made.models["b"].words == {"nit": bytes((127, 130, 129))}
    assert made.models["a"].sums([], ["nit"]) == SOUNDING.sums([], ["nit"])
    assert made.models["b"].sums([], ["nit"]) == other.sums([], ["nit"])
    assert weights.encode(made) == weights.encode(weights.decode(weights.encode(made)))


@pytest.mark.parametrize("data", [b"", b"no gzip", b"\x1f\x8b"])
def test_damaged_weights_are_refused_with_a_word(data: bytes) -> None:
    with pytest.raises(WeightsError, match="cannot be read"):
        weights.decode(data)


def test_the_shipped_weights_hold_every_model_and_the_figures_they_reached() -> None:
    shipped = weights.shipped()
    reactions = {"reacts", *(f"event-{part}" for part in ("author", "raiser", "other"))}
    assert {"block", "sentence", "more", "kind", "weight", "status", "claim", "claim-type"} | reactions == set(
        shipped.models
    )
    assert 0.5 < shipped.figures["f1"] <= 1.0


def test_the_shipped_weights_hold_single_words_only() -> None:
    """Nothing of a mail but lower-case words may be shipped; pairs of words only where we wrote them ourselves."""
    ours = {name for phrase in rows.phrases() for name in events.worded(phrase.passage)}
    for model in weights.shipped().models.values():
        assert all(re.fullmatch(r"[a-z'-]{1,20}|\?|NAME", word) for word in model.words)
        for feature in model.rows:
            if feature.startswith(("t:", "t2:")):
                assert feature in ours, feature
                continue
            assert " " not in feature.removeprefix("sign: ")
            if feature.startswith("point:") and "main:" not in feature and feature.count(":") > 1:
                assert f"t:^{feature.rsplit(':', 1)[1]}" in ours, feature
            if "w:" in feature:
                assert re.fullmatch(r"(?:[\w-]+[:&])*w:[a-z'-]+", feature), feature
