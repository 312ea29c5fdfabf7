"""The lines of everything that is not a ticket: users, groups, brands, fields, policies.

Planted: the group `Legacy Inbox` is deleted; `Gold` was renamed after tickets had its
old title; the option `gift_wrap` of Topic is gone while old tickets carry it.
"""

from ingestion.sandbox.generator.zendesk.desk import (
    BOT,
    CHANNELS_FIELD,
    DELETED_GROUP,
    FOUNDED,
    GROUPS,
    MERGED_USER,
    OFFICE_BRAND,
    REFUND_FIELD,
    SHOP_BRAND,
    SPAMMER,
    TOPIC_FIELD,
    TOPICS,
    Desk,
    User,
    iso,
    organization_id,
)
from ingestion.sandbox.generator.zendesk.targets import POLICIES, Policy
from ingestion.sandbox.generator.zendesk.working_hours import second

_API = "https://zafran.zendesk.com/api/v2"
_FOUNDED = {"created_at": iso(FOUNDED), "updated_at": iso(FOUNDED)}
_IANA = {
    "Germany": ("Berlin", "Europe/Berlin"),
    "Austria": ("Vienna", "Europe/Vienna"),
    "Iran": ("Tehran", "Asia/Tehran"),
    "Turkey": ("Istanbul", "Europe/Istanbul"),
    "United Kingdom": ("London", "Europe/London"),
    "United States": ("Eastern Time (US & Canada)", "America/New_York"),
}


def user_lines(desk: Desk) -> list[dict]:
    """Return agents, the bot, customers, and the two planted users."""
    bot = User(BOT, "Zafran Assistant", "assistant@zafran.example", "agent", FOUNDED)
    spammer = User(
        SPAMMER, "Best SEO", "win@spam.example", "end-user", second("2026-09-01T02:00Z")
    )
    merged = User(
        MERGED_USER, "Merged away", None, "end-user", second("2025-06-01T08:00Z")
    )
    rows = [_user(user) for user in (*desk.agents, bot)]
    rows += [_user(user) for user in desk.customers.values()]
    rows.append(_user(spammer, suspended=True))
    gone = second("2026-05-04T09:00Z")
    rows.append(_user(merged, active=False, updated=gone))
    return sorted(rows, key=lambda row: row["id"])


def _user(
    user: User,
    *,
    active: bool = True,
    suspended: bool = False,
    updated: int | None = None,
) -> dict:
    zone, iana = _IANA.get(user.country, _IANA["Germany"])
    left = user.employee.left if user.employee else None
    changed = updated or user.created
    role = user.role
    if left is not None:
        # Who leaves becomes an end user; his tickets still name him.
        role, changed = "end-user", second(f"{left}T06:00:00+00:00")
    return {
        "id": user.user_id,
        "url": f"{_API}/users/{user.user_id}.json",
        "name": user.name,
        "email": user.email,
        "role": role,
        "role_type": None,
        "custom_role_id": None,
        "active": active,
        "suspended": suspended,
        "verified": user.email is not None,
        "organization_id": user.organization_id,
        "default_group_id": None,
        "time_zone": zone,
        "iana_time_zone": iana,
        "locale": "en-US",
        "tags": [],
        "alias": None,
        "created_at": iso(user.created),
        "updated_at": iso(changed),
        "last_login_at": None,
        "user_fields": {},
    }


