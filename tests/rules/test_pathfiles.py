import pytest

from rules import pathfiles, store
from rules.pathfiles import PathFileError
from tests.rules.toy import PATH


def test_an_unknown_path_is_refused() -> None:
    with pytest.raises(PathFileError, match="no path"):
        pathfiles.load("teleport")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("title = ", "bad.toml"),
        ("title = 'x'", "bad.entries"),
        ("entries = ['a']", "bad.title"),
        ("title = 'x'\nentries = 'a'", "bad.entries"),
        ("title = 'x'\nentries = [1]", "bad.entries"),
        ("title = 'x'\nentries = ['a']\nstages = 3", "bad.stages"),
        ("title = 'x'\nentries = ['a']\nhomes = ['a']", "bad.homes"),
        ("title = 'x'\nentries = ['a']\n[[operations]]\nfields = ['f']", r"bad.operations\[0\].struct"),
        ("title = 'x'\nentries = ['a']\n[[operations]]\nstruct = 's'\nfields = ['f']\nlater = 1", "later"),
    ],
)
def test_a_broken_path_file_names_the_key(text: str, key: str) -> None:
    with pytest.raises(PathFileError, match=key):
        pathfiles.parse(text, "bad")


def test_operations_of_one_table_are_one_each() -> None:
    path = pathfiles.parse(PATH, "toy")
    assert [operation.name for operation in path.operations][:2] == [
        "vm_operations_struct.fault",
        "vm_operations_struct.page_mkwrite",
    ]
    assert path.operation("vm_operations_struct.open") is None


def test_a_function_has_the_stage_that_names_it() -> None:
    path = pathfiles.parse(PATH, "toy")
    stage = path.stage_of("fault_shared")
    assert stage is not None
    assert stage.name == "dispatch"
    assert path.stage_of("call_mkwrite") is None


@pytest.mark.parametrize("name", pathfiles.NAMES)
def test_every_shipped_path_file_is_readable_and_has_what_a_path_needs(name: str) -> None:
    path = pathfiles.load(name)
    assert path.entries
    assert path.operations
    assert len({operation.name for operation in path.operations}) == len(path.operations)
    assert path.landmarks


@pytest.mark.parametrize("version", store.shipped())
@pytest.mark.parametrize("name", pathfiles.NAMES)
def test_every_path_has_an_entry_in_every_shipped_kernel(name: str, version: str) -> None:
    model = store.load(version)
    assert [entry for entry in pathfiles.load(name).entries if model.named(entry)]


@pytest.mark.parametrize("version", store.shipped())
@pytest.mark.parametrize("name", pathfiles.NAMES)
def test_every_stage_of_a_path_has_a_function_in_every_shipped_kernel(name: str, version: str) -> None:
    model = store.load(version)
    for stage in pathfiles.load(name).stages:
        assert [function for function in stage.functions if model.named(function)], stage.name


def test_the_compiled_path_files_are_those_of_the_toml_files() -> None:
    assert pathfiles.COMPILED.read_bytes() == pathfiles.compiled(), "run python -m rules.pathfiles"
