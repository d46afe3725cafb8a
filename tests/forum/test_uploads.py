"""Pictures and downloads that are uploaded into the form that needs them: what is taken, what is refused, and how."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from forum.files import looks_like_file_name
from forum.models import Attachment, Picture
from forum.pictures import MAX_BYTES
from tests.factories import image_bytes, make_article, make_event, make_person, make_picture, pdf_file, tomorrow
from tests.forum.test_pictures import photograph, png_claiming, stored_bytes

PICTURE = "/redaktion/anlegen/forum/picture/"
ATTACHMENT = "/redaktion/anlegen/forum/attachment/"


def send(desk, content, name="foto.jpg", **answers):
    facts = {"alt_text": "Ein blaues Feld.", "credit": "Erika Beispiel", "file_ppoi": "0.25x0.75"} | answers
    return desk.post(PICTURE, facts | {"file": SimpleUploadedFile(name, content, "image/jpeg")})


def test_a_picture_is_uploaded_in_place(desk):
    answer = send(desk, photograph(), "IMG_0815.jpg", caption="Auf dem Hof")
    assert answer.status_code == 201
    picture = Picture.objects.get()
    assert answer.json() == {
        "id": str(picture.pk),
        "label": "Auf dem Hof",
        "line": "© Erika Beispiel",
        "state": "",
        "thumb": picture.file.wide_400_avif,
    }
    assert picture.file_ppoi == "0.25x0.75"
    assert (picture.file_width, picture.file_height) == (60, 80)  # upright
    for secret in (b"Geheim", b"GPS", b"Exif"):
        assert secret not in stored_bytes(picture)


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (png_claiming(10_000, 8_000), "panorama.png", "Das Bild ist zu groß"),
        (b"<!doctype html><script>alert(1)</script>", "foto.jpg", "kein Bild, das wir kennen"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "logo.png", "kein Bild, das wir kennen"),
        (b"MZ\x90\x00", "foto.webp", "kein Bild, das wir kennen"),
        (b"GIF89a<?php system($_GET['x']); ?>", "foto.jpg", "kein Bild, das wir kennen"),
        (b"", "leer.jpg", "kein Bild, das wir kennen"),
        (b"\xff\xd8\xff" + b"\0" * (MAX_BYTES + 1), "riesig.jpg", "höchstens 20 MB"),
    ],
    ids=["80 megapixels", "HTML", "SVG", "program", "PHP", "empty", "huge"],
)
def test_wrong_files_with_right_names_are_refused_politely(desk, content, name, says):
    answer = send(desk, content, name)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert says in page
    assert 'value="Ein blaues Feld."' in page  # nothing typed is lost
    assert not Picture.objects.exists()


def test_eighty_megapixels_of_a_real_photograph(desk):
    content = io.BytesIO()
    Image.new("L", (10_000, 8_000)).save(content, "JPEG", quality=10)
    answer = send(desk, content.getvalue(), "panorama.jpg")
    assert "höchstens 50 Megapixel" in answer.content.decode()
    assert not Picture.objects.exists()


def test_what_hides_behind_the_pixels_is_dropped(desk):
    polyglot = image_bytes(image_format="JPEG") + b"<?php system($_GET['x']); ?>"
    assert send(desk, polyglot, "foto.php.jpg").status_code == 201
    picture = Picture.objects.get()
    assert b"<?php" not in stored_bytes(picture)
    assert picture.file.name.endswith(".jpg")


def test_description_or_decoration_must_be_chosen(desk):
    neither = send(desk, image_bytes(), alt_text="")
    assert "oder wählen Sie oben „Nur Schmuck“" in neither.content.decode()
    assert not Picture.objects.exists()
    assert send(desk, image_bytes(), alt_text="", decorative="True").status_code == 201
    assert Picture.objects.get().decorative
    both = send(desk, image_bytes(), alt_text="Etwas", decorative="True")
    assert "Bitte leeren Sie die Beschreibung" in both.content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "IMG_0815.jpg", "IMG_0815", "img 0815", "DSC01234", "DSCF0012.JPG", "foto.png", "Bild1", "Bild 12", "Foto",
        "Screenshot 2026-03-01 um 10.15.22", "Bildschirmfoto 2026-03-01", "WhatsApp Image 2026-03-01 at 10.15.22",
        "PXL_20260301_101522", "2023-06-14_forum_03", "halbkreis_final", "Unbenannt", "Scan 3", "image (2)", "P1040233",
    ],
)  # fmt: skip
def test_file_names_are_no_descriptions(desk, text):
    assert looks_like_file_name(text)
    page = send(desk, image_bytes(), alt_text=text).content.decode()
    assert "Das ist ein Dateiname." in page
    assert not Picture.objects.exists()


@pytest.mark.parametrize("text", ["Sommerfest am See", "sommerfest-am-see"])
def test_nor_is_the_name_of_this_very_file(desk, text):
    answer = send(desk, image_bytes(), "Sommerfest am See.png", alt_text=text)
    assert "Das ist ein Dateiname." in answer.content.decode()
    picture = make_picture()
    picture.alt_text = "Blau"  # stored as blau-….jpg
    form = {"alt_text": "Blau", "credit": "x", "file_ppoi": "0.5x0.5", "decorative": "False"}
    page = desk.post(f"/redaktion/forum/picture/{picture.pk}/change/", form).content.decode()
    assert "Das ist ein Dateiname." in page


@pytest.mark.parametrize(
    "text",
    [
        "Ein Bild von drei Menschen", "Foto: Menschen auf einer Bank", "Screenshot der neuen Website mit drei Spalten",
        "Das Logo des Verbands: sieben Punkte", "Haus 3 am Ufer", "Plakat „2030“", "Lea Winnig", "", "U-Bahn U7",
    ],
)  # fmt: skip
def test_descriptions_are_no_file_names(text):
    assert not looks_like_file_name(text, "anderes.jpg")


@pytest.mark.parametrize("point", ["abc", "2x2", "-1x0", "0.5", "", "0.5x0.5x0.5", "nanxnan", "1e3x0"])
def test_a_wrong_point_is_refused(desk, point):
    answer = send(desk, image_bytes(), file_ppoi=point)
    assert answer.status_code == 200
    assert not Picture.objects.exists()


def test_a_download_is_uploaded_in_place(desk):
    file = SimpleUploadedFile("protokoll_final.pdf", pdf_file().read())
    refused = desk.post(ATTACHMENT, {"title": "protokoll_final.pdf", "file": file}).content.decode()
    assert "Das ist ein Dateiname. Wie soll der Link heißen?" in refused
    file.seek(0)
    answer = desk.post(ATTACHMENT, {"title": "Protokoll", "file": file})
    assert answer.status_code == 201
    assert answer.json()["line"] == "PDF, 45\xa0Bytes"
    wrong = desk.post(ATTACHMENT, {"title": "Folien", "file": SimpleUploadedFile("folien.pdf", b"MZ")})
    assert "Diese Datei nehmen wir nicht an" in wrong.content.decode()
    assert Attachment.objects.count() == 1


def test_an_upload_sent_twice_is_stored_once(desk):
    for _ in range(2):
        assert send(desk, image_bytes(), order="abc").status_code == 201
    assert Picture.objects.count() == 1


# Galleries


def test_a_gallery_is_shown_in_its_order(client):
    for thing in (make_article(), make_event()):
        second, first = make_picture(caption="Zweites"), make_picture(caption="Erstes")
        thing.picture_rows.create(picture=second, position=1)
        thing.picture_rows.create(picture=first, position=0)
        thing.picture_rows.create(picture=make_picture(credit="", caption="Ohne Nachweis"), position=2)
        page = client.get(thing.get_absolute_url()).content.decode()
        gallery = page[page.index('class="gallery"') :]
        assert gallery.index("Erstes") < gallery.index("Zweites")
        assert gallery.count("<figure") == 2
        assert 'loading="lazy"' in gallery
        assert "Ohne Nachweis" not in page


def test_a_page_without_further_pictures_has_no_gallery(client):
    article = make_article(picture=make_picture())
    assert "gallery" not in client.get(article.get_absolute_url()).content.decode()


def test_a_gallery_costs_the_same_for_one_and_many(count_queries):
    for thing in (make_article(), make_event()):
        thing.picture_rows.create(picture=make_picture())
        few = count_queries(thing.get_absolute_url())
        for position in range(4):
            thing.picture_rows.create(picture=make_picture(), position=position)
        assert count_queries(thing.get_absolute_url()) == few


def test_a_gallery_counts_as_a_use(desk):
    picture = make_picture()
    article, event = make_article(title="Mit Galerie"), make_event(title="Auch mit")
    article.picture_rows.create(picture=picture)
    event.picture_rows.create(picture=picture)
    article.picture = picture
    article.save()
    make_person(portrait=picture)
    assert {str(thing) for thing in picture.uses()} >= {"Mit Galerie", "Auch mit"}
    assert len(picture.uses()) == 3
    assert article in picture.public_uses()
    picture.credit = ""
    form = {"alt_text": "Ein blaues Feld.", "file_ppoi": "0.5x0.5", "credit": ""}
    page = desk.post(f"/redaktion/forum/picture/{picture.pk}/change/", form).content.decode()
    assert "Das Bild ist veröffentlicht oder dafür geplant" in page
    page = desk.get(f"/redaktion/forum/picture/{picture.pk}/delete/").content.decode()
    assert "Mit Galerie" in page
    assert "Ja, löschen" not in page
    desk.post(f"/redaktion/forum/picture/{picture.pk}/delete/", {"post": "yes"})
    assert Picture.objects.filter(pk=picture.pk).exists()


def rows(prefix, *facts, initial=0):
    form = {f"{prefix}-TOTAL_FORMS": len(facts), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(facts):
        form |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return form


def article_form(*pictures, **overrides):
    form = {"title": "Mit Galerie", "lead": "Kurz"} | rows("picture_rows", *pictures)
    for prefix in ("contact_rows", "attachment_rows", "links"):
        form |= rows(prefix)
    return form | overrides


def test_an_incomplete_picture_in_the_gallery_prevents_publishing(desk):
    article, bare = make_article(published_at=None), make_picture(credit="")
    address = f"/redaktion/news/article/{article.pk}/change/"
    form = article_form({"picture": bare.pk, "position": 0}, type=article.type_id, published_at="01.03.2026")
    page = desk.post(address, form).content.decode()
    assert "Dieses Bild kann noch nicht veröffentlicht werden: es fehlt der Bildnachweis." in page
    article.refresh_from_db()
    assert article.published_at is None
    draft = article_form({"picture": bare.pk, "position": 0}, type=article.type_id)
    assert desk.post(address, draft).status_code == 302  # a draft may be incomplete
    article.refresh_from_db()
    assert article.picture_rows.count() == 1
    assert "es fehlt der Bildnachweis" in article.missing_to_publish()["picture_rows"]
    row = {"id": article.picture_rows.get().pk, "picture": bare.pk, "position": 0, "DELETE": "on"}
    gone = article_form(row, type=article.type_id, published_at="01.03.2026") | {"picture_rows-INITIAL_FORMS": 1}
    assert desk.post(address, gone).status_code == 302  # taking it out is enough
    article.refresh_from_db()
    assert article.published_at is not None


def test_the_order_of_the_desk_is_the_order_of_the_page(desk, client):
    first, second = make_picture(caption="Eins"), make_picture(caption="Zwei")
    article = make_article(title="Mit Galerie", published_at=tomorrow())
    form = article_form(
        {"picture": first.pk, "position": 1},
        {"picture": second.pk, "position": 0},
        type=article.type_id,
        published_at="01.03.2026",
    )
    assert desk.post(f"/redaktion/news/article/{article.pk}/change/", form).status_code == 302
    page = client.get(article.get_absolute_url()).content.decode()
    assert page.index("Zwei") < page.index("Eins")
