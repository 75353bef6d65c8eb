"""What loading an application gives, and where it is searched."""

from __future__ import annotations

import os
import pickle
import sys
import unittest

from loading_case import APPLICATION, LoadingCase

from gantry_worker.loader import prepare_search_path


class Found(LoadingCase):
    def test_a_module_and_attribute_lead_to_the_application(self):
        self.write("shop/wsgi.py", APPLICATION.format(name="site"))
        self.assertEqual(self.answer("shop.wsgi:site"), "site")

    def test_dotted_attributes_are_followed(self):
        self.write("shop.py", "class site:\n    class inner:\n        app = staticmethod(lambda e, s: [b'inner'])\n")
        self.assertEqual(self.answer("shop:site.inner.app"), "inner")

    def test_a_module_alone_gives_application_before_app(self):
        self.write("both.py", APPLICATION.format(name="app") + APPLICATION.format(name="application"))
        self.write("one.py", APPLICATION.format(name="app"))
        self.assertEqual(self.answer("both"), "application")
        self.assertEqual(self.answer("one"), "app")

    def test_a_module_alone_passes_over_a_name_that_cannot_be_called(self):
        self.write("shop.py", "application = None\n" + APPLICATION.format(name="app"))
        self.assertEqual(self.answer("shop"), "app")

    def test_a_factory_gets_its_literal_arguments(self):
        self.write("shop.py", "def create_app(*a, **k): return lambda e, s: [repr((a, k)).encode()]")
        self.assertEqual(self.answer('shop:create_app("x", port=1)'), "(('x',), {'port': 1})")

    def test_a_class_that_takes_environ_and_start_response_is_an_application(self):
        self.write("shop.py", "class App:\n    def __init__(self, environ, start_response): ...\n")
        self.assertEqual(self.load("shop:App").application.__name__, "App")

    def test_a_decorated_application_is_judged_by_how_it_is_called(self):
        self.write(
            "shop.py",
            """
            import functools
            def view(request): ...
            @functools.wraps(view)
            def app(*arguments): return [b'wrapped']
            """,
        )
        self.assertEqual(self.answer("shop:app"), "wrapped")

    def test_a_proxy_that_raises_when_it_is_inspected_is_served(self):
        self.write(
            "shop.py",
            """
            class Proxy:
                def __getattr__(self, name): raise RuntimeError('no context')
                def __call__(self, environ, start_response): return [b'proxy']
            app = Proxy()
            """,
        )
        self.assertEqual(self.answer("shop:app"), "proxy")

    def test_the_description_names_the_attribute_the_type_and_the_file(self):
        path = self.write("shop.py", APPLICATION.format(name="app"))
        self.assertEqual(self.load("shop").description, f"shop:app (function, {path})")
        self.write("make.py", "class Site:\n    def __call__(self, e, s): ...\ndef make(n): return Site()\n")
        self.assertTrue(self.load("make:make(1)").description.startswith("make:make(1) (Site, "))


class SearchPath(LoadingCase):
    def test_the_working_directory_comes_first_then_the_python_path_in_order(self):
        self.write("site/lib/.keep")
        rest = [entry for entry in sys.path if entry]
        self.assertEqual(prepare_search_path("site", ["lib", "/opt/x", "lib"]), self.directory)
        here = os.path.join(self.directory, "site")
        self.assertEqual(os.getcwd(), here)
        self.assertEqual(sys.path, [here, os.path.join(here, "lib"), "/opt/x"] + rest)

    def test_nothing_is_searched_twice(self):
        sys.path.append(self.directory)
        prepare_search_path("", [])
        self.assertEqual((sys.path[0], sys.path.count(self.directory)), (self.directory, 1))

    def test_the_application_is_found_below_chdir_and_python_path(self):
        self.write("a/shop.py", "import stock\n" + APPLICATION.format(name="app"))
        self.write("a/lib/stock.py")
        self.assertEqual(self.answer("shop", chdir="a", python_path=["lib"]), "app")

    def test_a_chdir_that_does_not_exist_is_refused(self):
        failure = self.failure_of("not-found", "shop", chdir="nowhere")
        self.assertIn("cannot change to the directory nowhere: No such file", failure.message)
        self.assertIn(self.directory, failure.hint)


class Files(LoadingCase):
    def test_a_file_is_imported_under_its_own_name_and_not_as_main(self):
        guard = "if __name__ == '__main__': raise SystemExit\n"
        self.write("site/shop.py", guard + "class Thing: ...\ndef app(e, s): ...\n")
        application = self.load("site/shop.py:app").application
        self.assertEqual(application.__module__, "shop")
        thing = sys.modules["shop"].Thing()
        self.assertIsInstance(pickle.loads(pickle.dumps(thing)), type(thing))

    def test_the_directory_of_a_file_comes_first_on_the_path(self):
        self.write("site/shop.py", "from stock import app\n")
        self.write("site/stock.py", APPLICATION.format(name="app"))
        self.assertEqual(self.answer("site/shop.py"), "app")
        self.assertEqual(sys.path[:2], [os.path.join(self.directory, "site"), self.directory])

    def test_a_file_whose_name_is_taken_gets_another_and_replaces_nothing(self):
        self.write("json.py", APPLICATION.format(name="app"))
        taken = sys.modules["json"] = sys.modules.get("json") or __import__("json")
        self.assertEqual(self.load("json.py").application.__module__, "json_application")
        self.assertIs(sys.modules["json"], taken)

    def test_a_file_name_that_is_no_identifier_is_made_one(self):
        self.write("my-site 2.py", APPLICATION.format(name="app"))
        self.write("1.wsgi", APPLICATION.format(name="app"))
        self.assertEqual(self.load("my-site 2.py").application.__module__, "my_site_2")
        self.assertEqual(self.load("./1.wsgi:app").application.__module__, "_1")

    def test_a_package_is_loaded_by_its_init_file(self):
        self.write("shop/__init__.py", "from .stock import app\n")
        self.write("shop/stock.py", APPLICATION.format(name="app"))
        self.assertEqual(self.answer("shop/__init__.py"), "app")


class WrongSpecification(LoadingCase):
    def test_a_name_that_cannot_be_read_is_refused_with_its_hint(self):
        failure = self.failure_of("bad-specification", "shop:create_app(prod)")
        self.assertEqual(failure.message, 'the argument prod in "create_app(prod)" is not a literal')

    def test_arguments_that_do_not_fit_the_factory_show_its_parameters(self):
        self.write("shop.py", "def create_app(config, debug=False): ...\n")
        failure = self.failure_of("bad-specification", "shop:create_app()")
        self.assertIn("missing 1 required positional argument: 'config'", failure.message)
        self.assertEqual(failure.hint, "It is called as create_app(config, debug=False).")

    def test_an_application_that_is_called_like_a_factory_loses_its_parentheses(self):
        self.write("shop.py", "class Site:\n    def __call__(self, environ, start_response): ...\napp = Site()\n")
        failure = self.failure_of("bad-specification", "shop:app()")
        self.assertEqual(failure.hint, "shop:app is a WSGI application already: write it without parentheses.")


class Interrupts(LoadingCase):
    def test_an_interrupt_is_not_swallowed(self):
        self.write("shop.py", "raise KeyboardInterrupt\n")
        self.write("maker.py", "def make(): raise KeyboardInterrupt\n")
        for text in ("shop", "./shop.py", "maker:make()"):
            with self.subTest(text), self.assertRaises(KeyboardInterrupt):
                self.load(text)


if __name__ == "__main__":
    unittest.main()
