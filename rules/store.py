"""Where models come from: shipped with the package, or made of a user's tree."""

from functools import lru_cache
from pathlib import Path

from rules import columns
from rules.columns import ModelError
from rules.graph import Model

_SHIPPED = Path(__file__).parent / "models"
_SUFFIX = ".msgpack.gz"


class UnknownVersionError(ValueError):
    """No shipped model has this version."""


def shipped() -> tuple[str, ...]:
    """Versions of the shipped models, oldest first: "5.10.262"."""
    names = [path.name for path in _SHIPPED.iterdir()] if _SHIPPED.is_dir() else []  # a glob would compile a pattern
    return tuple(sorted((name[: -len(_SUFFIX)] for name in names if name.endswith(_SUFFIX)), key=version_key))


def version_key(version: str) -> tuple[int, ...]:
    """Numbers of a version for sorting; what is no number counts 0."""
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))


def find(version: str) -> str:
    """The shipped version that is meant: itself, or the newest of its line ("5.10"). Raises UnknownVersionError."""
    known = shipped()
    wanted = version.removeprefix("v").split(".")
    line = [name for name in known if name.split(".")[:2] == wanted[:2]]
    if version.removeprefix("v") in known:
        return version.removeprefix("v")
    if not line or len(wanted) < 2:
        raise UnknownVersionError(f"no model of kernel {version}; there are {', '.join(known) or 'none'}")
    return line[-1]


@lru_cache(maxsize=4)
def load(version: str) -> Model:
    """The shipped model of a version or its line. Raises UnknownVersionError, ModelError."""
    return read(_SHIPPED / f"{find(version)}{_SUFFIX}")


def for_tree(directory: Path, cache: Path | None = None) -> Model:
    """The model of a work tree, indexed on demand; `cache` is where facts are kept. Raises rules.indexing.TreeError.

    A commit of a repository needs git: see reviewer.gittree.
    """
    from rules.indexing import WorkTree, index

    return index(WorkTree(directory), cache).model


def read(path: Path) -> Model:
    """A model from a file. Raises OSError, ModelError."""
    return Model(columns.decode(path.read_bytes()))


__all__ = ["ModelError", "UnknownVersionError", "find", "for_tree", "load", "read", "shipped", "version_key"]
