"""Files that a test compares an output with. `python -m tests.goldens --update` writes them anew."""

import argparse
import difflib
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from reviewer.render import difftext, html, json_v1, markdown, rdjson, reply, sarif, terminal
from reviewer.render.hunkview import Choice
from tests.reviewer.render import sample

DIRECTORY = Path(__file__).parent / "reviewer" / "render" / "goldens"
SCHEMA = Path(json_v1.__file__).with_name("review-v1.schema.json")


def outputs() -> Iterator[tuple[Path, str]]:
    """Every golden file with what it must hold."""
    yield SCHEMA, msgspec.json.format(msgspec.json.encode(json_v1.schema(), order="sorted"), indent=2).decode() + "\n"
    for name, review in (("typical", sample.typical()), ("empty", sample.empty()), ("settled", sample.settled())):
        for suffix, text in (
            ("page.txt", terminal.render(review)),
            ("page-40.txt", terminal.render(review, columns=40)),
            ("verbose.txt", terminal.render(review, verbose=True)),
            ("color.txt", terminal.render(review, color=True)),
            ("diff.txt", difftext.render(review)),
            ("diff-open.txt", difftext.render(review, Choice(only_open=True, unified=1), room=80)),
            ("diff-color.txt", difftext.render(review, color=True, room=80)),
            ("md", markdown.render(review)),
            ("verbose.md", markdown.render(review, verbose=True)),
            ("json", json_v1.render(review)),
            ("html", html.render(review)),
            ("reply.txt", reply.render(review)),
            ("rdjson", rdjson.render(review)),
            ("sarif", sarif.render(review)),
        ):
            yield DIRECTORY / f"{name}.{suffix}", text


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true", help="write the files instead of comparing them")
    update = parser.parse_args().update
    differ = 0
    for path, text in outputs():
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        if old == text:
            continue
        differ += 1
        if update:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        else:
            sys.stdout.writelines(
                difflib.unified_diff(old.splitlines(True), text.splitlines(True), str(path), "what is written now")
            )
    print(f"{differ} files {'written' if update else 'differ'}")
    return 0 if update or not differ else 1


if __name__ == "__main__":
    sys.exit(main())
