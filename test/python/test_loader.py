"""What loading an application gives, and what a newcomer is told when it fails."""

from __future__ import annotations

import os
import pickle
import shutil
import sys
import tempfile
import textwrap
import unittest
from typing import Any, Sequence

import context  # noqa: F401

from gantry_worker.loader import BootFailure, LoadedApplication, load_application, prepare_search_path

APPLICATION = "def {name}(environ, start_response): return [b'{name}']\n"


class LoaderTest(unittest.TestCase):
    """Gives each test an empty working directory, and the interpreter's import state back afterwards."""

    def setUp(self) -> None:
        self.directory = os.path.realpath(tempfile.mkdtemp(prefix="gantry-loader-"))
        self.addCleanup(shutil.rmtree, self.directory)
        self.addCleanup(os.chdir, os.getcwd())
        path, modules = list(sys.path), set(sys.modules)
        self.addCleanup(self._restore, path, modules)
        os.chdir(self.directory)

    @staticmethod
    def _restore(path: Sequence[str], modules: "set[str]") -> None:
        sys.path[:] = path
        for name in set(sys.modules) - modules:
            del sys.modules[name]

    def write(self, path: str, source: str = "") -> str:
        """Writes a file below the working directory of the test; returns its whole path."""
        whole = os.path.join(self.directory, path)
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(source))
        return whole

    def load(self, text: str, chdir: str = "", python_path: Sequence[str] = ()) -> LoadedApplication:
        started_in = prepare_search_path(chdir, python_path)
        return load_application(text, started_in)

    def answer(self, text: str, chdir: str = "", python_path: Sequence[str] = ()) -> str:
        """Loads an application that answers its own name; returns that name."""
        (body,) = self.load(text, chdir, python_path).application({}, None)  # type: ignore[misc]
        return body.decode()

    def failure_of(self, kind: str, text: str, **options: Any) -> BootFailure:
        """Expects loading to fail in the given way; returns the failure."""
        with self.assertRaises(BootFailure) as caught:
            self.load(text, **options)
        failure = caught.exception
        self.assertEqual(failure.kind, kind, failure.message)
        self.assertTrue(failure.message and failure.hint)
        self.assertNotIn("\n", failure.message + failure.hint)
        self.assertEqual(bool(failure.traceback), kind == "raised")
        self.assertNotIn("gantry_worker", failure.traceback)
        self.assertNotIn("<frozen", failure.traceback)
        self.assertNotIn(os.path.join("importlib", "__init__.py"), failure.traceback)
        return failure


class Found(LoaderTest):
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


class SearchPath(LoaderTest):
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


class Files(LoaderTest):
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

    def test_a_file_that_does_not_exist_is_named_with_the_near_ones(self):
        self.write("site/app.py")
        failure = self.failure_of("not-found", "site/ap.py:app")
        self.assertEqual(failure.message, "there is no file site/ap.py")
        self.assertEqual(failure.hint, "Did you mean site/app.py?")

    def test_a_file_in_a_directory_that_does_not_exist_says_so(self):
        failure = self.failure_of("not-found", "/nowhere/at/all/app.py")
        self.assertIn("no directory /nowhere/at/all either", failure.hint)

    def test_a_file_that_chdir_hides_is_found_where_the_command_was_given(self):
        self.write("app.py")
        self.write("site/x")
        self.assertIn("leave out --chdir", self.failure_of("not-found", "./app.py", chdir="site").hint)

    def test_a_directory_in_place_of_a_file_is_refused_with_the_file_in_it(self):
        self.write("site/zebra.py")
        self.write("site/wsgi.py")
        failure = self.failure_of("not-found", "./site")
        self.assertEqual(failure.message, "./site is a directory, not a file")
        self.assertEqual(failure.hint, "Did you mean ./site/wsgi.py?")

    def test_a_relative_import_in_a_file_is_told_about_dotted_names(self):
        self.write("shop/wsgi.py", "from . import stock\n")
        self.assertIn("dotted name, with --chdir", self.failure_of("raised", "shop/wsgi.py").hint)


