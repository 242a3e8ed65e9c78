"""Cases, photos as phones write them, and how both are sent: for tests of proof."""

from datetime import timedelta

from PIL import ExifTags, Image
from sqlalchemy import text

from tests.app.canaries import TEGALSAMBI, inside
from tests.app.conftest import Office
from tests.app.forms import FORM, form_of
from tests.scenes import Scene, jpeg
from tests.world import token_of

KEYS = iter(f"proof-{n:06d}" for n in range(10_000))
ROOM, OFFICER = "dispatcher1", "pupr1"


def take(office: Office, category="jalan", login="operator1"):
    """A case with a ticket of the road agency: ids of both, its pin, and when it was opened."""
    pin = inside(office, TEGALSAMBI)
    body = {"where": "dekat kenari3rumah", "what": "kenari3kata", "category": category, "pin": pin}
    headers = {"Idempotency-Key": next(KEYS)}
    answer = office.client(login).post("/api/calls", json=body, headers=headers)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    incident = answer.get_json()["incident"]["id"]
    with office.as_owner() as session:
        row = session.execute(
            text("SELECT id, opened_at FROM ticket WHERE incident_id = :id ORDER BY id"),
            {"id": incident},
        ).first()
    return {"ticket": row.id, "incident": incident, "pin": pin, "opened_at": row.opened_at}


def shot(scene, at=None, pin=None, offset="+07:00", **more):
    """A photo as a phone writes it, with time and place where they are given."""
    exif = Image.Exif()
    if at is not None:
        local = at + timedelta(hours=7)
        directory = exif.get_ifd(ExifTags.IFD.Exif)
        directory[ExifTags.Base.DateTimeOriginal] = local.strftime("%Y:%m:%d %H:%M:%S")
        if offset:
            directory[ExifTags.Base.OffsetTimeOriginal] = offset
    if pin is not None:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef] = "N" if pin["lat"] > 0 else "S"
        gps[ExifTags.GPS.GPSLatitude] = dms(pin["lat"])
        gps[ExifTags.GPS.GPSLongitudeRef] = "E"
        gps[ExifTags.GPS.GPSLongitude] = dms(pin["lon"])
    return jpeg(scene if isinstance(scene, Image.Image) else Scene(scene).drawn(), exif=exif)


def dms(degrees):
    whole, rest = divmod(abs(degrees), 1)
    minutes, rest = divmod(rest * 60, 1)
    return (whole, minutes, round(rest * 60, 3))


def add(office, ticket, photo, login=OFFICER, key=None, **fields):
    client = office.client(login)
    return client.post(
        f"/api/tickets/{ticket}/proofs",
        data=form_of({"key": key or next(KEYS)} | fields, photo),
        content_type=FORM,
        headers={"X-CSRF-Token": token_of(client), "Referer": "https://localhost/"},
    )


def link(office, ticket, url, login=OFFICER, **more):
    body = {"url": url, "key": next(KEYS)} | more
    return office.client(login).post(f"/api/tickets/{ticket}/proofs", json=body)


def ticket_row(office, ticket):
    with office.as_owner() as session:
        return session.execute(
            text("SELECT state, proofs, flags, version FROM ticket WHERE id = :id"), {"id": ticket}
        ).one()


def move(office, login, ticket, to, **more):
    version = ticket_row(office, ticket).version
    body = {"to": to, "version": version, "key": next(KEYS)} | more
    answer = office.client(login).post(f"/api/tickets/{ticket}/moves", json=body)
    assert answer.status_code == 200, answer.get_data(as_text=True)
