"""Files in an S3-compatible object store, as the served mode keeps them: in pieces, joined, checked, played from the middle (A9.4)."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from pytest_django import Settings

from mingqian.accounts.models import User
from mingqian.documents.files.services import read
from mingqian.documents.uploads.tests.senders import Sender, mp4
from mingqian.testing import Bureau, opened_draw

boto3 = pytest.importorskip("boto3")
moto = pytest.importorskip("moto")
pytest.importorskip("storages")

pytestmark = pytest.mark.django_db
BUCKET = "mingqian"


@pytest.fixture
def bucket(settings: Settings) -> Iterator[Any]:
    """An empty bucket that the platform keeps its files in."""
    options = {
        "bucket_name": BUCKET,
        "access_key": "testing",
        "secret_key": "testing",
        "region_name": "us-east-1",
    }
    with moto.mock_aws():
        found = boto3.resource("s3", region_name="us-east-1").create_bucket(Bucket=BUCKET)
        backend = {"BACKEND": "mingqian.documents.files.object_store.ObjectStore", "OPTIONS": options}
        settings.STORAGES = {**settings.STORAGES, "default": backend}
        yield found


def test_a_video_lives_in_a_bucket(
    bucket: Any, stocked: Bureau, sign_in: Callable[[User], Client], django_capture_on_commit_callbacks: Any
) -> None:
    """Larger than one part of a multipart upload; nothing of the pieces is left; a change in the bucket is found."""
    sender = Sender(sign_in(stocked.officer), opened_draw(stocked))
    content = mp4(11_000_000)
    with django_capture_on_commit_callbacks(execute=True):
        assert sender.send("会场.mp4", content, step=4 << 20)["state"] == "stored"
    row = sender.draw.media.get()
    keys = [one.key for one in bucket.objects.all()]
    assert row.file.path in keys
    assert [key for key in keys if key.startswith("uploads/")] == []
    assert read(row.file) == content
    url = f"/draws/{sender.draw.code}/media/1/file"
    part = sender.client.get(url, headers={"Range": "bytes=6000000-6000099"})
    assert (part.status_code, part.getvalue()) == (206, content[6_000_000:6_000_100])
    assert sender.client.get(url).getvalue() == content
    call_command("verify_everything")
    bucket.Object(row.file.path).put(Body=content[:-1] + b"?")
    with pytest.raises(CommandError, match="缺失或被改动"):
        call_command("verify_everything")
    storages["default"].delete(row.file.path)
    assert sender.client.get(url).status_code == 404
