"""Header fields of one mail, read from its raw bytes. Pure; nothing here raises on any bytes.

The header block is cut at 100 KiB and a field at 20 KiB before anything is decoded, because every mail library that
had no such caps got a CVE for it. `email.policy.default` is not used: on hostile mail it raises IndexError and
AttributeError and takes quadratic time. Encoded words (RFC 2047) are decoded one run at a time, and only with charsets
that map bytes to characters and do nothing else: `unicode_escape` would make a real ESC of six plain characters.
"""

import binascii
import re

from threads.model import Identity, Value

BLOCK_CAP = 100 * 1024  # bytes of all headers
FIELD_CAP = 20 * 1024  # bytes of one header, unfolded
ID_CAP = 1000  # bytes of a message-id
ADDRESS_CAP = 1000  # mailboxes read from one header
PARAMETER_CAP = 100  # parameters read from one Content-Type

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_ENCODED = re.compile(r"=\?([^?\s]{1,64})\?([bBqQ])\?([^?\n]*)\?=")
_ANGLE_ID = re.compile(r"<([^<>]*)>")
_ADDRESS_TOKEN = re.compile(r'"(?:[^"\\]|\\.?)*(?:"|$)|<[^<>]*>|[(),;:]|[^"(),;:<>]+|[<>]', re.DOTALL)
_ADDRESS = re.compile(r'(?:"[^"]*"|[^\s"<>@,;:()\\]+)@[^\s"<>@,;:()\\]+')
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,100})\s*=\s*("(?:[^"\\]|\\.)*"|[^;"]*)', re.DOTALL)
_ALLOWED = (
    r"utf-8|iso-8859-(?:[1-9]|1[013456])|windows-125[0-8]|koi8-[ru]|gb18030|big5|euc-(?:jp|kr)|iso-2022-jp|cp932"
    r"|utf-16(?:-?[lb]e)?"
)
_USUAL = frozenset({"utf-8", "iso-8859-1", "iso-8859-15", "windows-1252"})
# Other names of allowed charsets, and subsets that are read as the set they are part of.
_ALIASES = {
    "": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8", "ansi-x3.4-1968": "utf-8",
    "latin1": "iso-8859-1", "latin-1": "iso-8859-1", "l1": "iso-8859-1", "iso-8859-8-i": "iso-8859-8",
    "gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "x-gbk": "gb18030", "hz-gb-2312": "",
    "ks-c-5601-1987": "euc-kr", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
}  # fmt: skip


class Headers(Value, frozen=True, kw_only=True):
    """Fields in their order: lower-case name and unfolded raw value."""

    fields: tuple[tuple[str, bytes], ...]
    notes: tuple[str, ...] = ()

    def first(self, name: str) -> bytes:
        """Value of the first field of that name, b"" when there is none."""
        return next((value for field, value in self.fields if field == name), b"")

    def all(self, name: str) -> tuple[bytes, ...]:
        return tuple(value for field, value in self.fields if field == name)

    def text(self, name: str) -> str:
        """Decoded value of the first field of that name, on one line."""
        return decode(self.first(name))[0]


def read(raw: bytes) -> tuple[Headers, bytes]:
    """Headers and body of a mail whose line ends are \\n. A block without any header is all body."""
    end = 0 if raw.startswith(b"\n") else raw.find(b"\n\n")
    block, body = (raw, b"") if end < 0 else (raw[:end], raw[end + (1 if end == 0 else 2) :])
    notes = []
    if len(block) > BLOCK_CAP:
        notes.append(f"headers of {len(block)} bytes, read up to {BLOCK_CAP}")
        block = block[:BLOCK_CAP]
    fields, stopped = _fields(block, notes)
    if stopped is not None:
        notes.append("no empty line between headers and text")
        body = raw[stopped:]
    return Headers(fields=fields, notes=tuple(notes)), body


