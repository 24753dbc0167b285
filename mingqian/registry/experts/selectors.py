"""Reading experts and testing bodies."""

from django.db.models import QuerySet
from django.http import Http404

from mingqian.accounts.models import User
from mingqian.accounts.states import READER_ROLES
from mingqian.registry.models.experts import Expert
from mingqian.registry.organs import organ_to_read


def experts_visible_to(user: User, organ_code: str = "") -> QuerySet[Expert]:
    """Return the experts and testing bodies that `user` may see, of the own organ or of one below it, by number."""
    if not user.has_role(*READER_ROLES):
        return Expert.objects.none()
    return Expert.objects.filter(organ=organ_to_read(user, organ_code)).order_by("number")


def expert_for(user: User, number: str, organ_code: str = "") -> Expert:
    """Return the expert, or raise Http404 where it is not for `user` to know; pages that change one name no other organ."""
    found = experts_visible_to(user, organ_code).select_related("organ").filter(number=number).first()
    if found is None:
        raise Http404("没有找到这位专家或机构，或不属于您的机关。")
    return found
