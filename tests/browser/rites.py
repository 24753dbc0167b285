"""What a ceremony is made of on the pages: invitations, contributions, the projector, a change agreed to and sealed."""

from playwright.sync_api import Page, expect

from mingqian.testing import DIGITS
from tests.browser.visitors import Visitor


def invite(officer: Visitor, phones: list[Visitor], path: str) -> None:
    """Identify the witnesses, and let each open the link that is theirs."""
    page = officer.go(path)
    for _phone in phones:
        page.get_by_role("button", name="已核验，发出邀请").first.click()
    links = page.locator("p.mq-break")
    expect(links).to_have_count(len(phones))
    for phone, link in zip(phones, links.all_inner_texts(), strict=True):
        phone.page.goto(link.strip())
    expect(page.locator(".mq-invite-qr svg").first).to_be_visible()


def contribute(phones: list[Visitor], screen: Page, officer: Visitor, path: str) -> None:
    """Two commit on their own phones, one speaks on the projector's page; after the close the phones open by themselves."""
    for position, (phone, digits) in enumerate(zip(phones[:2], DIGITS, strict=False), 1):
        for face in digits:
            phone.page.get_by_role("button", name=f"{face} 点", exact=True).click()
        phone.page.get_by_role("button", name="生成并交出承诺").click()
        expect(screen.locator("#ceremony-state li.done")).to_have_count(position)
        expect(screen.locator("#ceremony-state")).to_contain_text("已承诺")
    page = officer.go(f"{path}witness/?position=3")
    page.get_by_label("您的数字").fill(DIGITS[2])
    page.get_by_role("button", name="交出献数，领取回执").click()
    receipt = page.locator(".mq-receipt-code").inner_text()
    expect(screen.locator("#ceremony-state")).to_contain_text(receipt)
    expect(screen.locator("#ceremony-state")).to_contain_text("可以开签")


def play(screen: Page) -> None:
    """The projector goes on by itself; its own computation agrees."""
    expect(screen.locator(".mqc-seed")).to_contain_text("种子")
    screen.get_by_role("button", name="直接看结果").click()
    expect(screen.locator("#stage")).to_have_attribute("data-verdict", "same")


def approve(leader: Visitor, change: str) -> None:
    """Let who decides agree."""
    page = leader.go(f"{change}decide/")
    page.get_by_role("button", name="批准", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已批准")


def seal(officer: Visitor, change: str) -> None:
    """Fix the change; its witnesses are those of the draw."""
    page = officer.go(f"{change}seal/")
    page.get_by_role("button", name="封存第").click()
    expect(page.get_by_role("status")).to_contain_text("变更已封存")
