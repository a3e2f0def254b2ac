"""The model that a command asks: a shipped version, or a tree of the user's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.errors import Failure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rules.graph import Model


def opened(kernel: str | None, tree: str | None, rev: str | None) -> Model:
    """The model of --kernel or --tree; the newest shipped one when neither is given. Raises Failure."""
    from rules import store

    if kernel and tree:
        raise Failure("--kernel and --tree exclude each other", "give one of them")
    if rev and not tree:
        raise Failure("--rev names a commit of a tree", "give the tree with --tree DIR")
    if tree:
        from reviewer import gittree

        return gittree.model(tree, rev)
    versions = store.shipped()
    if not versions:
        raise Failure("no kernel model is installed", "reinstall mkwrite, or give a kernel tree with --tree DIR")
    try:
        return store.load(kernel or versions[-1])
    except store.UnknownVersionError as error:
        raise Failure(str(error), "give one of these with --kernel, or a kernel tree with --tree DIR") from error
    except (OSError, store.ModelError) as error:
        raise Failure(f"cannot read the model of {kernel or versions[-1]}: {error}", "reinstall mkwrite") from error


def suggestion(name: str, known: Iterable[str], otherwise: str) -> str:
    """What to try instead of a name that nobody knows; `otherwise` when nothing is near."""
    import difflib

    near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.7)
    return f"did you mean {', '.join(near)}?" if near else otherwise


def functions(model: Model, name: str) -> tuple[int, ...]:
    """Every definition of a function. Raises Failure with close names."""
    found = tuple(function.index for function in model.named(name.removesuffix("()")))
    if found:
        return found
    names = {function.name for function in model.functions}
    otherwise = "the model holds mm, fs and block code near the paths only; try another --kernel or a --tree"
    raise Failure(f"{model.version} has no function {name}", suggestion(name, names, otherwise), "not-found")
