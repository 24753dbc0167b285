"""Addresses of the workbench."""

from django.urls import path

from mingqian.portal import cosigner_views, personal_views, readiness, views

app_name = "portal"
urlpatterns = [
    path("", views.workbench, name="workbench"),
    path("ledger/", views.ledger, name="ledger"),
    path("ledger/verify/", views.ledger_verify, name="ledger-verify"),
    path("ledger/verifications/<int:pk>/", views.ledger_verification, name="ledger-verification"),
    path("ledger/verifications/<int:pk>/answer/", views.ledger_answer, name="ledger-answer"),
    path("ledger/cosigners/", cosigner_views.cosigners, name="cosigners"),
    path("ledger/cosigners/new/", cosigner_views.cosigner_new, name="cosigner-new"),
    path("ledger/cosigners/upload/", cosigner_views.cosignature_upload, name="cosignature-upload"),
    path("ledger/cosigners/ask/", cosigner_views.cosigners_ask, name="cosigners-ask"),
    path("ledger/cosigners/<int:pk>/end/", cosigner_views.cosigner_end, name="cosigner-end"),
    path("personal/", personal_views.personal, name="personal"),
    path("components/", views.components, name="components"),
    path("ready/", readiness.ready, name="ready"),
    path("health/", views.health, name="health"),
]
