"""Files between their dry run and the decision: kept for a day, seen by whoever sent them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from quizapp.domain.access import Actor, require
from quizapp.domain.errors import Invalid, NotFound
from quizapp.domain.words import N_
from quizapp.formats import ReadResult
from quizapp.services.banks import catalogue
from quizapp.services.banks import importing as bank_import
from quizapp.services.banks.importing import ImportReport
from quizapp.services.banks.reading import read_file
from quizapp.storage import banks as stored
from quizapp.storage.database import transaction

KEPT = timedelta(days=1)
NAME_LENGTH = 255


@dataclass(frozen=True)
class Upload:
    """A file that waits for a decision."""

    id: UUID
    file_name: str
    size: int
    bank: str | None
    title: str | None


@dataclass(frozen=True)
class Checked:
    """An upload with what importing it would do."""

    upload: Upload
    format: str | None
    report: ImportReport


def keep(
    actor: Actor,
    file_name: str,
    data: bytes,
    *,
    now: datetime,
    bank: str | None = None,
    title: str | None = None,
) -> UUID:
    """Keep a file until its sender decides; forgets what nobody decided about for a day.

    Args:
        actor: needs `bank.make`.
        file_name: as the browser says.
        data: the file.
        now: the time.
        bank: the slug of the bank it is to go into.
        title: the name of a new bank, where it is not to go into one that exists.

    Raises:
        Invalid: the file is empty, no bank is named, or the new bank's name is taken.
    """
    require(actor, "bank.make")
    if not data:
        raise Invalid.field("file", N_("This file is empty. Choose the file with the questions."))
    if title is not None:
        title, bank = _new_bank(title)
    elif bank is not None:
        catalogue.get_bank(actor, bank)
    else:
        result, _ = read_file(data, file_name)
        if result.bank is None or not result.bank.bank:
            raise Invalid.field("bank", N_("The file names no bank. Say where its questions go."))
    upload = stored.Upload(
        id=uuid4(),
        person_id=actor.id,
        bank_slug=bank,
        bank_title=title,
        file_name=_storable(file_name),
        format=None,
        data=data,
        created_at=now,
    )
    with transaction(write=True) as session:
        stored.purge_uploads(session, now - KEPT)
        session.add(upload)
        return upload.id


def _new_bank(title: str) -> tuple[str, str]:
    title = catalogue.checked_title(title)
    slug = catalogue.slug_of(title)
    with transaction(write=False) as session:
        if stored.find_bank(session, slug) is not None:
            raise Invalid.field("title", N_("There is a bank of that name. Choose another name."))
    return title, slug


def check(actor: Actor, upload_id: UUID, *, now: datetime) -> Checked:
    """Say what importing an upload would do.

    Raises:
        NotFound: it is somebody else's, or nobody's, or older than a day.
        Invalid: no bank is named.
    """
    upload, data = _get(actor, upload_id, now)
    result, format_name = read_file(data, upload.file_name)
    return Checked(upload, format_name, _import(actor, upload, result, now, dry_run=True))


def confirm(actor: Actor, upload_id: UUID, *, now: datetime) -> ImportReport:
    """Import an upload. It stays until it expires, so that confirming twice does no harm.

    Raises:
        NotFound: it is somebody else's, or nobody's, or older than a day.
        Invalid: no bank is named.
    """
    upload, data = _get(actor, upload_id, now)
    result, _ = read_file(data, upload.file_name)
    return _import(actor, upload, result, now, dry_run=False)


def leave(actor: Actor, upload_id: UUID, *, now: datetime) -> None:
    """Forget an upload and leave everything as it is.

    Raises:
        NotFound: it is somebody else's, or nobody's, or older than a day.
    """
    _get(actor, upload_id, now)
    with transaction(write=True) as session:
        found = stored.own_upload(session, upload_id, actor.id)
        if found is not None:
            session.delete(found)


def _get(actor: Actor, upload_id: UUID, now: datetime) -> tuple[Upload, bytes]:
    with transaction(write=False) as session:
        found = stored.own_upload(session, upload_id, actor.id)
        if found is None or found.created_at < now - KEPT:
            raise NotFound(N_("This upload is no longer kept. Upload the file again."))
        upload = Upload(
            found.id, found.file_name, len(found.data), found.bank_slug, found.bank_title
        )
        return upload, found.data


def _import(
    actor: Actor, upload: Upload, result: ReadResult, now: datetime, *, dry_run: bool
) -> ImportReport:
    return bank_import.import_bank(
        actor, result, now=now, bank=upload.bank, title=upload.title, dry_run=dry_run
    )


def _storable(name: str) -> str:
    clean = "".join(c for c in name if c.isprintable() and not "\ud800" <= c <= "\udfff")
    return clean[-NAME_LENGTH:] or "file"
