"""Questions without a format: templates, drawing, wording, exams, rosters and sealing."""
