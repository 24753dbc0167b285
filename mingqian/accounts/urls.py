"""Addresses of the room `accounts`."""

from django.urls import path

from mingqian.accounts.filters import views as filter_views
from mingqian.accounts.notices import views as notice_views
from mingqian.accounts.organs import views as organ_views
from mingqian.accounts.signin import views as signin_views
from mingqian.accounts.users import views as user_views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", signin_views.sign_in, name="sign-in"),
    path("sign-in/code/", signin_views.code, name="code"),
    path("sign-in/elsewhere/", signin_views.oidc_start, name="oidc-start"),
    path("sign-in/callback/", signin_views.oidc_callback, name="oidc-callback"),
    path("sign-out/", signin_views.sign_out, name="sign-out"),
    path("password/", signin_views.password, name="password"),
    path("mine/", signin_views.mine, name="mine"),
    path("mine/second-factor/", signin_views.second_factor, name="second-factor"),
    path("mine/second-factor/off/", signin_views.second_factor_off, name="second-factor-off"),
    path("mine/notices/", notice_views.listed, name="notices"),
    path("mine/notices/seen/", notice_views.seen, name="notices-seen"),
    path("mine/notices/<int:pk>/", notice_views.follow, name="notice"),
    path("mine/filters/", filter_views.saved, name="filters"),
    path("mine/filters/save/", filter_views.save, name="filter-save"),
    path("mine/filters/<int:pk>/", filter_views.change, name="filter-change"),
    path("organs/", organ_views.organs, name="organs"),
    path("organs/new/", organ_views.organ_new, name="organ-new"),
    path("organs/<slug:code>/", organ_views.organ, name="organ"),
    path("organs/<slug:code>/divisions/new/", organ_views.division_new, name="division-new"),
    path("organs/<slug:code>/divisions/<slug:division_code>/", organ_views.division, name="division"),
    path("organs/<slug:code>/fields/new/", organ_views.field_new, name="field-new"),
    path("users/", user_views.users, name="users"),
    path("users/new/", user_views.user_new, name="user-new"),
    path("users/<str:username>/", user_views.user, name="user"),
    path("users/<str:username>/edit/", user_views.user_edit, name="user-edit"),
    path("users/<str:username>/reset/", user_views.user_reset, name="user-reset"),
    path("users/<str:username>/grants/", user_views.grant, name="grant"),
    path("users/<str:username>/grants/<int:pk>/end/", user_views.grant_end, name="grant-end"),
    path("users/<str:username>/second-factor/off/", user_views.second_factor_drop, name="second-factor-drop"),
    path("sign-ins/", user_views.sign_ins, name="sign-ins"),
]
