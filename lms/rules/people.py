"""Rules of the ways in: who may be let in, and what a pasted list of people says."""

import csv
import io
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from lms.rules.roles import Role
from lms.rules.signin import is_address, normalised_address

MAX_NAME = 300
MAX_ROWS = 2000
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


@dataclass(frozen=True, slots=True)
class ListRow:
    """One person of a pasted list. `line` counts from 1; `first_line` where a twin stands."""

    line: int
    name: str
    address: str
    problems: tuple[RowProblem, ...] = ()
    first_line: int | None = None


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


_ADDRESS_HEADS = {"address", "email", "e-mail", "mail", "correo", "email address", "e-mail address"}
_NAME_HEADS = {"name", "chosen name", "nombre", "full name"}


def rows_of_list(
    text: str, *, here: Collection[str] = (), invited: Collection[str] = ()
) -> list[ListRow]:
    """Return the people of a pasted list (CSV), each with its problems.

    Shape: columns name and address in either order, comma, semicolon or tab between, a heading
    line allowed; empty lines are passed over. `here` and `invited` are normalised addresses.
    """
    plain = unicodedata.normalize("NFC", text.lstrip("\ufeff")).replace("\x00", "")
    reader = csv.reader(io.StringIO(plain), delimiter=_delimiter(plain), skipinitialspace=True)
    seen: dict[str, int] = {}
    rows: list[ListRow] = []
    columns: tuple[int, int] | None = None
    for cells in reader:
        cells = [" ".join(cell.split()) for cell in cells]
        if not any(cells) or len(rows) >= MAX_ROWS:
            continue
        heads = _columns_of_heading(cells) if columns is None and not rows else None
        if heads:
            columns = heads
            continue
        row = _row(reader.line_num, cells, columns)
        rows.append(_judged(row, seen, here, invited))
        seen.setdefault(normalised_address(row.address), row.line)
    return rows


def _delimiter(text: str) -> str:
    head = "\n".join(text.splitlines()[:20])
    return max(",;\t", key=lambda mark: (head.count(mark), -",;\t".index(mark)))


def _columns_of_heading(cells: list[str]) -> tuple[int, int] | None:
    lowered = [cell.casefold() for cell in cells]
    address = next((i for i, cell in enumerate(lowered) if cell in _ADDRESS_HEADS), None)
    name = next((i for i, cell in enumerate(lowered) if cell in _NAME_HEADS), None)
    if address is None:
        return None
    return (-1 if name is None else name, address)


def _row(line: int, cells: list[str], columns: tuple[int, int] | None) -> ListRow:
    if columns is None:
        at = next((i for i, cell in enumerate(cells) if "@" in cell), None)
        if at is None:
            at = 1 if len(cells) > 1 else 0
        columns = (next((i for i in range(len(cells)) if i != at), -1), at)
    name, address = (cells[i] if 0 <= i < len(cells) else "" for i in columns)
    problems = (RowProblem.TOO_MANY_COLUMNS,) if len(cells) > 12 else ()
    return ListRow(line, name, address, problems)


def _judged(
    row: ListRow, seen: dict[str, int], here: Collection[str], invited: Collection[str]
) -> ListRow:
    problems = list(row.problems)
    address = normalised_address(row.address)
    if "\n" in row.address or "\n" in row.name:
        problems.append(RowProblem.UNCLOSED_QUOTE)
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
    return ListRow(row.line, row.name, row.address, tuple(problems), seen.get(address))
