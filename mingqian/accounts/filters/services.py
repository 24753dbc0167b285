"""Filters that a user keeps under a name: the only writers, and what is in force where a list is opened without any."""

from collections.abc import Callable

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from mingqian.accounts.models.filters import SavedFilter
from mingqian.accounts.models.users import User
from mingqian.accounts.selectors import organs_visible_to
from mingqian.common.errors import DomainError
from mingqian.common.text import clean, without_numbers
from mingqian.pages.listing import kept_lists

#: Of an address's query: not filters. `all` asks for the list without the filters that would be used by themselves.
_NOT_FILTERS = ("page", "all", "more", "tab", "export")
#: So many a list: more would be no help.
MOST = 20


def tidy(query: str) -> str:
    """Return the filters of an address's query, without what stands empty, where one is and how the page stands.

    >>> tidy("?district=a&district=b&text=&page=3")
    'district=a&district=b'
    """
    kept = QueryDict(mutable=True)
    for key, values in QueryDict(query.lstrip("?")).lists():
        if key not in _NOT_FILTERS and any(values):
            kept.setlist(key, [value for value in values if value])
    return kept.urlencode()


def _checked(name: str) -> str:
    name = clean(name)
    if not name:
        raise DomainError("请给这组筛选条件起一个名称。")
    if len(name) > 30:
        raise DomainError("名称太长，请压缩到 30 字以内。")
    return name


def save_filter(user: User, *, page: str, name: str, query: str) -> SavedFilter:
    """Keep the filters of an address under a name; one of that name is replaced."""
    if page not in kept_lists():
        raise Http404
    name, query = _checked(name), tidy(query)
    if not query:
        raise DomainError("还没有选择任何条件。请先筛选，再保存。")
    asked = [value for values in dict(QueryDict(query).lists()).values() for value in values]
    if any(without_numbers(value) != value for value in asked):
        raise DomainError("条件里有电话或身份证号码，不能保存。请去掉号码再保存（第二十条）。")
    if len(query) > 1000:
        raise DomainError("条件太多，保存不下。请减少几个再保存。")
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        held = SavedFilter.objects.filter(user=user, page=page)
        if held.count() >= MOST and not held.filter(name=name).exists():
            raise DomainError(f"每个列表最多保存 {MOST} 组条件，请先删除不用的。")
        row, _created = SavedFilter.objects.update_or_create(user=user, page=page, name=name, defaults={"query": query})
    return row


def rename_filter(user: User, row: SavedFilter, name: str) -> None:
    """Give a filter another name."""
    _own(user, row)
    try:
        with transaction.atomic():
            SavedFilter.objects.filter(pk=row.pk).update(name=_checked(name))
    except IntegrityError as error:
        raise DomainError("这个列表已有同名的一组条件，请换一个名称。") from error


def use_filter(user: User, row: SavedFilter, *, always: bool) -> None:
    """Have a filter used where the list is opened without any, or no longer."""
    _own(user, row)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two windows of one user come one after the other
        SavedFilter.objects.filter(user=user, page=row.page, is_default=True).update(is_default=False)
        SavedFilter.objects.filter(pk=row.pk).update(is_default=always)


def delete_filter(user: User, row: SavedFilter) -> None:
    """Forget a filter."""
    _own(user, row)
    SavedFilter.objects.filter(pk=row.pk).delete()


def _own(user: User, row: SavedFilter) -> None:
    if row.user_id != user.pk:
        raise Http404


def is_lost(user: User, row: SavedFilter) -> bool:
    """Say whether a filter names an organ that its user sees no more: its list would answer 404."""
    code = QueryDict(row.query).get("organ", "")
    return bool(code) and not organs_visible_to(user).filter(code=code).exists()


def filter_for(user: User, pk: int) -> SavedFilter:
    """Return one of the user's own filters, or raise Http404."""
    found = SavedFilter.objects.filter(user=user, pk=pk).first()
    if found is None:
        raise Http404("没有找到这组筛选条件。")
    return found


def list_of(request: HttpRequest) -> str:
    """Return the list that a page shows, "" where it keeps no filters."""
    match = request.resolver_match
    return match.view_name if match is not None and match.view_name in kept_lists() else ""


def saved_filters(request: HttpRequest) -> dict[str, object]:
    """Return what the component of saved filters shows on the page of a list; read only where it is shown."""
    page = list_of(request)
    user = getattr(request, "user", None)
    if not page or not isinstance(user, User):
        return {}
    now = tidy(request.META.get("QUERY_STRING", ""))
    rows = SimpleLazyObject(lambda: list(SavedFilter.objects.filter(user=user, page=page)))
    return {"saved_filters": rows, "filter_page": page, "filter_query": now}


class DefaultFilterMiddleware:
    """Opens a list with the user's own default filters, where the address says nothing at all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as always; the work is done once the view is known."""
        return self._get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponseBase | None:
        """Send a bare address of a list on to the one with the filters; `?all=1` shows the list without."""
        bare = request.method == "GET" and not request.META.get("QUERY_STRING")
        user = request.user
        if not bare or not list_of(request) or not isinstance(user, User):
            return None
        row = SavedFilter.objects.filter(user=user, page=list_of(request), is_default=True).first()
        if row is None:
            return None
        if is_lost(user, row):
            messages.warning(request, f"常用筛选“{row.name}”所指的机关您已看不到，没有使用。请在“常用筛选”里删除它。")
            return None
        return redirect(f"{request.path}?{row.query}")


def send_back(page: str, query: str) -> HttpResponse:
    """Return to the list that was left, with its filters."""
    return redirect(f"{page}?{query}" if query else f"{page}?all=1")
