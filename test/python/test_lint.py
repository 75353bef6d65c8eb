"""What lint finds in Python applications. The cases are those of test/lint/, which runs them against TypeScript."""

from __future__ import annotations

import gc
import importlib.util
import io
import json
import os
import sys
import unittest
import weakref
from typing import Any, Callable, Dict, List
from wsgiref.simple_server import demo_app

import context  # noqa: F401
from fake_front import FakeFront, Frame

from gantry_worker import frames
from gantry_worker.environ import EnvironMaker
from gantry_worker.exchange import Exchange
from gantry_worker.lint import lint
from gantry_worker.lint_faults import environ_faults, head_faults
from gantry_worker.lint_rules import RULES

REPOSITORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FIXTURES = os.path.join(REPOSITORY, "test", "fixtures", "lint")


def read_json(*path: str) -> Any:
    with open(os.path.join(*path), encoding="utf-8") as file:
        return json.load(file)


def cases(name: str) -> List[Dict[str, Any]]:
    return [case for case in read_json(FIXTURES, name) if case.get("scope", "python") == "python"]


def load_applications() -> Any:
    spec = importlib.util.spec_from_file_location("lint_applications", os.path.join(FIXTURES, "applications.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


APPLICATIONS = load_applications()


def request_of(method: str = "GET", path: str = "/place", body: bytes = b"hello") -> frames.Request:
    pairs = ("SCRIPT_NAME", "", "SERVER_NAME", "test", "SERVER_PORT", "80", "SERVER_PROTOCOL", "HTTP/1.1")
    own = (method, path, "", f"{path}?secret", "wsgi.url_scheme", "http", "CONTENT_LENGTH", str(len(body)), *pairs)
    return 0, b"", "".join(f"{string}\0" for string in own).encode("latin-1"), body


def answer(application: Callable[..., Any], *requests: frames.Request) -> List[Frame]:
    """All frames that a worker sends in answer to the requests."""
    with FakeFront() as front:
        for request in requests:
            front.link.serial += 1
            Exchange(front.link).run(application, request, EnvironMaker(1, False))
            front.link.flush()
        front.link.shut_down()
        front.wait_for_end()
        return front.received[1:]


def findings(sent: List[Frame]) -> List[str]:
    warnings = [payload for kind, payload in sent if kind == frames.LOG and payload[0] == frames.LOG_WARNING]
    texts = [payload[1:].decode("utf-8") for payload in warnings]
    return [text for text in texts if text.startswith("lint: ")]


def codes(sent: List[Frame]) -> List[str]:
    return [text.split()[1] for text in findings(sent)]


def answered(sent: List[Frame]) -> List[Frame]:
    """What the client and the log get: all but the warnings, the times and the texts of tracebacks."""
    kept = []
    for kind, payload in sent:
        if kind in (frames.RESPONSE, frames.END, frames.ABORT):
            payload = payload[4:]
        elif kind == frames.FAILURE:
            payload = payload[4:5]
        elif kind == frames.LOG:
            payload = payload[:1]
        if (kind, payload) != (frames.LOG, bytes([frames.LOG_WARNING])):
            kept.append((kind, payload))
    return kept


class LintTest(unittest.TestCase):
    def test_the_rules_are_those_of_the_table_that_both_languages_share(self):
        table = read_json(REPOSITORY, "protocol", "lint-rules.json").items()
        shared = [(code, {**rule, "scopes": None}) for code, rule in table if "python" in rule["scopes"]]
        own = [
            (code, {**rule._asdict(), "requirements": list(rule.requirements), "scopes": None})
            for code, rule in RULES.items()
        ]
        self.assertEqual(own, shared)

    def test_each_application_is_told_its_rule_once_and_answers_as_without_lint(self):
        for case in cases("application-cases.json"):
            with self.subTest(case["application"], method=case.get("method", "GET")):
                application = getattr(APPLICATIONS, case["application"])
                request = request_of(case.get("method", "GET"))
                sent = answer(lint(application), request, request)
                self.assertEqual(sorted(codes(sent)), sorted(case["finds"]))
                self.assertEqual(answered(sent), answered(answer(application, request, request)))

    def test_each_head_is_told_its_rules(self):
        for case in cases("head-cases.json"):
            with self.subTest(repr(case["status"]), headers=case["headers"]):
                found = [fault.code for fault in head_faults(case["status"], in_tuples(case["headers"]))]
                self.assertEqual(relevant(found, case["finds"]), case["finds"])

    def test_each_environ_is_told_its_rules(self):
        for case in cases("environ-cases.json"):
            with self.subTest(case["name"]):
                found = [fault.code for fault in environ_faults(environ_with(case["environ"]))]
                self.assertEqual(found, case["finds"])

    def test_W10_an_environ_is_a_builtin_dict(self):
        class OtherDict(dict):  # type: ignore[type-arg]
            pass

        self.assertEqual([fault.code for fault in environ_faults(OtherDict(environ_with({})))], ["LINT_ENVIRON_DICT"])

    def test_a_finding_names_the_rule_its_source_the_path_and_what_was_seen(self):
        (line,) = findings(answer(lint(APPLICATIONS.has_no_reason), request_of()))
        self.assertEqual(
            line,
            "lint: LINT_STATUS_REASON advice at GET /place: The status has a reason; other servers may refuse one "
            'without. (PEP 3333, "The start_response() Callable"; W27): \'200\'',
        )

    def test_each_path_is_told_by_itself_but_no_more_than_20_of_them(self):
        application = lint(APPLICATIONS.has_no_reason)
        sent = answer(application, *[request_of(path=f"/{number}") for number in range(30)])
        self.assertEqual(len(findings(sent)), 20)

    def test_W18_an_environ_that_middleware_has_spoilt_is_told(self):
        sent = answer(lint(APPLICATIONS.clean), request_of(path="place"))
        self.assertEqual(codes(sent), ["LINT_ENVIRON_PATH"])

    def test_the_demonstration_of_the_standard_library_is_clean(self):
        self.assertEqual(findings(answer(lint(demo_app), request_of(), request_of("HEAD"), request_of("POST"))), [])

    def test_what_cannot_be_shown_does_no_harm(self):
        class Unspeakable:
            def __repr__(self) -> str:
                raise LookupError("expected")

        def application(environ, start_response):
            start_response("200 OK", [("Content-Type", "text/plain")])
            return Unspeakable()

        sent = answer(lint(application), request_of())
        self.assertEqual(codes(sent), ["LINT_RESULT_TYPE"])
        self.assertIn("Unspeakable that cannot be shown", findings(sent)[0])


class ServerTest(unittest.TestCase):
    """What is found of whoever calls the application."""

    def setUp(self) -> None:
        self.warnings: List[str] = []
        errors = io.StringIO()
        errors.warn = self.warnings.append  # type: ignore[attr-defined]
        self.environ = {**environ_with({}), "wsgi.errors": errors}

    def call(self, application: Callable[..., Any]) -> Any:
        return lint(application)(self.environ, lambda *arguments: lambda data: None)

    def codes(self) -> List[str]:
        return [text.split()[1] for text in self.warnings]

    def test_W45_an_iterable_that_nobody_closes_is_told(self):
        result = self.call(APPLICATIONS.clean_stream)
        self.assertEqual(b"".join(result), b"")
        del result
        gc.collect()
        self.assertEqual(self.codes(), ["LINT_RESULT_OPEN"])

    def test_W45_an_iterable_that_is_used_after_its_close_is_told(self):
        result = self.call(APPLICATIONS.clean_stream)
        result.close()
        self.assertEqual(list(result), [])
        self.assertIn("LINT_RESULT_CLOSED", self.codes())

    def test_W23_no_exc_info_is_kept(self):
        class Local:
            pass

        def start_response(status, headers, exc_info=None):
            if exc_info:
                try:
                    raise exc_info[1].with_traceback(exc_info[2])
                finally:
                    exc_info = None

        def application(environ, start_response):
            local = Local()
            kept.append(weakref.ref(local))
            start_response("200 OK", list(APPLICATIONS.HEADERS))
            try:
                raise LookupError("expected")
            except LookupError:
                start_response("500 Sorry", list(APPLICATIONS.HEADERS), sys.exc_info())

        kept: List[weakref.ReferenceType[Local]] = []
        gc.disable()
        try:
            # Not assertRaises: that clears the frames itself.
            try:
                lint(application)(self.environ, start_response)
            except LookupError:
                pass
            self.assertIsNone(kept[0]())
        finally:
            gc.enable()


def relevant(found: List[str], expected: List[str]) -> List[str]:
    """Without the advice on a missing Content-Type where a case is about something else."""
    return [code for code in found if code in expected or code != "LINT_CONTENT_TYPE_MISSING"]


def in_tuples(headers: Any) -> Any:
    if not isinstance(headers, list):
        return headers
    return [tuple(header) if isinstance(header, list) else header for header in headers]


def environ_with(changes: Dict[str, Any]) -> Dict[str, Any]:
    environ: Dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "SERVER_NAME": "test",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    environ.update(changes)
    return {key: value for key, value in environ.items() if value is not None}


if __name__ == "__main__":
    unittest.main()
