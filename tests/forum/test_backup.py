"""Backup and restore through the real commands, on databases and folders of their own."""

import io
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tarfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage
import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from forum.backup import age, archive, returning
from forum.backup.failures import BackupFailure, DamagedBackup, InUse, NewerBackup, NoPrograms, NoSpace, NotEmpty
from forum.backup.holding import RESTORED, workshop
from forum.backup.making import make_backup
from forum.backup.passphrase import passphrase_for_reading, passphrase_for_writing
from forum.backup.programs import Programs, connection_variables
from forum.backup.retention import Made, superfluous
from forum.database import EmbeddedServer
from tests.backups import Installation, server
from tests.factories import make_person
from tests.servers import ROOT, open_to_servers, prepared

PASSPHRASE = "Öffne dich, lieber Sesam"
FILL = """
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.contrib.auth.models import User
from forum.management.demo.document import text_document
from forum.models import Attachment
from forum.versions import recording
from news.models import Article
staff = User.objects.create_user("jörg", password="geheim-und-lang")
TOTP.activate(staff, "JBSWY3DPEHPK3PXP")
with recording(staff):
    article = Article.objects.first(); article.title = "Größer – „neu“"; article.save()
file = Attachment.objects.first()
old = settings.MEDIA_ROOT / file.file.name; new = old.with_name("Übersicht für Städte.odt"); old.rename(new)
Attachment.objects.filter(pk=file.pk).update(file=str(new.relative_to(settings.MEDIA_ROOT)))
with recording(staff):
    gone = Attachment.objects.create(title="Bald weg", file=text_document("weg.odt", "Weg", ["Zeile"]))
with recording(staff):
    gone.delete()
"""


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    """A portal with the PostgreSQL that comes along, and the folder with its backup."""
    made = Installation("unused", prepared(open_to_servers(tmp_path_factory.mktemp("embedded"))))
    backups = tmp_path_factory.mktemp("embedded-backups")
    made.manage("backup", backups, DATABASE_URL="")
    return made, backups


@pytest.fixture(scope="module")
def empty(tmp_path_factory, django_db_setup, django_db_blocker):
    """A portal nobody has written in yet."""
    made = Installation("backup_empty", tmp_path_factory.mktemp("empty") / "data").create()
    with django_db_blocker.unblock():
        made.fill_as_new()
    yield made
    made.drop()


@pytest.fixture(scope="module")
def house(tmp_path_factory, embedded, django_db_setup, django_db_blocker):
    """A portal with demo content, accounts, a second factor, versions and kept files; tests only read it."""
    made = Installation("backup_house", tmp_path_factory.mktemp("house") / "data").create()
    archive.unpack(only_file(embedded[1]), "", made.folder)
    with django_db_blocker.unblock():
        made.load(made.folder / archive.DUMP)
    made.manage("shell", "-c", FILL)
    yield made
    made.drop()


@pytest.fixture(scope="module")
def backup(house, tmp_path_factory):
    folder = tmp_path_factory.mktemp("backups")
    assert house.manage("backup", folder) == ""
    return only_file(folder)


@pytest.fixture
def elsewhere(tmp_path):
    made = Installation("backup_elsewhere", tmp_path / "elsewhere").create()
    yield made
    made.drop()


@pytest.fixture
def copy(house, tmp_path):
    """A portal with the same content that a test may spoil."""
    made = Installation("backup_copy", tmp_path / "copy").create(house)
    yield made
    made.drop()


def only_file(folder) -> Path:
    (path,) = folder.iterdir()
    return path


def test_every_row_and_every_file_comes_back(house, backup, elsewhere):
    rows, files = house.state
    assert rows["mfa_authenticator"][0] == 1
    assert rows["reversion_version"][0] > 2
    assert any(name.startswith("kept/") for name in files)
    assert any("Übersicht für Städte.odt" in name for name in files)
    said = elsewhere.manage("restore", backup)
    assert f"{rows['news_article'][0]} Beiträge" in said
    assert elsewhere.state == (rows, files)
    assert not list(elsewhere.folder.glob(".*"))
    found = elsewhere.query("SELECT count(*) FROM forum_searchentry WHERE title LIKE %s", "Größer%")
    assert found == [(1,)]
    elsewhere.query("UPDATE news_article SET title = 'Neu geschrieben' WHERE title LIKE 'Größer%%' RETURNING 1")
    assert elsewhere.query("SELECT count(*) FROM forum_searchentry WHERE title = 'Neu geschrieben'") == [(1,)]


