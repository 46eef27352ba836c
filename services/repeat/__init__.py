"""Set-ups after the pattern of another one, or of a template: with names of their own, for teams that repeat them."""
