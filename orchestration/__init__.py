"""Dagster: assets, checks, the job that refreshes the warehouse, and publishing."""
