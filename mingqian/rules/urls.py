"""Addresses of the room `rules`."""

from django.urls import path

from mingqian.rules.calendar import views as calendar_views
from mingqian.rules.sets import views as rule_views

app_name = "rules"
urlpatterns = [
    path("", rule_views.current, name="current"),
    path("sets/", rule_views.sets, name="sets"),
    path("sets/new/", rule_views.new, name="new"),
    path("sets/<str:code>/", rule_views.rule_set, name="set"),
    path("sets/<str:code>/edit/", rule_views.edit, name="edit"),
    path("sets/<str:code>/submit/", rule_views.submit, name="submit"),
    path("sets/<str:code>/drop/", rule_views.drop, name="drop"),
    path("sets/<str:code>/decide/", rule_views.decide, name="decide"),
    path("deadline/", calendar_views.deadline, name="deadline"),
    path("calendar/", calendar_views.calendar, name="calendar"),
    path("calendar/<int:year>/edit/", calendar_views.calendar_edit, name="calendar-edit"),
]
