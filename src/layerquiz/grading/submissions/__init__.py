"""Submissions in: what a class handed in, in the formats of people and platforms, as answers by student and blank."""

from __future__ import annotations

from layerquiz.exam.seal import Sealed
from layerquiz.grading.submissions.table import Submissions, Table, check_exam


def submitted(sealed: Sealed, table: Table) -> Submissions:
    """Return the answers of a table: its columns tell whether it is an export of a platform or one of our own."""
    from layerquiz.grading.submissions import canvas, export, forms, moodle, own  # rosters, too, come as tables

    check_exam(sealed, table.exam, table.file)
    moodle.check_report(table)
    platform = next((platform for platform in (moodle, canvas, forms) if platform.is_export(table.columns)), None)
    found = export.read(sealed, table, platform.export(table)) if platform else own.read(sealed, table)
    told = f"{table.file}: read as {found.read_as}"
    return Submissions(found.answers, found.read_as, (told, *table.notes, *found.notes))


__all__ = ["Submissions", "Table", "submitted"]
