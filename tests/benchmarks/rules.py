"""How often each objection rule fires over real patches.

    python -m tests.benchmarks.rules [--hits] [--reverse] [--diffs OLD NEW [--hunks]]
    python -m tests.benchmarks.rules --archive REPO [--archive REPO ...] --sample N --seed S [--changing REGEX]
        [--every] [--top DIR ...] [--years FIRST LAST] [--half first|second] [--hits] [--rule ID]

Without --diffs it takes every patch series of ../shared/corpus; with it, every file of fs/ and mm/ that differs between
two kernel trees counts as one patch (stable updates: real fixes, without their messages). With --archive it takes a
random sample of the patches of public-inbox archives, one mail at a time, that are not in the corpus; --half parts
them by a hash of their titles, so that rules can be mended on the first half and counted on the second. --hits prints
each hit with its text, to be read beside the source. With the corpus it also counts, for the annotated points of kind
placement and scope, how many have a computed answer or an objection beside them.
"""

import argparse
import difflib
import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from msgspec.structs import replace

from reviewer import change as changes
from reviewer import joins, sources
from rules import objections, select, store
from rules.change import Change
from rules.graph import Model
from tests.benchmarks import archive
from threads import diff, ledger, messages, quoting, series, subjects, tree
from threads.model import FileDiff, Identity, Patch, Point, Series, Thread

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
_DIFF_CAP = 400_000  # bytes of a file that are compared


def choose(change: Change) -> Model:
    """The shipped model with most of the pre-image blobs, then with most of the functions."""

    def fits(version: str) -> tuple[int, int]:
        model = store.load(version)
        exact = sum(model.holds(file.old_path, file.old_blob) for file in change.files if file.old_blob)
        return exact, sum(bool(model.named(name)) for name in change.functions)

    return store.load(max(store.shipped(), key=fits))


def threads() -> Iterator[tuple[str, Thread, Series, tuple[Point, ...]]]:
    """Each corpus thread that holds a patch, with its last version and its points."""
    for path in sorted(CORPUS.glob("*/mbox/*.mbox")):
        mails = sources.read(str(path))
        thread = tree.build(tuple(messages.parse_message(raw, where) for raw, where in mails.raws))
        found = series.find(thread)
        if found:
            points = ledger.build(thread, found, quoting.read(thread)).points
            yield path.stem, thread, found[-1], points


def corpus(hits: bool, backwards: bool) -> None:
    fired: Counter[str] = Counter()
    patches = linked = 0
    asked: Counter[str] = Counter()
    started = time.process_time()
    for name, thread, last, points in threads():
        model = choose(changes.of_series(last, thread.messages))
        change = changes.of_series(last, thread.messages, model)
        change = _reversed(change) if backwards else change
        joined = joins.of_change(change, model, points, pedantic=True)
        patches += 1
        fired.update(dict.fromkeys((one.rule for one in joined.objections), 1))
        linked += sum(bool(one.raised_by) for one in joined.objections)
        asked.update(_gold(name, points, joined))
        for one in joined.objections if hits else ():
            print(f"{name} {model.version} {one.rule} {one.file}:{one.line}\n    {one.text}\n    {one.link[:300]}")
    _report(fired, patches)
    print(f"{linked} objections linked to a point; {time.process_time() - started:.1f} s CPU")
    for kind in ("placement", "scope"):
        print(
            f"gold points of kind {kind}: {asked[kind]}, with an answer or objection beside: {asked[kind + ' beside']}"
        )


def _gold(name: str, points: tuple[Point, ...], joined: joins.Joined) -> Iterator[str]:
    """Annotated points of a thread, and those whose own text the ledger has with something computed beside it."""
    path = next(CORPUS.glob(f"*/gold/{name}.json"))
    beside = {answer.point for answer in joined.answers} | {p for one in joined.objections for p in one.raised_by}
    for gold in json.loads(path.read_text())["points"]:
        if gold["kind"] not in ("placement", "scope"):
            continue
        yield gold["kind"]
        quote = " ".join(gold["quote"].split())
        mine = (p for p in points if p.msgid == gold["message_id"] and quote in " ".join(p.text.split()))
        if any(point.id in beside for point in mine):
            yield gold["kind"] + " beside"


def between(old: Path, new: Path, hits: bool, backwards: bool, hunks: bool) -> None:
    """Every differing C file of two trees as a patch of its own, or every hunk."""
    fired: Counter[str] = Counter()
    patches = 0
    for whole in _differences(old, new):
        model = choose(whole)
        for forward in _single_hunks(whole) if hunks else (whole,):
            change = _reversed(forward) if backwards else forward
            run = objections.run(change, model, pedantic=True)
            patches += 1
            fired.update(dict.fromkeys((hit.rule.id for hit in run.hits), 1))
            for hit in run.hits if hits else ():
                finding = hit.finding
                print(f"{hit.rule.id} {finding.file}:{finding.line} {finding.function}\n    {finding.text}")
    _report(fired, patches)


