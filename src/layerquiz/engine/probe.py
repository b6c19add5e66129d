"""What of TeX and of the typefaces is there, asked one by one: the engine, its files, one character of each script."""

from __future__ import annotations

import functools
import shutil
import subprocess
from collections.abc import Sequence

from layerquiz.engine import fonts

ENGINE = "xelatex"
FILES = {
    "xelatex.fmt": "texlive-xetex",
    "article.cls": "texlive-latex-base",
    "amsmath.sty": "texlive-latex-base",
    "array.sty": "texlive-latex-base",
    "color.sty": "texlive-latex-base",
    "graphics.sty": "texlive-latex-base",
    "booktabs.sty": "texlive-latex-recommended",
    "xetex.def": "texlive-xetex",
    "tulmr.fd": "texlive-latex-base",
    "cmex10.tfm": "texlive-base",
    "lmroman10-regular.otf": "fonts-lmodern",
    "lmmono10-regular.otf": "fonts-lmodern",
}
PROGRAMS = {ENGINE: "texlive-xetex", "kpsewhich": "texlive-binaries", "xdvipdfmx": "texlive-binaries"}
SCRIPTS = {
    "李": "fonts-wqy-microhei",
    "한": "fonts-wqy-microhei",
    "ひ": "fonts-wqy-microhei",
    **dict.fromkeys("λДעمहไবਕகതಕతඅქհአខລམက", "fonts-noto-core"),
}


def available() -> bool:
    """Tell whether papers can be printed; without a typeface for some script its characters print as code numbers."""
    return not _missing_programs() and not _missing_files()


def missing() -> list[str]:
    """Return the Debian packages of everything that is not there, each once."""
    packages = [*_missing_programs(), *_missing_files(), *_missing_fonts()]
    return list(dict.fromkeys(packages))


def _missing_programs() -> list[str]:
    """Return the packages of programs that are not found."""
    return [package for program, package in PROGRAMS.items() if shutil.which(program) is None]


@functools.cache
def _missing_files() -> tuple[str, ...]:
    """Return the packages of TeX's files that TeX itself does not find."""
    kpsewhich = shutil.which("kpsewhich")
    found = _answer([kpsewhich, "-engine=xetex", f"-progname={ENGINE}", *FILES]) if kpsewhich else ""
    names = {line.rpartition("/")[2] for line in found.splitlines()}
    return tuple(package for name, package in FILES.items() if name not in names)


def _missing_fonts() -> list[str]:
    """Return the packages of the scripts of which no typeface is there."""
    if shutil.which("fc-list") is None:
        return ["fontconfig", *SCRIPTS.values()]
    return [package for char, package in SCRIPTS.items() if fonts.covering(char) is None]


def _answer(command: Sequence[str]) -> str:
    """Return what a program prints, whether or not it found everything."""
    # The command is ours, from end to end; nothing in it was typed by a user.
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
    return done.stdout
