"""Addresses that everybody may open."""

from django.urls import path

from mingqian.disclosure import views

app_name = "disclosure"
urlpatterns = [
    path("", views.home, name="home"),
    path("draws/", views.draws, name="draws"),
    path("draws/<str:code>/", views.draw, name="draw"),
    path("draws/<str:code>/seal.json", views.seal_json, name="seal"),
    path("draws/<str:code>/bundle.zip", views.bundle, name="bundle"),
    path("draws/<str:code>/ledger.json", views.ledger_json, name="ledger-json"),
    path("draws/<str:code>/check/", views.check, name="check"),
    path("draws/<str:code>/subject/", views.subject, name="subject"),
    path("inspectors/", views.inspectors, name="inspectors"),
    path("log/", views.log, name="log"),
    path("log/key/", views.log_key, name="log-key"),
    path("log/checkpoint/", views.checkpoint, name="checkpoint"),
    path("log/entries/<int:index>/", views.entry_proof, name="entry-proof"),
    path("log/consistency/<int:old>/<int:new>/", views.consistency, name="consistency"),
    path("tools/", views.tools, name="tools"),
    path("tools/verify.html", views.verify_html, name="verify-html"),
    path("tools/mingqian_draw.pyz", views.verify_pyz, name="verify-pyz"),
]
