"""Addresses of the room `registry`."""

from django.urls import path

from mingqian.registry import import_views, views

app_name = "registry"
urlpatterns = [
    path("subjects/", views.subjects, name="subjects"),
    path("subjects/new/", views.subject_new, name="subject-new"),
    path("subjects/export.<str:form>", views.subjects_export, name="subjects-export"),
    path("subjects/<str:number>/", views.subject, name="subject"),
    path("subjects/<str:number>/edit/", views.subject_edit, name="subject-edit"),
    path("inspectors/", views.inspectors, name="inspectors"),
    path("inspectors/new/", views.inspector_new, name="inspector-new"),
    path("inspectors/export.<str:form>", views.inspectors_export, name="inspectors-export"),
    path("inspectors/<str:number>/", views.inspector, name="inspector"),
    path("inspectors/<str:number>/edit/", views.inspector_edit, name="inspector-edit"),
    path("imports/", import_views.imports, name="imports"),
    path("imports/new/", import_views.import_new, name="import-new"),
    path("imports/<str:number>/", import_views.import_page, name="import"),
    path("imports/<str:number>/columns/", import_views.import_columns, name="import-columns"),
    path("imports/<str:number>/confirm/", import_views.import_confirm, name="import-confirm"),
    path("imports/<str:number>/discard/", import_views.import_discard, name="import-discard"),
    path("imports/<str:number>/report.xlsx", import_views.import_report, name="import-report"),
    path("imports/<str:number>/refused.xlsx", import_views.import_refused, name="import-refused"),
]
