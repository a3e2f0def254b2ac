"""`mkwrite path`: the chains from a path's entries to a function, with what is checked and held on the way."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from reviewer.commands.options import kernel_options
from reviewer.errors import Failure
from rules import pathfiles
from rules.feasible import split
from rules.filesystem_names import filesystem_of
from rules.met import JUMP

if TYPE_CHECKING:
    from rules.chains import Chain, Chains, Step
    from rules.graph import Model
    from rules.met import Met, Walk
    from rules.pathfiles import PathFile

SHOWN = 12  # chains printed without --all
_OPS = ("test", "check", "assert", "lock", "start")


@click.command("path", short_help="Show the call chains from a path's entries to a function.")
@click.argument("function")
@click.option(
    "--path",
    "wanted",
    type=click.Choice([*pathfiles.NAMES, "any"]),
    help="The path to look at. Default: the page fault, and the others when it does not reach FUNCTION.",
)
@click.option("--to", metavar="FUNCTION", help="Chains from FUNCTION to this one instead of from the entries to it.")
@click.option("--without-check", metavar="STATE", help="Only chains on which this is not tested, e.g. uptodate.")
@click.option("--all", "everything", is_flag=True, help="Also infeasible chains, and every way between two landmarks.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@kernel_options
def command(
    *,
    function: str,
    wanted: str | None,
    to: str | None,
    without_check: str | None,
    everything: bool,
    form: str,
    kernel: str | None,
    tree: str | None,
    rev: str | None,
) -> None:
    """Show the call chains from a path's entries to FUNCTION.

    Each step has its definition and the line of the call, the kind of call when it is not a plain one, and the
    condition it stands under; below a chain stand the checks and locks met before FUNCTION is entered. Chains that
    arguments and conditions rule out are left out and counted.
    """
    from reviewer.commands.opening import functions, opened

    subject = _subject(without_check)
    model = opened(kernel, tree, rev)
    named = functions(model, function)
    targets, starts = (functions(model, to), named) if to else (named, None)
    ask = _Question(model, targets, starts, subject, everything)
    answers = _answers(ask, wanted)
    click.echo(
        _json(model, function, to, answers)
        if form == "json"
        else _text(model, to or function, answers, wanted in (None, "any"))
    )


def _subject(name: str | None) -> str:
    from rules import concepts

    if name and name not in concepts.subjects():
        raise Failure(f'no state is called "{name}"', f"use one of {', '.join(concepts.subjects())}")
    return name or ""


class _Answer:
    """What one path has to say: the chains that are shown, and the number of infeasible ones that are not."""

    def __init__(self, path: PathFile, found: Chains, walk: Walk, told: list[Chain], hidden: int) -> None:
        self.path = path
        self.found = found
        self.walk = walk
        self.told = told
        self.hidden = hidden
        self.feasible = sum(not chain.infeasible for chain in told)


class _Question(NamedTuple):
    model: Model
    targets: tuple[int, ...]
    starts: tuple[int, ...] | None
    subject: str  # state that must not be tested, "" for none
    everything: bool


def _answers(ask: _Question, wanted: str | None) -> list[_Answer]:
    """Of the asked path, or of the fault path, or of all that reach the function when the fault path does not."""
    if wanted and wanted != "any":
        return [_answer(ask, pathfiles.load(wanted))]
    first = _answer(ask, pathfiles.load(pathfiles.NAMES[0]))
    if wanted != "any" and first.found.chains:
        return [first]
    others = [_answer(ask, pathfiles.load(name)) for name in pathfiles.NAMES[1:]]
    return [answer for answer in (first, *others) if answer.found.chains] or [first]


def _answer(ask: _Question, path: PathFile) -> _Answer:
    from rules import chains, met

    limits = chains.Limits(unfolded=ask.everything)
    found = chains.find(ask.model, path, ask.targets, starts=ask.starts, limits=limits)
    shown = found.chains + (found.infeasible if ask.everything else ())
    walk = met.Walk(ask.model, path)
    told = [chain for chain in shown if not ask.subject or met.checked(walk.before(chain), ask.subject) is None]
    return _Answer(path, found, walk, told, 0 if ask.everything else len(found.infeasible))


# Text


def _text(model: Model, name: str, answers: list[_Answer], tried: bool) -> str:
    lines = [f"kernel {model.version} ({model.tree})"]
    for index in answers[0].found.targets if answers else ():
        function = model.functions[index]
        lines.append(f"{function.name} {function.where}" + (f"  #if {function.guard}" if function.guard else ""))
    for answer in answers:
        lines += ["", *_path_text(answer, name, tried)]
    if tried and not any(answer.found.chains for answer in answers):
        lines.append(f"  neither do the other paths: {', '.join(pathfiles.NAMES[1:])}")
    if not any(answer.found.chains for answer in answers):
        lines += _unseen(model)
    return "\n".join(lines)


def _unseen(model: Model) -> list[str]:
    """What an answer of "no way" does not know."""
    flags = model.columns.function_flags
    closed = sum(flag >> 1 & 1 for flag in flags)
    told = (
        f"  of {closed} of its {len(flags)} functions this model does not have the calls: a way through one is not seen"
    )
    return [told] if closed else []


def _path_text(answer: _Answer, name: str, tried: bool) -> list[str]:
    lines = [f"{answer.path.title}: {_count(answer)}"]
    if not answer.found.entries:
        lines.append(f"  this kernel has none of its entries: {', '.join(answer.path.entries)}")
    elif not answer.found.chains and not answer.found.infeasible:
        lines.append(
            f"  it does not reach {name}" + ("" if tried else "; without --path the other paths are tried, too")
        )
    elif not answer.told and not answer.hidden:
        lines.append("  on every chain it is tested")
    groups = _grouped(answer.told)
    for number, group in enumerate(groups[:SHOWN], 1):
        lines += ["", *_chain_text(number, group[0], answer.walk), *_others(group)]
    if len(groups) > SHOWN:
        rest = sum(map(len, groups[SHOWN:]))
        lines += ["", f"  {rest} more chains, see --format json"]
    if answer.found.crossings:
        # Of which a way leads to the function, but only through an operation of another filesystem.
        lines += ["", f"  {answer.found.crossings} calls that go on in another filesystem were not followed"]
    lines += [f"  {cut}" for cut in answer.found.cut]
    return lines


def _grouped(told: list[Chain]) -> list[list[Chain]]:
    """Chains that differ in filesystems only stand together when there are too many to show each."""
    if len(told) <= SHOWN:
        return [[chain] for chain in told]
    groups: dict[tuple[str, ...], list[Chain]] = {}
    for chain in told:
        names = ("*" if filesystem_of(step.file) else step.name for step in chain.steps)
        groups.setdefault((*(name for name, _ in groupby(names)), chain.infeasible), []).append(chain)
    return list(groups.values())


def _others(group: list[Chain]) -> list[str]:
    if len(group) == 1:
        return []
    own = [next((step.name for step in chain.steps if filesystem_of(step.file)), "") for chain in group[1:]]
    names = list(dict.fromkeys(own))
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return [f"    {len(group) - 1} more chains the same way through {', '.join(names[:12])}{more}"]


def _count(answer: _Answer) -> str:
    text = f"{answer.feasible} chain{'' if answer.feasible == 1 else 's'}"
    if answer.hidden:
        text += f", {answer.hidden} infeasible left out (--all shows them)"
    return text


def _chain_text(number: int, chain: Chain, walk: Walk) -> list[str]:
    lines = []
    for at, step in enumerate(chain.steps):
        head = f"{number:2}. " if at == 0 else "    "
        lines.append(f"{head}{step.name:<34} {step.file}:{step.first}{_call(step, chain.steps[at - 1])}".rstrip())
        if step.condition:
            lines.append(f"{'':8}if {_short(step.condition)}")
    if chain.infeasible:
        lines.append(f"    cannot be taken: {chain.infeasible}")
    if chain.facts:
        lines.append(f"    requires: {', '.join(chain.facts)}")
    if chain.folded:
        lines.append(f"    {chain.folded} longer ways between the same landmarks are not shown")
    told = [item for item in walk.before(chain) if item.site.op in _OPS and (item.certain or item.site.op == "test")]
    lines += [f"    {'met before:' if at == 0 else '':<11} {_met(item)}" for at, item in enumerate(told)]
    over = [f"{text} {file}:{line}" for file, line, text in walk.passed_over(chain)]
    if over:
        lines.append(f"    not followed: {', '.join(over[:4])}{f' and {len(over) - 4} more' if len(over) > 4 else ''}")
    return lines


def _call(step: Step, before: Step) -> str:
    if step.edge is None:
        return ""
    field = step.operation.rpartition(".")[2]
    table = f" of {step.table}" if step.table else " (of which table, is not told)" if step.untold else ""
    how = {
        "operation": f"->{field}{table}",
        "callback": f"handed to {step.operation}",
        "completion": f"set as ->{field}, called when the request is done,",
        "work": f"run as work {step.operation}, queued",
    }
    kind = how.get(step.edge, "" if step.edge == "call" else step.edge)
    return f"  {kind + ' ' if kind else ''}at {before.file}:{step.line}"


def _met(item: Met) -> str:
    text = f"{item.site.op} {item.site.subject}: {'!' if item.site.negated else ''}{item.site.spelling}"
    text += f", {item.name} {item.where}"
    if not item.certain:
        text += f", {item.condition}" if item.condition == JUMP else f", if {_short(item.condition, 60)}"
    return f"{text} (stale: {item.why})" if item.stale else text


def _short(text: str, most: int = 100) -> str:
    text = " && ".join(_plain(part) for part in split(text))
    return text if len(text) <= most else text[: most - 3] + "..."


def _plain(part: str) -> str:
    """`!(!x)` as `x`."""
    inner = part[3:-1] if part.startswith("!(!") and part.endswith(")") else ""
    whole = inner.startswith("(") and inner.endswith(")") and inner.count("(") == 1
    return inner.strip("()") if whole else inner if inner and not {"&", "|", "!"} & set(inner) else part


# JSON


def _json(model: Model, function: str, to: str | None, answers: list[_Answer]) -> str:
    import msgspec

    document = {
        "format": "mkwrite path 1",
        "kernel": model.version,
        "tree": model.tree,
        "function": function,
        "to": to,
        "paths": [_path_json(answer) for answer in answers],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode()


def _path_json(answer: _Answer) -> dict[str, Any]:
    return {
        "path": answer.path.name,
        "title": answer.path.title,
        "entries": len(answer.found.entries),
        "chains": [_chain_json(chain, answer.walk) for chain in answer.told],
        "infeasible_left_out": answer.hidden,
        "crossings_not_followed": answer.found.crossings,
        "cut": list(answer.found.cut),
    }


def _chain_json(chain: Chain, walk: Walk) -> dict[str, Any]:
    return {
        "steps": [
            {
                "function": step.name,
                "file": step.file,
                "line": step.first,
                "edge": step.edge or "entry",
                "call_line": step.line,
                "operation": step.operation,
                "table": step.table,
                "table_unknown": step.untold,
                "condition": step.condition,
                "arguments": list(step.arguments),
                "stage": step.stage,
            }
            for step in chain.steps
        ],
        "filesystems": list(chain.filesystems),
        "requires": list(chain.facts),
        "infeasible": chain.infeasible,
        "folded": chain.folded,
        "met": [_met_json(item) for item in walk.before(chain)],
        "not_followed": [{"file": file, "line": line, "call": text} for file, line, text in walk.passed_over(chain)],
    }


def _met_json(item: Met) -> dict[str, Any]:
    return {
        "subject": item.site.subject,
        "op": item.site.op,
        "spelling": item.site.spelling,
        "negated": item.site.negated,
        "function": item.name,
        "file": item.file,
        "line": item.site.line,
        "step": item.frame,
        "via": list(item.via),
        "certain": item.certain,
        "condition": item.condition,
        "stale": item.stale,
        "why": item.why,
    }
