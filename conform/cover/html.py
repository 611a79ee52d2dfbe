"""Coverage as one page of HTML that needs nothing else: for each group a card, a heat map, and what is left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from conform.cover.coverage import Coverage, Share
from conform.cover.page import SCRIPT, STYLE
from conform.cover.points import Group, Point
from isa.index import BY_KEY, FAMILIES
from isa.row import Row
from isa.table import MNEMONICS
from isa.units import CLASSES

MANUAL = "docs/isa.md"
LEVELS = ((20, "h4"), (5, "h3"), (2, "h2"), (1, "h1"))  # from so many programs on, and their class of cells
MISSED, EXCLUDED, ABSENT = "m", "x", ""
KEY = ((MISSED, "none"), ("h1", "1 program"), ("h2", "2 or more"), ("h3", "5 or more"), ("h4", "20 or more"),
       (EXCLUDED, "excluded: no run gets there"))  # fmt: skip
FEW_COLUMNS = 9  # headings of more stand upright
NINE = 9  # cells of a strip that stand in a square
SHORT = 40  # rows of a table that is shown at once


def report(coverage: Coverage, manual: str = MANUAL) -> str:
    """The page; `manual` is where the sections of instructions are."""
    shares = coverage.shares()
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        f"<title>Coverage on {escape(coverage.spec.name)}</title>",
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head><body>',
        *heading(coverage, shares),
        *(line for share in shares for line in section(coverage, share, manual)),
        f'<div id="tip"></div><script>{SCRIPT}</script></body></html>',
    ]
    return "\n".join(parts) + "\n"


def heading(coverage: Coverage, shares: Sequence[Share]) -> Iterator[str]:
    """The sum of all, and a card for each group."""
    covered, points = sum(each.covered for each in shares), sum(len(each.group.reachable) for each in shares)
    yield f"<h1>Coverage on {escape(coverage.spec.name)}</h1>"
    programs = counted(coverage.programs, "program")
    yield f"<p>What {programs} exercised, as the golden model ran them, of all that the table allows.</p>"
    yield f'<div class="total">{percent(covered, points)}<span>{covered:,} of {points:,} points</span></div>'
    yield '<div class="cards">'
    for share in shares:
        group, total = share.group, len(share.group.reachable)
        yield f'<a class="card" href="#{slug(group)}"><b>{percent(share.covered, total)}</b>{escape(group.title)}'
        yield f'<div class="bar"><i style="width:{share.percent:.1f}%"></i></div>'
        yield f"<small>{share.covered:,} of {total:,}</small></a>"
    yield "</div>"
    yield '<div class="key">' + "".join(f'<i class="{cell}"></i>{words}' for cell, words in KEY) + "</div>"


def percent(covered: int, points: int) -> str:
    """A share, never rounded to all or nothing where it is neither."""
    if covered in (0, points):
        return "100 %" if points == covered else "0 %"
    return f"{min(99.9, max(0.1, 100 * covered / points)):.1f} %"


def counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"


def slug(group: Group) -> str:
    return group.name.replace(" ", "-")


# Sections -------------------------------------------------------------------------------------
def section(coverage: Coverage, share: Share, manual: str) -> Iterator[str]:
    """A group: what it is, its cells, what is left, and what cannot be."""
    group = share.group
    numbers = f"{share.covered:,} of {len(group.reachable):,}"
    yield f'<h2 id="{slug(group)}">{escape(group.title)} <small>{numbers}</small></h2><p>{escape(group.text)}</p>'
    for name, rows in blocks(group):
        found = [*(chips if len(group.axes) == 1 else table)(coverage, group, rows, manual)]
        if name or len(rows) > SHORT:
            points = [point for point in group.reachable if point[1] in rows]
            covered = sum(point in coverage.hits for point in points)
            title = escape(f"{name or 'All'}: {covered:,} of {len(points):,}")
            is_open = " open" * (len(rows) <= SHORT)
            yield f"<details{is_open}><summary>{title}</summary>"
            found.append("</details>")
        yield from found
    yield from remaining(coverage, group, manual)
    yield from excluded(group)


def blocks(group: Group) -> Iterator[tuple[str, dict[str, None]]]:
    """The first words of a group, those of instructions by the class of their units; in order."""
    words = dict.fromkeys(point[1] for point in (*group.reachable, *group.excluded))
    by_class: dict[str, dict[str, None]] = {}
    for word in words:
        rows = rows_named(word)
        by_class.setdefault(rows[0].units.name if rows else "", {})[word] = None
    if len(words) <= SHORT:
        yield "", words
        return
    for name, found in sorted(by_class.items(), key=lambda each: [*CLASSES, ""].index(each[0])):
        yield f"{name}, {CLASSES[name].what}" if name else "", found


def rows_named(word: str) -> Sequence[Row]:
    """The rows of the table that a word names, by key, mnemonic or family; none where it is another word."""
    return [BY_KEY[word]] if word in BY_KEY else MNEMONICS.get(word) or FAMILIES.get(word, ())


def cell_class(coverage: Coverage, group: Group, point: Point, known: set[Point]) -> str:
    count = coverage.hits[point] if point in known else 0
    if count:
        return next(name for least, name in LEVELS if count >= least)
    return EXCLUDED if point in group.excluded else MISSED if point in known else ABSENT


def chips(coverage: Coverage, group: Group, rows: Iterable[str], manual: str) -> Iterator[str]:
    """Words, each with the colour of its point."""
    known = set(group.reachable)
    found = []
    for word in rows:
        point = (group.name, word)
        found.append(linked(word, manual, f' class="{cell_class(coverage, group, point, known)}"'))
    yield f'<div class="chips">{"".join(found)}</div>'


def table(coverage: Coverage, group: Group, rows: dict[str, None], manual: str) -> Iterator[str]:
    """A heat map: first words down, second words across, and in each cell a strip of the third."""
    known = set(group.reachable)
    points = [point for point in (*group.reachable, *group.excluded) if point[1] in rows]
    columns = ordered(points, 2)
    strip = ordered(points, 3) if len(group.axes) > 2 else [""]
    nine = ' class="nine"' * (len(strip) == NINE)
    yield f'<div class="scroll"><table{nine} data-strip="{escape("|".join(strip))}">'
    tall = ' class="tall"' * (len(columns) > FEW_COLUMNS and len(strip) < FEW_COLUMNS)
    yield f"<thead{tall}><tr><th></th>{''.join(f'<th>{escape(name)}</th>' for name in columns)}</tr></thead><tbody>"
    for row in rows:
        cells = "".join(f"<td>{strip_of(coverage, group, (row, name), strip, known)}</td>" for name in columns)
        yield f"<tr><th>{linked(row, manual)}</th>{cells}</tr>"
    yield "</tbody></table></div>"
    if strip != [""]:
        yield f'<div class="key">in each cell, by {escape(group.axes[2])}: {escape(", ".join(strip))}</div>'


def ordered(points: Iterable[Point], axis: int) -> list[str]:
    """The words of an axis, in the order in which they are defined; numbers by their value."""
    words = list(dict.fromkeys(point[axis] for point in points))
    return sorted(words, key=int) if all(word.lstrip("-").isdecimal() for word in words) else words


def strip_of(coverage: Coverage, group: Group, words: tuple[str, str], strip: list[str], known: set[Point]) -> str:
    """The cells of one row and one column; nothing where there are no such points."""
    found = []
    for third in strip:
        point = (group.name, *words, *([third] if third else []))
        name = cell_class(coverage, group, point, known)
        count = f" data-n={coverage.hits[point]}" if name.startswith("h") else ""
        found.append(f'<i class="{name}"{count}></i>' if name else "<i></i>")
    return "".join(found) if any('"' in each for each in found) else ""


def linked(word: str, manual: str, attributes: str = "") -> str:
    """A word, with a link where the manual has a section about it."""
    rows = rows_named(word)
    if not rows:
        return f"<span{attributes}>{escape(word)}</span>"
    return f'<a{attributes} href="{escape(manual)}#{rows[0].family.replace(".", "")}">{escape(word)}</a>'


# Lists ----------------------------------------------------------------------------------------
def remaining(coverage: Coverage, group: Group, manual: str) -> Iterator[str]:
    """What is not covered, a line for each first word."""
    left = [point for point in group.reachable if point not in coverage.hits]
    if not left:
        return
    yield f"<details><summary>{counted(len(left), 'point')} not covered</summary><ul class=list>"
    by_first: dict[str, list[Point]] = {}
    for point in left:
        by_first.setdefault(point[1], []).append(point)
    for first, points in by_first.items():
        yield f"<li>{linked(first, manual)} <em>{escape(rest_of(points))}</em></li>"
    yield "</ul></details>"


def rest_of(points: Sequence[Point]) -> str:
    """The further words of points that have the first in common."""
    by_second: dict[str, list[str]] = {}
    for point in points:
        if len(point) > 2:
            by_second.setdefault(point[2], []).extend(point[3:])
    return "; ".join(f"{second}: {', '.join(thirds)}" if thirds else second for second, thirds in by_second.items())


def excluded(group: Group) -> Iterator[str]:
    """What no run reaches, by the reason."""
    if not group.excluded:
        return
    yield f"<details><summary>{counted(len(group.excluded), 'point')} excluded</summary><ul class=list>"
    by_reason: dict[str, list[str]] = {}
    for point, reason in group.excluded.items():
        by_reason.setdefault(reason, []).append(" / ".join(point[1:]))
    for reason, names in by_reason.items():
        yield f"<li>{escape(reason)} <em>{escape('; '.join(names))}</em></li>"
    yield "</ul></details>"
