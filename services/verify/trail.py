"""CloudTrail's record of the write: said honestly while no trail is part of a setup."""

from __future__ import annotations

from services.verify.checks import Check


def trail() -> tuple[Check, ...]:
    """The CloudTrail line of the guide's checklist."""
    return (
        Check(
            "trail.write",
            "CloudTrail recorded the write",
            "skipped",
            "No trail is configured in this set-up, so whether CloudTrail recorded the write cannot be shown here.",
            "Turn on data events for the bucket in a trail of your own, and look for PutObject there.",
            ("CIS 4.8", "CIS 4.9"),
        ),
    )
