"""Pull raw events and records with dlt into DuckDB. Knows neither Dagster nor dbt."""