def _fields(block: bytes, notes: list[str]) -> tuple[tuple[tuple[str, bytes], ...], int | None]:
    """Fields of a block, and the offset where it stops being one (None: at its end)."""
    found: list[tuple[str, bytearray]] = []
    lines = block.split(b"\n")
    offset = 0
    stopped = None
    for number, line in enumerate(lines):
        if line[:1] in (b" ", b"\t") and found:
            if len(found[-1][1]) < FIELD_CAP:
                found[-1][1].extend(line)
        elif match := _FIELD.match(line):
            found.append((match[1].decode("latin-1").lower(), bytearray(line[match.end() :])))
        elif line and not line.startswith((b"From ", b">From ")):
            if not (number + 1 < len(lines) and _FIELD.match(lines[number + 1])):
                stopped = offset
                break
            notes.append("a line among the headers is no header")
        offset += len(line) + 1
    long = [name for name, value in found if len(value) > FIELD_CAP]
    notes.extend(f"header {name} longer than {FIELD_CAP} bytes, cut" for name in dict.fromkeys(long[:10]))
    return tuple((name, bytes(value).strip()[:FIELD_CAP]) for name, value in found), stopped


def codec_of(charset: str) -> str:
    """Python's name of a charset that mail may use here, "" for any other."""
    name = charset.strip().strip("\"'").lower().replace("_", "-")
    if name in _USUAL:
        return name
    name = re.sub(r"^(?:iso8859|cp125)", lambda m: "iso-8859" if m[0] == "iso8859" else "windows-125", name[:64])
    name = _ALIASES.get(name, name)
    return name if re.fullmatch(_ALLOWED, name) else ""


def decode_bytes(data: bytes, charset: str) -> tuple[str, str]:
    """Text of the bytes and a note, "" when the charset was known and fitted. Never raises."""
    codec = codec_of(charset)
    note = "" if codec else f"charset {charset[:40]!r} not read, taken as utf-8"
    codec = codec or "utf-8"
    try:
        return data.decode(codec), note
    except UnicodeError:
        return data.decode(codec, "replace"), note or f"bytes that are no {codec}, shown as U+FFFD"


def decode(value: bytes) -> tuple[str, tuple[str, ...]]:
    """A header value as text on one line, encoded words decoded, and notes on what could not be read."""
    text, note = decode_bytes(value, "utf-8")
    notes = [note] if note else []
    if "=?" in text:
        text = _words(text, notes)
    return " ".join(text.split()), tuple(dict.fromkeys(notes))


def _words(text: str, notes: list[str]) -> str:
    """Replace encoded words. Neighbours of one charset are joined as bytes: mailers split characters between them."""
    out: list[str] = []
    run, charset, end = bytearray(), "", 0

    def flush() -> None:
        if run:
            decoded, note = decode_bytes(bytes(run), charset)
            out.append(decoded)
            run.clear()
            if note:
                notes.append(note)

    for match in _ENCODED.finditer(text):
        between = text[end : match.start()]
        name = match[1].partition("*")[0].lower()
        if between.strip() or name != charset or not run:
            flush()
            out.append(between if between.strip() or not end else "")
        charset, end = name, match.end()
        run.extend(_unword(match[2], match[3]))
    flush()
    out.append(text[end:])
    return "".join(out)


