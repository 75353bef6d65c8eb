"""Flask: a page from a template, and JSON."""

from flask import Flask, jsonify, render_template

from articles import ARTICLES

application = Flask(__name__)


@application.get("/page")
def page():
    return render_template("articles.html", articles=ARTICLES)


@application.get("/json")
def json():
    return jsonify(articles=ARTICLES)
