"""Reading organs, divisions and users."""

from django.http import HttpRequest

from mingqian.accounts.models import Division, Organ, User


def user_of(request: HttpRequest) -> User:
    """Return the user who is signed in; a view that declares its access has one."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("a signed-in user is a User")
    return user


def divisions_of(organ: Organ) -> list[Division]:
    """Return the organ's divisions, by code."""
    return list(Division.objects.filter(organ=organ).order_by("code"))
