import pytest
from hypothesis import given
from hypothesis import strategies as st

from threads.hypertext import CAP, to_text


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("a < b &amp;&amp; c > d", "a < b && c > d"),
        ("<p>one</p><p>two</p>", "one\n\ntwo\n"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<a href='https://example.org/x'>words</a>", "words"),
        ("<img src=x onerror=alert(1)>text", "text"),
        ("<head><title>no</title></head><style>p {}</style><script>evil()</script>text", "text"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>c", "> a\n> > b\nc"),
        ("<pre>int x;\n\tint y;</pre>", "int x;\n\tint y;"),
        ("<ul><li>a<li>b</ul>", "- a\n- b"),
        ("a<!-- <p>no --> b", "a b"),
        ("a<!-- never closed", "a"),
        ("</blockquote></pre>a", "a"),
        ("<script>never closed", ""),
        ("a <b c='never closed> d &amp; e", "a <b c='never closed> d & e"),
        ("<head><p>a", "a"),
        ("a<![if !x]>b<![endif]>c<![odd[ d", "abc<! [odd[ d"),
        ("&#" + "9" * 5000 + ";&#x" + "f" * 5000 + ";&#" + "0" * 5000 + "a", "\ufffd\ufffd\ufffda"),
        ("&lt;b&gt; &#x202e;", "<b> \u202e"),  # the neutraliser at the edge sees what the page made
    ],
)
def test_pages_become_text(page: str, text: str) -> None:
    assert to_text(page) == text


def test_a_long_page_is_cut() -> None:
    assert len(to_text("a" * (CAP + 10))) == CAP


def test_quotes_nested_without_end_are_at_most_64_deep() -> None:
    assert to_text("<blockquote>" * 1000 + "x") == "> " * 64 + "x"


@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<!--", "-->", "<", ">", "a", "<pre>", "&", "<script>", "</script>", "\n"])
    )
)
def test_no_page_makes_it_fail(pieces: list[str]) -> None:
    assert isinstance(to_text("".join(pieces)), str)
