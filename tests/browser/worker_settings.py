"""Settings of the background worker beside a browser test: the test's database and its stored files instead of the real ones."""

import os

from mingqian import settings as real

for _name in dir(real):
    if _name.isupper():
        globals()[_name] = getattr(real, _name)

_FILES = {
    "BACKEND": "mingqian.documents.files.folder_store.FolderStore",
    "OPTIONS": {"location": os.environ["MINGQIAN_TEST_FILES"]},
}
DATABASES = {"default": {**real.DATABASES["default"], "NAME": os.environ["MINGQIAN_TEST_DATABASE"]}}
STORAGES = {"default": _FILES, "staticfiles": real.STORAGES["staticfiles"]}
