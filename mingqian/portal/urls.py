"""Addresses of the workbench."""

from django.urls import path

from mingqian.portal import personal_views, views

app_name = "portal"
urlpatterns = [
    path("", views.workbench, name="workbench"),
    path("ledger/", views.ledger, name="ledger"),
    path("ledger/verify/", views.ledger_verify, name="ledger-verify"),
    path("ledger/verifications/<int:pk>/", views.ledger_verification, name="ledger-verification"),
    path("ledger/verifications/<int:pk>/answer/", views.ledger_answer, name="ledger-answer"),
    path("personal/", personal_views.personal, name="personal"),
    path("components/", views.components, name="components"),
    path("health/", views.health, name="health"),
]
