"""Reading organs, divisions, fields, users and sign-ins."""

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from mingqian.accounts.models.factors import SecondFactor
from mingqian.accounts.models.organs import Division, Field, Organ
from mingqian.accounts.models.users import RoleGrant, SignIn, User
from mingqian.accounts.states import ADMIN_ROLES
from mingqian.common import clock


def user_of(request: HttpRequest) -> User:
    """Return the user who is signed in; a view that declares its access has one."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("a signed-in user is a User")
    return user


def organs_below(organ: Organ) -> list[int]:
    """Return the keys of the organ and of all below it: what the organ may see (art. 4)."""
    found = [organ.pk]
    level = [organ.pk]
    while level:
        level = list(Organ.objects.filter(parent__in=level).exclude(pk__in=found).values_list("pk", flat=True))
        found += level
    return found


def organs_visible_to(user: User) -> QuerySet[Organ]:
    """Return the user's organ and those below it."""
    return Organ.objects.filter(pk__in=organs_below(user.organ)).select_related("parent").order_by("code")


def organ_for(user: User, code: str) -> Organ:
    """Return the organ, or raise Http404 where it is not for `user` to know."""
    organ = organs_visible_to(user).filter(code=code).first()
    if organ is None:
        raise Http404("没有找到这个机关，或它不在您的管理范围内。")
    return organ


def tree_of(user: User) -> list[tuple[int, Organ]]:
    """Return (depth, organ) for the organs that `user` may see, each after its parent."""
    children: dict[int | None, list[Organ]] = {}
    for organ in organs_visible_to(user):
        children.setdefault(organ.parent_id, []).append(organ)

    def walk(organ: Organ, depth: int) -> list[tuple[int, Organ]]:
        return [(depth, organ)] + [row for child in children.get(organ.pk, []) for row in walk(child, depth + 1)]

    return walk(user.organ, 0)


def divisions_of(organ: Organ) -> list[Division]:
    """Return the organ's divisions, by code."""
    return list(Division.objects.filter(organ=organ).order_by("code"))


def fields_of(organ: Organ) -> QuerySet[Field]:
    """Return the organ's business fields, by code."""
    return Field.objects.filter(organ=organ).order_by("code")


def users_visible_to(user: User, query: str = "", *, role: str = "", state: str = "") -> QuerySet[User]:
    """Return the users of the organs that an administrator looks after, with a role today and a state (`active`, `stopped`) if asked."""
    if not user.has_role(*ADMIN_ROLES):
        return User.objects.none()
    found = (
        User.objects.filter(organ__in=organs_below(user.organ))
        .select_related("organ", "division")
        .prefetch_related("grants")
    )
    for word in query.split():
        found = found.filter(Q(username__icontains=word) | Q(name__icontains=word) | Q(division__name__icontains=word))
    if role:
        today = clock.today()
        going_on = Q(until__isnull=True) | Q(until__gte=today)
        found = found.filter(pk__in=RoleGrant.objects.filter(going_on, role=role, since__lte=today).values("user"))
    if state:
        found = found.filter(is_active=state == "active")
    return found.order_by("organ__code", "username")


def user_for(admin: User, username: str) -> User:
    """Return the user, or raise Http404 where it is not for `admin` to know."""
    user = users_visible_to(admin).filter(username=username).first()
    if user is None:
        raise Http404("没有找到这位用户，或其不在您的管理范围内。")
    return user


def sign_ins_visible_to(user: User) -> QuerySet[SignIn]:
    """Return all attempts on the accounts that an audit administrator looks after, unknown names included."""
    return SignIn.objects.filter(Q(user__organ__in=organs_below(user.organ)) | Q(user__isnull=True)).select_related(
        "user"
    )


def second_factor_of(user: User) -> SecondFactor | None:
    """Return the user's device, None where the second factor is off."""
    return SecondFactor.objects.filter(user=user).first()
