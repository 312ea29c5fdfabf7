"""How many words a rendered text has: what reading it takes."""

import html
import re

_NOT_WORDS = re.compile(
    r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>|\[/?[a-z][^\]]*\]",
    re.DOTALL | re.IGNORECASE,
)


def word_count(text: object) -> int | None:
    """Return the number of words; None where there is no text.

    Tags, comments, scripts and shortcodes are no words, a zero-width non-joiner is
    inside one (می‌خواهم).
    """
    if not isinstance(text, str):
        return None
    plain = html.unescape(_NOT_WORDS.sub(" ", text))
    return sum(any(letter.isalnum() for letter in word) for word in plain.split())
