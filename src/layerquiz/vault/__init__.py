"""Files that a passphrase locks: what they look like, and reading them without writing anything in the clear."""

from layerquiz.vault.cipher import Lock, checked
from layerquiz.vault.stored import ENDING, VARIABLE, Passphrase, from_environment, is_locked, read_text

__all__ = ["ENDING", "VARIABLE", "Lock", "Passphrase", "checked", "from_environment", "is_locked", "read_text"]
