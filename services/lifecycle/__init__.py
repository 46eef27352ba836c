"""What an organisation does with its backups after the set-up, when, and that it was done."""
