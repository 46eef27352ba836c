"""The audit of all wallets' backups: which are there, whole, encrypted with our key and locked, and which are not."""

SAMPLE = 20
"""Wallets that are read where nobody says how many."""
