import io
import re
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.template import engines
from PIL import Image

from forum.models import Picture
from forum.pictures import MAX_BYTES, PictureError, safe_picture
from tests.factories import image_bytes, make_article, make_person, make_picture, tomorrow

ORIENTATION, GPS, MAKER = 0x0112, 0x8825, 0x010F


def upload(content, name="bild.jpg"):
    return SimpleUploadedFile(name, content)


def photograph(size=(80, 60), orientation=6):
    """A JPEG as a telephone writes it: lying on its side, with place and owner inside."""
    image = Image.new("RGB", size, "#336699")
    image.paste("#cc3311", (0, 0, size[0] // 2, size[1]))
    exif = image.getexif()
    exif[ORIENTATION], exif[MAKER] = orientation, "Geheime Kamera"
    exif.get_ifd(GPS)[1] = "N"
    content = io.BytesIO()
    image.save(content, "JPEG", exif=exif, comment=b"Geheimer Kommentar", quality=95)
    return content.getvalue()


def png_claiming(width, height):
    """A PNG of a few bytes that says it is huge: a decompression bomb."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def stored_bytes(picture):
    with picture.file.open() as file:
        return file.read()


def rendition_of(address):
    with default_storage.open(address.removeprefix("/medien/")) as file:
        image = Image.open(file)
        image.load()
    return image


def test_metadata_is_dropped_and_orientation_kept():
    original = photograph()
    assert b"Geheime Kamera" in original
    safe = safe_picture(upload(original))
    image = Image.open(safe)
    assert image.size == (60, 80)  # upright
    assert image.getpixel((5, 5))[0] > 150  # the red left half is on top now
    assert image.getpixel((5, 75))[2] > 100
    assert not image.getexif()
    assert b"Geheim" not in safe.read()


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_known_formats_are_taken_and_always_written_anew(image_format):
    original = image_bytes((50, 50), image_format=image_format) + b"<script>angehaengt</script>"
    safe = safe_picture(upload(original))
    assert Image.open(safe).size == (50, 50)
    assert b"angehaengt" not in safe.read()


def test_transparency_is_kept():
    content = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(content, "PNG")
    safe = safe_picture(upload(content.getvalue(), "logo.png"))
    assert safe.name == "logo.png"
    assert Image.open(safe).getpixel((0, 0))[3] == 0


def test_huge_photographs_are_made_smaller():
    safe = safe_picture(upload(image_bytes((5000, 2500), image_format="JPEG")))
    assert Image.open(safe).size == (2400, 1200)


@pytest.mark.parametrize("mode", ["CMYK", "L", "P", "1", "LA", "I;16"])
def test_unusual_colour_modes(mode):
    content = io.BytesIO()
    image = Image.linear_gradient("L").resize((20, 256))
    image = (
        image.convert("I").point(lambda value: value * 257).convert("I;16") if mode == "I;16" else image.convert(mode)
    )
    image.save(content, "JPEG" if mode == "CMYK" else "PNG")
    safe = Image.open(safe_picture(upload(content.getvalue())))
    assert safe.mode in ("RGB", "RGBA")
    safe = safe.convert("L").resize((1, 3), Image.Resampling.BOX)
    top, middle, bottom = (safe.getpixel((0, y)) for y in range(3))
    assert top < 80 < middle < 175 < bottom  # what was dark stays dark, what was bright stays bright


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "kein Bild"),
        (b"MZ\x90\x00 ein Programm", "kein Bild"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "kein Bild"),
        (image_bytes(image_format="GIF"), "kein Bild"),
        (image_bytes(image_format="TIFF"), "kein Bild"),
        (image_bytes((400, 400), image_format="JPEG")[:800], "beschädigt"),
        (png_claiming(30_000, 30_000), "zu groß"),  # 900 megapixels: refused by the library, too
        (png_claiming(9_000, 9_000), "zu groß"),  # 81 megapixels: the library only warns
        (png_claiming(100, 100), "beschädigt"),
    ],
)
def test_hostile_files_are_refused_in_german(content, says):
    with pytest.raises(PictureError) as error:
        safe_picture(upload(content))
    assert says in error.value.messages[0]


def test_too_many_bytes_are_refused():
    with pytest.raises(PictureError) as error:
        safe_picture(upload(b"\0" * (MAX_BYTES + 1)))
    assert "20 MB" in error.value.messages[0]


def test_code_cannot_store_an_unsafe_file_either():
    with pytest.raises(PictureError), transaction.atomic():
        Picture.objects.create(file=ContentFile(b"<script>", "x.jpg"), alt_text="x", credit="x")
    picture = make_picture(file=ContentFile(photograph(), "foto.jpg"))
    assert (picture.file_width, picture.file_height) == (60, 80)
    assert b"Geheim" not in stored_bytes(picture)


def test_file_names_are_ours():
    picture = make_picture(file=ContentFile(image_bytes(), "../../Böse Überraschung <x>.php.png"))
    assert re.fullmatch(r"bilder/boese-ueberraschung-x-php-[0-9a-f]{16}\.jpg", picture.file.name)


def test_renditions_are_made_at_upload_and_named_in_the_template():
    picture = make_picture(file=ContentFile(image_bytes((1000, 500)), "feld.png"))
    html = render(picture, 'shape="wide" sizes="50vw" figure=True')
    widths = re.findall(r'([^\s"]+\.avif) (\d+)w', html)
    assert [int(width) for _, width in widths] == [400, 800, 1000]
    for address, width in widths:
        assert rendition_of(address).width == int(width)
    assert 'width="800" height="400"' in html
    assert 'sizes="50vw"' in html
    assert 'alt="Ein blaues Feld."' in html
    assert "© Erika Beispiel" in html
    assert '<source type="image/avif"' in html
    fallback = re.search(r'<img src="/medien/(\S+\.webp)"', html).group(1)
    assert rendition_of(fallback).size == (800, 400)


def render(picture, arguments):
    template = engines["django"].from_string("{% picture shown " + arguments + " %}")
    return template.render({"shown": picture})


def test_the_first_picture_loads_at_once_the_others_when_seen():
    picture = make_picture()
    assert 'loading="lazy"' in render(picture, "")
    assert 'loading="lazy"' not in render(picture, "eager=True")


def test_an_incomplete_picture_is_not_shown_even_if_something_uses_it():
    picture = make_picture(credit="")
    assert "<img" not in render(picture, "")


def test_crops_follow_the_focal_point():
    image = Image.new("RGB", (1200, 400), "#ffffff")
    image.paste("#ff0000", (0, 0, 300, 400))
    content = io.BytesIO()
    image.save(content, "PNG")
    picture = make_picture(file=ContentFile(content.getvalue(), "links.png"), file_ppoi="0.1x0.5")
    assert colour_of(picture) == "red"
    picture.file_ppoi = "0.9x0.5"
    picture.save()
    picture = Picture.objects.get()
    assert colour_of(picture) == "white"


def colour_of(picture):
    crop = rendition_of(picture.file.square_160_avif).convert("RGB")
    red, green, _ = crop.getpixel((crop.width // 2, crop.height // 2))
    return "red" if red > 200 and green < 80 else "white"


def test_decorative_or_described_never_both():
    with pytest.raises(ValidationError) as error:
        Picture(alt_text="Etwas", decorative=True, credit="x").full_clean()
    assert "alt_text" in error.value.message_dict
    with pytest.raises(IntegrityError), transaction.atomic():
        make_picture(decorative=True)
    assert make_picture(decorative=True, alt_text="").is_complete


def test_a_picture_in_use_cannot_be_deleted_and_says_where(desk):
    picture = make_picture()
    make_article(title="Zeigt es", picture=picture)
    make_person(family_name="Abgebildet", portrait=picture)
    with pytest.raises(ProtectedError):
        picture.delete()
    page = desk.get(f"/redaktion/forum/picture/{picture.pk}/delete/").content.decode()
    assert "Zeigt es" in page
    assert "Abgebildet" in page
    form = desk.get(f"/redaktion/forum/picture/{picture.pk}/change/").content.decode()
    assert re.search(r'Beitrag <a href="/redaktion/news/article/\d+/change/">Zeigt es</a>', form)
    assert "Was Sie hier ändern, ändert sich an allen 2 Stellen." in form
    assert "Eine neue Datei ersetzt das Bild überall" in form


def test_the_desk_takes_a_picture_and_shows_the_error_beside_the_field(desk):
    facts = {"alt_text": "Ein Feld", "credit": "Erika", "caption": "", "file_ppoi": "0.5x0.5"}
    refused = desk.post("/redaktion/forum/picture/add/", facts | {"file": upload(b"MZ kein Bild")})
    page = refused.content.decode()
    assert "Diese Datei ist kein Bild, das wir kennen" in page
    assert 'value="Ein Feld"' in page  # nothing typed is lost
    taken = desk.post("/redaktion/forum/picture/add/", facts | {"file": upload(photograph())})
    assert taken.status_code == 302
    assert b"Geheim" not in stored_bytes(Picture.objects.get())


def test_large_pictures_that_cannot_shrink_while_read_are_refused_earlier():
    with pytest.raises(ValidationError) as error:
        safe_picture(upload(image_bytes((6000, 5000))))
    assert "PNG und WebP 25" in error.value.messages[0]


def test_files_go_with_their_picture(client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        picture = make_picture(file=ContentFile(image_bytes(color="#993366"), "eigenes.png"))
    old = [picture.file.url, picture.sources("wide")["src"]]
    assert [body(client.get(url))[0] for url in old] == [200, 200]
    with django_capture_on_commit_callbacks(execute=True):
        picture.file.save("neu.png", ContentFile(image_bytes((300, 200))))
    new = [picture.file.url, picture.sources("wide")["src"]]
    assert [client.get(url).status_code for url in old] == [404, 404]
    assert [body(client.get(url))[0] for url in new] == [200, 200]
    with django_capture_on_commit_callbacks(execute=True):
        Picture.objects.all().delete()
    assert [client.get(url).status_code for url in new] == [404, 404]


def body(response):
    return response.status_code, b"".join(response.streaming_content)


def test_what_is_planned_keeps_its_picture_complete():
    picture = make_picture()
    make_article(title="Nächste Woche", picture=picture, published_at=tomorrow())
    picture.credit = ""
    with pytest.raises(ValidationError) as error:
        picture.full_clean()
    assert "Nächste Woche" in error.value.message_dict["credit"][0]
