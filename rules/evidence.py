"""What a statement about code rests on: places and cells of tables, and how state sites are told in words.

Sites are facts of the model's tree; what is said of them here is only what their function, their spelling and their
enclosing condition show. Whether a site is on an error path is a hint taken from the condition, and the condition is
printed with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rules.filesystem_names import filesystem_of
from rules.model import Function, Site, Value

if TYPE_CHECKING:
    from rules.graph import Model

# What brings a page into the state that a check looks for. Testing uptodate guards against its clearing; testing error
# or dirty guards against its setting.
PRODUCED_BY = {
    "uptodate": "clear",
    "error": "set",
    "mapping_error": "set",
}
_ERROR_WORD = re.compile(
    r"\b(?:err\w*|\w*error\w*|fail\w*|\w*status\w*|ret|rc|result|IS_ERR\w*|\w*written\w*)\b|!\(?\w*\(?uptodate"
)
_METADATA = re.compile(
    r"meta|node_page|node_folio|super|extent_buffer|(?:^|_)eb_|_eb$|_mst_|mft|bitmap|btree|dentry|dir_"
)
_WRITE_NAME = re.compile(r"writ|ioend|discard|dirty|flush")
_READ_NAME = re.compile(r"read|decompress|verif|fill")


class Spot(Value, frozen=True, kw_only=True):
    """A place in the source tree of the model."""

    file: str
    line: int
    function: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Cell(Value, frozen=True, kw_only=True):
    """One cell of a table: words, and the places that they rest on."""

    text: str
    spots: tuple[Spot, ...] = ()
    near: bool = False  # of a state's origin: in the filesystem or library that the change goes through


def definition(function: Function) -> Spot:
    return Spot(file=function.file, line=function.first, function=function.name)


def spot_of(model: Model, site: Site) -> Spot:
    function = model.functions[site.function]
    return Spot(file=function.file, line=site.line, function=function.name)


def home_of(file: str) -> str:
    """The filesystem of a file, or a name for what several share: "iomap", "mm", "vfs", "block", "drivers/gpu"."""
    if own := filesystem_of(file):
        return own
    parts = file.split("/")
    if parts[0] == "fs":
        return parts[1] if len(parts) > 2 else "vfs"
    return "/".join(parts[:2]) if parts[0] == "drivers" and len(parts) > 2 else parts[0]


def under_error(site: Site) -> bool:
    """The condition that the site stands under speaks of an error."""
    return bool(_ERROR_WORD.search(site.condition[:400]))


def made(model: Model, state: str) -> tuple[Site, ...]:
    """Where file pages are brought into a state after an error, writes first; metadata is left out.

    A site without any condition counts when it stands in a write function: error labels leave no condition.
    """
    op = PRODUCED_BY.get(state)
    if op is None:
        return ()
    found = [site for site in model.sites_of(state, "clear" if op == "clear" else "set") if _after_error(model, site)]
    return tuple(sorted(found, key=lambda site: side_of(model.functions[site.function].name) != "write"))


def _after_error(model: Model, site: Site) -> bool:
    name = model.functions[site.function].name
    if of_metadata(name):
        return False
    return under_error(site) or (not site.condition and "writ" in name)


def of_metadata(function: str) -> bool:
    """The function's name says that its pages are the filesystem's own, never mapped by a user."""
    return bool(_METADATA.search(function))


def side_of(function: str) -> str:
    """ "write", "read" or "" by the name of the function that holds a site."""
    name = function.lower()
    if "write_begin" in name or "prepare_write" in name:
        return "read"  # what fails there is the reading of a page that was not uptodate before
    if _WRITE_NAME.search(name):
        return "write"
    return "read" if _READ_NAME.search(name) else ""


def told(model: Model, sites: Iterable[Site], limit: int = 4) -> str:
    """Sites in words: `btrfs_foo() under "error"`."""
    by_function: dict[int, Site] = {}
    for site in sites:
        by_function.setdefault(site.function, site)
    shown = [_one(model, site) for site in list(by_function.values())[:limit]]
    more = len(by_function) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _one(model: Model, site: Site) -> str:
    name = model.functions[site.function].name
    return f"{name}() if {_short(site.condition)}" if site.condition else f"{name}()"


def _short(condition: str, limit: int = 60) -> str:
    last = condition.rsplit(" && ", 1)[-1] if len(condition) > limit else condition
    return last if len(last) <= limit else last[: limit - 3] + "..."


def names(words: Sequence[str], limit: int = 12) -> str:
    """ "btrfs, ceph and f2fs", the rest counted beyond `limit`."""
    shown = list(words[:limit])
    more = len(words) - len(shown)
    if more > 0:
        return f"{', '.join(shown)} and {more} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
