"""Lanes of the sender: each channel has its own threads, so that a slow one holds up no other."""

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import seal, vapid
from app.parts import Parts
from app.sender.failing import Gone, NotSent, NoWay
from app.sender.gateways import Telegram, WhatsApp
from app.sender.guarded import Limits
from app.sender.mail import Mail
from app.sender.settings import Ways
from app.sender.ways import Address, Way
from app.sender.webhook import Hook
from app.sender.webpush import Push
from app.sender.words import Names, read_names, write
from dispatch import outbox
from dispatch.outbox import Letter
from dispatch.rules.telling import CALL
from dispatch.rules.tracking import code_of
from dispatch.scope import SENDER

EACH_S = 1.0  # between two looks, when there is nothing to do
AWAY_S = 2.0  # until the next try when the database does not answer
NAMES_EACH_S = 300.0
PURGE_EACH_S = 3600.0
# A receiver that hangs holds up one thread for as long as we are patient.
THREADS: Mapping[str, int] = {"surel": 1, "webhook": 4, "telegram": 1, "whatsapp": 1, "webpush": 2}
NO_WAY, NO_NUMBER, NO_BROWSER = "kanal belum diatur", "tanpa nomor", "peramban sudah lepas"

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Office:
    """What all lanes share."""

    parts: Parts
    ways: Ways
    lease: timedelta = timedelta(seconds=60)
    chance: Callable[[], float] = random.random
    over: threading.Event = field(default_factory=threading.Event)
    _names: Names | None = None
    _names_at: float = 0.0
    _reading: threading.Lock = field(default_factory=threading.Lock)

    def names(self) -> Names:
        """What codes are called, at most a few minutes old."""
        with self._reading:
            if self._names is None or time.monotonic() - self._names_at > NAMES_EACH_S:
                with self.parts.transaction(SENDER) as session:
                    self._names = read_names(session, self.parts.regency)
                self._names_at = time.monotonic()
            return self._names

    def make_way(self, channel: str) -> Way | None:
        """One carrier for one thread; None where that way is not set up."""
        ways, service = self.ways, self.parts.regency.service
        limits = Limits(loopback=ways.hooks_loopback)
        if channel == "surel" and ways.smtp is not None:
            return Mail(ways.smtp, ways, service)
        if channel == "webhook":
            return Hook(limits)
        if channel == "telegram" and ways.telegram is not None:
            return Telegram(ways.telegram)
        if channel == "whatsapp" and ways.whatsapp is not None:
            return WhatsApp(ways.whatsapp)
        if channel == "webpush":
            key = vapid.ensure(self.parts.settings.state_folder)
            return Push(key, ways.contact, limits)
        return None


