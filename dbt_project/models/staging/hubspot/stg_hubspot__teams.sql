-- Teams of the HubSpot account, newest version. Grain: one row per team.
{{ config(enabled=is_vendor_used("hubspot")) }}
with teams as ({{ newest_rows("hubspot", "teams", newest_by="extracted_at") }})
select cast(id as string) as team_id, cast(name as string) as team_name
from teams
