"""Runs an application once, for the one request of a CGI environment. The standard library has PEP 3333's gateway for it."""

from wsgiref.handlers import CGIHandler

from generator import application

if __name__ == "__main__":
    CGIHandler().run(application)