class ModuleMissing(LoaderTest):
    def test_the_module_and_the_search_path_are_named(self):
        failure = self.failure_of("not-found", "zzz:app", python_path=["lib"])
        self.assertEqual(failure.message, 'there is no module named "zzz"')
        searched = f"Searched: {self.directory}, {self.directory}/lib (does not exist)"
        self.assertTrue(failure.hint.startswith(searched), failure.hint)
        self.assertNotIn(os.path.dirname(os.__file__) + ",", failure.hint)

    def test_a_long_search_path_is_shortened(self):
        hint = self.failure_of("not-found", "zzz", python_path=[f"lib{number}" for number in range(9)]).hint
        self.assertRegex(hint, r"lib3 \(does not exist\) and \d+ more\.$")

    def test_a_missing_package_is_told_from_a_missing_module_in_it(self):
        self.write("shop/__init__.py")
        self.assertIn('no package named "zzz"', self.failure_of("not-found", "zzz.wsgi").message)
        self.assertIn('no module "zzz" in the package "shop"', self.failure_of("not-found", "shop.zzz").message)

    def test_a_near_name_is_offered_with_the_rest_of_the_name(self):
        self.write("shop/wsgi.py")
        self.assertIn("Did you mean shop.wsgi?", self.failure_of("not-found", "Shopp.wsgi:app").hint)
        self.assertIn("Did you mean shop.wsgi?", self.failure_of("not-found", "shop.wsgy:app").hint)

    def test_an_attribute_after_a_dot_is_told_about_the_colon(self):
        self.write("shop.py", APPLICATION.format(name="app"))
        failure = self.failure_of("not-found", "shop.app")
        self.assertIn('no module "app" in the module "shop"', failure.message)
        self.assertIn("follows a colon: shop:app.", failure.hint)

    def test_a_module_that_chdir_hides_is_found_where_the_command_was_given(self):
        self.write("shop.py")
        self.write("site/x")
        self.assertIn("leave out --chdir", self.failure_of("not-found", "shop", chdir="site").hint)

    def test_a_module_one_level_down_or_up_is_found_for_chdir(self):
        self.write("mysite/mysite/wsgi.py")
        self.assertIn("add --chdir mysite.", self.failure_of("not-found", "mysite.wsgi").hint)
        os.chdir("mysite/mysite")
        self.assertIn("add --chdir ..", self.failure_of("not-found", "mysite.wsgi").hint)

    def test_a_package_hidden_by_a_module_of_python_is_pointed_out(self):
        self.write("site/wsgi.py")
        self.assertIn("which hides ./site: rename yours", self.failure_of("not-found", "site.wsgi").hint)

    def test_a_file_with_another_ending_is_told_how_to_be_named(self):
        self.write("shop.wsgi")
        self.assertIn("write ./shop.wsgi", self.failure_of("not-found", "shop.wsgi").hint)


class AttributeMissing(LoaderTest):
    def test_the_close_names_are_offered(self):
        self.write("shop.py", "def frontend(e, s): ...\ndef frontier(e, s): ...\nother = 1\n")
        failure = self.failure_of("no-attribute", "shop:fronted")
        self.assertEqual(failure.message, 'the module shop has no attribute "fronted"')
        self.assertEqual(failure.hint, "Did you mean shop:frontend or shop:frontier?")

    def test_the_names_that_were_tried_are_listed(self):
        self.write("shop.py")
        failure = self.failure_of("no-attribute", "shop.py")
        self.assertEqual(failure.message, 'the file shop.py has neither "application" nor "app"')
        self.assertEqual(failure.hint, "It has no public callables.")

    def test_the_only_likely_application_is_offered(self):
        self.write("shop.py", "def run(): ...\ndef wsgi_app(environ, start_response): ...\n")
        self.assertEqual(self.failure_of("no-attribute", "shop").hint, "Did you mean shop:wsgi_app?")

    def test_a_likely_factory_is_offered_with_parentheses(self):
        self.write("shop.py", "def create_app(config=None): ...\n")
        expected = "Did you mean shop:create_app()? A factory is called with parentheses."
        self.assertEqual(self.failure_of("no-attribute", "shop").hint, expected)
        self.assertEqual(self.failure_of("no-attribute", "shop:create_ap").hint, expected)

    def test_the_callables_are_listed_when_nothing_is_close(self):
        self.write("shop.py", "def run(): ...\nclass Stock: ...\n_hidden = print\nnumber = 1\n")
        self.assertEqual(self.failure_of("no-attribute", "shop").hint, "It has these callables: run, Stock.")

    def test_a_missing_inner_attribute_names_its_owner(self):
        self.write("shop.py", "class site:\n    inner = 1\n")
        failure = self.failure_of("no-attribute", "shop:site.iner")
        self.assertEqual(failure.message, 'shop:site has no attribute "iner"')
        self.assertEqual(failure.hint, "Did you mean shop:site.inner?")

    def test_a_module_in_the_package_is_offered(self):
        self.write("shop/wsgi.py")
        self.assertEqual(self.failure_of("no-attribute", "shop").hint, "Did you mean the module shop.wsgi?")
        self.assertEqual(self.failure_of("no-attribute", "shop:wsgi").hint, "Did you mean the module shop.wsgi?")

    def test_a_file_hidden_by_a_module_of_python_is_pointed_out(self):
        self.write("os.py", APPLICATION.format(name="app"))
        hint = self.failure_of("no-attribute", "os:app").hint
        self.assertIn(f"{os.__file__}, which hides ./os.py: rename yours, or name the file", hint)
        self.write("time.py", APPLICATION.format(name="app"))
        self.assertIn("a built-in module, which hides ./time.py", self.failure_of("no-attribute", "time:app").hint)

    def test_an_exception_while_the_attribute_is_read_is_the_applications(self):
        self.write("shop.py", "def __getattr__(name): raise ValueError('lazy ' + name)\n")
        failure = self.failure_of("raised", "shop")
        self.assertEqual(failure.message, "reading shop:application raised ValueError: lazy application")


