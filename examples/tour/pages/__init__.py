"""The tour's HTML: one layout.html around one file for each page.

Whatever a page is filled with is escaped, unless it says that it is HTML already.
"""

import pathlib
from html import escape
from string import Template
from urllib.parse import quote

FOLDER = pathlib.Path(__file__).parent


class Html(str):
    """Text that is HTML already."""


def render(page, script_name, values):
    """Fill the page, put it into the layout, and return its bytes; $root is where the tour is mounted."""
    # SCRIPT_NAME is a decoded path: what goes into a link must be percent-encoded again.
    root = quote(script_name.encode("latin-1"))
    escaped = {name: to_html(value) for name, value in values.items()}
    content = read_template(page).substitute(escaped, root=root)
    return read_template("layout.html").substitute(root=root, content=content).encode()


def table(rows, headings=()):
    """Make a table whose first column names the rows."""
    if not rows:
        return ""
    head = "".join(f"<th scope=col>{to_html(heading)}</th>" for heading in headings)
    head = f"<tr>{head}</tr>" if head else ""
    body = "".join(
        f"<tr><th scope=row>{to_html(name)}</th>{''.join(f'<td>{to_html(cell)}</td>' for cell in cells)}</tr>"
        for name, *cells in rows
    )
    return Html(f"<div class=scroll><table>{head}{body}</table></div>")


def to_html(text):
    return text if isinstance(text, Html) else escape(text)


def read_template(name):
    return Template((FOLDER / name).read_text(encoding="utf-8"))
