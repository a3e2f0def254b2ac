"""New code uses an interface that the kernel's documentation deprecates.

What:
The patch adds a call of kmap() or kmap_atomic() (since 2022), strcpy(), strncpy(), strlcpy(), simple_strtoul() and its
kin, create_workqueue(), or an allocation whose size is an open-coded product with sizeof, and takes no such call away.

Why it matters:
Documentation/process/deprecated.rst and Documentation/mm/highmem.rst say what is wrong with each (overruns, lost
terminators, products that overflow, a global lock) and what to use. What is added has to be converted later.

Known false positives:
Code that moves here from a place that the patch does not show.

Example:
    +    label = kmap_atomic(page);

Measured:
On patches that it was not mended on, from 17 archives (seed 41, second half; seeds 42 to 44, 47), 41 of 49 hits read
were right, one hit a patch; half of the wrong ones are patches for a boot loader.
"""

import re

from rules.change import Change
from rules.objections.base import Facts, Finding, Rule
from rules.objections.common import LINE_CAP, code_of, function_of

_CALLS = re.compile(
    r"(?<![\w>.])(kmap|kmap_atomic|strcpy|strncpy|strlcpy|simple_strto(?:u?ll?)|create_(?:singlethread_)?workqueue)\("
)
_PRODUCT = re.compile(
    r"(?<![\w>.])(k[mz]alloc|kv[mz]alloc|v[mz]alloc)\([ \t]*"
    r"(?:sizeof\([^()]*\)[ \t]*\*[ \t]*[a-z][\w>.-]*|[a-z][\w>.-]*[ \t]*\*[ \t]*sizeof\([^()]*\))[ \t]*[,)]"
)
_INSTEAD = {
    "kmap": "kmap_local_folio() or kmap_local_page()",
    "kmap_atomic": "kmap_local_folio() or kmap_local_page()",
    "strcpy": "strscpy()",
    "strncpy": "strscpy() or strtomem()",
    "strlcpy": "strscpy()",
    "create_workqueue": "alloc_workqueue()",
    "create_singlethread_workqueue": "alloc_ordered_workqueue()",
}
_LOCAL_KMAP = "2022"  # kmap_local_page() came with 5.11 and was asked for widely a year later
_MOVES = re.compile(r"\b(?:mov(?:e|ing)|factor|split|refactor\w*|revert|rename|crossport)\b", re.I)


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:
    if _MOVES.search(change.subject[:300]):
        return ()
    gone = {name for text in facts.gone for name in _CALLS.findall(text)}
    allocated = any("alloc(" in text and "sizeof" in text for text in facts.gone)
    found: dict[str, Finding] = {}
    for hunk, line in facts.new_lines:
        if "(" not in line.text:
            continue
        text = code_of(line.text[:LINE_CAP])
        call = _CALLS.search(text)
        product = _PRODUCT.search(text) if call is None and "sizeof" in text and not allocated else None
        if call and call[1] not in gone and not (call[1].startswith("kmap") and change.date < _LOCAL_KMAP):
            told = f"{call[1]}() is deprecated; {_INSTEAD.get(call[1], 'kstrtoul() or its kin')} takes its place."
            name = call[1]
        elif product:
            told = f"The size of {product[1]}() is a product that can overflow; {_array(product[1])} checks it."
            name = product[1]
        else:
            continue
        if name not in found:
            found[name] = Finding(
                text=told,
                file=hunk.file,
                line=line.new,
                function=function_of(hunk, line),
                words=(name, "deprecated"),
            )
    return tuple(found.values())


def _array(name: str) -> str:
    start = "kv" if name.startswith("kv") else "v" if name.startswith("v") else "k"
    return f"{start}calloc()" if "z" in name else f"{start}malloc_array()"


RULE = Rule(
    id="deprecated-interface",
    title="New code uses a deprecated interface",
    severity="low",
    confidence="high",
    kinds=("readability", "approach"),
    check=_check,
    documentation=__doc__,
)
