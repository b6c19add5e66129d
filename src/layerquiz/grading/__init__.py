"""Answers read, explained and marked."""
