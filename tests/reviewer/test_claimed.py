from datetime import UTC, datetime

import pytest

from reviewer import claimed, kernel
from rules.lookups import Verdict
from rules.relations import Context
from threads import messages, quoting, tree
from threads.model import Claim

MAIL = """From: Ann Author <ann@example.org>
Message-ID: <one@example.org>
Subject: Re: [PATCH] alfa: something
Date: Mon, 2 Mar 2020 10:00:00 +0000

On Monday, Bea wrote:
> @@ -10,6 +10,7 @@ static int alfa_write(struct page *page)
>  {
> +\tlock_page(page);

See bravo_mkwrite() for that. It calls
shared_mkwrite() at once.
"""


def _claim(text: str, line: int) -> Claim:
    message = messages.parse_message(MAIL.encode(), "test")
    return Claim(
        id="C1", msgid=message.msgid, author=message.author, quote="", line=line, type="state", symbols=(), text=text
    )


def _context(text: str, line: int) -> Context:
    thread = tree.build((messages.parse_message(MAIL.encode(), "test"),))
    return claimed.contexts((_claim(text, line),), quoting.read(thread))["C1"]


def test_the_sentence_before_and_the_function_quoted_above() -> None:
    found = _context("It calls\nshared_mkwrite() at once.", 6)
    assert found.before == ("See bravo_mkwrite() for that.", "")
    assert found.quoted == ("alfa_write",)


def test_a_claim_that_is_not_found_in_its_mail_has_no_context_but_the_quote() -> None:
    assert _context("Quite other words.", 6) == Context(before=("",), quoted=("alfa_write",))
    assert _context("", 99_999).before in ((), ("",))


@pytest.mark.parametrize(
    ("version", "other", "verdict"),
    [
        ("5.10.262", "contradicted", "contradicted"),
        ("5.10.262", "confirmed", "unknown"),
        ("6.1.192", "unknown", "unknown"),
    ],
)
def test_a_contradiction_holds_before_and_after_the_mail(
    version: str, other: str, verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Named:
        def __init__(self, version: str) -> None:
            self.version = version

    monkeypatch.setattr("rules.store.load", Named)
    asked: list[str] = []

    def ask(*, model: Named) -> Verdict:
        asked.append(model.version)
        return Verdict(verdict=other, text="x")  # type: ignore[arg-type]

    told = Verdict(verdict="contradicted", text="it does")
    day = datetime(2021, 6, 1, tzinfo=UTC).date().isoformat()
    found = kernel._in_both(told, ask, Named(version), day)  # type: ignore[arg-type]
    assert found.verdict == verdict
    assert len(asked) == 1
    assert asked[0] != version