def mailed(args: argparse.Namespace) -> None:
    """A sample of archived patches, each against the model that a review of it would select."""
    fired: Counter[str] = Counter()
    patches = 0
    hits, only = args.hits, args.rule
    first, last = args.years
    for message, own in archive.sample(
        args.archive,
        args.sample,
        args.seed,
        _known(),
        args.changing,
        every=args.every,
        tops=tuple(args.top),
        years=(first, last),
    ):
        if args.half and args.half != _half(message.subject):
            continue
        change = changes.of_series(own, (message,))
        model = store.load(select.choose(change).version)
        change = changes.of_series(own, (message,), model)
        joined = joins.of_change(change, model, (), pedantic=True)
        patches += 1
        fired.update(dict.fromkeys((one.rule for one in joined.objections), 1))
        for one in joined.objections if hits else ():
            if only in ("", one.rule):
                print(f"{one.rule} {message.msgid} {change.date} {model.version}\n    {change.subject}")
                print(f"    {one.file}:{one.line} {one.text}")
    _report(fired, patches)


def _half(subject: str) -> str:
    """The same for all versions of a patch."""
    title = subjects.read(subject).title.lower()
    return ("first", "second")[hashlib.sha256(title.encode()).digest()[0] & 1]


def _known() -> frozenset[str]:
    """Message-ids of the corpus: the rules were tuned on them."""
    mails = (sources.read(str(path)).raws for path in sorted(CORPUS.glob("*/mbox/*.mbox")))
    return frozenset(messages.parse_message(raw, where).msgid for raws in mails for raw, where in raws)


def _differences(old: Path, new: Path) -> Iterator[Change]:
    for top in ("fs", "mm"):
        for path in sorted((old / top).rglob("*.c")):
            other = new / path.relative_to(old)
            if not other.exists() or path.stat().st_size > _DIFF_CAP:
                continue
            before, after = path.read_text("latin-1"), other.read_text("latin-1")
            if before == after:
                continue
            name = str(path.relative_to(old))
            lines = difflib.unified_diff(before.splitlines(), after.splitlines(), f"a/{name}", f"b/{name}", lineterm="")
            text = "\n".join([f"diff --git a/{name} b/{name}", *lines]) + "\n"
            yield changes.of_series(_as_series(name, diff.files(text, 0)[0]), ())


def _single_hunks(change: Change) -> Iterator[Change]:
    for file in change.files:
        for hunk in file.hunks:
            yield replace(change, files=(replace(file, hunks=(hunk,)),))


def _as_series(name: str, files: tuple[FileDiff, ...]) -> Series:
    nobody = Identity(name="", address="")
    patch = Patch(
        msgid=name,
        subject=name,
        prefix=("PATCH",),
        version=1,
        number=1,
        total=1,
        author=nobody,
        message_lines=(0, 0),
        trailers=(),
        files=files,
    )
    return Series(version=1, resend=False, subject=name, author=nobody, cover=None, patches=(patch,), expected=1)


def _reversed(change: Change) -> Change:
    """The patch that undoes this one: of a fix, the patch that brings the bug."""
    swap: dict[str, Literal["+", "-", " "]] = {"+": "-", "-": "+", " ": " "}
    files = []
    for file in change.files:
        hunks = []
        for hunk in file.hunks:
            lines = (replace(line, sign=swap[line.sign], old=line.new, new=line.old) for line in hunk.lines)
            hunks.append(replace(hunk, lines=tuple(lines)))
        files.append(replace(file, hunks=tuple(hunks)))
    return replace(change, files=tuple(files))


def _report(fired: Counter[str], patches: int) -> None:
    print(f"{patches} patches")
    for rule in objections.known():
        mark = " (pedantic)" if rule.pedantic else ""
        print(f"  {rule.id:30} fires on {fired[rule.id]:4}{mark}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--hits", action="store_true", help="print each hit")
    parser.add_argument("--diffs", nargs=2, type=Path, metavar=("OLD", "NEW"), help="two kernel trees")
    parser.add_argument("--reverse", action="store_true", help="take each patch backwards: fixes become their bugs")
    parser.add_argument("--hunks", action="store_true", help="with --diffs, take each hunk as a patch")
    parser.add_argument("--archive", action="append", type=Path, metavar="REPO", help="bare epoch of a public-inbox")
    parser.add_argument("--sample", type=int, default=600, metavar="N", help="with --archive, so many patches")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="with --archive, which patches")
    parser.add_argument("--changing", default="", metavar="REGEX", help="with --archive, only patches with such a line")
    parser.add_argument("--every", action="store_true", help="with --archive, also patches without page cache words")
    parser.add_argument("--top", action="append", default=[], metavar="DIR", help="with --archive, another folder")
    parser.add_argument("--years", nargs=2, default=["2020", "2026"], metavar=("FIRST", "LAST"), help="with --archive")
    parser.add_argument("--half", choices=("first", "second"), help="with --archive, patches by a hash of their title")
    parser.add_argument("--rule", default="", metavar="ID", help="with --archive, print only the hits of this rule")
    args = parser.parse_args()
    if args.archive:
        mailed(args)
    elif args.diffs:
        between(args.diffs[0], args.diffs[1], args.hits, args.reverse, args.hunks)
    else:
        corpus(args.hits, args.reverse)


if __name__ == "__main__":
    main()
