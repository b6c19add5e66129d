"""What people and platforms call the columns that say who somebody is; of several names the surest comes first."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

STUDENT = ("student",)
"""The id in a roster by hand; in a gradebook of Canvas the name."""

STUDENT_NUMBER = (
    "student id", "student number", "student no", "id number", "matriculation number", "matriculation no",
    "registration number", "matrikelnummer", "matrikelnr", "matrikel nr", "id-nummer", "numéro d'étudiant",
    "numéro étudiant", "numéro d'identification", "número de estudiante", "número de matrícula", "número de id",
    "codice identificativo",
)  # fmt: skip
SIS_ID = ("sis user id", "sis id", "user id")
LOGIN = (
    "sis login id", "login id", "login", "username", "user name", "anmeldename", "benutzername", "nutzername",
    "nom d'utilisateur", "nombre de usuario", "gebruikersnaam",
)  # fmt: skip
PLATFORM_ID = ("id", "canvas user id")
EMAIL = (
    "email", "email address", "e-mail", "e-mail address", "mail", "e-mail-adresse", "adresse de courriel", "courriel",
    "adresse e-mail", "dirección de correo", "dirección email", "correo electrónico", "e-mailadres",
)  # fmt: skip
FULL_NAME = (
    "name", "full name", "student name", "first and last name", "first name / surname", "first name / last name",
    "vollständiger name", "vor- und nachname", "nom complet", "nombre completo",
)  # fmt: skip
FIRST_NAME = ("first name", "firstname", "given name", "vorname", "prénom", "nombre", "nome", "voornaam")
LAST_NAME = (
    "last name", "lastname", "surname", "family name", "nachname", "familienname", "nom de famille", "nom",
    "apellido(s)", "apellidos", "apellido", "cognome", "achternaam",
)  # fmt: skip
EITHER_NAME = ("nom", "nombre", "nome")
"""A full name where they stand alone, a first or a last one where the other stands beside them."""
SECTION = ("section", "sections", "group", "groups", "gruppe", "gruppen", "groupe", "groupes", "grupo", "grupos")
ROOM = ("room", "hall", "raum", "hörsaal", "salle", "aula", "sala")
SEAT = ("seat", "place", "seat number", "platz", "sitzplatz", "sitz", "place assise", "asiento")
ACCOMMODATION = ("accommodation", "accommodations", "nachteilsausgleich", "aménagement", "aménagements", "adaptación")

CANVAS = ("sis user id", "sis login id", "canvas user id")
"""Columns that only Canvas has."""


@lru_cache(maxsize=4096)
def folded(title: str) -> str:
    """Return a title as it is compared: without capitals, `_`, `-`, what ends it, and the `your` of a form."""
    plain = unicodedata.normalize("NFKC", title).casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    words = plain.replace("_", " ").replace("-", " ").split()
    return " ".join(words).rstrip(" .:*?").removeprefix("your ")


def places(columns: Sequence[str], names: Iterable[str]) -> tuple[int, ...]:
    """Return the columns that are called one of the names, in the order of the names."""
    titles = [folded(column) for column in columns]
    wanted = dict.fromkeys(map(folded, names))
    return tuple(place for name in wanted for place, title in enumerate(titles) if title == name)
