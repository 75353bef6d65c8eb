"""The shared routes of examples/ROUTES.md, and the notes."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.index, name="index"),
    path("notes/", views.notes, name="notes"),
    path("greet/<str:name>", views.greet, name="greet"),
    path("where", views.where, name="where"),
    path("form", views.form, name="form"),
    path("login", views.log_in, name="login"),
    path("me", views.me, name="me"),
    path("logout", views.log_out, name="logout"),
    path("cookies", views.cookies, name="cookies"),
    path("upload", views.upload, name="upload"),
    path("echo", views.echo, name="echo"),
    path("stream", views.stream, name="stream"),
    path("download", views.download, name="download"),
    path("redirect", views.go_home, name="redirect"),
    path("boom", views.boom, name="boom"),
]
