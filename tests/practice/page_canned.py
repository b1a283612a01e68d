"""What the canned server of the page's tests shows: people, channels, a live incident, every kind of block, forms."""

import time
from typing import Any

Json = dict[str, Any]

NOW = int(time.time())
ALICE, BRUNO, CARLA, BOT = "U01ALICE", "U02BRUNO", "U03CARLA", "U0BOT"
DEVOPS = "C01DEVOPS"


def person(id: str, name: str, real_name: str, title: str, *roles: str, color: str = "#3b6ea5") -> Json:
    return {
        "id": id,
        "name": name,
        "real_name": real_name,
        "title": title,
        "roles": list(roles),
        "is_restricted": not roles,
        "avatar_color": color,
    }


BOOT: Json = {
    "team": {"id": "T1", "name": "NeonPro Practice"},
    "people": [
        person(ALICE, "alice", "Alice Andrade", "Platform Lead", "platform_lead", "cto", color="#2f6f4f"),
        person(BRUNO, "bruno", "Bruno Braga", "DevOps engineer", "devops", color="#9a4b1f"),
        person(CARLA, "carla", "Carla Costa", "Security officer", "security_officer", color="#6b4aa0"),
        person("U04GIL", "gil", "Gil Guest", "Contractor", color="#5b5a5c"),
    ],
    "bot": {"id": "B0BOT", "user_id": BOT, "name": "NeonOps"},
    "commands": [
        {
            "command": "/deploy",
            "usage_hint": "[api|web|all] [ref] [--dry-run]",
            "description": "Deploy to production, or see what is deployed",
        },
        {"command": "/health", "usage_hint": "[api|web|database|vendors|all]", "description": "Check production"},
        {
            "command": "/incident",
            "usage_hint": "p1|p2|p3|security [title]",
            "description": "Declare an incident and run its checklist",
        },
        {"command": "/rollback", "usage_hint": "[api|web|all]", "description": "Roll production back"},
    ],
    "shortcuts": [
        {"name": "Declare an incident", "callback_id": "incident.declare", "type": "global", "description": "Ask"},
        {"name": "Add to the timeline", "callback_id": "timeline.add", "type": "message", "description": "Keep it"},
    ],
}


def channel(id: str, name: str, **fields: Any) -> Json:
    base = {"is_private": False, "is_im": False, "im_user": None, "is_member": True, "is_archived": False}
    texts = {"topic": "", "purpose": "", "members": [ALICE, BRUNO, CARLA, BOT]}
    return {"id": id, "name": name, **base, **texts, "unread": 0, "mention": False, "last_ts": None, **fields}


def channels() -> list[Json]:
    return [
        channel("C0GENERAL", "general", topic="Company-wide announcements"),
        channel(DEVOPS, "devops", topic="*Deploys* and infrastructure · runbook: <https://example.com/rb|here>"),
        channel("C02INC", "incident-20261123-0312", is_private=True, unread=4, mention=True),
        channel("C03ANN", "announcements", unread=2),
        channel("C04WEB", "web", is_member=False, purpose="All about the web app"),
        channel("C05OLD", "incident-20260901-1210", is_archived=True),
        channel("D01", "bruno", is_im=True, is_private=True, im_user=BRUNO, members=[ALICE, BRUNO]),
        channel("D02", "neonops", is_im=True, is_private=True, im_user=BOT, unread=1, members=[ALICE, BOT]),
    ]


def message(seconds_ago: int, text: str, **fields: Any) -> Json:
    base = {"user": None, "bot_id": None, "username": "", "thread_ts": None, "reply_count": 0, "reply_users": []}
    marks = {"edited": False, "pinned": False, "ephemeral": False, "subtype": None, "reactions": [], "metadata": None}
    ts = f"{NOW - seconds_ago}.000100"
    return {"ts": ts, "channel": DEVOPS, "text": text, "blocks": None, **base, **marks, **fields}


def by_bot(seconds_ago: int, text: str, blocks: list[Json] | None = None, **fields: Any) -> Json:
    return message(seconds_ago, text, blocks=blocks, user=BOT, bot_id="B0BOT", username="NeonOps", **fields)


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def button(action_id: str, text: str, **fields: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(text), "value": f"{action_id}:3", **fields}


def option(value: str, text: str, description: str = "") -> Json:
    base: Json = {"value": value, "text": mrkdwn(text)}
    return {**base, "description": mrkdwn(description)} if description else base


CONFIRM = {
    "title": plain("Roll back web?"),
    "text": mrkdwn("Production goes back to *a1b2c3d*. Deploys are locked until you promote again."),
    "confirm": plain("Roll back"),
    "deny": plain("Keep it"),
    "style": "danger",
}

STEPS = [
    option("ack", "Acknowledge the alert", "Alice, 03:13"),
    option("status", "Check the vendors' status pages", "NeonOps: Vercel and Supabase are up"),
    option("scope", "Find out who is affected", "Within 15 minutes"),
]


