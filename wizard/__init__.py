"""The program around the services: command line, composition root, renderers."""

from __future__ import annotations

VERSION = "0.1.0"
PROGRAM = "palisade-wizard"
