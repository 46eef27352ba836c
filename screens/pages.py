"""A fresh page for each name. Each is imported when it is first shown, so that the program starts fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens import flow

if TYPE_CHECKING:
    from screens.frame import Page


def page(name: str) -> Page:
    """The page of this name."""
    match name:
        case "welcome":
            from screens.welcome import Welcome

            return Welcome()
        case "new":
            from screens.new_setup import NewSetup

            return NewSetup()
        case "compare":
            from screens.compare import Compare

            return Compare()
        case "account":
            from screens.account import Account

            return Account()
        case "recovery-key":
            from screens.recovery_key import RecoveryKey

            return RecoveryKey()
        case "storage":
            from screens.storage import Storage

            return Storage()
        case "access":
            from screens.access import Access

            return Access()
        case _ if name in flow.STEPS[flow.step_of("recovery-key")].pages:
            return _key_page(name)
        case _:
            return _late_page(name)


def _key_page(name: str) -> Page:
    match name:
        case "password":
            from screens.password import Password

            return Password()
        case "own-key":
            from screens.own_key import OwnKey

            return OwnKey()
        case "split":
            from screens.split import Split

            return Split()
        case "shares":
            from screens.shares import Shares

            return Shares()
        case "gather":
            from screens.gather import Gather

            return Gather()
        case "type-share":
            from screens.type_share import TypeShare

            return TypeShare()
        case "making":
            from screens.making import Making

            return Making()
        case "token":
            from screens.token import Tokens

            return Tokens()
        case "pin":
            from screens.pin import Pin

            return Pin()
        case "prove":
            from screens.prove import Prove

            return Prove()
        case "opening":
            from screens.opening import Opening

            return Opening()
        case _:
            raise ValueError(name)


def _late_page(name: str) -> Page:
    match name:
        case "retention":
            from screens.retention import Retention

            return Retention()
        case "watching":
            from screens.watching import Watching

            return Watching()
        case "review":
            from screens.review import Review

            return Review()
        case "who-can":
            from screens.explained import WhoCan

            return WhoCan()
        case "picture":
            from screens.explained import Picture

            return Picture()
        case "applying":
            from screens.applying import Applying

            return Applying()
        case "by-hand":
            from screens.by_hand import ByHandPage

            return ByHandPage()
        case "teardown":
            from screens.teardown import TakeDown

            return TakeDown()
        case "palisade":
            from screens.palisade import Palisade

            return Palisade()
        case "quorum":
            from screens.quorum import Quorum

            return Quorum()
        case "verify":
            from screens.verify import Verify

            return Verify()
        case "audit":
            from screens.audit import Audit

            return Audit()
        case "record":
            from screens.record import RecordPage

            return RecordPage()
        case "duties":
            from screens.duties import Duties

            return Duties()
        case _:
            raise ValueError(name)
