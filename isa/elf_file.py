"""Sections and string tables laid out as an ELF file; knows nothing of images."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain

from isa import elf_format as elf
from isa.elf_format import ElfError
from isa.objects import Objects
from isa.packed import long_records
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


def layout(parts: Sequence[Sequence[Section]], file_type: int, entry: int) -> bytes:
    """The file: header, segments of the sections in memory (executables only), contents, section headers."""
    names = Strings()
    table = Section(".shstrtab", elf.SHT_STRTAB)
    sections = Objects.joined(Section, [Section("", elf.SHT_NULL, align=0)], *parts, [table])
    count = len(sections)
    if count > MAX_SECTIONS:
        raise ElfError(f"the image needs {count} sections; an ELF file has at most {MAX_SECTIONS}")
    section_names, _, data, flags, *_ = sections.columns
    name_offsets = names.add_all(section_names)
    loaded = [number for number in range(count) if flags[number] & elf.SHF_ALLOC] if file_type == elf.ET_EXEC else []
    contents = [*data[:-1], names.data]
    start = elf.HEADER.size + elf.SEGMENT.size * len(loaded)
    offsets = list(accumulate([-(-len(each) // ALIGNMENT) * ALIGNMENT for each in contents], initial=start))
    segments = [_segment(sections[number], offsets[number]) for number in _by_address(sections, loaded)]
    offsets[0] = 0
    header = elf.HEADER.pack(
        elf.IDENT, file_type, elf.EM_LPU, 1, entry, elf.HEADER.size if segments else 0,
        offsets[-1], elf.FORMAT_VERSION, elf.HEADER.size, elf.SEGMENT.size, len(segments),
        elf.SECTION.size, count, count - 1,
    )  # fmt: skip
    padding = [bytes(-len(each) % ALIGNMENT) for each in contents]
    headers = _section_headers(sections, name_offsets, offsets[:-1], list(map(len, contents)))
    return b"".join([header, *segments, *chain.from_iterable(zip(contents, padding, strict=True)), headers])


def _by_address(sections: Objects[Section], loaded: Sequence[int]) -> list[int]:
    addresses = sections.columns[4]
    return sorted(loaded, key=addresses.__getitem__)


def _segment(section: Section, offset: int) -> bytes:
    flags = elf.PF_READ | (elf.PF_EXEC if section.flags & elf.SHF_EXEC else elf.PF_WRITE)
    address, size = section.address, section.bytes_in_memory
    return elf.SEGMENT.pack(elf.PT_LOAD, flags, offset, address, address, len(section.data), size, section.align)


def _section_headers(
    sections: Objects[Section], name_offsets: Sequence[int], offsets: Sequence[int], lengths: Sequence[int]
) -> bytes:
    """The records of all sections, elf.SECTION, as eight numbers each."""
    names, types, _, flags, addresses, sizes, links, infos, aligns, entry_sizes = sections.columns
    numbers = {name: number for number, name in enumerate(names)}
    return long_records(
        [name | type_ << 32 for name, type_ in zip(name_offsets, types, strict=True)],
        flags, addresses, offsets,
        [size or length for size, length in zip(sizes, lengths, strict=True)],
        [numbers[link] | info << 32 for link, info in zip(links, infos, strict=True)],
        aligns, entry_sizes, signed=False,
    )  # fmt: skip
