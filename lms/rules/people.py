"""Rules of the ways in: who may be let in, and what a pasted list of people says."""

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from lms.rules.roles import Role
from lms.rules.signin import is_address, normalised_address

MAX_NAME = 300
MAX_ROWS = 2000
MAX_COLUMNS = 12
TRAINEE = "trainee"
INVITABLE = (TRAINEE, *(role.value for role in Role))


class EntryRefusal(StrEnum):
    """Why somebody is not let in by invitation, list or command."""

    ADDRESS_NOT_ONE = "address-not-one"
    ALREADY_HERE = "already-here"
    ADDRESS_TAKEN = "address-taken"
    ROLE_UNKNOWN = "role-unknown"
    NAME_TOO_LONG = "name-too-long"
    COHORT_CLOSED = "cohort-closed"


class RoleRefusal(StrEnum):
    """Why a role is not given or taken."""

    OWN_ROLE = "role-own"
    NOT_YOURS = "role-not-yours"
    HELD_ALREADY = "role-held-already"
    NOT_HELD = "role-not-held"


class RowProblem(StrEnum):
    """What is the matter with one row of a pasted list."""

    ADDRESS_MISSING = "address-missing"
    ADDRESS_NOT_ONE = "address-not-one"
    NAME_TOO_LONG = "name-too-long"
    TWICE_IN_LIST = "twice-in-list"
    ALREADY_HERE = "already-here"
    ALREADY_INVITED = "already-invited"
    TOO_MANY_COLUMNS = "too-many-columns"
    UNCLOSED_QUOTE = "unclosed-quote"
    TOO_MANY_ROWS = "too-many-rows"


@dataclass(frozen=True, slots=True)
class ListRow:
    """One person of a pasted list. `line` counts from 1; `first_line` where a twin stands.

    Shape: `raw` is the row as it was pasted, so that what was not taken can be given back.
    """

    line: int
    name: str
    address: str
    problems: tuple[RowProblem, ...] = ()
    first_line: int | None = None
    raw: str = ""


def refusal_to_let_in(
    *,
    address: str,
    chosen_name: str,
    role: str,
    already_here: bool,
) -> EntryRefusal | None:
    """Return why a person may not be invited, or None.

    Edge: every way in asks here (form, list, command); a screening that must come first would
    say no here.
    """
    if not is_address(address):
        return EntryRefusal.ADDRESS_NOT_ONE
    if role not in INVITABLE:
        return EntryRefusal.ROLE_UNKNOWN
    if len(chosen_name) > MAX_NAME:
        return EntryRefusal.NAME_TOO_LONG
    if already_here:
        return EntryRefusal.ALREADY_HERE
    return None


def roles_to_give(roles: Collection[Role]) -> tuple[Role, ...]:
    """Return the roles that a holder of `roles` may give; an administrator comes from another."""
    if Role.COORDINATOR not in roles:
        return ()
    return tuple(r for r in Role if r is not Role.ADMINISTRATOR or Role.ADMINISTRATOR in roles)


def refusal_to_change_role(
    *, actor_id: int, actor_roles: Collection[Role], person_id: int, role: Role
) -> RoleRefusal | None:
    """Return why somebody may not give or take a role, or None. Nobody changes their own."""
    if actor_id == person_id:
        return RoleRefusal.OWN_ROLE
    return None if role in roles_to_give(actor_roles) else RoleRefusal.NOT_YOURS


def folded(text: str) -> str:
    """Return a name as it is sorted and looked for: no accents, no capitals."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in plain if not unicodedata.combining(c))


_ADDRESS_HEADS = {
    "address",
    "email",
    "e-mail",
    "mail",
    "correo",
    "correo electrónico",
    "email address",
    "e-mail address",
}
_NAME_HEADS = {
    "name",
    "chosen name",
    "full name",
    "first name",
    "last name",
    "nombre",
    "apellido",
    "apellidos",
}
_MARKS = ",;\t"
_NAME_AND_ADDRESS = re.compile(r"([^<>]*)<([^<>\s]+@[^<>\s]+)>")


def rows_of_list(
    text: str, *, here: Collection[str] = (), invited: Collection[str] = ()
) -> list[ListRow]:
    """Return the people of a pasted list (CSV), each with its problems.

    Shape: columns name and address in any order, comma, semicolon or tab between, a heading line
    allowed; `Name <address>` is read too; empty lines are passed over. `here` and `invited` are
    normalised addresses.
    Edge: past 2,000 rows one last row holds the rest, unread.
    """
    plain = _plain(text)
    seen: dict[str, int] = {}
    rows: list[ListRow] = []
    columns: _Columns | None = None
    for record in _records(plain):
        if not any(record.cells):
            continue
        if columns is None:
            columns = _columns_of_heading(record.cells)
            if columns.is_heading:
                continue
        if len(rows) == MAX_ROWS:
            rest = "\n".join(plain.split("\n")[record.line - 1 :])
            rows.append(ListRow(record.line, "", "", (RowProblem.TOO_MANY_ROWS,), None, rest))
            break
        row = _judged(_row(record, columns), seen, here, invited)
        rows.append(row)
        seen.setdefault(normalised_address(row.address), row.line)
    return rows


def heading_of_list(text: str) -> str:
    """Return a pasted list's heading line, or nothing where it has none."""
    for record in _records(_plain(text)):
        if any(record.cells):
            return record.raw if _columns_of_heading(record.cells).is_heading else ""
    return ""


