"""Who may be let in, what a pasted list says, and who may change a role."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.rules.people import (
    MAX_ROWS,
    EntryRefusal,
    RoleRefusal,
    RowProblem,
    folded,
    heading_of_list,
    refusal_to_change_role,
    refusal_to_let_in,
    roles_to_give,
    rows_of_list,
)
from lms.rules.roles import Role


def pairs(text: str) -> list[tuple[str, str]]:
    """Return what is understood of a list, name and address."""
    return [(row.name, row.address) for row in rows_of_list(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Ana,ana@example.org\nBo,bo@example.org",
        "Ana;ana@example.org\r\nBo;bo@example.org\r\n",
        "Ana\tana@example.org\rBo\tbo@example.org",
        "ana@example.org,Ana\nbo@example.org,Bo",
        "\ufeffname,email\nAna,ana@example.org\nBo,bo@example.org",
        "E-mail;Name;Town\nana@example.org;Ana;X\nbo@example.org;Bo;Y",
        "Ana <ana@example.org>\nBo <bo@example.org>",
        "\n\nAna,ana@example.org\n,,\n   \nBo,bo@example.org\n\n",
        '"Ana","ana@example.org"\n"Bo","bo@example.org"',
        "A\x00na,ana@example.org\nBo,bo@exa\x07mple.org",
        " Ana ,  ana@example.org\n  Bo , bo@example.org ",
    ],
)
def test_lists_as_spreadsheets_and_mail_write_them_say_the_same(text):
    assert pairs(text) == [("Ana", "ana@example.org"), ("Bo", "bo@example.org")]
    assert not any(row.problems for row in rows_of_list(text))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('"Doe, Jane",jane@example.org', "Doe, Jane"),
        ("Doe, Jane;jane@example.org", "Doe, Jane"),
        ('"Mary ""Mo"" Smith",jane@example.org', 'Mary "Mo" Smith'),
        ('Mary "Mo" Smith,jane@example.org', 'Mary "Mo" Smith'),
        ('"Jane\nof the river",jane@example.org', "Jane of the river"),
        ("ʤ 🌊,jane@example.org", "ʤ 🌊"),
        ("أمينة,jane@example.org", "أمينة"),
        ("Jose\u0301,jane@example.org", "José"),
        ("jane@example.org", ""),
        ("first name,last name,email\nJane,Doe,jane@example.org", "Jane Doe"),
    ],
)
def test_names_come_through_whole(text, name):
    assert pairs(text) == [(name, "jane@example.org")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Ana", RowProblem.ADDRESS_NOT_ONE),
        ("Ana,", RowProblem.ADDRESS_MISSING),
        ("Ana,ana at example", RowProblem.ADDRESS_NOT_ONE),
        ("Ana,@", RowProblem.ADDRESS_NOT_ONE),
        ("Ana,HERE@example.org", RowProblem.ALREADY_HERE),
        ("Ana,asked@example.org", RowProblem.ALREADY_INVITED),
        ("x" * 301 + ",ana@example.org", RowProblem.NAME_TOO_LONG),
        ("Ana,ana@example.org" + ",x" * 12, RowProblem.TOO_MANY_COLUMNS),
        ('Bo,bo@example.org\n"Ana,ana@example.org\nCy,cy@example.org', RowProblem.UNCLOSED_QUOTE),
        ('"Ana,ana@example.org', RowProblem.UNCLOSED_QUOTE),
        ('"' + "x" * 200_000, RowProblem.UNCLOSED_QUOTE),
    ],
)
def test_each_problem_is_named_at_its_line(text, problem):
    rows = rows_of_list(text, here={"here@example.org"}, invited={"asked@example.org"})
    assert rows[-1].problems == (problem,)


def test_a_name_of_300_characters_is_fine():
    assert rows_of_list("x" * 300 + ",ana@example.org")[0].problems == ()


def test_a_twin_names_the_line_of_the_first():
    rows = rows_of_list("name,email\nAna,ana@example.org\n\nBo,ANA@example.org")
    assert [(row.line, row.problems, row.first_line) for row in rows] == [
        (2, (), None),
        (4, (RowProblem.TWICE_IN_LIST,), 2),
    ]


def test_a_row_keeps_the_line_it_begins_on_and_its_own_words():
    rows = rows_of_list('"Ana\nfrom here",ana@example.org,extra\nBo,not one')
    assert [row.line for row in rows] == [1, 3]
    assert rows[0].raw == '"Ana\nfrom here",ana@example.org,extra'
    assert rows[1].raw == "Bo,not one"


def test_past_two_thousand_rows_the_rest_waits_unread():
    text = "\n".join(f"P{i},p{i}@example.org" for i in range(MAX_ROWS + 5))
    rows = rows_of_list(text)
    assert len(rows) == MAX_ROWS + 1
    assert rows[-1].problems == (RowProblem.TOO_MANY_ROWS,)
    assert rows[-1].raw.splitlines() == text.splitlines()[MAX_ROWS:]
    assert not any(row.problems for row in rows[:-1])


def test_the_heading_is_told_apart_from_people():
    assert heading_of_list("\n Name , EMAIL \nAna,ana@example.org") == " Name , EMAIL "
    assert heading_of_list("Ana,ana@example.org") == ""
    assert heading_of_list("") == ""


@pytest.mark.parametrize("text", ["", "\n \n\t\n", "\ufeff", ",,,\n;;"])
def test_nothing_is_read_from_nothing(text):
    assert [row for row in rows_of_list(text) if not row.problems] == []


@given(st.text(max_size=400))
def test_whatever_is_pasted_is_read_without_a_fall(text):
    for row in rows_of_list(text):
        assert row.problems or "@" in row.address


@given(st.lists(st.sampled_from(["Ana,ana@example.org", "Bo", '"Cy', "x;y,z\tq", ""]), max_size=8))
def test_what_is_left_is_read_the_same_again(lines):
    rows = rows_of_list("\n".join(lines))
    again = rows_of_list("\n".join(row.raw for row in rows))
    assert [row.address for row in again] == [row.address for row in rows]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({}, None),
        ({"address": "nobody"}, EntryRefusal.ADDRESS_NOT_ONE),
        ({"role": "king"}, EntryRefusal.ROLE_UNKNOWN),
        ({"chosen_name": "x" * 301}, EntryRefusal.NAME_TOO_LONG),
        ({"already_here": True}, EntryRefusal.ALREADY_HERE),
    ],
)
def test_every_way_in_asks_the_same(change, refusal):
    offer = {"address": "a@b.org", "chosen_name": "A", "role": "trainee", "already_here": False}
    assert refusal_to_let_in(**{**offer, **change}) is refusal


def test_a_coordinator_gives_every_role_but_administrator():
    assert Role.ADMINISTRATOR not in roles_to_give({Role.COORDINATOR})
    assert len(roles_to_give({Role.COORDINATOR})) == len(Role) - 1
    assert Role.ADMINISTRATOR in roles_to_give({Role.COORDINATOR, Role.ADMINISTRATOR})
    assert roles_to_give({Role.TRAINER, Role.ADMINISTRATOR}) == ()


def test_nobody_changes_a_role_of_their_own():
    roles = {Role.COORDINATOR}
    own = {"actor_id": 1, "actor_roles": roles, "person_id": 1, "role": Role.TRAINER}
    assert refusal_to_change_role(**own) is RoleRefusal.OWN_ROLE
    assert refusal_to_change_role(**{**own, "person_id": 2}) is None
    admin = {**own, "person_id": 2, "role": Role.ADMINISTRATOR}
    assert refusal_to_change_role(**admin) is RoleRefusal.NOT_YOURS


def test_names_are_found_without_accents_and_capitals():
    assert folded("JOSÉ") == folded("jose\u0301") == "jose"
    assert "straß".casefold() in folded("Strasse")
