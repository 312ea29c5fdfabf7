"""WordPress's part of the sandbox company: the shop's blog, as an administrator sees it.

What is planted among the posts is written in `articles`, among comments and users in
`discussion` and `people`.
"""

from pathlib import Path

from ingestion.sandbox.generator.articles import articles
from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.wordpress.contents import (
    page_lines,
    post_lines,
    term_lines,
)
from ingestion.sandbox.generator.wordpress.discussion import comment_lines
from ingestion.sandbox.generator.wordpress.people import user_lines
from ingestion.sandbox.generator.writing import write_lines


def write(company: Company, folder: Path) -> None:
    """Write the blog of the company into a folder."""
    posts = [one for one in articles(company) if one.channel == "blog"]
    files = {
        "posts": post_lines(company, posts),
        "pages": page_lines(company),
        "categories": term_lines(posts, "category"),
        "tags": term_lines(posts, "post_tag"),
        "comments": comment_lines(company, posts),
        "users": user_lines(company),
    }
    for name, lines in files.items():
        write_lines(folder / f"{name}.jsonl", lines)