def test_it_is_closed_to_others_and_can_be_opened_by_hand(house, backup):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert not list(house.folder.glob(".*"))
    with tarfile.open(backup) as tar:
        assert {name.partition("/")[0] for name in tar.getnames()} > {"LIESMICH.txt", "database.dump", "media", "kept"}
    assert json.loads((house.folder / "last-backup.json").read_text())["size"] > 10_000


def test_what_is_there_goes_only_when_asked_to(house, backup, copy):
    copy.query("UPDATE news_article SET title = 'Anders' RETURNING 1")
    (copy.folder / "media" / "mehr.txt").write_text("mehr")
    before = copy.state
    assert "--replace" in copy.manage("restore", backup, code=7)
    assert copy.state == before
    copy.manage("restore", backup.parent, "--replace")
    assert copy.state == house.state


def test_encrypted(house, elsewhere, tmp_path):
    folder = tmp_path / "sealed"
    house.manage("backup", folder, BACKUP_PASSPHRASE=PASSPHRASE)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    path = only_file(folder)
    sealed = path.read_bytes()
    assert path.name.endswith(".tar.age")
    assert b"database.dump" not in sealed
    assert b"database.dump" in pyrage.passphrase.decrypt(sealed, PASSPHRASE)[:3000]  # others can open it
    assert "passt nicht" in elsewhere.manage("restore", path, BACKUP_PASSPHRASE=PASSPHRASE + "!", code=4)
    assert elsewhere.state == ({}, {})
    elsewhere.manage("restore", path, BACKUP_PASSPHRASE=PASSPHRASE)
    assert elsewhere.state == house.state


@pytest.fixture
def quick_key(monkeypatch):
    """Keys that cost nothing."""
    monkeypatch.setattr(age, "WORK", 4)


def test_a_damaged_encrypted_backup_is_noticed_while_it_is_read(backup, tmp_path, quick_key):
    contents = archive.unpack(backup, "", tmp_path / "into")
    path = tmp_path / "sealed.tar.age"
    with path.open("wb") as target:
        archive.write(target, PASSPHRASE, tmp_path / "into", list(contents.files), contents.facts)
    assert archive.unpack(path, PASSPHRASE, None).files == contents.files
    sealed = path.read_bytes()
    changed = bytearray(sealed)
    changed[-1000] ^= 1
    for content in (changed, sealed[: 200 + 3 * 65_552], sealed[:-1], sealed + b"x", sealed[:100]):
        path.write_bytes(content)
        with pytest.raises(DamagedBackup, match="beschädigt: "):
            archive.unpack(path, PASSPHRASE, None)


def test_it_is_the_format_of_age(quick_key):
    for size in (0, 1, 65_535, 65_536, 65_537, 200_000):
        content, sealed = os.urandom(size), io.BytesIO()
        sealing = age.Sealing(sealed, PASSPHRASE)
        sealing.write(content[:100])
        sealing.write(content[100:])
        sealing.finish()
        assert pyrage.passphrase.decrypt(sealed.getvalue(), PASSPHRASE) == content
    opened = age.Opening(io.BytesIO(pyrage.passphrase.encrypt(content, PASSPHRASE)), PASSPHRASE)
    assert opened.read(size + 1) == content


def test_a_passphrase_must_be_there_and_worth_it(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("kein Terminal"))
    monkeypatch.delenv("BACKUP_PASSPHRASE", raising=False)
    assert passphrase_for_writing(wanted=False) == ""
    for ask in (lambda: passphrase_for_writing(wanted=True), passphrase_for_reading):
        with pytest.raises(BackupFailure, match="BACKUP_PASSPHRASE"):
            ask()
    monkeypatch.setenv("BACKUP_PASSPHRASE", "kurz")
    with pytest.raises(BackupFailure, match="mindestens 12"):
        passphrase_for_writing(wanted=False)


