"""Models are written in the SQL that DuckDB and Spark share."""

import re
from pathlib import Path

import pytest

from ingestion.settings import DBT_PROJECT_DIR

MODELS = sorted((DBT_PROJECT_DIR / "models").rglob("*.sql"))

# What fails on Spark, or runs there and answers differently; macros/portable has the
# form that is equal on both.
FORBIDDEN = {
    r"\bqualify\b": "a subquery with row_number() and where … = 1",
    r"\bcurrent_(date|timestamp)\b|\bnow\(\)|\btoday\(\)": "as_of(), as_of_date()",
    r"\basof\b": "a daily table and an equi-join",
    r"\bby name\b": "union_vendors",
    r"\bat time zone\b|\btimezone\(": "to_local_time()",
    r"\bdate_?diff\(|\bdatesub\(|\bdate_sub\(": "days_between(), minutes_between()",
    r"\b(string_agg|listagg|array_agg|list|unnest|generate_series)\(": "ordered_list()",
    r"->>|\bjson_extract\w*\(|\bjson_value\(": "json_text()",
    r"\b(isodow|dayofweek|weekday)\b|\bextract\(\s*dow": "iso_weekday()",
    r"\bstrftime\(|\bstrptime\(|\bepoch\w*\(": "date_trunc, minutes_between()",
    r"\b(quantile_cont|arg_max|arg_min)\(": "percentile_cont, max_by, min_by",
    r"\bconcat\(": "|| or concat_ws",
    r"\bregexp_replace\(|\bregexp_matches\(": "replace, like",
    r"\blog\(": "ln() or log10()",
    r"(?<!:)//": "floor(a / b)",
    r"\bright join\b": "left join",
    r"\btimestamptz\b|\btimestamp with time zone\b": "timestamp, cast in staging",
}


def _plain(sql: str) -> str:
    """Return the SQL without comments and literals, each Jinja expression as `x`."""
    sql = re.sub(r"{#.*?#}|--[^\n]*|{%.*?%}", " ", sql, flags=re.DOTALL)
    sql = re.sub(r"{{.*?}}", "x", sql, flags=re.DOTALL)
    return re.sub(r"'[^']*'", "''", sql).lower()


def _order_terms(sql: str) -> list[str]:
    """Return each term of each `order by`, read up to its closing parenthesis."""
    terms = []
    for found in re.finditer(r"\border by\b", sql):
        depth, term = 0, ""
        for character in sql[found.end() :]:
            if character == ")" and depth == 0:
                break
            depth += (character == "(") - (character == ")")
            if character == "," and depth == 0:
                terms.append(term)
                term = ""
            else:
                term += character
        # A window's frame follows its last term.
        terms.append(re.split(r"\b(rows|range) between\b", term)[0])
    return [term.strip() for term in terms]


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_model_uses_only_sql_that_both_engines_answer_alike(path: Path) -> None:
    """A DuckDB-only form would surface on the day a user moves to Spark."""
    sql = _plain(path.read_text("utf-8"))
    used = {
        token: remedy for token, remedy in FORBIDDEN.items() if re.search(token, sql)
    }
    assert not used


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_every_order_by_says_where_nulls_go(path: Path) -> None:
    """The engines disagree on the default, silently."""
    terms = _order_terms(_plain(path.read_text("utf-8")))
    assert [term for term in terms if "nulls" not in term] == []


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_model_says_what_it_is_and_its_grain(path: Path) -> None:
    """A reader must not have to derive what one row means."""
    head = path.read_text("utf-8").split("\n")[:4]
    assert head[0].startswith("-- "), "the first line says what the model is"
    if "staging" not in path.parts:
        assert any("grain" in line.lower() for line in head), "-- Grain: one row per …"
