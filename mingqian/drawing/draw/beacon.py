"""The public source of randomness that a seal may name: its number is asked for at the opening, and not before it is out."""

from mingqian.common.errors import DomainError
from mingqian.drawing.models.draws import Draw


def check_beacon(draw: Draw, beacon: str | None, now: str) -> None:
    """Raise DomainError where a number is missing, comes too early, has the wrong length, or was never agreed on."""
    due = draw.plan.get("beacon_due")
    if due is None and beacon:
        raise DomainError("封存时没有约定公开随机源，不能填写。")
    if due and not beacon:
        raise DomainError("封存时约定了公开随机源，请填写公布的号码。")
    if due and now < due:
        raise DomainError("公开随机源的号码还没有公布，不能开签。")
    digits = draw.plan.get("beacon_digits")
    if beacon and digits and len(beacon) != digits:
        raise DomainError(f"封存时约定的号码是 {digits} 位数字，请核对后重新输入。")