def damaged(backup, tmp_path, change) -> Path:
    path = tmp_path / "damaged.tar"
    content = bytearray(backup.read_bytes())
    change(content)
    path.write_bytes(content)
    return path


def places(backup) -> dict:
    with tarfile.open(backup) as tar:
        return {info.name: info for info in tar}


def test_one_changed_byte_is_noticed_wherever_it_is(backup, tmp_path):
    for name, info in places(backup).items():
        if name == archive.README or not info.size:
            continue
        for place in (info.offset_data, info.offset_data + info.size // 2, info.offset_data + info.size - 1):
            path = damaged(
                backup, tmp_path, lambda content, place=place: content.__setitem__(place, content[place] ^ 1)
            )
            with pytest.raises(DamagedBackup) as caught:
                archive.unpack(path, "", None)
            assert name in str(caught.value) or name.startswith("manifest-")


def test_a_damaged_backup_changes_nothing_and_names_the_file(backup, elsewhere, tmp_path):
    name, info = next((name, info) for name, info in places(backup).items() if name.startswith("media/"))
    path = damaged(
        backup, tmp_path, lambda content: content.__setitem__(info.offset_data, content[info.offset_data] ^ 1)
    )
    assert f"beschädigt: {name}" in elsewhere.manage("restore", path, code=5)
    assert "in Ordnung" in elsewhere.manage("restore", backup, "--check")
    assert elsewhere.state == ({}, {})


def test_what_is_cut_off_or_no_backup_is_refused(backup, tmp_path):
    end = max(info.offset_data + info.size for info in places(backup).values())
    for cut in (end - 1, backup.stat().st_size // 2, 5000, 0):
        path = damaged(backup, tmp_path, lambda content, cut=cut: content.__delitem__(slice(cut, None)))
        with pytest.raises(DamagedBackup):
            archive.unpack(path, "", None)
    path.write_text("Das ist keine Sicherung.")
    with pytest.raises(DamagedBackup):
        archive.unpack(path, "", None)


def hostile(path, name, **facts):
    with tarfile.open(path, "w") as tar:
        info = archive.member(name, 0)
        for key, value in facts.items():
            setattr(info, key, value)
        tar.addfile(info)
    return path


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("media/../../etc/passwd", {}),
        ("/etc/passwd", {}),
        ("media/link", {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}),
        ("anderes.txt", {}),
    ],
)
def test_nothing_leaves_its_folder(tmp_path, name, facts):
    with pytest.raises(DamagedBackup):
        archive.unpack(hostile(tmp_path / "hostile.tar", name, **facts), "", tmp_path / "into")
    assert not (tmp_path / "into").exists()


def test_a_backup_of_a_newer_version_is_refused(backup, tmp_path):
    into, path = tmp_path / "unpacked", tmp_path / "newer.tar"
    contents = archive.unpack(backup, "", into)
    facts = contents.facts | {"migrations": [*contents.facts["migrations"], ["news", "9999_future"]]}
    with path.open("wb") as target:
        archive.write(target, "", into, list(contents.files), facts)
    with pytest.raises(NewerBackup, match=r"news\.9999_future"):
        returning.checked(path, None, None, lambda *_: None)


def test_a_backup_of_an_older_version_is_brought_to_the_tables_of_today(copy, elsewhere, tmp_path):
    """The tables as they really were before the last change of people; what it added is empty, nothing else is lost."""
    copy.manage("migrate", "contacts", "0004_contact_check")
    columns = (
        "SELECT 1 FROM information_schema.columns WHERE table_name = 'contacts_person' AND column_name = 'address'"
    )
    assert copy.query(columns) == []
    copy.manage("backup", tmp_path / "older")
    copy.manage("migrate")
    elsewhere.manage("restore", only_file(tmp_path / "older"))
    assert elsewhere.query(columns)
    assert elsewhere.query("SELECT DISTINCT address FROM contacts_person") == [("",)]
    theirs, ours = elsewhere.rows(), copy.rows()
    assert {name for name in ours | theirs if ours.get(name) != theirs.get(name)} <= {
        "django_migrations", "forum_contentchange",  # when, and how often something was changed
    }  # fmt: skip
    assert elsewhere.files() == copy.files()


