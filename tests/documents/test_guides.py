"""The guides tell the truth: every command in them runs as it stands, on an AWS that enforces policies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documents.fences import ROOT
from tests.documents.reader import reading

DOCS = ROOT / "docs"


@pytest.mark.timeout(300)
def test_the_guide_for_administrators(tmp_path: Path) -> None:
    with reading(tmp_path) as reader:
        assert reader.follows(DOCS / "guide-administrator.md") > 12
