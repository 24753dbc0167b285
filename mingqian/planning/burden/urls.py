"""Addresses of special inspections and of what subjects bear."""

from django.urls import path

from mingqian.planning.burden import views

app_name = "burden"
urlpatterns = [
    path("special/", views.specials, name="specials"),
    path("special/new/", views.special_new, name="special-new"),
    path("special/<str:code>/", views.special, name="special"),
    path("special/<str:code>/withdraw/", views.special_withdraw, name="special-withdraw"),
    path("subjects/<str:number>/", views.visits, name="visits"),
]