def test_a_database_in_use_is_left_alone():
    with server(connection.settings_dict["NAME"]) as portal:
        portal.execute("SELECT 1")
        with pytest.raises(InUse, match="halten Sie es an"):
            returning.refuse_when_in_use()


def test_content_files_and_strangers_tables_are_left_alone(backup, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES["kept"]["OPTIONS"]["location"] = tmp_path / "kept"
    returning.refuse_when_not_empty()
    (tmp_path / "media" / "ordner").mkdir(parents=True)
    returning.refuse_when_not_empty()
    (tmp_path / "media" / "ordner" / "da.txt").write_text("da")
    with pytest.raises(NotEmpty, match="hochgeladene Dateien"):
        returning.refuse_when_not_empty()
    make_person()
    with pytest.raises(NotEmpty, match=r"Inhalte.*--replace"):
        returning.refuse_when_not_empty()
    archive.unpack(backup, "", tmp_path / "into")
    returning.refuse_foreign_tables(Programs(), tmp_path / "into" / archive.DUMP)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE strangers (id int)")
    with pytest.raises(NotEmpty, match="strangers"):
        returning.refuse_foreign_tables(Programs(), tmp_path / "into" / archive.DUMP)


def test_without_fitting_programs_it_says_which(monkeypatch, tmp_path):
    for name in ("pg_dump", "pg_restore", "psql"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 15.18 (Debian 15.18-0)'\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PORTAL_PG_BIN", str(tmp_path))
    with pytest.raises(NoPrograms, match=f"15 in {tmp_path}.*postgresql-client-18"):
        Programs()
    monkeypatch.setenv("PORTAL_PG_BIN", str(tmp_path / "none"))
    with pytest.raises(NoPrograms, match="Gefunden wurden keine"):
        Programs()


def test_a_password_is_no_argument(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "sehr geheim")
    assert connection_variables()["PGPASSWORD"] == "sehr geheim"


def test_a_full_disk_is_said_before_anything_is_written(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    with (settings.MEDIA_ROOT / "riesig.bin").open("wb") as file:
        file.truncate(1 << 43)  # takes no room itself
    with pytest.raises(NoSpace, match="reicht der Platz nicht: Nötig sind"):
        make_backup(tmp_path / "backups", "", lambda *_: None)
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_disk_that_is_full_halfway_leaves_nothing_that_looks_whole(house, backup, tmp_path):
    """The archive may not grow to its end: for a program the same as a full disk (EFBIG instead of ENOSPC)."""
    most = backup.stat().st_size * 9 // 10 // 512  # blocks (POSIX, ulimit)
    command = ["sh", "-c", f'ulimit -f {most}; exec "$0" manage.py backup "$1"', sys.executable, tmp_path]
    done = subprocess.run(command, cwd=ROOT, env=house.environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Die Sicherung ließ sich nicht schreiben: " in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
    assert not list(house.folder.glob(".backup-*"))


def test_each_failure_has_its_exit_code():
    codes = [one.code for one in BackupFailure.__subclasses__()]
    assert sorted(codes) == list(range(3, 10))
    assert DamagedBackup("x").returncode == 5


def wait_for(what, process, seconds=60):
    deadline = time.monotonic() + seconds
    while not what():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.002)


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_a_killed_backup_leaves_nothing_that_looks_whole(house, backup, tmp_path):
    stamp = house.folder / "last-backup.json"
    before = stamp.read_text()
    with (house.folder / "media" / "gross.bin").open("wb") as file:
        file.truncate(60_000_000)
    try:
        process = house.start("backup", tmp_path)
        wait_for(lambda: any(one.stat().st_size > 2_000_000 for one in tmp_path.glob(".*.part")), process)
        kill(process)
    finally:
        (house.folder / "media" / "gross.bin").unlink()
    assert list(tmp_path.glob("innovationsforum-*")) == []
    assert list(house.folder.glob(".backup-*"))
    assert stamp.read_text() == before
    house.manage("backup", tmp_path)
    assert json.loads(stamp.read_text())["name"] == only_file(tmp_path).name
    assert only_file(tmp_path).name.startswith("innovationsforum-")  # and what the killed one left is gone
    assert not list(house.folder.glob(".backup-*"))


@pytest.mark.parametrize("stage", ["complaints", "note.json"])
def test_a_killed_restore_leaves_all_or_nothing(house, backup, copy, stage):
    copy.query("UPDATE news_article SET title = 'Anders' RETURNING 1")
    (copy.folder / "media" / "mehr.txt").write_text("mehr")
    before = copy.state
    process = copy.start("restore", backup, "--replace")
    wait_for(lambda: list(copy.folder.glob(f".restore-*/{stage}")), process)
    kill(process)
    wait_until_alone(copy)
    if stage != "note.json":  # then the next restore decides
        assert copy.state == before
    copy.manage("restore", backup, "--replace")
    assert copy.state == house.state
    assert not list(copy.folder.glob(".restore-*"))


def wait_until_alone(installation):
    deadline = time.monotonic() + 30
    while installation.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    ):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize("moved", [0, 1, 2, 3, 4])
def test_what_a_killed_exchange_left_is_finished_or_undone(settings, tmp_path, committed, moved):
    if committed and moved < 4:
        return  # the end of the transaction comes after all four
    settings.DATA, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    settings.STORAGES["kept"]["OPTIONS"]["location"] = kept = tmp_path / "kept"
    folder = tmp_path / ".restore-1-x"
    for place, says in ((tmp_path, "alt"), (folder, "neu")):
        for name in ("media", "kept"):
            (place / name).mkdir(parents=True)
            (place / name / "file").write_text(says)
    (folder / "old").mkdir()
    (folder / "note.json").write_text(json.dumps({"media": str(tmp_path / "media"), "kept": str(kept)}))
    steps = [(tmp_path, folder / "old", "media"), (folder, tmp_path, "media"), (tmp_path, folder / "old", "kept"), (folder, tmp_path, "kept")]  # fmt: skip
    for source, target, name in steps[:moved]:
        (source / name).rename(target / name)
    with connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON SCHEMA public IS '{folder.name if committed else 'etwas anderes'}'")
    returning.heal()
    assert {(tmp_path / name / "file").read_text() for name in ("media", "kept")} == {"neu" if committed else "alt"}
    assert not folder.exists()


def test_uploads_whose_place_is_not_decided_are_never_thrown_away(settings, tmp_path):
    settings.DATA = tmp_path
    with pytest.raises(ConnectionError), workshop(RESTORED) as folder:  # such as: the database died with the exchange
        (folder / "old").mkdir()
        (folder / "note.json").write_text("{}")
        raise ConnectionError
    assert (folder / "old").exists()
    with pytest.raises(BackupFailure, match="nicht zu Ende"):
        make_backup(tmp_path / "backups", "", lambda *_: None)
    returning.heal()
    assert not folder.exists()


WRITE = """
import sys
from django.core.files.uploadedfile import SimpleUploadedFile
from forum.management.demo.document import text_document
from forum.models import Attachment
before = None
print("bereit", flush=True)
while True:
    made = Attachment.objects.create(title="Neu", file=text_document("neu.odt", "Neu", ["Zeile"]))
    if before: before.delete()
    before = made
"""


def test_a_backup_while_somebody_writes_is_of_one_moment(copy, elsewhere, tmp_path):
    writer = copy.start("shell", "-c", WRITE)
    try:
        while "bereit" not in writer.stdout.readline():
            assert writer.poll() is None
        for _ in range(2):
            copy.manage("backup", tmp_path / "backups")
    finally:
        kill(writer)
    for path in (tmp_path / "backups").iterdir():
        assert archive.unpack(path, "", None).facts["missing"] == []
    elsewhere.manage("restore", tmp_path / "backups")
    names = [name for (name,) in elsewhere.query("SELECT file FROM forum_attachment")]
    assert len(names) in (2, 3)
    assert all((elsewhere.folder / "media" / name).is_file() for name in names)


def test_a_file_that_was_gone_before_is_named_and_no_reason_to_fail(house, tmp_path):
    name = house.query("SELECT file FROM forum_attachment")[0][0]
    path = house.folder / "media" / name
    path.rename(tmp_path / "aside")
    try:
        said = house.manage("backup", tmp_path / "backups")
    finally:
        (tmp_path / "aside").rename(path)
    assert f"gibt es im Portal nicht mehr: {name}" in said


def test_an_empty_portal(empty, elsewhere, tmp_path):
    empty.manage("backup", tmp_path / "backups")
    elsewhere.manage("restore", tmp_path / "backups")
    assert elsewhere.state == empty.state


def test_the_postgresql_that_comes_along(embedded):
    portal, backups = embedded
    files = portal.files()
    assert len(files) > 10
    shutil.rmtree(portal.folder / "media")
    with EmbeddedServer(portal.folder / "postgres").running():  # as a portal keeps it
        assert "halten Sie es an" in portal.manage("restore", backups, "--replace", DATABASE_URL="", code=8)
    portal.manage("restore", backups, "--replace", DATABASE_URL="")
    assert portal.files() == files


def test_moving_house_and_back_gives_the_same_bytes(house, empty, tmp_path):
    new = Installation("backup_new_house", tmp_path / "new").create(empty)
    try:
        house.manage("export", tmp_path / "first")
        assert "neu" in new.manage("import", tmp_path / "first")
        new.manage("export", tmp_path / "second")
        assert contents_of(tmp_path / "first") == contents_of(tmp_path / "second")
        assert new.query("SELECT count(*) FROM auth_user") == [(0,)]
        found = new.query("SELECT count(*) FROM forum_searchentry")
        assert found == house.query("SELECT count(*) FROM forum_searchentry")
    finally:
        new.drop()


def contents_of(folder) -> dict:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def made_on(*days):
    return sorted(
        (Made(datetime(2026, 1, 1, 3, tzinfo=UTC) + timedelta(days=day), Path(str(day))) for day in days), reverse=True
    )


def test_the_latest_of_each_day_week_and_month_stays():
    made = made_on(*range(400))
    gone = superfluous(made, {"daily": 7, "weekly": 5, "monthly": 12})
    kept = [one for one in made if one not in gone]
    assert [one.path.name for one in kept[:7]] == [str(day) for day in range(399, 392, -1)]
    assert len({timezone.localtime(one.at).strftime("%Y-%m") for one in kept}) == 12
    assert len(kept) <= 7 + 5 + 12
    assert superfluous(kept, {"daily": 7, "weekly": 5, "monthly": 12}) == []
    assert [one.path.name for one in superfluous(made_on(3, 2, 1), {"daily": 2})] == ["1"]
    two_a_day = [*made_on(5), Made(datetime(2026, 1, 6, 1, tzinfo=UTC), Path("earlier")), *made_on(4)]
    assert [one.path.name for one in superfluous(two_a_day, {"daily": 2})] == ["earlier"]


def test_retention_deletes_only_what_it_made_itself(house, backup, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    old = backup.name.replace(backup.name.rpartition("-")[2], "20200101T030000Z.tar")
    shutil.copy(backup, folder / old)
    (folder / old.replace("20200101", "20200102")).write_text("nur so genannt")
    (folder / old.replace("127.0.0.1", "andere.example.org")).write_bytes(backup.read_bytes())
    (folder / old.replace("20200101", "20200103")).symlink_to(backup)
    (folder / "portal.dump").write_text("x")
    house.manage("backup", folder, "--keep-daily", "1")
    names = {one.name for one in folder.iterdir()}
    assert len(names) == 5
    assert old not in names
    with pytest.raises(BackupFailure, match="mindestens eine"):
        call_command("backup", folder, keep_daily=0)