class Lane:
    """Takes what is due for one channel, carries it, and says what came of it."""

    def __init__(self, office: Office, channel: str) -> None:
        self._office, self._channel = office, channel
        self._way = office.make_way(channel)

    def run(self) -> None:
        """Until the office closes."""
        over = self._office.over
        while not over.is_set():
            try:
                if self.round() == 0:
                    self.rest()
                    over.wait(EACH_S)
            except SQLAlchemyError as error:
                log.warning("%s: the database: %s", self._channel, type(error).__name__)
                over.wait(AWAY_S)
            except Exception:  # nobody would start this thread again
                log.exception("%s stumbled", self._channel)
                over.wait(AWAY_S)
        self.rest()

    def rest(self) -> None:
        """Hang up until there is more."""
        if self._way is not None:
            self._way.rest()

    def round(self) -> int:
        """Carry what is due now; how many messages it was."""
        parts, now = self._office.parts, self._office.parts.now()
        rules = parts.regency.notices.quiet
        with parts.transaction(SENDER) as session:
            letters = outbox.take(session, self._channel, now, rules, lease=self._office.lease)
        for number, letter in enumerate(letters):
            if self._office.over.is_set():
                with parts.transaction(SENDER) as session:
                    outbox.give_back(session, [rest.id for rest in letters[number:]], now)
                break
            self._carry(letter)
        return len(letters)

    def _carry(self, letter: Letter) -> None:
        parts = self._office.parts
        try:
            self._send(letter)
        except NoWay as reason:
            with parts.transaction(SENDER) as session:
                outbox.drop(session, letter.id, str(reason))
        except NotSent as reason:
            self._put_off(letter, reason)
        else:
            with parts.transaction(SENDER) as session:
                outbox.mark_sent(session, letter.id, parts.now())

    def _send(self, letter: Letter) -> None:
        """No transaction is open while the other side takes its time."""
        if self._way is None:
            raise NoWay(NO_WAY)
        parts, names = self._office.parts, self._office.names()
        with parts.transaction(SENDER) as session:
            address = self._address(session, letter)
        text = write(letter, names, self._office.ways.public_url, self._code(letter))
        self._way.send(letter, text, address, parts.now())

    def _put_off(self, letter: Letter, reason: NotSent) -> None:
        parts, now = self._office.parts, self._office.parts.now()
        with parts.transaction(SENDER) as session:
            if isinstance(reason, Gone):
                outbox.browser_gone(session, letter.to, now)
                outbox.drop(session, letter.id, NO_BROWSER)
                return
            chance = self._office.chance()
            dead = outbox.mark_failed(
                session, letter, str(reason), now, chance, for_good=reason.for_good
            )
        log.warning("%s: message %d: %s%s", letter.channel, letter.id, reason, _end(dead))

    def _address(self, session: Session, letter: Letter) -> Address:
        """Looked up as late as can be. Raises NoWay."""
        if letter.channel == "webpush":
            browser = outbox.browser_of(session, letter.to)
            if browser is None:
                raise NoWay(NO_BROWSER)
            return Address(browser.endpoint, p256dh=browser.p256dh, auth=browser.auth)
        if letter.to.startswith(CALL):
            phone = outbox.phone_of(session, letter.to)
            if phone is None:
                raise NoWay(NO_NUMBER)
            return Address(phone)
        if letter.channel == "webhook":
            return Address(letter.to, secrets=self._secrets(session, letter))
        return Address(letter.to)

    def _code(self, letter: Letter) -> str | None:
        """Of the report, for a message to who reported; it is written to nobody else."""
        if not letter.to.startswith(CALL):
            return None
        return code_of(int(letter.to.removeprefix(CALL)), self._office.parts.tracking_key)

    def _secrets(self, session: Session, letter: Letter) -> tuple[str, ...]:
        kept = outbox.secret_of(session, letter.channel, letter.to) or ""
        if kept.startswith(seal.MARK):
            try:
                kept = seal.unseal(kept, self._office.parts.settings.secret_key)
            except seal.BrokenSeal:
                return ()
        elif kept:
            kept = (self._office.ways.hook_secrets or {}).get(kept, "")
        return tuple(kept.split()[:2])


def _end(dead: bool) -> str:
    return "; given up" if dead else ""


def lanes(office: Office) -> list[Lane]:
    """A lane for each thread of each channel."""
    return [Lane(office, channel) for channel, many in THREADS.items() for _ in range(many)]


def carry_all(office: Office) -> int:
    """Carry what is due, until nothing is; how many messages it was."""
    each = [Lane(office, channel) for channel in THREADS]
    total = 0
    while carried := sum(lane.round() for lane in each):
        total += carried
    for lane in each:
        lane.rest()
    return total


def serve(office: Office, still: Callable[[], bool]) -> None:
    """Carry for ever, in threads; until the office closes, or `still` says no."""
    threads = [
        threading.Thread(target=lane.run, name="lane", daemon=True) for lane in lanes(office)
    ]
    for thread in threads:
        thread.start()
    purge_at = time.monotonic() + PURGE_EACH_S
    while not office.over.wait(EACH_S) and still():
        if time.monotonic() >= purge_at:
            purge_at = time.monotonic() + PURGE_EACH_S
            _purge(office)
    office.over.set()
    for thread in threads:
        thread.join(5)


def _purge(office: Office) -> None:
    try:
        with office.parts.transaction(SENDER) as session:
            outbox.purge(session, office.parts.now())
    except SQLAlchemyError as error:
        log.warning("cannot purge: %s", type(error).__name__)