class NotCallable(LoaderTest):
    def refuse(self, source: str, text: str, message: str, hint: str = "") -> None:
        self.write("shop.py", source)
        failure = self.failure_of("not-callable", text)
        self.assertEqual(failure.message, message)
        self.assertIn(hint, failure.hint)

    def test_the_type_is_named(self):
        self.refuse("app = {}", "shop", "shop:app is a dict, which cannot be called", "takes (environ, start_response)")

    def test_a_string_is_shown(self):
        self.refuse("app = 'x:y'", "shop:app", "shop:app is the string 'x:y', which cannot be called")

    def test_none_is_asked_where_it_is_assigned(self):
        self.refuse("app = None", "shop:app", "shop:app is None, which cannot be called", "Where is it assigned?")

    def test_a_module_is_told_about_the_colon(self):
        message = "shop:app is the module os.path, which cannot be called".replace("os.path", os.path.__name__)
        self.refuse("import os.path as app", "shop", message, f"{os.path.__name__}:application")

    def test_the_real_application_beside_it_is_offered(self):
        source = "app = 1\n" + APPLICATION.format(name="real")
        self.refuse(source, "shop:app", "shop:app is an int, which cannot be called", "Did you mean shop:real?")

    def test_a_factory_that_returns_nothing_is_asked_about_its_return(self):
        message = "shop:make_app() returned None, which cannot be called"
        self.refuse("def make_app(): pass", "shop:make_app()", message, "return app")

    def test_what_is_called_must_be_callable(self):
        self.refuse("app = []", "shop:app()", "shop:app is a list, which cannot be called")

    def test_a_function_without_parameters_is_a_factory_not_an_application(self):
        message = "shop:start is a function that takes (), not (environ, start_response)"
        self.refuse("def start(): ...", "shop:start", message, "called with parentheses: shop:start().")

    def test_a_class_without_parameters_is_a_factory_not_an_application(self):
        message = "shop:Site is the class Site that takes (), not (environ, start_response)"
        self.refuse("class Site:\n    def __call__(self, e, s): ...", "shop:Site", message, "parentheses: shop:Site().")

    def test_a_factory_with_one_parameter_is_told_to_be_called(self):
        message = "shop:create_app is a function that takes (config=None), not (environ, start_response)"
        self.refuse("def create_app(config=None): ...", "shop:create_app", message, "shop:create_app().")
        message = "shop:make is a function that takes (config), not (environ, start_response)"
        self.write("shop2.py", "def make(config): ...")
        self.assertIn('shop2:make("…")', self.failure_of("not-callable", "shop2:make").hint)

    def test_a_factory_by_its_name_is_told_to_be_called_though_two_arguments_would_fit(self):
        message = "shop:create_app is a function that takes (a=None, b=None), not (environ, start_response)"
        self.refuse("def create_app(a=None, b=None): ...", "shop:create_app", message, "shop:create_app().")

    def test_an_asgi_application_is_refused_by_name(self):
        source = "class App:\n    async def __call__(self, scope, receive, send): ...\napp = App()\n"
        message = "shop:app is an ASGI application, and Gantry serves WSGI"
        self.refuse(source, "shop:app", message, "a2wsgi.ASGIMiddleware")

    def test_an_asgi_function_or_factory_result_is_refused_too(self):
        self.write("mysite/asgi.py", "async def app(scope, receive, send): ...\ndef make(): return app\n")
        self.write("plain.py", "def app(scope, receive, send): ...\n")
        failure = self.failure_of("not-callable", "mysite.asgi:make()")
        self.assertIn("mysite.asgi:make() returned an ASGI", failure.message)
        self.assertIn("make one for WSGI too: mysite.wsgi.", self.failure_of("not-callable", "mysite.asgi:app").hint)
        self.assertIn("ASGI application", self.failure_of("not-callable", "plain").message)

    def test_an_async_function_is_told_to_be_an_ordinary_one(self):
        message = "shop:app is an async function, not a WSGI application"
        self.refuse("async def app(environ, start_response): ...", "shop", message, "`def`, not `async def`")

    def test_an_async_factory_is_refused(self):
        message = "the factory shop:make() is an async function"
        self.refuse("async def make(): ...", "shop:make()", message, "ordinary functions")


