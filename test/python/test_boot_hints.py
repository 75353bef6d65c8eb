"""What is told about a module, a file or an attribute that is not there."""

from __future__ import annotations

import os
import unittest

from loading_case import APPLICATION, LoadingCase


class ModuleMissing(LoadingCase):
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


class FileMissing(LoadingCase):
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


class AttributeMissing(LoadingCase):
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

    def test_the_commands_of_django_are_told_from_its_application(self):
        self.write("manage.py", "def main(): ...\n")
        expected = "It runs Django's commands. The application is in wsgi.py of the project: `gantry init` finds it."
        for specification in ("manage", "manage.py"):
            self.assertEqual(self.failure_of("no-attribute", specification).hint, expected)

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


if __name__ == "__main__":
    unittest.main()
