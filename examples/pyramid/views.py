"""What each route answers. Links are made by route_path and route_url alone, so any mount point will do."""

import hashlib

from pyramid.httpexceptions import HTTPFound, HTTPSeeOther
from pyramid.response import FileResponse, Response
from pyramid.view import exception_view_config, notfound_view_config, view_config
from sample_data import lines, number_from, sample_file

CHUNK_BYTES = 64 * 1024


@view_config(route_name="index", request_method="GET", renderer="index.jinja2")
def index(request):
    return {}


@view_config(route_name="greet", request_method="GET")
def greet(request):
    return Response(f"Hello, {request.matchdict['name']}!", content_type="text/plain", charset="utf-8")


@view_config(route_name="where", request_method="GET", renderer="json")
def where(request):
    return {
        "script_name": request.script_name,
        "path_info": request.path_info,
        "root_url": request.route_url("index"),
        "self_url": request.route_url("where"),
    }


# --- forms and sessions: the session is a signed cookie ---


@view_config(route_name="form", request_method="GET", renderer="form.jinja2")
def show_form(request):
    return {"message": request.session.get("message"), "notes": request.session.pop_flash()}


@view_config(route_name="form", request_method="POST")
def receive_form(request):
    request.session["message"] = request.POST.get("message", "")[:200]  # a cookie has little room
    request.session.flash("Thank you.")
    # 303 makes the browser GET the page: reloading it then sends no form again.
    return HTTPSeeOther(request.route_path("form"))


@view_config(route_name="login", request_method="GET", renderer="login.jinja2")
def show_login(request):
    return {}


@view_config(route_name="login", request_method="POST")
def log_in(request):
    request.session["name"] = request.POST.get("name", "")[:100]
    return HTTPSeeOther(request.route_path("me"))


@view_config(route_name="me", request_method="GET", renderer="json")
def me(request):
    return {"name": request.session.get("name")}


@view_config(route_name="logout", request_method="POST")
def log_out(request):
    request.session.pop("name", None)
    return HTTPSeeOther(request.route_path("index"))


@view_config(route_name="cookies", request_method="GET", renderer="json")
def cookies(request):
    request.response.set_cookie("first", "1")
    request.response.set_cookie("second", "two", httponly=True, samesite="Lax")
    request.response.set_cookie("third", "3", max_age=3600)
    return {"cookies": ["first", "second", "third"]}


# --- bodies in and out ---


@view_config(route_name="upload", request_method="GET", renderer="upload.jinja2")
def show_upload(request):
    return {}


# Without a session there is nothing that a forged request could use: these two need no token.
@view_config(route_name="upload", request_method="POST", renderer="json", require_csrf=False)
def receive_upload(request):
    upload = request.POST.get("file")
    if not hasattr(upload, "filename"):  # an empty field is b"", one that is no file is text
        request.response.status = 400
        return {"error": "no file in the field 'file'"}
    size, sha256 = 0, hashlib.sha256()
    while chunk := upload.file.read(CHUNK_BYTES):
        size += len(chunk)
        sha256.update(chunk)
    return {"name": upload.filename, "size": size, "sha256": sha256.hexdigest()}


@view_config(route_name="echo", request_method="POST", require_csrf=False)
def echo(request):
    response = Response(request.body)
    # Set as a header, not as an attribute: an echo must not add a charset.
    response.headers["Content-Type"] = request.headers.get("Content-Type", "application/octet-stream")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@view_config(route_name="stream", request_method="GET")
def stream(request):
    count = number_from(request.GET.get("n"), 5, highest=100_000)
    delay_seconds = number_from(request.GET.get("delay"), 0.05, highest=10.0)
    return Response(app_iter=lines(count, delay_seconds), content_type="text/plain", charset="utf-8")


@view_config(route_name="download", request_method="GET")
def download(request):
    response = FileResponse(str(sample_file()), request=request, content_type="text/plain")
    response.content_disposition = 'attachment; filename="lines.txt"'
    return response


# --- elsewhere ---


@view_config(route_name="redirect", request_method="GET")
def go_home(request):
    return HTTPFound(request.route_path("index"))


@view_config(route_name="boom", request_method="GET")
def boom(request):
    """Nobody catches this one: the answer is the server's own 500 page."""
    raise RuntimeError("boom")


class SoldOut(Exception):
    """The shop has no more of this item."""


@view_config(route_name="buy", request_method="GET", renderer="json")
def buy(request):
    if request.matchdict["item"] == "moon":
        raise SoldOut("moon")
    return {"bought": request.matchdict["item"]}


@exception_view_config(SoldOut, renderer="sold_out.jinja2")
def sold_out(error, request):
    request.response.status = 409
    return {"item": str(error)}


@notfound_view_config(renderer="not_found.jinja2")
def not_found(request):
    request.response.status = 404
    return {}
