-- Stages of the deal pipelines of every CRM.
-- Grain: one row per vendor, pipeline and stage.
{{ union_vendors("deal_stages", "crm") }}
