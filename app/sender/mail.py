"""E-mail by SMTP: plain text, one connection for as long as there is something to send."""

import contextlib
import smtplib
import ssl
from datetime import datetime
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from urllib.parse import urlsplit

from app.sender.failing import NotSent, Refused
from app.sender.settings import Smtp, Ways
from app.sender.ways import Address
from app.sender.words import Text
from dispatch.outbox import Letter

PATIENCE_S = 20.0  # a mail server may take its time, to look at what it is given
FOOT = "Pesan otomatis. Jawaban ke alamat ini tidak dibaca."


class Mail:
    """Sends by the mail server of the settings."""

    def __init__(self, smtp: Smtp, ways: Ways, service: str) -> None:
        self._smtp, self._ways, self._service = smtp, ways, service
        self._line: smtplib.SMTP | None = None

    def send(self, letter: Letter, text: Text, address: Address, now: datetime) -> None:
        """Raises Refused where the server knows no such address, NotSent for all else."""
        message = self.compose(letter, text, address)
        try:
            self._line = self._line or self._dial()
            self._line.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            self.rest()
            code = max(code for code, _ in refused.recipients.values())
            raise (Refused if code >= 500 else NotSent)(
                f"ditolak server penerima ({code})"
            ) from None
        except smtplib.SMTPResponseException as error:
            self.rest()
            raise NotSent(f"server surel menjawab {error.smtp_code}") from None
        except (OSError, smtplib.SMTPException, ValueError) as error:
            self.rest()
            raise NotSent(f"server surel tidak dapat dipakai ({type(error).__name__})") from None

    def compose(self, letter: Letter, text: Text, address: Address) -> EmailMessage:
        """The message; sent again it is the same, byte for byte, under the same Message-ID."""
        host = urlsplit(self._ways.public_url).hostname or "localhost"
        message = EmailMessage(policy=SMTP_POLICY)
        message["From"] = MailAddress(self._service, addr_spec=self._ways.mail_from)
        message["To"] = address.to
        message["Subject"] = text.title
        message["Date"] = format_datetime(letter.made_at)
        message["Message-ID"] = f"<{letter.uid}@{host}>"
        message["Auto-Submitted"] = "auto-generated"
        message["Precedence"] = "bulk"
        message["List-Id"] = f"{self._service} <pemberitahuan.{host}>"
        message.set_content(f"{text.body}\n\n-- \n{self._service}\n{FOOT}\n")
        return message

    def rest(self) -> None:
        """Hang up."""
        if self._line is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._line.quit()
            self._line = None

    def _dial(self) -> smtplib.SMTP:
        at, context = self._smtp, ssl.create_default_context()
        line: smtplib.SMTP
        if at.tls == "whole":
            line = smtplib.SMTP_SSL(at.host, at.port, timeout=PATIENCE_S, context=context)
        else:
            line = smtplib.SMTP(at.host, at.port, timeout=PATIENCE_S)
        try:
            if at.tls == "start":  # raises where the server offers none: nothing goes in clear
                line.starttls(context=context)
            if at.user is not None:
                line.login(at.user, at.password or "")
        except (OSError, smtplib.SMTPException):
            line.close()
            raise
        return line
