"""The blob ids of all shipped models in one file: `python -m tests.model_index [--update]`."""

import sys

from rules import select, store


def current() -> bytes:
    """What `blobs.idx` must hold for the models that are shipped now."""
    return select.index_of((version, store.load(version).blobs) for version in store.shipped())


def main() -> int:
    fresh = current()
    if "--update" in sys.argv[1:]:
        select.INDEX.write_bytes(fresh)
        print(f"{select.INDEX}: {len(fresh)} bytes")
        return 0
    same = select.INDEX.exists() and select.INDEX.read_bytes() == fresh
    print("up to date" if same else "out of date: run with --update")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
