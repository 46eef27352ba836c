"""The recovery key: making, sealing, proving, recognising and converting it."""
