"""The diffstat that a patch mail carries, held against the diff itself. Pure."""

import re
from collections.abc import Sequence

from threads.model import FileDiff

_TOTAL = re.compile(
    r" ([0-9]{1,9}) files? changed(?:, ([0-9]{1,9}) insertions?\(\+\))?(?:, ([0-9]{1,9}) deletions?\(-\))?\s*"
)


def disagreement(lines: Sequence[str], files: Sequence[FileDiff]) -> str:
    """What the total under the "---" line says and the diff does not, "" when they agree or there is no total.

    `lines` begin at the "---" line; only those before the first diff are read. Binary files count no lines.
    """
    for line in lines:
        if line.startswith(("diff --git ", "@@ -")):
            return ""
        if match := _TOTAL.fullmatch(line[:200]):
            said = tuple(int(figure or 0) for figure in match.groups())
            break
    else:
        return ""
    signs = [line.sign for file in files for hunk in file.hunks for line in hunk.lines]
    found = (len(files), signs.count("+"), signs.count("-"))
    if said == found:
        return ""
    return f"the diffstat says {_words(*said)}, the diff has {_words(*found)}"


def _words(files: int, added: int, removed: int) -> str:
    return f"{files} files, +{added} -{removed}"
