"""A 64-bit value is divided with a plain operator.

What:
The patch adds a `/` or `%` whose left side is a variable that the hunk shows declared with 64 bits and whose right side
is no constant.

Why it matters:
On 32-bit machines the compiler calls __udivdi3() or __divdi3(), which the kernel does not have: the build breaks. The
helpers are div_u64(), div64_u64(), do_div() and their kin.

Known false positives:
A divisor that is a power of two the compiler knows; code that is only built for 64 bits (DAX and memory hotplug are
left alone).

Example:
    +    u64 group = block / sbi->blocks_per_group;      (with `u64 block` above it)

Measured:
On patches that it was not mended on, from 21 archives (seed 41, second half; seeds 42 to 47), 11 of 13 hits read were
right, one hit a patch; the two wrong ones are patches for a boot loader. Drivers, of which some are built for 64 bits
only, are left alone.
"""

import re
from collections.abc import Iterator

from rules.change import Change, ChangedHunk
from rules.objections.base import Facts, Finding, Rule
from rules.objections.common import LINE_CAP, code_of, function_of, hunks_of, new_text, one_each

_DECLARES = re.compile(
    r"^\s+(?:const[ \t]+)?(u64|s64|loff_t|sector_t|u?int64_t|unsigned long long|long long|xfs_off_t|xfs_fsblock_t|"
    r"xfs_rfsblock_t|xfs_daddr_t|ext4_fsblk_t)[ \t]+([a-z][^;()]*)"
)
_PARAMETER = re.compile(r"\b(?:u64|s64|loff_t|sector_t|u?int64_t|xfs_off_t|ext4_fsblk_t)[ \t]+(\w+)[ \t]*[,)]")
_DIVIDES = re.compile(r"(?<![\w>.)\]])(\w+)[ \t]+[/%][ \t]*=?[ \t]*([a-z(]\S*)")
_BUILT = ("fs/", "mm/", "block/", "lib/")  # for every machine; of a driver only its Kconfig tells
_ONLY_WIDE_MACHINES = re.compile(r"dax|memory-failure|memory_hotplug|huge_memory|famfs")
_CONSTANT = re.compile(r"\(?(?:sizeof|PAGE_SIZE|SECTOR_SIZE|[A-Z_0-9]+\b)|.*(?:1U?L* <<|ilog2)")


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:  # noqa: ARG001 -- the signature of every rule
    new = frozenset(id(line) for _, line in facts.new_lines)
    added = hunks_of((hunk, line) for hunk, line in facts.new_lines if " / " in line.text or " % " in line.text)
    return one_each(
        finding
        for hunk in added
        if hunk.file.endswith(".c") and hunk.file.startswith(_BUILT) and not _ONLY_WIDE_MACHINES.search(hunk.file)
        for finding in _in_hunk(hunk, new)
    )


def _in_hunk(hunk: ChangedHunk, new: frozenset[int]) -> Iterator[Finding]:
    wide: set[str] = set()
    for line in new_text(hunk):
        text = code_of(line.text[:LINE_CAP])
        if text.startswith("}"):
            wide.clear()
        if match := _DECLARES.match(text):
            wide.update(part.split("=")[0].strip(" *\t") for part in match[2].split(",") if "*" not in part)
        elif not text[:1].isspace() or text.rstrip().endswith((",", ")")):
            wide.update(_PARAMETER.findall(text))
        divides = _DIVIDES.search(text) if id(line) in new and wide else None
        if divides and divides[1] in wide and not _CONSTANT.match(divides[2]):
            yield Finding(
                text=f"{divides[1]} has 64 bits and is divided with a plain operator ('{line.text.strip()[:80]}'); "
                "32-bit builds need div_u64() or its kin.",
                file=hunk.file,
                line=line.new,
                function=function_of(hunk, line),
                words=("div_u64", "do_div", "32-bit", "__udivdi3"),
            )


RULE = Rule(
    id="wide-division",
    title="A 64-bit value is divided with a plain operator",
    severity="medium",
    confidence="high",
    kinds=("correctness",),
    check=_check,
    documentation=__doc__,
)
