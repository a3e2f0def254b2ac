"""gcc's own call graph, read from its dumps: the truth that the extraction is measured against.

`gcc -fdump-ipa-cgraph` writes the symbol table five times; the first one, "Initial Symbol table", is from before any
inlining. `gcc -aux-info` names every function definition with its file and line. Facts of one configuration: branches
that the preprocessor or a constant IS_ENABLED() removes are not there.
"""

import re
from collections.abc import Iterable, Iterator

_SYMBOL = re.compile(r"^([\w.$]++)/(\d++) \(")
_TYPE = re.compile(r"^  Type: (function definition|variable definition)")
# A name is only tried at its beginning: tried at each of its letters, a long word takes time by its square.
_NAMES = re.compile(r"(?<![\w.$])([\w.$]++)/\d++")
_ADDRESSES = re.compile(r"(?<![\w.$])([\w.$]++)/\d++ \(addr\)")
_DEFINITION = re.compile(r"^/\* (\S+?):(\d+):\wF \*/ (.*)$")
_CALLED = re.compile(r"\b([A-Za-z_]\w*+) \(")


def read_dump(lines: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    """{"f": function -> names called, "v": variable -> functions whose address it holds} of a `.000i.cgraph` dump."""
    functions: dict[str, list[str]] = {}
    variables: dict[str, list[str]] = {}
    name, kind = "", ""
    for line in _first_table(lines):
        symbol = _SYMBOL.match(line)
        if symbol:
            name, kind = symbol[1], ""
        elif not kind and (found := _TYPE.match(line)):
            kind = found[1]
        elif line.startswith("  Calls:") and kind.startswith("function"):
            functions[name] = sorted(set(_NAMES.findall(line[8:])))
        elif line.startswith("  References:") and kind.startswith("variable"):
            variables[name] = sorted(set(_ADDRESSES.findall(line)))
    return {"f": functions, "v": {name: held for name, held in variables.items() if held}}


def _first_table(lines: Iterable[str]) -> Iterator[str]:
    inside = False
    for line in lines:
        if line.startswith("Initial Symbol table"):
            inside = True
        elif line.startswith("Reclaimed Symbol table"):
            return
        elif inside:
            yield line


def read_definitions(lines: Iterable[str], path: str) -> dict[str, int]:
    """Function -> line of the definitions that an `-aux-info` file places in `path` (compared by its end)."""
    found: dict[str, int] = {}
    for line in lines:
        match = _DEFINITION.match(line)
        if match and match[1].endswith(path):
            name = _CALLED.search(match[3])
            if name:
                found[name[1]] = int(match[2])
    return found


def truth_of(dump: Iterable[str], definitions: dict[str, int]) -> dict[str, dict[str, list[str]]]:
    """The dump's facts of the functions that the C file itself defines."""
    facts = read_dump(dump)
    return {
        "f": {name: calls for name, calls in facts["f"].items() if name.split(".")[0] in definitions},
        "v": facts["v"],
    }
