"""The secrets that tests type, store and sign in with: known to the search, so that none may be found where none belongs.

A test that needs one takes it from here. Each is distinctive: found somewhere, it can only have come from a test.
"""

from __future__ import annotations

PASSWORD = "correct horse battery staple"
OTHER_PASSWORD = "another 5 password, planted"
OLD_PASSWORD = "an old 4 password, planted"
NEW_PASSWORD = "a new 5 password, planted"
PIN = "4711-pin-planted"
AWS_SECRET_KEY = "plantedUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
AWS_SESSION_TOKEN = "plantedIQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJHMEU="
NEVER = "never-to-be-seen, planted"
"""For tests that hide a value where no secret is usual, such as the message of an exception."""

ALL: dict[str, bytes] = {
    "password": PASSWORD.encode(),
    "other password": OTHER_PASSWORD.encode(),
    "old password": OLD_PASSWORD.encode(),
    "new password": NEW_PASSWORD.encode(),
    "PIN": PIN.encode(),
    "AWS secret key": AWS_SECRET_KEY.encode(),
    "AWS session token": AWS_SESSION_TOKEN.encode(),
    "hidden value": NEVER.encode(),
}
