"""Functions that macros make: expanded, pasted, read as C, and the same when they are remembered."""

import pytest

from rules import generated, scope
from rules.bodies import Bodies
from rules.cache import opened
from rules.extract.facts import FunctionFact, body_of
from rules.link import Corpus
from rules.workers import Workers
from tests.rules.test_link import facts

FLAGS = """\
#define TEST(name, low) \\
static inline int Page##name(struct page *page) \\
{ \\
	return low##_bit(page); \\
}
#define SET(name, low) \\
static inline void SetPage##name(struct page *page) \\
{ \\
	set_bit(low, page); \\
}
#define FLAG(name, low) TEST(name, low) SET(name, low)
"""


def made(files: dict[str, str], bodies: Bodies | None = None) -> dict[str, tuple[FunctionFact, ...]]:
    corpus = Corpus(facts(files), scope.load()[0], bodies)
    generated.add(corpus)
    return corpus.generated


def test_a_macro_that_uses_others_makes_all_their_functions() -> None:
    found = made({"include/linux/flags.h": f"{FLAGS}\n#ifdef CONFIG_TOY\nFLAG(Error, error)\n#endif\n"})
    assert {path: [row.name for row in rows] for path, rows in found.items()} == {
        "include/linux/flags.h": ["PageError", "SetPageError"]
    }
    test, change = found["include/linux/flags.h"]
    assert {(row.head, row.first, row.last, row.guard, row.parameters) for row in (test, change)} == {
        (14, 14, 14, "CONFIG_TOY", ("page",))
    }
    assert (test.called, change.called) == (("error_bit",), ("set_bit",))
    assert [(call.name, call.line) for call in body_of(test).calls] == [("error_bit", 0)]


def test_a_use_that_the_file_cannot_see_makes_nothing() -> None:
    assert made({"fs/alfa/flags.h": FLAGS, "fs/bravo/a.c": "\nFLAG(Error, error)\n"}) == {}
    assert made({"include/linux/flags.h": FLAGS, "fs/bravo/a.c": "\nFLAG(Error, error)\n"})


@pytest.mark.parametrize(
    "text",
    [
        "#define LOOP(a) LOOP(a) int a(void) { }\nLOOP(x)\n",
        "#define ONE(a) TWO(a) {\n#define TWO(a) ONE(a) {\nONE(x)\n",
        f"#define AAA(a) {'BBB(a) ' * 40}\n#define BBB(a) {'CCC(a) ' * 40}\n#define CCC(a) int a() {{ }}\nAAA(x)\n",
        "#define EMPTY(a) {\nEMPTY()\nEMPTY(,,,)\n",
    ],
    ids=["itself", "each other", "wide", "no arguments"],
)  # fmt: skip
def test_macros_that_lead_nowhere_end(text: str) -> None:
    found = made({"include/linux/a.h": text})
    assert sum(map(len, found.values())) < 200


def test_uses_are_remembered_and_have_their_own_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time, in another file, on another line and under another guard, no text is read."""
    first = {"include/linux/flags.h": FLAGS, "fs/alfa/a.c": "\nFLAG(Error, error)\n"}
    second = {"include/linux/flags.h": FLAGS, "fs/bravo/b.c": "\n\n#ifdef CONFIG_B\nFLAG(Error, error)\n#endif\n"}
    expected = made(second)
    with opened(None) as store:

        def bodies() -> Bodies:
            return Bodies(store, Workers(1), {}, {}, lambda _: ())

        kept = bodies()
        assert made(first, kept) == made(first) != {}
        kept.keep()
        monkeypatch.setattr(generated, "read", _fails)
        assert made(second, bodies()) == expected
        with pytest.raises(AssertionError, match="a text is read"):
            made({**second, "include/linux/flags.h": FLAGS.replace("_bit", "_bits")}, bodies())


def _fails(_: bytes) -> None:
    raise AssertionError("a text is read")
