"""Addresses of the room `casework`."""

from django.urls import path

from mingqian.casework.clocks import views as clocks
from mingqian.casework.drafts import views as drafts

app_name = "casework"
urlpatterns = [
    path("clocks/", clocks.clocks, name="clocks"),
    path("drafts/keep/", drafts.keep, name="draft-keep"),
    path("drafts/drop/", drafts.drop, name="draft-drop"),
]
