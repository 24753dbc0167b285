"""Pages of the registries."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mingqian.accounts.states import READER_ROLES
from mingqian.common import access


@access.roles(*READER_ROLES)
def subjects(request: HttpRequest, **_named: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "base.html")


@access.roles(*READER_ROLES)
def subject_new(request: HttpRequest, **_named: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "base.html")


@access.roles(*READER_ROLES)
def subjects_export(request: HttpRequest, **_named: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "base.html")


@access.roles(*READER_ROLES)
def subject(request: HttpRequest, **_named: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "base.html")


@access.roles(*READER_ROLES)
def subject_edit(request: HttpRequest, **_named: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "base.html")


@access.roles(*READER_ROLES)
def inspectors(request: HttpRequest, **_named: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "base.html")


@access.roles(*READER_ROLES)
def inspector_new(request: HttpRequest, **_named: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "base.html")


@access.roles(*READER_ROLES)
def inspectors_export(request: HttpRequest, **_named: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "base.html")


@access.roles(*READER_ROLES)
def inspector(request: HttpRequest, **_named: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "base.html")


@access.roles(*READER_ROLES)
def inspector_edit(request: HttpRequest, **_named: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "base.html")


@access.roles(*READER_ROLES)
def imports(request: HttpRequest, **_named: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "base.html")


@access.roles(*READER_ROLES)
def import_new(request: HttpRequest, **_named: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "base.html")


@access.roles(*READER_ROLES)
def import_page(request: HttpRequest, **_named: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "base.html")


@access.roles(*READER_ROLES)
def import_columns(request: HttpRequest, **_named: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "base.html")


@access.roles(*READER_ROLES)
def import_confirm(request: HttpRequest, **_named: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "base.html")


@access.roles(*READER_ROLES)
def import_discard(request: HttpRequest, **_named: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "base.html")


@access.roles(*READER_ROLES)
def import_report(request: HttpRequest, **_named: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "base.html")


@access.roles(*READER_ROLES)
def import_refused(request: HttpRequest, **_named: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "base.html")
