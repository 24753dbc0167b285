"""Addresses of imports."""

from django.urls import path

from mingqian.documents.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.imports, name="list"),
    path("new/", views.new, name="new"),
    path("template.xlsx", views.template, name="template"),
    path("<str:number>/", views.page, name="import"),
    path("<str:number>/columns/", views.columns, name="columns"),
    path("<str:number>/confirm/", views.confirm, name="confirm"),
    path("<str:number>/discard/", views.discard, name="discard"),
    path("<str:number>/report.xlsx", views.rows_report, name="report"),
    path("<str:number>/refused.xlsx", views.refused, name="refused"),
]
