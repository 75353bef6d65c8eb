"""A small Flask application: the shared routes of examples/ROUTES.md, and a calendar.

Links are made by url_for alone, so the application works under any mount point.
"""

import calendar
import hashlib
import os

from flask import Flask, abort, jsonify, redirect, render_template, request, send_from_directory, session, url_for
from sample_data import lines, number_from, sample_file

app = Flask(__name__)
app.config.update(
    # Every worker must know the same key, or one cannot read the session that another has signed.
    SECRET_KEY=os.environ.get("FLASK_SECRET_KEY", "insecure-example-key"),
    SESSION_COOKIE_SAMESITE="Lax",  # other sites cannot post our forms in a visitor's name
    # Also what makes Flask read the body in pieces of a size, as wsgiref's validator demands.
    MAX_CONTENT_LENGTH=64 * 1024 * 1024,
)


@app.get("/")
def index():
    return render_template("index.html")


@app.get("/greet/<name>")
def greet(name):
    return f"Hello, {name}!", {"Content-Type": "text/plain; charset=utf-8"}


@app.get("/calendar/<int:year>/<int:month>")
def month(year, month):
    if not (1 <= year <= 9999 and 1 <= month <= 12):
        abort(404)
    return calendar.TextCalendar().formatmonth(year, month), {"Content-Type": "text/plain; charset=utf-8"}


@app.get("/where")
def where():
    return jsonify(
        script_name=request.root_path,
        path_info=request.path,
        root_url=request.url_root,
        self_url=url_for("where", _external=True),
    )


# --- forms and sessions: the session is a signed cookie ---


@app.get("/form")
def show_form():
    return render_template("form.html", message=session.get("message"))


@app.post("/form")
def receive_form():
    session["message"] = request.form["message"][:200]  # a cookie has little room
    # 303 makes the browser GET the page: reloading it then sends no form again.
    return redirect(url_for("show_form"), code=303)


@app.get("/login")
def show_login():
    return render_template("login.html")


@app.post("/login")
def log_in():
    session["name"] = request.form["name"][:100]
    return redirect(url_for("me"), code=303)


@app.get("/me")
def me():
    return jsonify(name=session.get("name"))


@app.post("/logout")
def log_out():
    session.pop("name", None)
    return redirect(url_for("index"), code=303)


@app.get("/cookies")
def cookies():
    response = jsonify(cookies=["first", "second", "third"])
    response.set_cookie("first", "1")
    response.set_cookie("second", "two", httponly=True, samesite="Lax")
    response.set_cookie("third", "3", max_age=3600)
    return response


# --- bodies in and out ---


@app.get("/upload")
def show_upload():
    return render_template("upload.html")


@app.post("/upload")
def receive_upload():
    if "file" not in request.files:
        return jsonify(error="no file in the field 'file'"), 400
    file = request.files["file"]
    size, sha256 = 0, hashlib.sha256()
    while chunk := file.stream.read(64 * 1024):
        size += len(chunk)
        sha256.update(chunk)
    return jsonify(name=file.filename, size=size, sha256=sha256.hexdigest())


@app.post("/echo")
def echo():
    content_type = request.content_type or "application/octet-stream"
    return request.get_data(), {"Content-Type": content_type, "X-Content-Type-Options": "nosniff"}


@app.get("/stream")
def stream():
    count = number_from(request.args.get("n"), 5, highest=100_000)
    delay_seconds = number_from(request.args.get("delay"), 0.05, highest=10.0)
    return lines(count, delay_seconds), {"Content-Type": "text/plain; charset=utf-8"}


@app.get("/download")
def download():
    path = sample_file()
    return send_from_directory(path.parent, path.name, as_attachment=True)


# --- elsewhere ---


@app.get("/redirect")
def go_home():
    return redirect(url_for("index"))


@app.get("/boom")
def boom():
    raise RuntimeError("boom")


@app.errorhandler(404)
def not_found(error):
    return render_template("not_found.html"), 404


@app.errorhandler(500)
def failed(error):
    """Flask has written the traceback to wsgi.errors already; the visitor needs no more than this."""
    return render_template("error.html"), 500
