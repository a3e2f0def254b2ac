"""Which preprocessor condition holds in the default configuration: x86-64 with an MMU, SMP, no debugging aids.

Three answers: True, False, None for "the text does not say". Used to prefer one of several definitions of a name, and
to choose between preprocessor branches that cannot both be kept; never to leave out a fact.
"""

import re
from functools import lru_cache

_TOKEN = re.compile(r"\s*+(defined\b|[A-Za-z_]\w*+|\d\w*+|&&|\|\||[!=<>]=|[!()<>+*/%&|^~?:,-]|.)", re.S)
_DEPTH = 40  # nested brackets of an expression: deeper ones are no condition of a kernel

# Symbols that are off: aids to debugging and testing, other machines, small systems.
_OFF = re.compile(
    r"CONFIG_(?:\w*(?:DEBUG|KUNIT|KASAN|KMSAN|KCSAN|LOCKDEP|FAULT_INJECTION|SELFTEST|SANITY_TEST|SELF_TEST|INJECT|STATS)"
    r"\w*|PROVE_\w+|DEBUG_\w+|FAIL_\w+|\w+_TEST|TEST_\w+|LOCK_STAT|PREEMPT_RT\w*|X86_32\w*|32BIT|HIGHMEM\w*|HIGHPTE|PARAVIRT_XXL|TINY_\w+"
    r"|SLOB|SLUB_TINY|NEED_PER_CPU_KM|XFS_WARN|XFS_ASSERT_FATAL|MEM_ALLOC_PROFILING\w*|DEBUG_VM\w*|CPU_BIG_ENDIAN"
    r"|ARM\w*|PPC\w*|S390|SPARC\w*|MIPS\w*|IA64\w*|ALPHA|PARISC\w*|RISCV\w*|LOONGARCH\w*|M68K|SUPERH\w*|ARC|HEXAGON"
    r"|UML|CSKY|NIOS2|OPENRISC|XTENSA|MICROBLAZE|HUGETLB_PAGE_SIZE_VARIABLE|HAVE_ARCH_NODEDATA_EXTENSION"
    r"|READABLE_ASM|BTRFS_FS_REF_VERIFY|BTRFS_FS_CHECK_INTEGRITY|NTFS_RW_DEBUG|CIFS_DEBUG\w*"
    r"|ARCH_HAS_STRICT_KERNEL_RWX_OFF|WANT_PAGE_VIRTUAL|CC_OPTIMIZE_FOR_SIZE|NO_PAGE_MAPCOUNT|INLINE_(?:SPIN|READ|WRITE)_(?:TRY)?LOCK\w*|ARCH_ENABLE_LOCKDEP|TRACE_IRQFLAGS\w*)"
)
_TRUE = frozenset({"__KERNEL__", "__x86_64__", "__LITTLE_ENDIAN", "__LITTLE_ENDIAN_BITFIELD", "__GNUC__", "HAS_X86_64"})
_FALSE = frozenset(
    {"__ASSEMBLY__", "__ASSEMBLER__", "__CHECKER__", "__BIG_ENDIAN", "__BIG_ENDIAN_BITFIELD", "MODULE", "__i386__",
     "__SANITIZE_ADDRESS__", "__clang__", "GROT", "XFS_WARN", "BTRFS_DEBUG", "NOT_YET", "DEBUG", "__cplusplus",
     "__GENKSYMS__", "__MUTEX_DEBUG", "ARCH_HAS_OWN_KERNEL"}
)  # fmt: skip
_CALLS = frozenset({"defined", "IS_ENABLED", "IS_BUILTIN", "IS_REACHABLE", "IS_MODULE"})


def _symbol(name: str) -> bool | None:
    if name.startswith("CONFIG_"):
        return _OFF.fullmatch(name) is None and not name.endswith("_MODULE")
    if name in _TRUE:
        return True
    if name in _FALSE or name.endswith("_DEBUG"):
        return False
    return None


@lru_cache(maxsize=8192)
def truth(condition: str) -> bool | None:
    """Whether a preprocessor condition holds; "" does. Anything it cannot read is None."""
    if not condition:
        return True
    tokens = [match[1] for match in _TOKEN.finditer(condition)]
    try:
        return _Parser(tokens).either(0)
    except _UnreadableError:
        return None


class _UnreadableError(ValueError):
    """The condition holds something that is not read here: arithmetic, a comparison with a macro."""


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def either(self, depth: int) -> bool | None:
        value = self.both(depth)
        while self.peek() == "||":
            self.take()
            other = self.both(depth)
            value = True if True in (value, other) else None if None in (value, other) else False
        return value

    def both(self, depth: int) -> bool | None:
        value = self.one(depth)
        while self.peek() == "&&":
            self.take()
            other = self.one(depth)
            value = False if False in (value, other) else None if None in (value, other) else True
        return value

    def one(self, depth: int) -> bool | None:
        if depth > _DEPTH:
            raise _UnreadableError
        token = self.take()
        if token == "!":  # noqa: S105 -- C, no password
            value = self.one(depth + 1)
            return None if value is None else not value
        if token == "(":  # noqa: S105
            value = self.either(depth + 1)
            self._expect(")")
        elif token in _CALLS:
            value = self._called()
        elif token[:1].isdigit():
            value = token not in ("0", "0L", "0UL")
        elif token[:1].isalpha() or token[:1] == "_":
            value = None if self._skipped() else _symbol(token)
        else:
            raise _UnreadableError
        return self._compared(value)

    def _called(self) -> bool | None:
        bracket = self.peek() == "("
        if bracket:
            self.take()
        value = _symbol(self.take())
        if bracket:
            self._expect(")")
        return value

    def _skipped(self) -> bool:
        """Pass over the arguments of a function-like macro, of which nothing is known; False when there are none."""
        if self.peek() != "(":
            return False
        depth = 0
        while self.at < len(self.tokens):
            token = self.take()
            depth += {"(": 1, ")": -1}.get(token, 0)
            if not depth:
                break
        return True

    def _compared(self, value: bool | None) -> bool | None:
        """A comparison or arithmetic after an operand: its outcome is not worked out."""
        while self.peek() not in ("", ")", "&&", "||"):
            self.take()
            value = None
            if not self._skipped():
                self.take()
        return value

    def _expect(self, token: str) -> None:
        if self.take() != token:
            raise _UnreadableError
