"""Does a template hold what it promises? Drawn many times, graded, rendered and recounted."""

from layerquiz.check.run import check, check_all

__all__ = ["check", "check_all"]
