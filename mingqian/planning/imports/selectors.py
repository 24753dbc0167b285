"""Reading imports of items."""

from django.db.models import QuerySet
from django.http import Http404

from mingqian.accounts.models import User
from mingqian.planning.models.imports import ItemImport


def imports_visible_to(user: User) -> QuerySet[ItemImport]:
    """Return the tables of items of the user's organ."""
    rows = ItemImport.objects.filter(organ=user.organ).select_related("file", "division", "created_by", "organ")
    return rows.order_by("-serial")


def import_for(user: User, code: str) -> ItemImport:
    """Return the import, or raise Http404."""
    found = imports_visible_to(user).filter(code=code).first()
    if found is None:
        raise Http404("没有找到这次导入。")
    return found
