"""What each route answers. Links are made by reverse() alone, so any mount point will do."""

import hashlib

from django.http import FileResponse, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .forms import LoginForm, MessageForm, NoteForm
from .models import Note
from .sample_data import lines, number_from, sample_file

PLAIN_TEXT = "text/plain; charset=utf-8"


@require_safe
def index(request):
    return render(request, "notes/index.html")


@require_http_methods(["GET", "HEAD", "POST"])
def notes(request):
    """Show the latest notes, and a form that adds one: the database at work."""
    note_form = NoteForm(request.POST or None)
    if note_form.is_valid():
        note_form.save()
        return redirect("notes")
    return render(request, "notes/notes.html", {"form": note_form, "notes": Note.objects.all()[:20]})


@require_safe
def greet(request, name):
    return HttpResponse(f"Hello, {name}!", content_type=PLAIN_TEXT)


@require_safe
def where(request):
    return JsonResponse(
        {
            "script_name": request.META["SCRIPT_NAME"],
            "path_info": request.path_info,
            "root_url": request.build_absolute_uri(reverse("index")),
            "self_url": request.build_absolute_uri(reverse("where")),
        }
    )


# --- forms and sessions: the session is in the database, its key in a cookie ---


@require_http_methods(["GET", "HEAD", "POST"])
def form(request):
    message_form = MessageForm(request.POST or None)
    if message_form.is_valid():
        request.session["message"] = message_form.cleaned_data["message"]
        # A redirect makes the browser GET the page: reloading it then sends no form again.
        return redirect("form")
    return render(request, "notes/form.html", {"form": message_form, "message": request.session.get("message")})


@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request):
    login_form = LoginForm(request.POST or None)
    if login_form.is_valid():
        request.session["name"] = login_form.cleaned_data["name"]
        return redirect("me")
    return render(request, "notes/login.html", {"form": login_form})


@require_safe
def me(request):
    return JsonResponse({"name": request.session.get("name")})


@require_POST
def log_out(request):
    request.session.pop("name", None)
    return redirect("index")


@require_safe
def cookies(request):
    response = JsonResponse({"cookies": ["first", "second", "third"]})
    response.set_cookie("first", "1")
    response.set_cookie("second", "two", httponly=True, samesite="Lax")
    response.set_cookie("third", "3", max_age=3600)
    return response


# --- bodies in and out ---


# Without a session there is nothing that a forged request could use: these two need no token.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request):
    if request.method != "POST":
        return render(request, "notes/upload.html")
    if "file" not in request.FILES:
        return JsonResponse({"error": "no file in the field 'file'"}, status=400)
    file = request.FILES["file"]
    sha256 = hashlib.sha256()
    for chunk in file.chunks():
        sha256.update(chunk)
    return JsonResponse({"name": file.name, "size": file.size, "sha256": sha256.hexdigest()})


@csrf_exempt
@require_POST
def echo(request):
    # read(), because request.body refuses more than DATA_UPLOAD_MAX_MEMORY_SIZE.
    content_type = request.headers.get("Content-Type") or "application/octet-stream"
    return HttpResponse(request.read(), content_type=content_type)


@require_safe
def stream(request):
    count = number_from(request.GET.get("n"), 5, highest=100_000)
    delay_seconds = number_from(request.GET.get("delay"), 0.05, highest=10.0)
    return StreamingHttpResponse(lines(count, delay_seconds), content_type=PLAIN_TEXT)


@require_safe
def download(request):
    return FileResponse(sample_file().open("rb"), as_attachment=True)


# --- elsewhere ---


@require_safe
def go_home(request):
    return redirect("index")


@require_safe
def boom(request):
    raise RuntimeError("boom")
