"""A small Pyramid application: the shared routes of examples/ROUTES.md, and a shop.

This file configures: which path leads to which route, and what the application
is made of. What each route answers is in views.py.
"""

import os
import pathlib

from pyramid.config import Configurator
from pyramid.session import SignedCookieSessionFactory

HERE = pathlib.Path(__file__).parent

ROUTES = {
    "index": "/",
    "greet": "/greet/{name}",
    "where": "/where",
    "form": "/form",
    "login": "/login",
    "me": "/me",
    "logout": "/logout",
    "cookies": "/cookies",
    "upload": "/upload",
    "echo": "/echo",
    "stream": "/stream",
    "download": "/download",
    "redirect": "/redirect",
    "boom": "/boom",
    "buy": "/buy/{item}",
}


def create_app():
    """Make the WSGI application, with an own configuration for each call."""
    config = Configurator(session_factory=session_factory())
    # Every POST must carry a token from one of our own forms, unless its view says otherwise.
    config.set_default_csrf_options(require_csrf=True)
    config.include("pyramid_jinja2")
    config.add_jinja2_search_path(str(HERE / "templates"))
    config.add_static_view("static", str(HERE / "static"))
    config.add_request_method(asset_path)
    for name, pattern in ROUTES.items():
        config.add_route(name, pattern)
    config.scan("views")
    return config.make_wsgi_app()


def asset_path(request, name):
    """Return the path that a static file has in a link, mount point included."""
    return request.static_path(str(HERE / "static" / name))


def session_factory():
    # Every worker must know the same key, or one cannot read the session that another has signed.
    secret = os.environ.get("PYRAMID_SECRET_KEY", "insecure-example-key")
    return SignedCookieSessionFactory(secret, httponly=True, samesite="Lax")


application = create_app()
