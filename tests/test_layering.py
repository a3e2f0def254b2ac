"""What the packages may know of each other, read from their source text."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("reviewer", "rules", "threads")
MAY_IMPORT = {"reviewer": {"reviewer", "rules", "threads"}, "rules": {"rules"}, "threads": {"threads"}}
RUNS_PROGRAMS = {"subprocess", "pty", "pexpect"}  # multiprocessing runs our own code only
REACHES_NETWORK = {"socket", "ssl", "http", "urllib.request", "ftplib", "smtplib", "imaplib", "requests", "urllib3"}
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import hides where it goes"
            yield node.lineno, str(node.module)
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def calls(tree: ast.AST, *names: str) -> list[int]:
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    return [node.lineno for node in found if isinstance(node.func, ast.Name) and node.func.id in names]


def within(module: str, modules: set[str]) -> bool:
    return any(module == one or module.startswith(f"{one}.") for one in modules)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def test_there_is_something_to_look_at() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in FILES} == set(PACKAGES)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_imports_point_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    forbidden = {*PACKAGES, "tests"} - MAY_IMPORT[package]
    assert [(line, module) for line, module in imports(parsed(path)) if within(module, forbidden)] == []


@pytest.mark.parametrize("path", FILES, ids=name)
def test_only_the_reviewer_runs_programs_and_only_b4_reaches_a_network(path: Path) -> None:
    may_run = path == ROOT / "reviewer" / "programs.py"
    forbidden = REACHES_NETWORK | (set() if may_run else RUNS_PROGRAMS) | {"b4", "liblore"}
    assert [(line, module) for line, module in imports(parsed(path)) if within(module, forbidden)] == []
    text = path.read_text(encoding="utf-8")
    assert not any(word in text for word in ("os.system(", "os.popen(", "shell=True"))


@pytest.mark.parametrize("path", [path for path in FILES if name(path) != "reviewer/cli.py"], ids=name)
def test_only_the_command_line_prints_or_exits(path: Path) -> None:
    assert calls(parsed(path), "print", "exit", "quit", "input", "breakpoint") == []


@pytest.mark.parametrize("path", FILES, ids=name)
def test_nothing_is_evaluated_or_unpickled(path: Path) -> None:
    tree = parsed(path)
    assert calls(tree, "eval", "exec", "__import__") == []
    assert [module for _, module in imports(tree) if within(module, {"pickle", "marshal", "shelve"})] == []


def broad(tree: ast.AST) -> list[int]:
    def names(node: ast.expr | None) -> set[str]:
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        return {part.id for part in parts if isinstance(part, ast.Name)} or {"" if node is None else "other"}

    handlers = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
    return [node.lineno for node in handlers if names(node.type) & {"Exception", "BaseException", ""}]


def test_every_error_is_caught_in_two_places_only() -> None:
    """The command line's, and the one that keeps a single unreadable mail from costing the others (rule S1)."""
    places = {name(path) for path in FILES if broad(parsed(path))}
    assert places == {"reviewer/cli.py", "threads/messages.py"}


@pytest.mark.parametrize("path", FILES, ids=name)
def test_modules_and_functions_stay_short(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") < 600
    functions = [n for n in ast.walk(parsed(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert [f.name for f in functions if (f.end_lineno or f.lineno) - f.lineno + 1 > 60] == []


@pytest.mark.parametrize("path", FILES, ids=name)
def test_no_function_writes_a_global(path: Path) -> None:
    assert [node.lineno for node in ast.walk(parsed(path)) if isinstance(node, ast.Global)] == []


def test_every_directory_of_tests_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []
