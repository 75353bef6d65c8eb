"""Which heads an application may send, and what becomes of them."""

from __future__ import annotations

import unittest
from http import HTTPStatus
from typing import Any, List, NamedTuple, Type

import context  # noqa: F401

from gantry_worker import response_head
from gantry_worker.frames import HEAD_HAS_DATE, HEAD_HAS_LENGTH, HEAD_HAS_SERVER, head_block
from gantry_worker.response_head import HOP_BY_HOP, check_head, with_length


def strings_of(status: Any, headers: Any) -> List[str]:
    block = head_block(check_head(status, headers)).decode("latin-1")
    assert block.endswith("\0")
    return block[:-1].split("\0")


class HeadCase(unittest.TestCase):
    def refuse(self, error: Type[BaseException], status: Any, headers: Any, *named: str) -> None:
        """Expects the same refusal each time, as nothing bad may get in by having been seen before."""
        messages = set()
        for _ in range(3):
            with self.assertRaises(error) as caught:
                check_head(status, headers)
            messages.add(str(caught.exception))
        (message,) = messages
        for part in named:
            self.assertIn(part, message)


class Status(HeadCase):
    def test_W27_three_digits_and_a_reason(self):
        head = check_head("404 Not Found", [])
        self.assertEqual((head.status, head_block(head)), (404, b"Not Found\0"))

    def test_W27_every_final_status_of_three_digits(self):
        for code in (200, 204, 299, 304, 451, 599, 600, 999):
            self.assertEqual(check_head(f"{code} X", []).status, code)

    def test_W27_without_a_reason_the_standard_one_is_sent(self):
        for text in ("200", "200 "):
            self.assertEqual(strings_of(text, []), ["OK"])
        self.assertEqual(strings_of("404", []), [HTTPStatus.NOT_FOUND.phrase])
        self.assertEqual(strings_of("299", []), ["Unknown"])

    def test_W27_a_reason_may_hold_spaces_tabs_and_latin_1(self):
        self.assertEqual(strings_of("200 Alles \t in  Ordnung \xe9", []), ["Alles \t in  Ordnung \xe9"])

    def test_W27_an_interim_status_is_refused(self):
        for text in ("100 Continue", "101 Switching Protocols", "103", "199 X"):
            self.refuse(ValueError, text, [], "interim")

    def test_W27_a_code_that_is_not_three_digits_is_refused(self):
        bad = ["", " ", "OK", "20 OK", "2000 OK", "20O OK", " 200 OK", "200OK", "200-OK", "200\tOK", "+20 OK", "-200", "099 X"]
        for text in bad + ["0", "\u0662\u0660\u0660 OK", "\xb200 OK", "000 X"]:
            with self.subTest(text):
                self.refuse(ValueError, text, [], repr(text))

    def test_W27_control_characters_are_refused(self):
        for character in ("\r", "\n", "\r\n", "\0", "\x1b", "\x7f", "\x08"):
            for text in (f"200 O{character}K", f"200 OK{character}", f"200{character}OK"):
                with self.subTest(text):
                    self.refuse(ValueError, text, [])

    def test_W27_a_reason_beyond_latin_1_is_refused(self):
        self.refuse(ValueError, "200 \u20ac", [], "latin-1")

    def test_W27_anything_but_a_str_is_refused(self):
        for status in (200, b"200 OK", None, 200.0, ["200 OK"], ("200", "OK"), HTTPStatus.OK):
            with self.subTest(status=status):
                self.refuse(AssertionError, status, [], type(status).__name__)


class Headers(HeadCase):
    def test_W28_names_and_values_stay_as_they_are_in_their_order(self):
        headers = [("X-b", "1"), ("set-cookie", "a=1"), ("Set-Cookie", "b=2; Path=/"), ("X-A", "")]
        expected = ["OK", "X-b", "1", "set-cookie", "a=1", "Set-Cookie", "b=2; Path=/", "X-A", ""]
        self.assertEqual(strings_of("200 OK", headers), expected)

    def test_W28_a_list_is_demanded(self):
        for headers in ((("A", "1"),), {"A": "1"}, iter([("A", "1")]), None, "A: 1"):
            with self.subTest(headers=headers):
                self.refuse(AssertionError, "200 OK", headers, "must be a list", type(headers).__name__)

    def test_W28_the_list_stays_the_applications_to_change(self):
        headers = [("A", "1")]
        first = check_head("200 OK", headers)
        headers.append(("B", "2"))
        self.assertEqual(head_block(first), b"OK\0A\x001\0")
        self.assertEqual(strings_of("200 OK", headers), ["OK", "A", "1", "B", "2"])

    def test_W28_pairs_are_demanded(self):
        for header in (("A",), ("A", "1", "2"), (), ["A", "1"], "A1", b"A1", None, 1):
            with self.subTest(header=header):
                self.refuse(AssertionError, "200 OK", [("X", "1"), header], repr(header))

    def test_W28_a_named_tuple_is_a_pair(self):
        class Header(NamedTuple):
            name: str
            value: str

        self.assertEqual(strings_of("200 OK", [Header("A", "1")]), ["OK", "A", "1"])

    def test_W28_names_must_be_str(self):
        for name in (b"A", None, 1, ["A"]):
            with self.subTest(name=name):
                self.refuse(AssertionError, "200 OK", [(name, "1")], "name", type(name).__name__)

    def test_W28_values_must_be_str_and_the_message_names_the_header(self):
        for value in (b"1", None, 1, 1.5, ["1"]):
            with self.subTest(value=value):
                self.refuse(AssertionError, "200 OK", [("X-Count", value)], "'X-Count'", type(value).__name__)

    def test_W28_names_must_be_tokens(self):
        for name in ("", " ", "A B", "A:", ":A", "A\r\nB", "A\n", "A\0", "\xc4", "A\u20ac", "A(", "A/", 'A"', "A,", "A;"):
            with self.subTest(name=name):
                self.refuse(ValueError, "200 OK", [(name, "1")], repr(name))

    def test_W28_every_token_character_is_allowed(self):
        name = "!#$%&'*+-.^_`|~09AZaz"
        self.assertEqual(strings_of("200 OK", [(name, "1")]), ["OK", name, "1"])

    def test_W28_control_characters_in_a_value_are_refused_and_named(self):
        for code in [*range(0x09), *range(0x0A, 0x20), 0x7F]:
            for value in (f"a{chr(code)}b", f"{chr(code)}b", f"a{chr(code)}"):
                with self.subTest(value=value):
                    self.refuse(ValueError, "200 OK", [("A", "1"), ("X-Bad", value)], "'X-Bad'", repr(chr(code)))

    def test_W28_no_value_can_write_a_header_of_its_own(self):
        for value in ("a\r\nSet-Cookie: b", "a\nSet-Cookie: b", "a\rSet-Cookie: b", "a\0Set-Cookie\0b"):
            with self.subTest(value=value):
                self.refuse(ValueError, "200 OK", [("Location", value)], "'Location'")

    def test_W28_a_tab_and_latin_1_are_allowed_in_a_value(self):
        self.assertEqual(strings_of("200 OK", [("A", "a\tb \xe9\xff\x80")]), ["OK", "A", "a\tb \xe9\xff\x80"])

    def test_W28_a_value_beyond_latin_1_is_refused_and_named(self):
        self.refuse(ValueError, "200 OK", [("A", "\xe9"), ("X-Euro", "5 \u20ac")], "'X-Euro'", "latin-1")

    def test_W29_hop_by_hop_headers_are_refused_and_named_in_any_case(self):
        self.assertEqual(len(HOP_BY_HOP), 9)
        for lower in HOP_BY_HOP:
            for name in (lower, lower.title(), lower.upper()):
                with self.subTest(name):
                    self.refuse(AssertionError, "200 OK", [("A", "1"), (name, "x")], repr(name), "hop-by-hop")


class Facts(HeadCase):
    def test_W40_date_and_server_of_the_application_are_noticed_in_any_case(self):
        self.assertEqual(check_head("200 OK", [("DATE", "x")]).flags, HEAD_HAS_DATE)
        self.assertEqual(check_head("200 OK", [("server", "x")]).flags, HEAD_HAS_SERVER)
        self.assertEqual(check_head("200 OK", [("X-Date", "x"), ("Servers", "x")]).flags, 0)

    def test_W41_the_declared_length_is_noticed_in_any_case(self):
        for name in ("Content-Length", "content-length", "CONTENT-LENGTH"):
            head = check_head("200 OK", [(name, "0012")])
            self.assertEqual((head.flags, head.content_length), (HEAD_HAS_LENGTH, 12))

    def test_W41_a_length_of_0_is_one(self):
        head = check_head("200 OK", [("Content-Length", "0")])
        self.assertEqual((head.flags, head.content_length), (HEAD_HAS_LENGTH, 0))

    def test_W41_a_length_that_is_not_digits_is_refused(self):
        for value in ("", " ", "-1", "+1", " 1", "1 ", "1,1", "0x1", "1_0", "1.0", "1e3", "\xb2", "9" * 19, "one"):
            with self.subTest(value=value):
                self.refuse(ValueError, "200 OK", [("Content-Length", value)], "Content-Length", repr(value))

    def test_W41_two_lengths_are_refused_even_if_they_are_equal(self):
        self.refuse(ValueError, "200 OK", [("Content-Length", "1"), ("content-length", "1")], "more than once")

    def test_W43_a_204_has_no_length_whatever_the_application_says(self):
        head = check_head("204 No Content", [("A", "1"), ("Content-Length", "5"), ("B", "2")])
        self.assertEqual((head.flags, head_block(head)), (0, b"No Content\0A\x001\0B\x002\0"))

    def test_W43_a_304_keeps_the_length_that_the_application_knows(self):
        head = check_head("304 Not Modified", [("Content-Length", "5")])
        self.assertEqual((head.flags, head.content_length), (HEAD_HAS_LENGTH, 5))

    def test_W42_a_length_is_added_once_and_only_where_there_may_be_one(self):
        added = with_length(check_head("200 OK", [("A", "1")]), 7)
        self.assertEqual((added.flags, added.content_length), (HEAD_HAS_LENGTH, 7))
        self.assertEqual(head_block(added), b"OK\0A\x001\0Content-Length\x007\0")
        self.assertIs(with_length(added, 9), added)
        for status in ("204", "304"):
            head = check_head(status, [])
            self.assertIs(with_length(head, 7), head)

    def test_W42_a_length_that_is_added_does_not_stay_for_the_next_answer(self):
        headers = [("A", "1")]
        with_length(check_head("200 OK", headers), 7)
        self.assertEqual(head_block(check_head("200 OK", headers)), b"OK\0A\x001\0")


class Caching(HeadCase):
    def setUp(self) -> None:
        response_head._heads.clear()
        response_head._flags.clear()

    def test_a_head_is_the_same_the_second_time(self):
        headers = [("Content-Type", "text/plain"), ("Content-Length", "5"), ("Date", "x")]
        first = check_head("200 OK", list(headers))
        self.assertEqual(check_head("200 OK", list(headers)), first)

    def test_heads_that_differ_anywhere_stay_apart(self):
        heads = [
            check_head("200 OK", [("A", "1")]),
            check_head("200 Ok", [("A", "1")]),
            check_head("201 OK", [("A", "1")]),
            check_head("200 OK", [("a", "1")]),
            check_head("200 OK", [("A", "2")]),
            check_head("200 OK", [("A", "1"), ("A", "1")]),
            check_head("200 OK", []),
        ]
        self.assertEqual(len({head.encoded for head in heads}), len(heads))

    def test_what_is_equal_to_a_cached_head_but_no_head_is_refused_all_the_same(self):
        check_head("200 OK", [("A", "1")])
        self.refuse(AssertionError, "200 OK", [["A", "1"]])
        self.refuse(AssertionError, "200 OK", (("A", "1"),))
        self.refuse(AssertionError, b"200 OK", [("A", "1")])

    def test_unhashable_parts_are_named_and_not_stumbled_over(self):
        self.refuse(AssertionError, ["200 OK"], [("A", "1")], "status", "list")
        self.refuse(AssertionError, "200 OK", [("A", ["1"])], "'A'", "list")
        self.refuse(AssertionError, "200 OK", [("A", {})], "'A'", "dict")

    def test_no_client_can_make_it_grow_without_end(self):
        for number in range(2000):
            head = check_head("200 OK", [(f"X-{number}", str(number))])
            self.assertEqual(head_block(head), f"OK\0X-{number}\0{number}\0".encode())
        self.assertLessEqual(len(response_head._heads), response_head._MAX_CACHED)
        self.assertLessEqual(len(response_head._flags), response_head._MAX_CACHED)
        # A name that came when there was no room is still checked and noticed.
        self.assertEqual(check_head("200 OK", [("dAtE", "x")]).flags, HEAD_HAS_DATE)
        self.refuse(AssertionError, "200 OK", [("uPgRaDe", "x")])

    def test_a_large_head_is_not_kept(self):
        check_head("200 OK", [("A", "x" * 10_000)])
        self.assertEqual(len(response_head._heads), 0)


if __name__ == "__main__":
    unittest.main()
