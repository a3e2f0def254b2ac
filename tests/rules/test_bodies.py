"""Bodies are read once for each text, kept, and made again when they are lost."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rules import bodies, cache
from rules.bodies import Bodies
from rules.extract import outline
from rules.extract.facts import FunctionFact
from rules.workers import Workers

TEXT = b"""\
int one(struct page *page)
{
	return PageUptodate(page);
}

int two(void)
{
	return three();
}
"""
FOUND = outline(TEXT)
ONE, TWO = FOUND.facts.functions


@pytest.fixture
def scanned(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every text that is scanned."""
    seen: list[bytes] = []
    scan = bodies.scan

    def watched(text: bytes) -> bytes:
        seen.append(text)
        return scan(text)

    monkeypatch.setattr(bodies, "scan", watched)
    return seen


def opened(store: cache.Cache, again: Callable[[str], tuple[bytes, ...]] = lambda _: FOUND.texts) -> Bodies:
    """Of a tree that has the same text in two files, none of which is at hand."""
    return Bodies(store, Workers(1), {"mm/a.c": "aa", "mm/b.c": "aa"}, {}, again)


def names(store: Bodies, path: str, at: int, function: FunctionFact) -> list[str]:
    return [call.name for call in store.body(path, at, function).calls]


def test_a_text_is_scanned_once_wherever_it_stands(scanned: list[bytes]) -> None:
    with cache.opened(None) as store:
        found = opened(store)
        found.prepare([("mm/a.c", 0, ONE), ("mm/b.c", 0, ONE), ("mm/b.c", 1, TWO)])
        assert names(found, "mm/a.c", 0, ONE) == names(found, "mm/b.c", 0, ONE) == ["PageUptodate"]
        assert names(found, "mm/a.c", 1, TWO) == ["three"]
    assert sorted(scanned) == sorted(FOUND.texts)


def test_what_was_kept_is_not_scanned_again(scanned: list[bytes], tmp_path: Path) -> None:
    with cache.opened(tmp_path) as store:
        found = opened(store)
        found.prepare([("mm/a.c", 0, ONE)])
        found.keep()
    with cache.opened(tmp_path) as store:
        again = opened(store)
        assert names(again, "mm/a.c", 0, ONE) == ["PageUptodate"]
        assert len(scanned) == 1
        assert names(again, "mm/a.c", 1, TWO) == ["three"]
    assert len(scanned) == 2


def test_without_keeping_nothing_is_written(tmp_path: Path) -> None:
    with cache.opened(tmp_path) as store:
        opened(store).prepare([("mm/a.c", 0, ONE)])
        assert store.some_bodies() == ({}, True)


def test_a_text_that_nobody_has_any_more_does_nothing() -> None:
    with cache.opened(None) as store:
        body = opened(store, lambda _: ()).body("mm/a.c", 0, ONE)
    assert (body.conditions, body.calls, body.sites) == (("",), (), ())


def test_of_more_bodies_than_are_read_at_once_the_others_are_asked_for(
    scanned: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_SOME", 1)
    for _ in range(2):
        with cache.opened(tmp_path) as store:
            found = opened(store)
            found.prepare([("mm/a.c", 0, ONE), ("mm/a.c", 1, TWO)])
            found.keep()
    assert len(scanned) == 2


def test_what_a_text_gives_is_remembered_by_kind(tmp_path: Path) -> None:
    read: list[str] = []

    def reading(text: str) -> bytes:
        read.append(text)
        return text.upper().encode()

    for _ in range(2):
        with cache.opened(tmp_path) as store:
            found = opened(store)
            assert found.remembered(b"one", "words", reading) == b"WORDS"
            assert found.remembered(b"two", "words", lambda _: b"other") == b"other"
            found.keep()
    assert read == ["words"]
