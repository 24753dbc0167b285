"""Addresses of the papers' wording."""

from django.urls import path

from mingqian.documents.papers import views

app_name = "documents"
urlpatterns = [
    path("", views.papers, name="papers"),
    path("<str:key>/", views.paper, name="paper"),
    path("<str:key>/sample.<str:form>", views.sample, name="sample"),
]
