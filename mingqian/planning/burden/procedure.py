"""The life of a record of a special inspection: it counts, or was made by mistake and is taken back (A21.2)."""

from mingqian.accounts.models import User
from mingqian.accounts.states import OFFICER_ROLES
from mingqian.casework.procedure import Procedure, Remark, Step
from mingqian.planning.burden.states import SpecialState
from mingqian.planning.models.burden import SpecialInspection


def _officer(user: User, row: SpecialInspection) -> str:
    own = user.organ_id == row.organ_id and user.has_role(*OFFICER_ROLES)
    return "" if own else "只有本机关的经办人可以登记专项检查、撤销登记。"


SPECIALS: Procedure[SpecialInspection] = Procedure(
    name="special",
    thing="专项检查",
    model=SpecialInspection,
    states=SpecialState,
    address="burden:special",
    at=lambda row: (row.code,),
    ends=(SpecialState.WITHDRAWN,),
    article="A21.2",
    lock=lambda row: SpecialInspection.objects.select_for_update(no_key=True).get(pk=row.pk),
    steps=(
        Step("record", (), SpecialState.RECORDED, "登记", "登记专项检查", _officer, stamps=("recorded_by", "recorded_at")),
        Step(
            "withdraw", (SpecialState.RECORDED,), SpecialState.WITHDRAWN, "撤销登记", "撤销专项检查登记", _officer,
            words="withdrawn_why", remark=Remark("请写明撤销的原因。", "撤销原因", longest=200), irrevocable=True,
            done=lambda row: f"已撤销：{row.number}。",
        ),
    ),
)  # fmt: skip