def incident_card() -> list[Json]:
    overflow = [option("skip", "Skip with a reason"), option("note", "Add a note")]
    return [
        {"type": "header", "block_id": "h", "text": plain(":rotating_light: P1 · Checkout is down")},
        {
            "type": "section",
            "block_id": "facts",
            "fields": [
                mrkdwn("*Commander*\n<@U01ALICE>"),
                mrkdwn("*Channel*\n<#C02INC>"),
                mrkdwn(f"*Declared*\n<!date^{NOW - 600}^{{date_short_pretty}} {{time}}|earlier>"),
                mrkdwn("*Next update due*\nin 12 minutes"),
            ],
        },
        {"type": "divider", "block_id": "d"},
        {
            "type": "section",
            "block_id": "phase",
            "text": mrkdwn("*Phase 1 · First 15 minutes* — 2 of 3 done"),
            "accessory": {"type": "overflow", "action_id": "step.more", "options": overflow},
        },
        {
            "type": "actions",
            "block_id": "steps-v3",
            "elements": [
                {"type": "checkboxes", "action_id": "step.tick", "options": STEPS, "initial_options": STEPS[:2]}
            ],
        },
        {
            "type": "actions",
            "block_id": "buttons-v3",
            "elements": [
                button("incident.update", "Post an update", style="primary"),
                button("incident.role", "Assign roles"),
                button("incident.rollback", "Roll back web…", style="danger", confirm=CONFIRM),
                {
                    "type": "static_select",
                    "action_id": "incident.severity",
                    "placeholder": plain("Change severity"),
                    "options": [option("p1", "P1"), option("p2", "P2"), option("p3", "P3")],
                },
            ],
        },
        {"type": "context", "block_id": "c", "elements": [mrkdwn("incident 7 · runbook 2.3.0 · `drill: no`")]},
    ]


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def words(*parts: str | Json) -> list[Json]:
    return [{"type": "text", "text": part} if isinstance(part, str) else part for part in parts]


def report_blocks() -> list[Json]:
    header = [{"type": "raw_text", "text": text} for text in ("Service", "Status", "p95", "Deployment")]
    rows = [
        ("api", "ok", "182 ms", "dpl_8fk2"),
        ("web", "degraded", "2,410 ms", "dpl_77aa"),
        ("database", "ok", "9", ""),
    ]
    steps = [
        {"type": "task_card", "task_id": "1", "title": "Run the tests", "status": "complete"},
        {"type": "task_card", "task_id": "2", "title": "Build the web app", "status": "in_progress"},
        {"type": "task_card", "task_id": "3", "title": "Promote", "status": "pending"},
    ]
    listed = [{"type": "rich_text_section", "elements": words(text)} for text in ("Pause the queue", "Tell support")]
    return [
        {"type": "plan", "block_id": "plan", "title": "Deploy 42 · web", "tasks": steps},
        {
            "type": "table",
            "block_id": "table",
            "column_settings": [{}, {}, {"align": "right"}],
            "rows": [header, *[[{"type": "raw_text", "text": text} for text in row] for row in rows]],
        },
        {
            **rich(
                {
                    "type": "rich_text_section",
                    "elements": words("Do ", {"type": "text", "text": "both", "style": {"bold": True}}, " now:"),
                },
                {"type": "rich_text_list", "style": "ordered", "elements": listed},
                {"type": "rich_text_preformatted", "elements": words("vercel rollback dpl_77aa --yes\nok")},
                {"type": "rich_text_quote", "elements": words("No patient data in this channel.")},
            ),
            "block_id": "rich",
        },
        {
            "type": "container",
            "block_id": "box",
            "title": plain("Phase 2 · Mitigation"),
            "subtitle": plain("3 steps, 30 minutes"),
            "is_collapsible": True,
            "child_blocks": [{"type": "section", "block_id": "in", "text": mrkdwn("Start with the *newest* deploy.")}],
        },
        {"type": "markdown", "text": "## Summary\n- [x] first\n- [ ] second, see [the docs](https://example.com)"},
        {
            "type": "data_visualization",
            "block_id": "chart",
            "title": "Deploys by week",
            "chart": {
                "type": "bar",
                "series": [
                    {"name": "Good", "data": [{"label": "Nov 16", "value": 3}, {"label": "Nov 23", "value": 5}]},
                    {"name": "Failed", "data": [{"label": "Nov 16", "value": 0}, {"label": "Nov 23", "value": 1}]},
                ],
                "axis_config": {"categories": ["Nov 16", "Nov 23"]},
            },
        },
        {"type": "hologram", "block_id": "new", "text": "from the future"},
        {
            "type": "context_actions",
            "block_id": "fb",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "fb.click",
                    "positive_button": {"text": plain("Good"), "value": "up"},
                    "negative_button": {"text": plain("Bad"), "value": "down"},
                }
            ],
        },
    ]


