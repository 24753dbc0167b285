"""Addresses of the room `drawing`."""

from django.urls import path

from mingqian.drawing.beacons import views as beacon_views
from mingqian.drawing.ceremony import views as ceremony_views
from mingqian.drawing.changes import views as change_views
from mingqian.drawing.draft import views as draft_views
from mingqian.drawing.draw import views as draw_views
from mingqian.drawing.duties import views as duty_views
from mingqian.drawing.joint import views as joint_views
from mingqian.drawing.media import views as media_views
from mingqian.drawing.people import views as people_views
from mingqian.drawing.record import views as record_views
from mingqian.drawing.signed import views as signed_views
from mingqian.drawing.training import views as training_views
from mingqian.drawing.voids import views as void_views
from mingqian.drawing.warnings import views as warning_views
from mingqian.drawing.witnesses import views as witness_views

app_name = "drawing"

#: What a draw and a change of it have alike, below the address of each.
_LOT = (
    ("invites/", witness_views.invites, "invites"),
    ("sign/<int:position>/", witness_views.sign_here, "sign"),
    ("signatures/<int:position>/", witness_views.signature, "signature"),
    ("witness/", ceremony_views.witness, "witness"),
    ("receipts/<int:position>/", ceremony_views.receipt, "receipt"),
    ("open/", ceremony_views.open_lot, "open"),
    ("ceremony/", ceremony_views.screen, "ceremony"),
    ("ceremony/state/", ceremony_views.screen_state, "ceremony-state"),
    ("ceremony/close/", ceremony_views.screen_close, "ceremony-close"),
    ("ceremony/data/", ceremony_views.screen_data, "ceremony-data"),
    ("record/", record_views.record, "record"),
    ("record.<str:form>", record_views.record_file, "record-file"),
    ("void/", void_views.ask, "void"),
)
urlpatterns = [
    path("", draw_views.draws, name="list"),
    path("new/", draft_views.new, name="new"),
    path("drafts/<int:pk>/pool/", draft_views.pool, name="draft-pool"),
    path("drafts/<int:pk>/people/", draft_views.people, name="draft-people"),
    path("drafts/<int:pk>/people/ask/", people_views.ask, name="draft-people-ask"),
    path("drafts/<int:pk>/people/withdraw/", people_views.withdraw, name="draft-people-withdraw"),
    path("people/<int:pk>/", people_views.decide, name="people-decide"),
    path("drafts/<int:pk>/conflicts/", draft_views.conflicts, name="draft-conflicts"),
    path("drafts/<int:pk>/witnesses/", draft_views.witnesses, name="draft-witnesses"),
    path("drafts/<int:pk>/seal/", draft_views.seal, name="draft-seal"),
    path("drafts/<int:pk>/drop/", draft_views.drop, name="draft-drop"),
    path("mine/", change_views.mine, name="mine"),
    path("joint/", joint_views.index, name="joint-list"),
    path("joint/agree/", joint_views.agree, name="joint-agree"),
    path("joint/<str:code>/", joint_views.visit, name="joint"),
    path("joint/<str:code>/answers/<int:pk>/", joint_views.answer, name="joint-answer"),
    path("joint/<str:code>/leaders/", joint_views.leaders, name="joint-leaders"),
    path("joint/<str:code>/leaders/<int:serial>/<int:pk>/", joint_views.consent, name="joint-consent"),
    path("joint/<str:code>/leaders/<int:serial>/withdraw/", joint_views.withdraw, name="joint-withdraw"),
    path("warnings/", warning_views.index, name="warnings"),
    path("warnings/answer/", warning_views.answer, name="warnings-answer"),
    path("warnings/<int:pk>/", warning_views.warning, name="warning"),
    path("warnings/<int:pk>/decide/", warning_views.decide, name="warning-decide"),
    path("phone/<str:token>/", witness_views.phone, name="phone"),
    path("phone/<str:token>/state/", witness_views.phone_state, name="phone-state"),
    path("phone/<str:token>/commit/", witness_views.phone_commit, name="phone-commit"),
    path("phone/<str:token>/open/", witness_views.phone_open, name="phone-open"),
    path("phone/<str:token>/sign/", witness_views.phone_sign, name="phone-sign"),
    path("<str:code>/", draw_views.draw, name="draw"),
    path("<str:code>/void/<int:pk>/", void_views.decide, name="void-decide"),
    path("<str:code>/beacon/", beacon_views.ask, name="beacon-ask"),
    path("<str:code>/beacon/<int:pk>/", beacon_views.confirm, name="beacon-confirm"),
    path("<str:code>/beacon/<int:pk>/picture", beacon_views.picture, name="beacon-picture"),
    path("<str:code>/publish/", draw_views.publish, name="publish"),
    path("<str:code>/filed/", duty_views.filed, name="filed"),
    path("<str:code>/materials.pdf", record_views.materials, name="materials"),
    path("<str:code>/signed/", signed_views.attach, name="signed-attach"),
    path("<str:code>/signed/<int:position>/file", signed_views.page_file, name="signed-file"),
    path("<str:code>/signed/<int:position>/remove/", signed_views.remove, name="signed-remove"),
    path("<str:code>/media/", media_views.gallery, name="media"),
    path("<str:code>/media/<int:serial>/", media_views.one, name="media-one"),
    path("<str:code>/media/<int:serial>/file", media_views.media_file, name="media-file"),
    path("<str:code>/media/<int:serial>/withdraw/", media_views.withdraw, name="media-withdraw"),
    path("<str:code>/uploads/", media_views.uploads, name="uploads"),
    path("<str:code>/uploads/<str:key>/", media_views.upload, name="upload"),
    path("<str:code>/training/", training_views.trainings, name="trainings"),
    path("<str:code>/training/<str:number>/", training_views.train, name="train"),
    path("<str:code>/mine/<str:subject>/", change_views.mine_ask, name="mine-ask"),
    path("<str:code>/subjects/<str:subject>/", change_views.choose, name="change-choose"),
    path("<str:code>/subjects/<str:subject>/change/", change_views.ask, name="change-new"),
    path("<str:code>/changes/<int:serial>/", change_views.change, name="change"),
    path("<str:code>/changes/<int:serial>/withdraw/", change_views.withdraw, name="change-withdraw"),
    path("<str:code>/changes/<int:serial>/decide/", change_views.decide, name="change-decide"),
    path("<str:code>/changes/<int:serial>/statement/", change_views.statement, name="change-statement"),
    path("<str:code>/changes/<int:serial>/seal/", change_views.seal, name="change-seal"),
    *(path(f"<str:code>/{route}", view, name=name) for route, view, name in _LOT),
    *(path(f"<str:code>/changes/<int:serial>/{route}", view, name=f"change-{name}") for route, view, name in _LOT),
]
