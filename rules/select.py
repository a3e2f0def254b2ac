"""Which shipped model a patch is read against.

In this order: a model made from the very pre-image of the changed files (the `index` line names a blob), or of half of
those that it has: a file that stayed as it was for years tells nothing of the others; else, nearest
first, the first model that knows every function the hunks change; else the one that knows most of them; else, if none
knows any, the nearest. Nearest is by the kernel that the subject names ("[PATCH 5.15 1/9]"), else by the date. Models
that have none of the changed files are not asked. How the choice was made, and how far it is, is part of the answer.

`blobs.idx` holds the blob ids of all shipped models, so that no model is loaded only to look for them. It is written by
`python -m tests.model_index --update`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from rules import packed, store
from rules.change import Change
from rules.model import Function, Value

INDEX = Path(__file__).parent / "models" / "blobs.idx"
_DIGITS = 12  # of a blob id in the index; patches carry 7 to 14
_SHORTEST = 7  # hex digits: as short as git abbreviates a blob id
_MONTH = 30.44  # days
# Releases of the mainline before the first one of a major version, counted from 3.0: 3.19 was followed by 4.0.
_BEFORE = {3: 0, 4: 20, 5: 41, 6: 61, 7: 81}

# When the mainline version came out; 7.3: when its first Debian package did. A patch that is older or newer than all
# is read against the nearest.
RELEASED = {"5.10": "2020-12-13", "6.1": "2022-12-11", "6.12": "2024-11-17", "7.3": "2026-11-01"}

Fit = Literal["exact", "nearest", "by-name", "by-date", "asked"]


class Names(Protocol):
    """What is asked of a model here."""

    version: str
    tree: str

    def named(self, name: str) -> tuple[Function, ...]:
        """Every definition of a name."""

    def holds(self, path: str, blob: str) -> bool:
        """Whether the model was made from this version of the file."""


class Selection(Value, frozen=True, kw_only=True):
    """A model and how well it fits."""

    version: str
    fit: Fit
    why: str


class BlobIndex(Value, frozen=True, kw_only=True):
    """Blob ids by path, one for each version, "" where a version lacks the file."""

    versions: tuple[str, ...]
    paths: dict[str, tuple[str, ...]]


def index_of(models: Iterable[tuple[str, Mapping[str, str]]]) -> bytes:
    """The bytes of `blobs.idx` for (version, path to blob id) pairs; equal input gives equal bytes."""
    tables = tuple(models)
    paths = sorted({path for _, blobs in tables for path in blobs})
    index = BlobIndex(
        versions=tuple(version for version, _ in tables),
        paths={path: tuple(blobs.get(path, "")[:_DIGITS] for _, blobs in tables) for path in paths},
    )
    return packed.pack(msgspec.json.encode(index))


def choose(change: Change, load: Callable[[str], Names] = store.load) -> Selection:
    """The shipped model for a change. Raises UnknownVersionError when none is shipped."""
    versions = store.shipped()
    if not versions:
        raise store.UnknownVersionError("no kernel model is shipped")
    index = _index()
    exact = _by_blob(change, index)
    if exact is not None:
        return exact
    wanted = needed(change)
    ordered = _nearest_first(versions, change)
    best, most = ordered[0], 0 if wanted else -1  # to have a file without its functions is no reason
    for version in _having(change, ordered, index):
        known = sum(bool(load(version).named(name)) for name in wanted)
        if known > most:
            best, most = version, known
        if known == len(wanted):
            break
    return _by_names(change, load(best), wanted)


def _having(change: Change, ordered: Sequence[str], index: BlobIndex) -> list[str]:
    """The versions that have one of the changed files."""
    found = {
        version
        for file in change.files
        for version, blob in zip(index.versions, index.paths.get(file.old_path, ()), strict=False)
        if blob
    }
    return [version for version in ordered if version in found]


def fit_of(change: Change, model: Names) -> Selection:
    """How well a model fits a change that it was not chosen for."""
    held = _held(change, model)
    return _exact(change, model.version, held) if held else _by_names(change, model, needed(change))


def _exact(change: Change, version: str, held: Collection[str]) -> Selection:
    """`held`: paths of the changed files whose pre-image the model was made from."""
    every = {file.old_path for file in change.files if file.old_blob.strip("0")}
    of = f", {len(held)} of the {len(every)} changed files" if len(every) > 1 else ""
    return Selection(version=version, fit="exact", why=f"made from the pre-image of {next(iter(held))}{of}")


def _by_names(change: Change, model: Names, wanted: tuple[str, ...]) -> Selection:
    known = [name for name in wanted if model.named(name)]
    if not wanted:
        what = "every function that it changes is new" if change.functions else "the patch changes no C function"
        return Selection(version=model.version, fit="by-date", why=f"{_distance(change, model.version)}; {what}")
    distance = _distance(change, model.version)
    if len(known) == len(wanted):
        return Selection(version=model.version, fit="nearest", why=f"{distance}; it knows {_all(wanted)}")
    if known:
        missing = ", ".join(name for name in wanted if name not in known)
        why = f"{distance}; it knows {len(known)} of the {len(wanted)} changed functions, but not {_cut(missing)}"
        return Selection(version=model.version, fit="by-name", why=why)
    return Selection(
        version=model.version, fit="by-date", why=f"{distance}; it knows none of the {_changed(len(wanted))}"
    )


def asked(change: Change, model: Names) -> Selection:
    """The fit of a model that the user named."""
    found = fit_of(change, model)
    if found.fit == "exact":
        return found
    return msgspec.structs.replace(found, fit="asked", why="by option; " + (found.why.partition("; ")[2] or found.why))


def needed(change: Change) -> tuple[str, ...]:
    """Changed functions that were there before the patch; what it adds no kernel has."""
    new = change.new_functions()
    return tuple(dict.fromkeys(name for name, file in change.placed_functions if (name, file) not in new))


def _by_blob(change: Change, index: BlobIndex) -> Selection | None:
    same: dict[str, dict[str, None]] = {version: {} for version in index.versions}
    has: dict[str, set[str]] = {version: set() for version in index.versions}
    for file in change.files:
        blob = file.old_blob.lower()
        for version, own in zip(index.versions, index.paths.get(file.old_path, ()), strict=False):
            size = min(len(blob), len(own))
            if size >= _SHORTEST:
                has[version].add(file.old_path)
                if own[:size] == blob[:size]:  # of several patches to a file only the first has it
                    same[version].setdefault(file.old_path)
    found = tuple(
        version for version in index.versions if same[version] and 2 * len(same[version]) >= len(has[version])
    )
    if not found:
        return None
    version = max(_nearest_first(found, change), key=lambda one: len(same[one]))
    return _exact(change, version, same[version])


def _index() -> BlobIndex:
    try:
        return msgspec.json.decode(packed.unpack(INDEX.read_bytes()), type=BlobIndex)
    except FileNotFoundError:
        return BlobIndex(versions=(), paths={})


def _held(change: Change, model: Names) -> list[str]:
    held = (file.old_path for file in change.files if file.old_blob and model.holds(file.old_path, file.old_blob))
    return list(dict.fromkeys(held))


def _nearest_first(versions: tuple[str, ...], change: Change) -> list[str]:
    """By distance of the release from the one that the patch is for, else from its date; else the newest first."""
    line = _ordinal(change.meant_for)
    if line is not None:
        far = len(_BEFORE) * 100
        away = {version: abs(at - line) if (at := _ordinal(version)) is not None else far for version in versions}
        return sorted(versions, key=lambda version: (away[version], store.version_key(version)))
    day = _day(change.date)
    if day is None:
        return sorted(versions, key=store.version_key, reverse=True)
    return sorted(versions, key=lambda version: (abs((_released(version) - day).days), version))


def released_before(version: str, when: str) -> bool:
    """Whether a shipped model's kernel came out before a date; no when the date cannot be read."""
    day = _day(when)
    return day is not None and _released(version) < day


