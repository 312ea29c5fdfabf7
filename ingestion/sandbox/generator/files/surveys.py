"""Satisfaction surveys: everybody employed is asked every half year, most answer.

Planted: the wave of September 2025 was exported in Iran (Jalali days, Persian digits);
the first two answers of the last wave were exported twice, the later one counts; one
comment has two lines; small departments stay below five answers.
"""

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta

from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.dice import draw
from ingestion.sandbox.generator.staff import Employee, staff

HEADER = (
    *("survey_id", "wave", "sent_at", "response_id", "employee_ref", "department"),
    *("location", "tenure_band", "age_band", "question_code", "score", "comment"),
    *("submitted_at", "locale"),
)
# Wave: (day it was sent, the same day as the Iranian export writes it).
WAVES = {
    "2025-H1": (date(2025, 3, 3), ""),
    "2025-H2": (date(2025, 9, 1), "۱۴۰۴/۰۶/۱۰"),
    "2026-H1": (date(2026, 3, 2), ""),
    "2026-H2": (date(2026, 9, 7), ""),
}
QUESTIONS = ("enps", "manager_support")
_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
# Score: weight; a company that is liked, with some who do not.
_SCORES = ((10, 20), (9, 22), (8, 20), (7, 14), (6, 9), (5, 6), (4, 4), (2, 3), (0, 2))
_COMMENTS = (
    ("", 80),
    ("Good team, too many tools", 6),
    ("همکاران خوب، حقوق کم", 5),
    ('Kantine "geht so"; Kaffee top', 5),
    ("More feedback please,\nnot only in spring", 4),
)


def responses(company: Company) -> Iterator[tuple[object, ...]]:
    """Yield one row per person, wave and question; without score where unanswered."""
    rng = company.rng("files/surveys")
    everybody = staff(company)
    again: list[tuple[object, ...]] = []
    for wave, (sent, jalali) in WAVES.items():
        asked = [one for one in everybody if one.works_on(sent)]
        for employee in asked:
            reference = _reference(company, employee)
            answers = rng.random() < 0.82
            days = rng.randrange(0, 10)
            for question in QUESTIONS:
                score: object = draw(rng, _SCORES) if answers else ""
                comment = draw(rng, _COMMENTS) if answers else ""
                # Answered from the tenth on, so that the Persian days stay two digits.
                submitted = f"{sent + timedelta(days=days)}T1{days}:15:00Z"
                sent_text = f"{sent}T08:00:00Z"
                if jalali:
                    sent_text = jalali
                    submitted = f"۱۴۰۴/۰۶/{10 + days}".translate(_PERSIAN)
                    score = str(score).translate(_PERSIAN)
                row = (
                    *("engagement", wave, sent_text),
                    *(f"{wave}-{reference[:8]}", reference),
                    *(employee.department, employee.location),
                    *(_tenure(employee, sent), _age(employee, sent)),
                    *(question, score, comment if question == "enps" else ""),
                    *(submitted if answers else "", _locale(employee)),
                )
                yield row
                if wave == "2026-H2" and answers and len(again) < 2:
                    again.append((*row[:10], 9, "exported again", *row[12:]))
    yield from again


def _reference(company: Company, employee: Employee) -> str:
    """Return a mark that tells people apart and names nobody."""
    text = f"{company.seed}/{employee.number}".encode()
    return hashlib.sha256(text).hexdigest()[:16]


def _tenure(employee: Employee, day: date) -> str:
    years = (day - employee.hired).days / 365
    return "under 1 year" if years < 1 else "1 to 3 years" if years < 3 else "over 3"


def _age(employee: Employee, day: date) -> str:
    age = (day - employee.birth_date).days // 365
    return "under 30" if age < 30 else "30 to 44" if age < 45 else "45 and over"


def _locale(employee: Employee) -> str:
    return {"Tehran": "fa-IR", "Istanbul": "tr-TR", "London": "en-GB"}.get(
        employee.location, "de-DE"
    )
