"""The text of a PDF, as a reader of its own finds it on the pages."""

from __future__ import annotations

import pypdfium2


def read(pdf: bytes) -> str:
    """Return the text of all pages."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()
