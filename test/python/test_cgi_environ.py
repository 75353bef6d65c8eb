"""The environ of CGI programs, by the cases that the TypeScript side is tested with too."""

from __future__ import annotations

import json
import os
import unittest
from typing import Any, Dict, List

import context

from gantry_worker.cgi_environ import BadRequest, NotCgi, cgi_strings, content_length

PATH = os.path.join(context.PYTHON_DIRECTORY, "..", "test", "gateways", "cgi", "environ-cases.json")
with open(PATH, encoding="utf-8") as file:
    CASES: List[Dict[str, Any]] = json.load(file)


def strings_of(case: Dict[str, Any]) -> Dict[str, str]:
    variables = {key.encode("latin-1"): value.encode("latin-1") for key, value in case["variables"].items()}
    return cgi_strings(variables, case.get("scriptName"))


class SharedCases(unittest.TestCase):
    def test_w60_the_environ_is_as_the_shared_cases_say(self) -> None:
        for case in CASES:
            with self.subTest(case["rule"]):
                if "refused" in case:
                    with self.assertRaisesRegex(BadRequest, case["refused"]):
                        strings_of(case)
                    continue
                strings = strings_of(case)
                self.assertEqual(strings, {**strings, **case["environ"]})
                self.assertEqual([key for key in case.get("absent", ()) if key in strings], [])


class OtherEnvironments(unittest.TestCase):
    def test_an_environment_without_a_method_is_none_of_cgi(self) -> None:
        for variables in ({}, {b"REQUEST_METHOD": b""}, {b"GATEWAY_INTERFACE": b"CGI/1.1"}):
            with self.assertRaises(NotCgi):
                cgi_strings(variables)

    def test_the_body_has_as_many_bytes_as_the_content_length_says(self) -> None:
        self.assertEqual([content_length({"CONTENT_LENGTH": "12"}), content_length({})], [12, 0])
