"""Reading pages in tests."""

from django.http import FileResponse, StreamingHttpResponse


def body(response: object) -> bytes:
    """Return the whole content of a streamed answer."""
    assert isinstance(response, FileResponse | StreamingHttpResponse)
    return b"".join(response)