ATTACK = (
    "&lt;img src=x onerror=alert(1)&gt; <javascript:alert(1)|click> &amp;lt; "
    "*bold <@U02BRUNO>* `a &lt; b` :tada: :nope:"
)


def messages() -> dict[str, list[Json]]:
    parent = by_bot(700, "*Deploy 42* of `web` is live :rocket:", reply_count=2, reply_users=[BRUNO, ALICE])
    card = by_bot(600, "P1: Checkout is down", incident_card(), pinned=True)
    replies = [
        message(690, "On it, watching the graphs.", user=BRUNO, thread_ts=parent["ts"]),
        message(650, "Thanks!", user=ALICE, thread_ts=parent["ts"]),
    ]
    return {
        DEVOPS: [
            message(90000, "Morning! Who has the pager this week?", user=CARLA),
            message(89900, "I do, until Friday.\n> ask <!here> if I am asleep", user=BRUNO),
            message(89890, "```kubectl get pods\nweb-1   Running```", user=BRUNO),
            parent,
            *replies,
            card,
            message(500, ATTACK, user=BRUNO, reactions=[{"name": "eyes", "count": 2, "users": [ALICE, CARLA]}]),
            by_bot(400, "Health report", report_blocks(), edited=True),
            by_bot(60, "Only platform leads may roll back. Ask <@U01ALICE>.", ephemeral=True),
        ],
        **{each["id"]: [] for each in channels() if each["id"] != DEVOPS},
    }


def form(id: str, title: str, blocks: list[Json], **fields: Any) -> Json:
    texts = {"title": plain(title), "submit": plain("Declare"), "close": plain("Cancel")}
    return {"id": id, "type": "modal", **texts, "blocks": blocks, "callback_id": "c", "hash": "1", **fields}


def field(block_id: str, label: str, element: Json, **fields: Any) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": "value", **element},
        **fields,
    }


def views() -> dict[str, Json]:
    severities = [
        option("p1", "*P1* · production is down", "Answer within 15 minutes"),
        option("p2", "*P2* · degraded"),
    ]
    declare = [
        {"type": "alert", "block_id": "a", "level": "warning", "text": mrkdwn("Never write *patient data* here.")},
        field("title", "What is happening?", {"type": "plain_text_input", "placeholder": plain("Checkout is down")}),
        field(
            "severity", "Severity", {"type": "radio_buttons", "options": severities, "initial_option": severities[0]}
        ),
        field(
            "services",
            "Services",
            {"type": "multi_static_select", "options": [option("api", "API"), option("web", "Web")]},
        ),
        field(
            "people", "Who should join?", {"type": "multi_users_select"}, optional=True, hint=plain("They are invited.")
        ),
        field("since", "Since when?", {"type": "timepicker", "initial_time": "03:10"}, optional=True),
        field("room", "Announce in", {"type": "conversations_select"}, dispatch_action=True, optional=True),
        field("more", "More", {"type": "plain_text_input", "multiline": True}, optional=True),
    ]
    return {
        "declare": form("V1", "Declare an incident", declare),
        "role": form(
            "V2", "Assign a role", [field("title", "Role", {"type": "plain_text_input"})], previous_view_id="V1"
        ),
        "home": {"id": "VH", "type": "home", "blocks": incident_card()},
    }


def neonpro() -> Json:
    def switch(id: str, group: str, title: str, kind: str, value: Any, **fields: Any) -> Json:
        return {"id": id, "group": group, "title": title, "kind": kind, "value": value, "text": "", **fields}

    levels = ["none", "minor", "major", "critical"]
    return {
        "facts": [{"title": "web live", "value": "dpl_77aa"}, {"title": "Pinned", "value": "no"}],
        "switches": [
            switch("api_down", "Services", "API down", "toggle", False, text="Every endpoint answers 503"),
            switch("slow_ms", "Services", "Slow (ms)", "number", 0),
            switch("vercel", "Vendors", "Vercel outage", "choice", "none", choices=levels),
        ],
    }


def standing() -> list[Json]:
    choices = [{"value": "active", "title": "Active"}, {"value": "deactivated", "title": "Deactivated"}]
    bruno: Json = {"id": "U02BRUNO", "group": "People", "title": "Bruno Barros", "text": "", "kind": "choice"}
    return [{**bruno, "value": "active", "choices": choices}]


def traffic() -> list[Json]:
    def call(n: int, kind: str, name: str, ms: float, outcome: str = "ok") -> Json:
        at = (NOW - 60 + n) * 1000
        return {"n": n, "at": at, "kind": kind, "name": name, "ms": ms, "outcome": outcome, "summary": ""}

    return [
        call(1, "command", "/incident", 41),
        call(2, "ack", "/incident", 38),
        call(3, "api", "conversations.create", 112),
        call(4, "api", "chat.postMessage", 104),
        call(5, "api", "chat.update", 97, "ratelimited"),
    ]
