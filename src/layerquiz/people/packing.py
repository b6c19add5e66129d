"""What a folder holds about one student as one ZIP file: the same data are the same bytes."""

from __future__ import annotations

import io
import json
import zipfile

from layerquiz.people.holdings import Holdings, exported

DATA = "data.json"
EARLIEST = (1980, 1, 1, 0, 0, 0)


def packed(found: Holdings, student: str) -> bytes:
    """Return a ZIP file with `data.json` and the files that were made for a student."""
    data, made = exported(found, student)
    text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, content in {DATA: text.encode("utf-8", "surrogatepass"), **made}.items():
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            whole.writestr(entry, content)
    return stream.getvalue()
