"""Pyramid with Jinja2: a page from a template, and JSON."""

import os

from pyramid.config import Configurator

from articles import ARTICLES


def page(request):
    return {"articles": ARTICLES}


def json(request):
    return {"articles": ARTICLES}


def make_application():
    templates = os.path.join(os.path.dirname(os.path.abspath(__file__)), "templates")
    with Configurator(settings={"jinja2.directories": templates}) as config:
        config.include("pyramid_jinja2")
        config.add_jinja2_renderer(".html")
        config.add_route("page", "/page")
        config.add_route("json", "/json")
        config.add_view(page, route_name="page", renderer="articles.html")
        config.add_view(json, route_name="json", renderer="json")
        return config.make_wsgi_app()


application = make_application()
