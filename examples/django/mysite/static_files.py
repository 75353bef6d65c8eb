"""Static files whose links begin with the mount point of the request at hand."""

from urllib.parse import quote

from django.contrib.staticfiles.storage import StaticFilesStorage
from django.urls import get_script_prefix


class MountedStaticFiles(StaticFilesStorage):
    """Django reads STATIC_URL once, before it has seen a request; the mount point is known only then."""

    def url(self, name):
        return quote(get_script_prefix()).rstrip("/") + super().url(name)
