"""Addresses of the room `planning`."""

from django.urls import path

from mingqian.planning.imports import views as import_views
from mingqian.planning.items import views as item_views
from mingqian.planning.laws import views as law_views

app_name = "planning"
urlpatterns = [
    path("laws/", law_views.laws, name="laws"),
    path("laws/new/", law_views.law_new, name="law-new"),
    path("laws/missing/", law_views.missing, name="missing"),
    path("laws/<str:code>/", law_views.law, name="law"),
    path("laws/<str:code>/amend/", law_views.law_amend, name="law-amend"),
    path("laws/<str:code>/repeal/", law_views.law_repeal, name="law-repeal"),
    path("laws/<str:code>/articles/<str:label>/", law_views.article, name="article"),
    path("", item_views.items, name="items"),
    path("items/drafts/", item_views.drafts, name="drafts"),
    path("items/new/", item_views.item_new, name="item-new"),
    path("items/<str:code>/<int:number>/", item_views.item, name="item"),
    path("items/<str:code>/<int:number>/edit/", item_views.item_edit, name="item-edit"),
    *item_views.PAGES.revision_paths("items/<str:code>/<int:number>/"),
    path("items/<str:code>/<int:number>/check/", item_views.item_check, name="item-check"),
    path("lists/", item_views.lists, name="lists"),
    path("lists/compose/", item_views.compose, name="list-compose"),
    *item_views.PAGES.version_paths("lists/<str:code>/"),
    path("imports/", import_views.imports, name="imports"),
    path("imports/new/", import_views.import_new, name="import-new"),
    path("imports/<str:code>/", import_views.import_page, name="import"),
    path("imports/<str:code>/confirm/", import_views.import_confirm, name="import-confirm"),
    path("imports/<str:code>/discard/", import_views.import_discard, name="import-discard"),
]
