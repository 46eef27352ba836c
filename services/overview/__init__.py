"""What a set-up comes to, before it exists: who may do what, and what is made, each computed from the blueprint."""
