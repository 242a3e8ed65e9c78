"""Files that are a photo and something else as well: they are refused, whatever they show."""

import re

# A reader of ZIP files (and of Office and JAR files, which are such) begins at the end.
_ZIP_END = b"PK\x05\x06"
_ZIP_REACH = 65_557  # its record, and the longest comment
_PDF = b"%PDF-"
_PDF_REACH = 1024  # readers of PDF look no farther for their sign
# Words that a browser or a server would act on; long enough not to come about by chance.
# Phones append films, depth maps and second pictures to a photo: those say none of these.
_PAGE = re.compile(
    rb"<!doctype\s+html|<html[\s>]|<script[\s>/]|<iframe[\s>]|<body[\s>]|<\?php\s"
    rb"|<svg\s[^<>]{0,400}xmlns",
    re.IGNORECASE,
)
_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


def is_two_files(sent: bytes) -> bool:
    """Whether other programs would take the file for a page, an archive or a document."""
    return (
        _ZIP_END in sent[-_ZIP_REACH:]
        or _PDF in sent[:_PDF_REACH]
        or _PAGE.search(sent) is not None
    )


def begins_as_photo(sent: bytes) -> bool:
    """Whether it begins like a JPEG, PNG or WebP, whole or not."""
    return sent.startswith(_STARTS) or (sent[:4] == b"RIFF" and sent[8:12] == b"WEBP")
