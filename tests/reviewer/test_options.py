"""What a user may choose about a review."""

import msgspec
import pytest

from reviewer import config
from reviewer.options import Options


def test_without_options_a_review_uses_a_shipped_model_the_surer_rules_and_lore() -> None:
    options = Options()
    assert (options.kernel, options.tree, options.rev, options.pedantic) == (None, None, None, False)
    assert options.link_mask == config.masks().linkmask


def test_options_are_named_and_do_not_change() -> None:
    with pytest.raises(TypeError):
        Options("6.12")  # type: ignore[call-arg, misc]
    with pytest.raises(AttributeError):
        Options().pedantic = True  # type: ignore[misc]
    assert msgspec.structs.replace(Options(), rev="HEAD").rev == "HEAD"
