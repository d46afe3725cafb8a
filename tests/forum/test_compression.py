"""What travels compressed, and what gains nothing from it."""

import gzip

import pytest

from tests.factories import make_attachment, make_picture

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.mark.parametrize("path", ["/", "/gibt/es/nicht/", "/redaktion/login/"])
def test_pages_are_compressed_for_browsers_that_can_read_it(client, path):
    plain = client.get(path)
    packed = client.get(path, headers=GZIP)
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content) / 2
    assert b"</html>" in gzip.decompress(packed.content)
    assert packed.status_code == plain.status_code
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer["Vary"]  # a cache in between must not mix them up


def test_the_length_of_a_page_varies_so_that_it_betrays_nothing(client):
    assert len({client.get("/", headers=GZIP)["Content-Length"] for _ in range(20)}) > 1


def test_files_are_sent_as_they_are(client):
    picture = make_picture()
    for address in (picture.file.wide_400_avif, picture.file.url, make_attachment().file.url):
        answer = client.get(address, headers=GZIP)
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer
        assert int(answer["Content-Length"]) == len(b"".join(answer.streaming_content))
