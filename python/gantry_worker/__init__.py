"""The Python side of Gantry: runs a WSGI application for a front that speaks the link protocol (protocol/link.md)."""
