"""Names that the rules take, of every shape."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from services import rules
from services.problems import ProblemError


def valid(rule: Callable[[str], str], pattern: str) -> st.SearchStrategy[str]:
    """Texts of a pattern that a rule takes."""

    def takes(text: str) -> bool:
        try:
            rule(text)
        except ProblemError:
            return False
        return True

    return st.from_regex(pattern, fullmatch=True).filter(takes)


SET_UPS = valid(rules.setup_name, r"[a-z0-9](?:[a-z0-9-]{0,29}[a-z0-9])?")
BUCKETS = valid(rules.bucket_name, r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
ROLES = valid(rules.role_name, r"[A-Za-z0-9_+=,.@-]{1,64}")
REGIONAL = st.builds(
    lambda name, region: f"{name[: 63 - 17 - len(region)].strip('-') or 'x'}-123456789012-{region}-an",
    BUCKETS,
    st.sampled_from(["eu-west-1", "ap-southeast-1", "us-gov-east-1"]),
)
