-- When somebody counted in the company and in each of its scopes.
-- Grain: one row per (scope_type, person_key, valid_from_date); rows may lie ahead.
with scopes as (select * from {{ ref("int_employment_scopes") }} where is_counted)
select
    scope_type,
    scope_name,
    person_key,
    spell_number,
    is_on_leave,
    valid_from_date,
    valid_until_date
from scopes
