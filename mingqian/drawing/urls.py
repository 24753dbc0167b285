"""Addresses of the room `drawing`."""

from django.urls import URLPattern

app_name = "drawing"
urlpatterns: list[URLPattern] = []
