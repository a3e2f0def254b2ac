import msgspec
import pytest

from reviewer.render import links
from tests.reviewer.render import sample


@pytest.mark.parametrize("mask", ["javascript:%s", "file:///%s", "", "https://x.example/", "data:text/html,%s"])
def test_a_mask_that_is_no_web_address_gives_no_link(mask: str) -> None:
    assert links.mail(msgspec.structs.replace(sample.typical(), link_mask=mask), "a@b") == ""


@pytest.mark.parametrize(
    ("msgid", "expected"),
    [
        ("a@b.example", "a@b.example"),
        ("../../x@y", "..%2F..%2Fx@y"),
        ('"><script>@x', "%22%3E%3Cscript%3E@x"),
        ("a%40b", "a%2540b"),
        ("\ud800@x", "%3F@x"),
    ],
)
def test_an_id_is_one_component_of_the_address(msgid: str, expected: str) -> None:
    assert links.mail(sample.typical(), msgid) == f"https://lore.example.org/r/{expected}"