def _plain(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    kept = "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) != "Cc")
    return unicodedata.normalize("NFC", kept)


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    cells: list[str]
    raw: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where name and address stand; without a heading each row tells by itself."""

    is_heading: bool
    names: tuple[int, ...] = ()
    address: int = -1


def _records(text: str, mark: str = "") -> Iterator[_Record]:
    lines = text.split("\n")
    reader = csv.reader(
        io.StringIO(text), delimiter=mark or _delimiter(text), skipinitialspace=True
    )
    before = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a cell beyond what a cell may hold: a quotation mark was left open
            yield _Record(before + 1, ["?"], "\n".join(lines[before:]), True)
            return
        raw = "\n".join(lines[before : reader.line_num])
        odd = raw.count('"') % 2 == 1
        folded_cells = [" ".join(cell.split()) for cell in cells]
        has_address = any(is_address(cell) for cell in folded_cells)
        is_open = odd and (reader.line_num > before + 1 or not has_address)
        yield _Record(before + 1, folded_cells, raw, is_open)
        before = reader.line_num


def _delimiter(text: str) -> str:
    """Return the mark that parts the most of the first lines into cells with one address."""
    head = "\n".join(text.split("\n")[:20])

    def fitting(mark: str) -> tuple[int, int]:
        cells = [record.cells for record in _records(head, mark)]
        with_address = sum(1 for row in cells if any(_address_in(cell) for cell in row))
        return with_address, sum(len(row) > 1 for row in cells)

    return max(_MARKS, key=fitting)


def _address_in(cell: str) -> bool:
    return is_address(cell) or _NAME_AND_ADDRESS.fullmatch(cell) is not None


def _columns_of_heading(cells: list[str]) -> _Columns:
    lowered = [cell.casefold() for cell in cells]
    address = next((i for i, cell in enumerate(lowered) if cell in _ADDRESS_HEADS), None)
    if address is None:
        return _Columns(is_heading=False)
    names = tuple(i for i, cell in enumerate(lowered) if cell in _NAME_HEADS)
    return _Columns(is_heading=True, names=names, address=address)


def _row(record: _Record, columns: _Columns) -> ListRow:
    cells = record.cells
    if columns.is_heading:
        name = " ".join(cells[i] for i in columns.names if i < len(cells)).strip()
        address = cells[columns.address] if columns.address < len(cells) else ""
    else:
        name, address = _told_apart(cells)
    found = _NAME_AND_ADDRESS.fullmatch(address)
    if found:
        name, address = name or found[1].strip(' "'), found[2]
    problems = [RowProblem.UNCLOSED_QUOTE] if record.is_open else []
    if len(cells) > MAX_COLUMNS:
        problems.append(RowProblem.TOO_MANY_COLUMNS)
    return ListRow(record.line, name, address, tuple(problems), None, record.raw)


def _told_apart(cells: list[str]) -> tuple[str, str]:
    at = next((i for i, cell in enumerate(cells) if "@" in cell), None)
    if at is None:
        at = 1 if len(cells) > 1 else 0
    name = next((cell for i, cell in enumerate(cells) if i != at and cell), "")
    return name, cells[at]


def _judged(
    row: ListRow, seen: dict[str, int], here: Collection[str], invited: Collection[str]
) -> ListRow:
    problems = list(row.problems)
    address = normalised_address(row.address)
    if RowProblem.UNCLOSED_QUOTE in problems:
        return row
    if not address:
        problems.append(RowProblem.ADDRESS_MISSING)
    elif not is_address(address):
        problems.append(RowProblem.ADDRESS_NOT_ONE)
    elif address in seen:
        problems.append(RowProblem.TWICE_IN_LIST)
    elif address in here:
        problems.append(RowProblem.ALREADY_HERE)
    elif address in invited:
        problems.append(RowProblem.ALREADY_INVITED)
    if len(row.name) > MAX_NAME:
        problems.append(RowProblem.NAME_TOO_LONG)
    return replace(row, problems=tuple(problems), first_line=seen.get(address) if address else None)
