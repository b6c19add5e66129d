"""The slips that tell a class what was corrected, from the corrections beside a sealed exam."""

from __future__ import annotations

from pathlib import Path

from layerquiz import files, lists, vault
from layerquiz.errors import ExamError
from layerquiz.files import Written
from layerquiz.grading import corrections
from layerquiz.languages import Words
from layerquiz.report import opened

FILE = "erratum.pdf"


def write_erratum(folder: str, force: bool, passphrase: vault.Passphrase = vault.from_environment) -> Written:
    """Print erratum.pdf beside a sealed exam. Raises `LayerquizError` where nothing was corrected for all."""
    sealed = opened(folder, passphrase)
    name = str(Path(folder) / corrections.FILE)
    found = corrections.parse(files.read_text(name), name, sealed.exam, sealed.papers)
    try:
        slips = lists.erratum(sealed.exam, sealed.papers[0], found, Words(sealed.exam.language))
    except ExamError as error:
        raise error.at(name) from None
    collected = files.Target(Path(folder), force=force, replaceable=(FILE,))
    collected.add(FILE, lists.printed(sealed.exam, [(FILE, [slips])])[FILE])
    return Written(folder, tuple(collected.commit()))