class Raised(LoaderTest):
    def raise_(self, source: str, text: str, message: str) -> BootFailure:
        self.write("shop.py", source)
        failure = self.failure_of("raised", text)
        self.assertIn(message, failure.message)
        return failure

    def test_an_exception_while_importing_shows_the_applications_frames_alone(self):
        path = self.write("stock.py", "def count(): return 1 / 0\nTOTAL = count()\n")
        failure = self.raise_("import stock\n", "shop", "importing shop raised ZeroDivisionError: division by zero")
        lines = failure.traceback.splitlines()
        self.assertEqual(lines[0], "Traceback (most recent call last):")
        self.assertIn("shop.py", lines[1])
        self.assertIn(f'File "{path}", line 1, in count', failure.traceback)
        self.assertEqual(lines[-1], "ZeroDivisionError: division by zero")
        self.assertIn(sys.executable, failure.hint)

    def test_chained_exceptions_are_kept_and_cleaned(self):
        source = """
            import importlib
            try: importlib.import_module('zzz')
            except ImportError as error: raise RuntimeError('no zzz') from error
            """
        failure = self.raise_(source, "shop.py", "raised RuntimeError: no zzz")
        self.assertIn("No module named 'zzz'", failure.traceback)
        self.assertIn("direct cause", failure.traceback)

    def test_a_module_that_the_application_needs_is_not_taken_for_the_application(self):
        failure = self.raise_("import zzz.y\n", "shop", 'failed because the module "zzz" that it needs was not found')
        self.assertIn(f"{sys.executable} -m pip install", failure.hint)
        self.assertIn("import zzz.y", failure.traceback)

    def test_a_package_that_imports_a_missing_module_of_its_own_raised(self):
        self.write("pack/__init__.py", "import pack.wsgi\n")
        self.assertIn("import pack.wsgi", self.failure_of("raised", "pack.wsgi").traceback)

    def test_a_syntax_error_is_placed(self):
        failure = self.raise_("x = 1\nx = = 2\n", "shop", "importing shop met a SyntaxError in ")
        self.assertIn("shop.py, line 2: invalid syntax", failure.message)
        self.assertIn("x = = 2", failure.traceback)

    def test_an_exit_while_importing_is_said_to_end_the_process(self):
        failure = self.raise_("import sys\nsys.exit(3)\n", "shop", "importing shop ended the process: SystemExit(3)")
        self.assertIn("__main__", failure.hint)

    def test_an_interrupt_is_not_swallowed(self):
        self.write("shop.py", "raise KeyboardInterrupt\n")
        self.write("maker.py", "def make(): raise KeyboardInterrupt\n")
        for text in ("shop", "./shop.py", "maker:make()"):
            with self.subTest(text), self.assertRaises(KeyboardInterrupt):
                self.load(text)

    def test_an_exception_of_many_lines_makes_one_line(self):
        self.raise_("raise ValueError('one\\ntwo')", "shop", "importing shop raised ValueError: one")

    def test_an_exception_that_cannot_be_printed_is_still_reported(self):
        source = "class Odd(Exception):\n    def __str__(self): raise ValueError\nraise Odd\n"
        self.raise_(source, "shop", "importing shop raised Odd")

    def test_an_exception_in_the_factory_is_the_applications(self):
        source = "def make(kind): return len(kind)\n"
        failure = self.raise_(source, "shop:make(1)", "calling shop:make(1) raised TypeError: object of type 'int'")
        self.assertIn("in make", failure.traceback)


class WrongSpecification(LoaderTest):
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

    def test_a_failure_is_the_payload_of_its_frame(self):
        failure = self.failure_of("bad-specification", "")
        self.assertEqual(sorted(failure.to_dict()), ["hint", "kind", "message", "traceback"])


if __name__ == "__main__":
    unittest.main()
