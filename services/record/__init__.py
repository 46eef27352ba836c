"""The offline record: what a recovery needs, and what no backup object holds."""