def _released(version: str) -> date:
    line = ".".join(version.split(".")[:2])
    return _day(RELEASED.get(line, "")) or date.max


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _ordinal(version: str) -> int | None:
    """The place of a version's line among the releases of the mainline; None when it is not known."""
    numbers = store.version_key(version)[:2]
    return _BEFORE[numbers[0]] + numbers[1] if len(numbers) == 2 and numbers[0] in _BEFORE else None


def _distance(change: Change, version: str) -> str:
    """How far the model's kernel is from the patch, in words."""
    line = ".".join(version.split(".")[:2])
    meant, own = _ordinal(change.meant_for), _ordinal(version)
    if meant is not None and own is not None:
        told = f"the patch is for {change.meant_for}"
        if meant == own:
            return told
        return f"{told}, Linux {line} came out {_count(abs(own - meant), 'release')} {_side(own > meant)} that"
    day, released = _day(change.date), _released(version)
    if day is None:
        return "the newest, for the patch has no date"
    if released == date.max:
        return f"when Linux {line} came out is not recorded"
    days = (released - day).days
    months = round(abs(days) / _MONTH)
    away = _count(months, "month") if months else "less than a month"
    return f"Linux {line} came out {away} {_side(days > 0)} the patch"


def _side(later: bool) -> str:
    return "after" if later else "before"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _changed(number: int) -> str:
    return f"{number} changed functions" if number > 1 else "changed functions"


def _all(names: tuple[str, ...]) -> str:
    if len(names) < 3:
        return " and ".join(f"{name}()" for name in names)
    return f"all {len(names)} changed functions"


def _cut(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[:most].rpartition(", ")[0] + ", ..."
