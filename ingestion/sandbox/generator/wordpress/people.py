"""The blog's users: its administrator, the content team, and a guest author.

Planted: the user of article 12 was deleted and its posts were not given to anybody:
their author is a number without a user. Who left keeps a user, without a role.
"""

from ingestion.sandbox.generator import staff
from ingestion.sandbox.generator.articles import BLOG
from ingestion.sandbox.generator.calendar import day_start
from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.staff import Employee
from ingestion.sandbox.generator.wordpress.clock import utc_text

ADMINISTRATOR = 1
DELETED_AUTHOR = 99


def authors(company: Company) -> list[Employee]:
    """Return who has a user, the head of content first."""
    employees = staff.staff(company)
    guest = staff.members(employees, "Customer Support")[1]
    return [*staff.members(employees, "Content"), guest]


def user_ids(company: Company) -> dict[int, int]:
    """Return the user of each author by employee number."""
    return {one.number: 2 + index for index, one in enumerate(authors(company))}


def user_lines(company: Company) -> list[dict]:
    """Return the users by id."""
    ids = user_ids(company)
    administrator = _user(
        ADMINISTRATOR,
        "sandbox",
        ("Sandbox", ""),
        "it@zafran.example",
        "2023-01-09T08:00:00",
        ["administrator"],
    )
    return [
        administrator,
        *(
            _user(
                ids[one.number],
                one.email.partition("@")[0],
                (one.first_name, one.last_name),
                one.email,
                utc_text(day_start(one.hired)),
                _roles(one),
            )
            for one in authors(company)
        ),
    ]


def _roles(one: Employee) -> list[str]:
    if one.left is not None:
        return []
    return ["editor" if one.manager_number is None else "author"]


def _user(
    user_id: int,
    login: str,
    name: tuple[str, str],
    email: str,
    registered: str,
    roles: list[str],
) -> dict:
    full_name = " ".join(part for part in name if part)
    return {
        "id": user_id,
        "username": login,
        "name": full_name,
        "first_name": name[0],
        "last_name": name[1],
        "email": email,
        "url": "",
        "description": "",
        "link": f"{BLOG}/author/{login.replace('.', '-')}/",
        "locale": "de_DE",
        "nickname": login,
        "slug": login.replace(".", "-"),
        "roles": roles,
        "registered_date": f"{registered}+00:00",
        "capabilities": {"read": True, **dict.fromkeys(roles, True)},
        "extra_capabilities": dict.fromkeys(roles, True),
        "avatar_urls": {"96": "https://secure.gravatar.com/avatar/?s=96"},
        "meta": [],
    }
