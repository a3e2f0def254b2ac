"""Which filesystems use a generic implementer."""

from typing import cast

from msgspec import structs

from rules import coverage, filesystems, users
from rules.graph import Model
from rules.model import Edge, Function, Install, OpEntry
from tests.rules.kernel import MKWRITE, Kernel
from tests.rules.patches import patch

NAMES = ("filemap_page_mkwrite", "generic_file_mmap", "golf_mmap", "hotel_mmap", "generic_file_readonly_mmap")
FILES = ("mm/filemap.c", "mm/filemap.c", "fs/golf/file.c", "fs/hotel/file.c", "mm/filemap.c")


class _Generic(Kernel):
    """generic_file_mmap() installs a table of mm: india names it, golf calls it, hotel calls it and then its own."""

    def __init__(self) -> None:
        super().__init__()
        first = len(self.functions)
        self.functions = (
            *self.functions,
            *(
                Function(index=first + at, name=name, file=file, first=10 * at + 10, last=10 * at + 19, static=False)
                for at, (name, file) in enumerate(zip(NAMES, FILES, strict=True))
            ),
        )
        self.index = {function.name: function.index for function in self.functions}
        self._entries += (
            self._entry("vm_operations_struct", "page_mkwrite", "generic_vm_ops", NAMES[0], "mm/filemap.c"),
            self._entry("vm_operations_struct", "page_mkwrite", "juliet_vm_ops", NAMES[0], "fs/juliet/file.c"),
            self._entry("file_operations", "mmap", "india_fops", NAMES[1], "fs/india/file.c"),
        )
        self._edges += tuple(
            Edge(caller=self.index[name], callee=self.index["generic_file_mmap"], line=5, kind="call")
            for name in ("golf_mmap", "hotel_mmap", "generic_file_readonly_mmap")
        )

    def _entry(self, struct: str, field: str, variable: str, function: str, file: str) -> OpEntry:
        target = self.index[function]
        return OpEntry(
            struct=struct, field=field, variable=variable, function=function, target=target, file=file, line=9
        )

    def installs(self) -> tuple[Install, ...]:
        generic = Install(function=self.index["generic_file_mmap"], line=12, field="vm_ops", variable="generic_vm_ops")
        return generic, structs.replace(generic, function=self.index["hotel_mmap"], variable="hotel_vm_ops")


MODEL = cast(Model, _Generic())


def test_who_names_the_function_the_table_or_the_generic_mmap_uses_it() -> None:
    found = users.users(MODEL, MODEL.named("filemap_page_mkwrite")[0].index, MKWRITE)
    assert [name for name, _ in found] == ["golf", "india", "juliet"]
    assert {name: str(spot) for name, spot in found}["golf"] == "fs/golf/file.c:5"


def test_a_generic_implementer_has_a_row_for_each_user_and_none_for_mm() -> None:
    check = "+    if (!PageUptodate(page))\n+        return -EIO;"
    made = filesystems.rows(patch(check, "helper_actor", file="fs/iomap/helper.c"), MODEL)
    assert {row.filesystem for row in made if row.implementer == "filemap_page_mkwrite"} == {"golf", "india", "juliet"}
    assert not {row.filesystem for row in made} & {"mm", "vfs"}


def test_the_layers_name_the_users_and_not_mm() -> None:
    check = "+    if (!PageUptodate(page))\n+        return -EIO;"
    (placement,) = coverage.placements(patch(check, "helper_actor", file="fs/iomap/helper.c"), MODEL)
    call = next(layer for layer in placement.layers if layer.role == "operation call")
    assert {"golf", "india", "juliet"} <= set(call.filesystems)
    assert "mm" not in call.filesystems
