"""The inbox page in a real browser: what arrives is shown at once, and nothing that a message says ever runs."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from rootwatch_local.receivers import Receivers

pytestmark = pytest.mark.browser

PICTURES = Path(__file__).parents[2] / "build" / "inbox"
HOSTILE = """<script>window.hacked=1</script><img src=x onerror="window.hacked=1"> <!channel>"""
ESCAPED = HOSTILE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
Json = Mapping[str, object]


@pytest.fixture
def receivers() -> Iterator[Receivers]:
    with Receivers() as receivers:
        yield receivers


@pytest.fixture
def page(browser: Browser, receivers: Receivers) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(receivers.url)
    expect(page.locator("#live")).to_have_text("live")
    yield page
    page.close()
    assert faults == []


def slack(receivers: Receivers, blocks: Sequence[Json], text: str = "Root use", thread_ts: str | None = None) -> str:
    message = {"channel": "#security-alerts", "text": text, "blocks": blocks}
    if thread_ts:
        message["thread_ts"] = thread_ts
    answer = requests.post(
        f"{receivers.slack_api_url}chat.postMessage",
        json=message,
        headers={"Authorization": f"Bearer {receivers.slack.token}"},
        timeout=5,
    ).json()
    assert answer["ok"], answer
    return str(answer["ts"])


def pagerduty(receivers: Receivers, event: Json, path: str = "enqueue") -> None:
    body = {"routing_key": receivers.pagerduty.routing_key, **event}
    answer = requests.post(f"{receivers.pagerduty_events_url}{path}", json=body, timeout=5)
    assert answer.status_code == 202, answer.text


def mail(receivers: Receivers, subject: str, message: str) -> None:
    body = {"to": "security@example.com", "subject": subject, "body": message}
    assert requests.post(receivers.mail_url, json=body, timeout=5).ok


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def trigger(
    key: str,
    summary: str,
    severity: str = "critical",
    details: Json | None = None,
    source: str = "aws:444455556666",
) -> Json:
    return {
        "event_action": "trigger",
        "dedup_key": key,
        "payload": {
            "summary": summary,
            "source": source,
            "severity": severity,
            "custom_details": details or {},
        },
        "links": [{"href": "https://console.aws.amazon.com/cloudtrailv2/home", "text": "The record in CloudTrail"}],
    }


def test_messages_show_as_they_arrive_without_a_reload(page: Page, receivers: Receivers) -> None:
    page.evaluate("window.sameLoad = true")
    ts = slack(receivers, [{"type": "header", "text": plain("Root signed in to prod-payments")}])
    expect(page.locator("#slack-list")).to_contain_text("Root signed in to prod-payments")
    slack(receivers, [{"type": "section", "text": mrkdwn("*3 more calls* were `read-only`")}], thread_ts=ts)
    expect(page.locator("#slack-list summary")).to_have_text("1 reply")
    expect(page.locator("#slack-list .reply strong")).to_have_text("3 more calls")
    pagerduty(receivers, trigger("rootwatch/444455556666-0a1b2c3d4e5f/access/critical", "Root signed in"))
    expect(page.locator(".incident")).to_contain_text("Triggered")
    mail(receivers, "Root signed in", "Root signed in to prod-payments.")
    expect(page.locator(".mail .subject")).to_have_text("Root signed in")
    expect(page.locator("#count-pages")).to_have_text("1")
    expect(page.locator("#count-slack")).to_have_text("2")
    expect(page.locator("#count-mails")).to_have_text("1")
    assert page.evaluate("window.sameLoad") is True


def test_an_incident_changes_its_state_before_the_readers_eyes(page: Page, receivers: Receivers) -> None:
    key = "rootwatch/444455556666-0a1b2c3d4e5f/access/critical"
    pagerduty(receivers, trigger(key, "Root signed in"))
    pagerduty(receivers, trigger(key, "Root signed in"))
    expect(page.locator(".incident .facts")).to_contain_text("paged once, 1 more appended")
    pagerduty(receivers, {"event_action": "acknowledge", "dedup_key": key})
    expect(page.locator(".incident .status")).to_have_text("Acknowledged")
    pagerduty(receivers, {"event_action": "resolve", "dedup_key": key})
    expect(page.locator(".incident .status")).to_have_text("Resolved")
    expect(page.locator("#count-pages")).to_have_text("1")


def test_a_hostile_message_does_nothing_and_shows_as_text(page: Page, receivers: Receivers) -> None:
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    blocks: list[Json] = [
        {"type": "header", "text": plain(HOSTILE)},
        {"type": "section", "text": mrkdwn(ESCAPED), "fields": [mrkdwn(ESCAPED), plain(HOSTILE)]},
        {"type": "section", "text": mrkdwn("<javascript:window.hacked=1|click me> <script>window.hacked=1</script>")},
        {"type": "context", "elements": [mrkdwn(ESCAPED)]},
    ]
    slack(receivers, blocks)
    pagerduty(receivers, trigger(HOSTILE, HOSTILE, details={HOSTILE: HOSTILE}))
    mail(receivers, HOSTILE[:99], HOSTILE)
    expect(page.locator("#slack-list h3")).to_have_text(HOSTILE)
    expect(page.locator("#slack-list .section").first).to_contain_text(HOSTILE)
    expect(page.locator("#slack-list")).to_contain_text("<javascript:window.hacked=1|click me>")
    expect(page.locator(".incident h3")).to_have_text(HOSTILE)
    expect(page.locator(".incident td")).to_have_text(HOSTILE)
    page.locator(".mail button").click()
    expect(page.locator(".letter pre")).to_have_text(HOSTILE)
    assert page.locator("main script, main img, main a[href^=javascript]").count() == 0
    assert page.evaluate("window.hacked") is None
    assert all(url.startswith(receivers.url) for url in requested)
    assert receivers.slack.pings == ()


def test_a_mail_opens_by_keyboard_alone_and_stays_open_when_more_arrives(page: Page, receivers: Receivers) -> None:
    mail(receivers, "Access key made for root", "A long-term access key was made for the root user.")
    button = page.locator(".mail button")
    expect(button).to_be_visible()
    for _ in range(20):
        page.keyboard.press("Tab")
        if button.evaluate("node => node === document.activeElement"):
            break
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".letter")).to_contain_text("A long-term access key was made for the root user.")
    expect(button).to_have_attribute("aria-expanded", "true")
    mail(receivers, "A second one", "Later.")
    expect(page.locator(".mail")).to_have_count(2)
    expect(page.locator(".letter:visible")).to_have_count(1)
    expect(page.locator(".mail button[aria-expanded=true]")).to_be_focused()


def test_a_narrow_screen_shows_tabs_that_arrow_keys_turn(page: Page, receivers: Receivers) -> None:
    tabs = page.get_by_role("tab")
    expect(page.get_by_role("tablist")).to_be_hidden()
    page.set_viewport_size({"width": 420, "height": 860})
    expect(tabs).to_have_count(3)
    expect(page.locator("#slack")).to_be_visible()
    expect(page.locator("#pagerduty")).to_be_hidden()
    tabs.nth(0).focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#pagerduty")).to_be_visible()
    expect(page.locator("#slack")).to_be_hidden()
    expect(tabs.nth(1)).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_a_real_service_would_refuse_is_shown_as_refused(page: Page, receivers: Receivers) -> None:
    requests.post(receivers.slack_webhook_url, json={"text": ""}, timeout=5)
    expect(page.locator("#count-refused")).to_have_text("1")
    expect(page.locator("#refusals")).to_contain_text("slack refused a message: no_text")


def test_a_page_that_lost_its_server_says_so(page: Page, receivers: Receivers) -> None:
    receivers.close()
    expect(page.locator("#live")).to_have_text("connection lost")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_a_busy_inbox_fits_its_screen(browser: Browser, receivers: Receivers, scheme: str, size: str) -> None:
    """Leaves its pictures under build/inbox/ for people to look at."""
    a_busy_morning(receivers)
    width, height = (1440, 1000) if size == "wide" else (390, 844)
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": height},
        device_scale_factor=2,
    )
    page = context.new_page()
    page.goto(receivers.url)
    expect(page.locator("#count-mails")).to_have_text("3")
    if size == "wide":
        page.locator(".mail button").nth(1).click()
        page.locator("#slack-scroll").evaluate("node => node.scrollTop = 0")
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name in ["slack"] if size == "wide" else ["slack", "pagerduty", "mail"]:
        if size == "narrow":
            page.locator(f"#tab-{name}").click()
        page.screenshot(path=PICTURES / (f"{size}-{scheme}.png" if size == "wide" else f"{size}-{scheme}-{name}.png"))
        assert page.evaluate(
            "[...document.querySelectorAll('html, .scroll')].every(box => box.scrollWidth <= box.clientWidth)"
        )
    context.close()


def a_busy_morning(receivers: Receivers) -> None:
    """Root signs in without MFA, makes an access key, and a planned window is used elsewhere."""
    incident = "444455556666-0a1b2c3d4e5f"
    ts = slack(
        receivers,
        [
            {"type": "header", "text": plain(":red_circle: Root signed in to prod-payments without MFA")},
            {
                "type": "section",
                "text": mrkdwn(
                    "*Critical · unplanned.* The root user of *prod-payments* (`444455556666`) signed in to the "
                    "console from `203.0.113.24`. No break-glass window is open for this account."
                ),
            },
            {
                "type": "section",
                "fields": [
                    mrkdwn("*Account*\nprod-payments `444455556666`"),
                    mrkdwn("*Organisation path*\nWorkloads / Prod"),
                    mrkdwn("*Source address*\n`203.0.113.24`"),
                    mrkdwn("*MFA*\nNo"),
                    mrkdwn("*Region*\n`us-east-1`"),
                    mrkdwn("*Owner*\npayments-platform@example.com"),
                ],
            },
            {"type": "divider"},
            {
                "type": "section",
                "text": mrkdwn(
                    "*Do now*\n1. Ask payments-platform@example.com whether it was them.\n"
                    "2. If nobody owns up: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html|"
                    "take the root user back>.\n```aws cloudtrail lookup-events \\\n  --lookup-attributes "
                    "AttributeKey=Username,AttributeValue=root```"
                ),
            },
            {
                "type": "context",
                "elements": [
                    mrkdwn(f"Incident `{incident}`"),
                    mrkdwn("CIS 5.0 4.3 · MITRE T1078.004"),
                    mrkdwn("heard in 3.1 s"),
                ],
            },
        ],
    )
    slack(
        receivers,
        [
            {
                "type": "section",
                "text": mrkdwn(
                    "*Escalated: credentials.* Root made a long-term access key, `AKIAIOSFODNN7EXAMPLE`, from "
                    "`203.0.113.24`. A break-glass window never covers this."
                ),
            },
            {"type": "context", "elements": [mrkdwn("`iam:CreateAccessKey` · us-east-1 · paged again, new harm")]},
        ],
        thread_ts=ts,
    )
    slack(
        receivers,
        [
            {
                "type": "section",
                "text": mrkdwn("*Digest.* 14 more calls in 10 minutes, all read-only.\n> iam:ListUsers, iam:ListRoles"),
            }
        ],
        thread_ts=ts,
    )
    slack(
        receivers,
        [
            {
                "type": "section",
                "text": mrkdwn(
                    ":large_green_circle: *Planned* · root signed in to *sandbox-7* (`111122223333`) within its window "
                    "_SEC-1482_, declared by `arn:aws:sts::111122223333:assumed-role/BreakGlass/jane`."
                ),
            }
        ],
    )
    details = {
        "account": "prod-payments (444455556666)",
        "what": "ConsoleLogin, succeeded",
        "MFA": "No",
        "from": "203.0.113.24",
        "when": "2026-11-05T09:14:02Z",
        "window": "none open",
        "owner": "payments-platform@example.com",
    }
    first = f"rootwatch/{incident}/access/critical"
    pagerduty(receivers, trigger(first, "Root signed in to prod-payments (444455556666) without MFA", details=details))
    pagerduty(receivers, {"event_action": "acknowledge", "dedup_key": first})
    key = {"access key": "AKIAIOSFODNN7EXAMPLE", "from": "203.0.113.24", "call": "iam:CreateAccessKey", "MFA": "No"}
    second = f"rootwatch/{incident}/credentials/critical"
    for _ in range(2):
        pagerduty(receivers, trigger(second, "Root made an access key in prod-payments (444455556666)", details=key))
    third = "rootwatch/111122223333-5f4e3d2c1b0a/change/error"
    pagerduty(
        receivers,
        trigger(third, "Root deleted a bucket policy in data-lake (111122223333)", "error", source="aws:111122223333"),
    )
    pagerduty(receivers, {"event_action": "resolve", "dedup_key": third})
    pagerduty(
        receivers,
        {"payload": {"summary": "Planned root use in sandbox-7, window SEC-1482", "source": "aws:111122223333"}},
        "change/enqueue",
    )
    letter = (
        "CRITICAL  Root signed in to prod-payments without MFA\n\n"
        "Account    prod-payments (444455556666)\n"
        "Path       Workloads / Prod\n"
        "What       ConsoleLogin, succeeded\n"
        "When       2026-11-05 09:14:02 UTC\n"
        "From       203.0.113.24\n"
        "MFA        No\n"
        "Planned    No: no break-glass window is open\n\n"
        "Do now\n  1. Ask payments-platform@example.com whether it was them.\n"
        "  2. If nobody owns up, take the root user back:\n"
        "     https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html\n\n"
        f"Incident {incident}"
    )
    mail(receivers, "[planned] Root signed in to sandbox-7, SEC-1482", "Planned root use in sandbox-7.")
    mail(receivers, "[critical] Root signed in to prod-payments without MFA", letter)
    mail(receivers, "[critical] Root made an access key in prod-payments", "Escalated: credentials. " + letter)
