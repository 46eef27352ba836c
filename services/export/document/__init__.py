"""The parts of the architecture document: what was seen, a diagram, custody, rights, duties, and quoting for Markdown."""