def _unword(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8")
    if encoding in "bB":
        return base64_bytes(data)
    return binascii.a2b_qp(data, header=True)


def base64_bytes(data: bytes) -> bytes:
    """Decoded bytes; of a text that is cut or dirty what can be decoded."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        clean = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
        clean = clean[: len(clean) - (len(clean) % 4 == 1)]
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def ids(value: bytes) -> tuple[str, ...]:
    """Message-ids of a header in order, without angle brackets, each once. A lone piece with an @ counts too."""
    text = decode_bytes(value, "utf-8")[0]
    found = ["".join(inner.split())[:ID_CAP] for inner in _ANGLE_ID.findall(text)]
    if not any(found) and "<" not in text:
        found = [piece[:ID_CAP] for piece in text.replace(">", " ").split() if "@" in piece][:1]
    return tuple(dict.fromkeys(id for id in found if id))


def addresses(value: bytes) -> tuple[tuple[Identity, ...], tuple[str, ...]]:
    """Mailboxes of a From, To or Cc header, and notes. Comments, groups and broken quoting are read in one pass."""
    text = value.decode("latin-1")
    found: list[Identity] = []
    notes: list[str] = []
    spec = _Spec()
    depth = 0
    for match in _ADDRESS_TOKEN.finditer(text):
        piece = match[0]
        if piece == "(":
            depth += 1
        elif piece == ")" and depth:
            depth -= 1
        elif depth:
            spec.comment += piece
        elif piece in ",;":
            if len(found) >= ADDRESS_CAP:
                notes.append(f"more than {ADDRESS_CAP} addresses, the rest not read")
                return tuple(found), tuple(notes)
            if spec.pending(piece):
                spec.words += piece
                continue
            spec.close(found, notes)
            spec = _Spec()
        elif piece == ":" and not spec.angle:
            spec = _Spec()  # the name of a group
        else:
            spec.add(piece)
    spec.close(found, notes)
    return tuple(found), tuple(dict.fromkeys(notes))


class _Spec:
    """One mailbox while it is being read; text is latin-1 of the raw bytes."""

    __slots__ = ("angle", "bare", "comment", "words")

    def __init__(self) -> None:
        self.words = ""
        self.bare = ""  # the words as they stand, quoting kept
        self.angle = ""
        self.comment = ""

    def add(self, piece: str) -> None:
        if piece.startswith("<") and piece.endswith(">") and len(piece) > 1 and not self.angle:
            self.angle = piece[1:-1].strip()
            return
        self.bare += piece
        if piece.startswith('"'):
            closed = piece.endswith('"') and len(piece) > 1
            piece = re.sub(r"\\(.)", r"\1", piece[1:-1] if closed else piece[1:])
        self.words += piece

    def pending(self, piece: str) -> bool:
        """A comma in an unquoted name ("Doe, Jane <jane@example.org>"): what came so far has no address at all."""
        return piece == "," and not self.angle and "@" not in self.words and bool(self.words.strip())

    def close(self, found: list[Identity], notes: list[str]) -> None:
        if not (self.words.strip() or self.angle):
            return
        address, name = (self.angle, self.words) if self.angle else self.loose()
        if not _ADDRESS.fullmatch(address):
            notes.append("an address that cannot be read")
            name, address = name or self.words, ""
        name = name.strip(" ,") or self.comment
        shown = decode(name.encode("latin-1"))[0]
        found.append(Identity(name=shown, address=decode_bytes(address.encode("latin-1"), "utf-8")[0].lower()))

    def loose(self) -> tuple[str, str]:
        """Address and name of a mailbox without angle brackets."""
        if _ADDRESS.fullmatch(self.bare.strip()):
            return self.bare.strip(), ""
        words = self.words.split()
        holding = [word for word in words if "@" in word]
        if len(holding) != 1:
            return "".join(words), ""
        return holding[0], " ".join(word for word in words if word != holding[0])


def content(value: bytes) -> tuple[str, dict[str, str]]:
    """Lower-case type and parameters of a Content-Type or Content-Disposition; RFC 2231 pieces are put together."""
    text = value.decode("latin-1")
    kind = text.partition(";")[0].strip().lower()
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, str, bool]]] = {}
    for count, match in enumerate(_PARAMETER.finditer(text)):
        if count >= PARAMETER_CAP:
            break
        name, raw = match[1].lower(), match[2].strip()
        if raw.startswith('"'):
            raw = re.sub(r"\\(.)", r"\1", raw[1:-1])
        base, star, rest = name.partition("*")
        if not star:
            plain.setdefault(base, decode(raw.encode("latin-1"))[0])
        elif len(rest) < 6:
            number = rest.rstrip("*")
            pieces.setdefault(base, []).append((int(number) if number.isascii() and number.isdigit() else 0, raw,
                                                rest.endswith("*") or not rest))  # fmt: skip
    for base, parts in pieces.items():
        plain[base] = _rfc2231(sorted(parts))
    return kind, plain


def _rfc2231(parts: list[tuple[int, str, bool]]) -> str:
    charset = "utf-8"
    data = bytearray()
    for position, (_, raw, encoded) in enumerate(parts):
        text = raw
        if encoded and position == 0 and raw.count("'") >= 2:
            charset, _, text = raw.split("'", 2)
        data.extend(_percent(text) if encoded else text.encode("latin-1"))
    return " ".join(decode_bytes(bytes(data), charset)[0].split())


def _percent(text: str) -> bytes:
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), text.encode("latin-1"))
