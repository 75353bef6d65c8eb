"""What the framework applications show: the same twenty articles, as a page and as JSON."""

ARTICLES = [
    {
        "id": number,
        "title": f"Article {number} & more",
        "author": {"name": f"Author {number % 5}", "email": f"author{number % 5}@example.org"},
        "tags": ["python", "wsgi", f"tag-{number}"],
        "words": 100 * number,
    }
    for number in range(1, 21)
]
