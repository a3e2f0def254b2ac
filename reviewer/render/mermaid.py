"""The path to the change as a Mermaid flowchart: labels of letters only, identifiers made here."""

from reviewer.neutral import mermaid as label
from reviewer.render import headline, words
from reviewer.review import Review, Step

_MOST = 24  # nodes; more cannot be read


def diagram(review: Review, chains: int = 3) -> str:
    """A few chains to the changed functions in one picture, the changed step marked; "" when there is no chain."""
    shown = words.distinct_chains(headline.hunks(review), chains)
    steps: dict[str, Step] = {}
    for chain in shown:
        for step in chain.steps:
            if step.function not in steps or step.changed:
                steps[step.function] = step
    names = {function: f"n{number}" for number, function in enumerate(list(steps)[:_MOST])}
    if not names:
        return ""
    lines = ["flowchart TD"]
    for function, name in names.items():
        step = steps[function]
        where = label(f"{step.place.file}:{step.place.line}")
        mark = "<br/>changed by this patch" if step.changed else ""
        lines.append(f'  {name}["{label(function)}<br/>{where}{mark}"]{":::changed" if step.changed else ""}')
    for (caller, callee), step in words.edges(shown).items():
        if caller in names and callee in names:
            through = f'|"-#gt;{label(step.operation.rpartition(".")[2])}"|' if step.edge == "operation" else ""
            lines.append(f"  {names[caller]} -->{through} {names[callee]}")
    lines.append("  classDef changed fill:#fff3bf,stroke:#b35900,stroke-width:3px,color:#000")
    return "\n".join(lines)
