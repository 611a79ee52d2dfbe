"""Sections and string tables laid out as an ELF file; knows nothing of images."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from isa import elf_format as elf
from isa.elf_format import ElfError
from isa.records import dataclass

ALIGNMENT = 8  # of every section in the file
MAX_SECTIONS = elf.SHN_LORESERVE - 1


@dataclass
class Section:
    """`size` in bytes counts where there is no data (SHT_NOBITS); `link` names a section."""

    name: str
    type: int
    data: bytes = b""
    flags: int = 0
    address: int = 0
    size: int = 0
    link: str = ""
    info: int = 0
    align: int = 1
    entry_size: int = 0

    @property
    def bytes_in_memory(self) -> int:
        return self.size or len(self.data)


class Strings:
    """A string table; every string is stored once. Raises ElfError on what ELF cannot hold."""

    def __init__(self) -> None:
        self._offsets: dict[str, int] = {"": 0}
        self._files: dict[str, int] = {}
        self._parts = [b""]
        self._end = 1

    def add(self, text: str) -> int:
        offset = self._offsets.get(text)
        if offset is None:
            offset = self._offsets[text] = self._end
            self._parts.append(_encoded(text))
            self._end += len(self._parts[-1]) + 1
        return offset

    def add_all(self, texts: Sequence[str]) -> list[int]:
        """The same for many; those that are new and plain ASCII are added together."""
        new = [text for text in dict.fromkeys(texts) if text not in self._offsets]
        joined = "\0".join(new)
        if joined.isascii() and joined.count("\0") == len(new) - 1:
            ends = list(accumulate([len(text) + 1 for text in new], initial=self._end))
            self._offsets.update(zip(new, ends, strict=False))  # the last of them is where the next begins
            self._parts.append(joined.encode())
            self._end = ends[-1]
        return list(map(self.add, texts))

    def add_file(self, name: str) -> int:
        """The name of a file, which need not be UTF-8: what is not is replaced."""
        if name not in self._files:
            self._files[name] = self.add(name.encode(errors="replace").decode())
        return self._files[name]

    @property
    def data(self) -> bytes:
        return b"\0".join(self._parts) + b"\0"


def _encoded(text: str) -> bytes:
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise ElfError(f"the name {text!r} cannot be written as UTF-8") from error
    if 0 in data:
        raise ElfError(f"the name {text!r} holds a zero byte")
    return data


def layout(sections: list[Section], file_type: int, entry: int) -> bytes:
    """The file: header, segments of the sections in memory (executables only), contents, section headers."""
    names = Strings()
    table = Section(".shstrtab", elf.SHT_STRTAB)
    sections = [Section("", elf.SHT_NULL, align=0), *sections, table]
    if len(sections) > MAX_SECTIONS:
        raise ElfError(f"the image needs {len(sections)} sections; an ELF file has at most {MAX_SECTIONS}")
    name_offsets = [names.add(section.name) for section in sections]
    table.data = names.data
    loaded = [s for s in sections if s.flags & elf.SHF_ALLOC] if file_type == elf.ET_EXEC else []
    offsets, contents = _contents(sections, elf.HEADER.size + elf.SEGMENT.size * len(loaded))
    where = {id(section): offset for section, offset in zip(sections, offsets, strict=True)}
    segments = [_segment(s, where[id(s)]) for s in sorted(loaded, key=lambda s: s.address)]
    numbers = {section.name: number for number, section in enumerate(sections)}
    headers = [
        _section_header(section, name, offset, numbers)
        for section, name, offset in zip(sections, name_offsets, offsets, strict=True)
    ]
    body = b"".join([*segments, contents])
    header = elf.HEADER.pack(
        elf.IDENT, file_type, elf.EM_LPU, 1, entry, elf.HEADER.size if segments else 0,
        elf.HEADER.size + len(body), elf.FORMAT_VERSION, elf.HEADER.size, elf.SEGMENT.size, len(segments),
        elf.SECTION.size, len(sections), len(sections) - 1,
    )  # fmt: skip
    return b"".join([header, body, *headers])


def _contents(sections: list[Section], start: int) -> tuple[list[int], bytes]:
    """The offset of every section and all their bytes, each section aligned, the end aligned too."""
    offsets = []
    parts = []
    offset = start
    for section in sections:
        offsets.append(offset if section.type != elf.SHT_NULL else 0)
        padding = bytes(-len(section.data) % ALIGNMENT)
        parts += [section.data, padding]
        offset += len(section.data) + len(padding)
    return offsets, b"".join(parts)


def _segment(section: Section, offset: int) -> bytes:
    flags = elf.PF_READ | (elf.PF_EXEC if section.flags & elf.SHF_EXEC else elf.PF_WRITE)
    address, size = section.address, section.bytes_in_memory
    return elf.SEGMENT.pack(elf.PT_LOAD, flags, offset, address, address, len(section.data), size, section.align)


def _section_header(section: Section, name: int, offset: int, numbers: dict[str, int]) -> bytes:
    return elf.SECTION.pack(
        name, section.type, section.flags, section.address, offset, section.bytes_in_memory,
        numbers[section.link], section.info, section.align, section.entry_size,
    )  # fmt: skip
