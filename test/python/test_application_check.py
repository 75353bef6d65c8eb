"""What is refused because it cannot be a WSGI application, and what is told about it."""

from __future__ import annotations

import os
import unittest

from loading_case import APPLICATION, LoadingCase


class NotCallable(LoadingCase):
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


if __name__ == "__main__":
    unittest.main()