def organization_lines(desk: Desk) -> list[dict]:
    """Return the CRM's companies as organizations."""
    rows = [
        {
            "id": organization_id(account),
            "url": f"{_API}/organizations/{organization_id(account)}.json",
            "external_id": account.company_id,
            "name": account.name,
            "domain_names": [account.domain],
            "tags": ["gold"] if is_gold(account.employee_count) else [],
            "group_id": None,
            "shared_tickets": False,
            "organization_fields": {},
            "created_at": iso(max(account.created // 1000, FOUNDED)),
            "updated_at": iso(max(account.created // 1000, FOUNDED)),
            "deleted_at": None,
        }
        for account in desk.company.accounts
    ]
    return sorted(rows, key=lambda row: row["id"])


def is_gold(employee_count: int) -> bool:
    """Return whether a company has the better contract."""
    return employee_count >= 120


def group_lines() -> list[dict]:
    """Return the groups, the deleted one too."""
    named = [(group_id, name, False) for name, (group_id, _, _) in GROUPS.items()]
    named.append((DELETED_GROUP, "Legacy Inbox", True))
    return [
        {
            "id": group_id,
            "url": f"{_API}/groups/{group_id}.json",
            "name": name,
            "description": "",
            "default": group_id == 360_006_965_031,
            "deleted": deleted,
            "is_public": True,
            **_FOUNDED,
        }
        for group_id, name, deleted in sorted(named)
    ]


def membership_lines(desk: Desk) -> list[dict]:
    """Return who is in which group; some have no instant of change."""
    pairs = [
        (agent, group_id)
        for agent in desk.agents
        if agent.employee and agent.employee.left is None
        for group_id in desk.groups_of[agent.user_id]
    ]
    return [
        {
            "id": 360_070_000_000 + number,
            "user_id": agent.user_id,
            "group_id": group_id,
            "default": False,
            "created_at": iso(agent.created),
            "updated_at": None if number % 3 == 0 else iso(agent.created),
        }
        for number, (agent, group_id) in enumerate(pairs)
    ]


def brand_lines() -> list[dict]:
    """Return the two brands."""
    return [
        {
            "id": brand_id,
            "name": name,
            "subdomain": subdomain,
            "active": True,
            "default": brand_id == SHOP_BRAND,
            "has_help_center": True,
            "is_deleted": False,
            "ticket_form_ids": [360_002_048_693],
            **_FOUNDED,
        }
        for brand_id, name, subdomain in (
            (SHOP_BRAND, "Zafran Shop", "zafran"),
            (OFFICE_BRAND, "Zafran Office Coffee", "zafran-office"),
        )
    ]


def field_lines() -> list[dict]:
    """Return the definitions of the ticket fields that are read."""
    options = [
        {"id": 8_000 + n, "name": tag.title(), "raw_name": tag, "value": tag}
        for n, (_, tag, _) in enumerate(TOPICS)
    ]
    own = (
        (TOPIC_FIELD, "tagger", "Topic", options),
        (REFUND_FIELD, "checkbox", "Refund requested", None),
        (CHANNELS_FIELD, "multiselect", "Also asked at", []),
    )
    system = [
        (360_012_340_001 + n, kind, title, None)
        for n, (kind, title) in enumerate(
            (
                ("subject", "Subject"),
                ("status", "Status"),
                ("priority", "Priority"),
                ("group", "Group"),
                ("assignee", "Assignee"),
            )
        )
    ]
    rows = []
    for field_id, kind, title, choices in (*system, *own):
        row = {
            "id": field_id,
            "type": kind,
            "title": title,
            "raw_title": title,
            "active": True,
            "required": False,
            "removable": choices is not None or kind == "checkbox",
            **_FOUNDED,
        }
        if choices is not None:
            row["custom_field_options"] = choices
        rows.append(row)
    return rows


def policy_lines() -> list[dict]:
    """Return the SLA policies as they are now."""
    return [_policy(number, policy) for number, policy in enumerate(POLICIES, 1)]


def _policy(number: int, policy: Policy) -> dict:
    return {
        "id": policy.policy_id,
        "url": f"{_API}/slas/policies/{policy.policy_id}.json",
        "title": policy.title_now,
        "description": None,
        "position": number,
        "filter": {"all": [], "any": []},
        "policy_metrics": [
            {
                "priority": priority,
                "metric": target.policy_metric,
                "target": minutes,
                "target_in_seconds": minutes * 60,
                "business_hours": target.is_business,
            }
            for target in policy.targets
            for priority, minutes in target.minutes.items()
        ],
        "created_at": iso(FOUNDED),
        "updated_at": "2026-01-02T08:00:00Z",
    }
