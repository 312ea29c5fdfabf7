-- The ledger from files.
-- Grain: one row per ledger_entry_id.
{{ union_vendors("ledger_entries", "files") }}
