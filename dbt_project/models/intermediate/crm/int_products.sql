-- Products of every CRM.
-- Grain: one row per vendor and product_id, archived ones included.
{{ union_vendors("products", "crm") }}
