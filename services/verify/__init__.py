"""The create-wallet checklist: what is configured, what Palisade wrote, and the evidence for every line."""
