"""Forms with files, as a browser writes them: werkzeug's own writer leaves a large one open."""

from collections.abc import Mapping

FORM = "multipart/form-data; boundary=kertas"


def form_of(fields: Mapping[str, str], *photos: bytes) -> bytes:
    """The body of a form with these fields, and photos under names that say too much."""
    parts = [(f'name="{name}"', value.encode()) for name, value in fields.items()]
    parts += [('name="photo"; filename="../../kenari3berkas.php"', photo) for photo in photos]
    form = b"".join(
        b"--kertas\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (head.encode(), body)
        for head, body in parts
    )
    return form + b"--kertas--\r\n"
