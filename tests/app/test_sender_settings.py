"""Settings of the sender: what cannot be meant is named, and nothing secret goes in clear."""

from types import SimpleNamespace

import pytest

from app.config import BadSetting
from app.sender.settings import Smtp, read

URL = "https://tanggap.example"


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"TANGGAP_SMTP": "mail.example"}, "TANGGAP_SMTP"),
        ({"TANGGAP_SMTP": "smtp://mail.example:x"}, "TANGGAP_SMTP"),
        ({"TANGGAP_SMTP": "smtp://u:p@mail.example?tls=none"}, "TANGGAP_SMTP"),
        ({"TANGGAP_TELEGRAM": "https://api.telegram.org"}, "TANGGAP_TELEGRAM_TOKEN"),
        ({"TANGGAP_WHATSAPP": "ftp://x", "TANGGAP_WHATSAPP_TOKEN": "t"}, "TANGGAP_WHATSAPP"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named(given, wrong):
    with pytest.raises(BadSetting, match=wrong):
        read(given, SimpleNamespace(public_url=None))


def test_a_password_goes_over_tls_only():
    ways = read({"TANGGAP_SMTP": "smtp://u:p%40ss@mail.example"}, SimpleNamespace(public_url=URL))
    assert ways.smtp == Smtp("mail.example", 587, "u", "p@ss", "start")
    assert ways.mail_from == "tanggap@tanggap.example"
