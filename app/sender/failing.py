"""How sending can fail: for now, or for good."""


class NotSent(Exception):
    """The other side did not take it; its words are the reason, never what was sent."""

    for_good = False


class Refused(NotSent):
    """It will not take it tomorrow either: no such address, or one that we do not call."""

    for_good = True


class Gone(Refused):
    """The browser has left its push service."""


class NoWay(Exception):
    """There is nobody to send it to: that way is not set up, or there is no number."""
