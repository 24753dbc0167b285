"""Addresses that everybody may open."""

from django.urls import path

from mingqian.disclosure import item_views, log_views, plan_views, views

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
    path("draws/<str:code>/names/", views.names, name="names"),
    path("inspectors/", views.inspectors, name="inspectors"),
    path("items/", item_views.item_lists, name="item-lists"),
    path("items/<str:organ>/<int:number>/", item_views.item_list, name="item-list"),
    path("items/<str:organ>/<int:number>/list.json", item_views.item_list_json, name="item-list-json"),
    path("items/<str:organ>/<int:number>/list.xlsx", item_views.item_list_xlsx, name="item-list-xlsx"),
    path("items/<str:organ>/<int:number>/list.pdf", item_views.item_list_pdf, name="item-list-pdf"),
    path("items/<str:organ>/<int:number>/<str:code>/", item_views.item, name="item"),
    path("plans/", plan_views.plans, name="plans"),
    path("plans/<str:organ>/<int:year>/<int:number>/", plan_views.plan, name="plan"),
    path("plans/<str:organ>/<int:year>/<int:number>/plan.json", plan_views.plan_json, name="plan-json"),
    path("plans/<str:organ>/<int:year>/<int:number>/plan.<str:form>", plan_views.plan_file, name="plan-file"),
    path("plans/<str:organ>/<int:year>/<int:number>/<str:code>/", plan_views.plan_entry, name="plan-entry"),
    path("log/", views.log, name="log"),
    path("log/key/", views.log_key, name="log-key"),
    path("log/checkpoint/", views.checkpoint, name="checkpoint"),
    path("log/entries/<int:index>/", views.entry_proof, name="entry-proof"),
    path("log/consistency/<int:old>/<int:new>/", views.consistency, name="consistency"),
    path("log/cosign/<int:seen>/", log_views.cosign_request, name="cosign-request"),
    path("log/cosignatures/", log_views.cosignatures, name="cosignatures"),
    path("tools/", views.tools, name="tools"),
    path("tools/verify.html", views.verify_html, name="verify-html"),
    path("tools/witness.html", views.witness_html, name="witness-html"),
    path("tools/mingqian_draw.pyz", views.verify_pyz, name="verify-pyz"),
]
