"""Every corpus thread in every format, and the score on dev: `python -m tests.benchmarks.corpus [--set dev]`.

Prints the time of each set, every thread that did not give a report, and what score.py says of the JSON reports.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

from reviewer import pipeline, sources
from reviewer.options import Options
from reviewer.render import render

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
FORMATS = ("terminal", "markdown", "json", "html", "reply", "rdjson", "sarif")


def run_one(path: Path, formats: tuple[str, ...], out: Path) -> list[str]:
    """Write the JSON report of one thread; returns what failed."""
    failed = []
    try:
        options = Options()
        review = pipeline.review(sources.read(str(path)), options)
    except Exception:  # noqa: BLE001 -- every failure is counted
        return [f"{path.name}: {traceback.format_exc(limit=-3)}"]
    for fmt in formats:
        try:
            text = render(review, fmt, width=80)
        except Exception:  # noqa: BLE001 -- every failure is counted
            failed.append(f"{path.name} {fmt}: {traceback.format_exc(limit=-3)}")
        else:
            if fmt == "json":
                (out / f"{path.stem}.json").write_text(text)
                json.loads(text)
    return failed


def score(name: str, reports: Path) -> dict[str, float]:
    """The figures of score.py for one set."""
    command = [sys.executable, str(CORPUS / "score.py"), "--json"]
    command += [
        "--gold",
        str(CORPUS / name / "gold"),
        "--mbox",
        str(CORPUS / name / "mbox"),
        "--predicted",
        str(reports),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--set", choices=("dev", "train", "both"), default="both")
    parser.add_argument("--formats", default=",".join(FORMATS))
    parser.add_argument("--keep", type=Path, help="directory for the JSON reports")
    args = parser.parse_args()
    if not CORPUS.is_dir():
        print(f"no corpus at {CORPUS}")
        return 1
    failed = []
    for name in ("dev", "train") if args.set == "both" else (args.set,):
        with tempfile.TemporaryDirectory() as scratch:
            out = (args.keep / name) if args.keep else Path(scratch)
            out.mkdir(parents=True, exist_ok=True)
            begin = time.process_time()
            paths = sorted((CORPUS / name / "mbox").glob("*.mbox"))
            for path in paths:
                failed += run_one(path, tuple(args.formats.split(",")), out)
            print(f"{name}: {len(paths)} threads, {time.process_time() - begin:.1f} s CPU")
            for key, value in score(name, out).items():
                print(f"  {key:28} {value}")
    for line in failed:
        print(line)
    print(f"{len(failed)} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
