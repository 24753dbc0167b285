"""Pages of a user's notices."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts.models.notices import Notice
from mingqian.accounts.notices import mail, services
from mingqian.accounts.selectors import user_of
from mingqian.common.errors import DomainError
from mingqian.pages import access
from mingqian.pages.paging import page_of


class AddressForm(forms.Form):
    """Where notices are sent as mail."""

    address = forms.CharField(
        label="通知邮箱",
        max_length=120,
        required=False,
        help_text="单位内部邮箱。邮件只说有新的通知，不写企业名称；留空则不发邮件。加密保存。",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


@require_http_methods(["GET", "POST"])
@access.signed_in
def listed(request: HttpRequest) -> HttpResponse:
    """Show all notices of the user, and where they are mailed to."""
    user = user_of(request)
    form = AddressForm(request.POST if request.method == "POST" else None, initial={"address": mail.address_of(user)})
    if request.method == "POST" and form.is_valid():
        try:
            kept = services.set_address(user, form.cleaned_data["address"])
        except DomainError as error:
            form.add_error("address", str(error))
        else:
            messages.success(request, "通知邮箱已保存。" if kept else "不再发送邮件通知。")
            return redirect("accounts:notices")
    context = {"page": page_of(request, user.notices.all()), "form": form, "mails": settings.MINGQIAN_MAIL}
    return render(request, "accounts/notices.html", context, status=400 if form.errors else 200)


@require_POST
@access.signed_in
def seen(request: HttpRequest) -> HttpResponse:
    """Take all notices off the workbench."""
    services.mark_seen(user_of(request))
    return redirect("portal:workbench")


@require_GET
@access.signed_in
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Go where a notice leads; it is seen by that."""
    row = get_object_or_404(Notice, pk=pk, user=user_of(request))
    services.mark_seen(row.user, row.pk)
    return redirect(row.path)
