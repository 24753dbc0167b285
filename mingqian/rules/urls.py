"""Addresses of the room `rules`."""

from django.urls import path

from mingqian.rules import calendar_views, views

app_name = "rules"
urlpatterns = [
    path("", views.current, name="current"),
    path("sets/", views.sets, name="sets"),
    path("sets/new/", views.new, name="new"),
    path("sets/<str:code>/", views.rule_set, name="set"),
    path("sets/<str:code>/edit/", views.edit, name="edit"),
    path("sets/<str:code>/submit/", views.submit, name="submit"),
    path("sets/<str:code>/drop/", views.drop, name="drop"),
    path("sets/<str:code>/decide/", views.decide, name="decide"),
    path("deadline/", calendar_views.deadline, name="deadline"),
    path("calendar/", calendar_views.calendar, name="calendar"),
    path("calendar/<int:year>/edit/", calendar_views.calendar_edit, name="calendar-edit"),
]
