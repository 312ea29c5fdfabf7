"""Ghost's part of the sandbox company: the newsletter's site, as an integration sees it.

What is planted among the letters is written in `articles`, among members in `readers`,
among what became of the e-mails in `mailing`.
"""

from pathlib import Path

from ingestion.sandbox.generator.articles import articles
from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.ghost.contents import Contents
from ingestion.sandbox.generator.ghost.journeys import reader_events
from ingestion.sandbox.generator.ghost.mailing import send_letters
from ingestion.sandbox.generator.ghost.readers import drawn_readers
from ingestion.sandbox.generator.ghost.records import newest_first
from ingestion.sandbox.generator.writing import write_lines


def write(company: Company, folder: Path) -> None:
    """Write the newsletter's site of the company into a folder."""
    letters = [one for one in articles(company) if one.channel == "letter"]
    contents = Contents(company, letters)
    readers = drawn_readers(company, contents)
    events = reader_events(company, contents, readers)
    events += send_letters(company, contents, readers)
    files = {
        "posts": contents.posts,
        "pages": contents.pages,
        "tags": contents.tags,
        "users": contents.users,
        "newsletters": contents.newsletters,
        "tiers": contents.tiers,
        "members": [reader.line for reader in readers if not reader.is_deleted],
        "member_events": newest_first(events),
    }
    for name, lines in files.items():
        write_lines(folder / f"{name}.jsonl", lines)
