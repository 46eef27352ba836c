"""Lifecycle rules: which old versions expire, and that no rule ever takes a current backup.

S3 replaces all rules at once, so they are read, merged and written back: the owner's stay as they are, in their order,
and ours are known by their IDs. A rule of ours that is not wanted any more is turned off, not deleted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from services.model.bucket_sides import Site
from services.model.calls import Call
from services.model.resource import Facet, Remark, Withdrawal
from services.model.values import Tree, bare, entries, items
from services.problems import Problem

OURS = "palisade-wizard-"
"""Every rule that this program writes has an ID that begins so."""

UNFINISHED_DAYS = 7
ACCESS_LOG_DAYS = 400
"""Days that access logs are kept: a year, and time to look back over it."""
INVENTORY_DAYS = 30
"""Days that a daily list is kept: an audit reads the newest, and of a million wallets each has some 250 MB."""

_SIZE = "TransitionDefaultMinimumObjectSize"
_EVERY_SIZE_BUT_SMALL = "all_storage_classes_128K"
"""What S3 takes for the switch above if nobody ever set it."""

_ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")
"""Storage classes whose files must be restored, for hours or days, before anybody can read them."""


@dataclass(frozen=True)
class Keep:
    """Of every backup the newest `versions` old versions stay; what is older than those expires after `days`."""

    versions: int
    days: int

    @property
    def words(self) -> str:
        return f"keeps the newest {self.versions} old versions, and every old version for {self.days} days"


def backups(site: Site, keep: Keep | None) -> Facet:
    """The backup bucket's rules. Without `keep` none is set, but a rule that takes current backups is refused."""

    def refuse(have: Tree, _target: Tree) -> Problem | None:
        for rule in _foreign(have):
            problem = _takes_current(site, rule) or (_takes_old(site, rule, keep) if keep else None)
            if problem is not None:
                return problem
        return None

    unfinished = f"unfinished uploads end after {UNFINISHED_DAYS} days"
    says = f"{keep.words}; {unfinished}" if keep else "has no rule that expires a current backup"
    facet = _facet(site, says, _keeping(keep) if keep else ())
    return replace(facet, refuse=refuse, remark=lambda have, _target: _archived(site, have))


def access_logs(site: Site, prefixes: Mapping[str, str], lists: str = "") -> Facet:
    """The rules of a bucket for records: access logs (prefixes by what they are of) and daily `lists` (a prefix) expire."""
    old = f"replaced or deleted ones stay {UNFINISHED_DAYS} days more"
    daily = f", daily lists after {INVENTORY_DAYS}" if lists else ""
    logs = tuple(
        _expiring(f"access-logs-of-{of.lower()}", at, ACCESS_LOG_DAYS) for of, at in prefixes.items()
    )
    return _facet(
        site,
        f"expires access logs after {ACCESS_LOG_DAYS} days{daily}; {old}",
        (*logs, _expiring("inventory", lists, INVENTORY_DAYS)) if lists else logs,
    )


def _expiring(name: str, prefix: str, days: int) -> Mapping[str, Tree]:
    """A rule by which what is under a prefix is deleted in time, and what was replaced soon after."""
    return {
        "ID": f"{OURS}{name}",
        "Status": "Enabled",
        "Filter": {"Prefix": prefix},
        "Expiration": {"Days": days},
        "NoncurrentVersionExpiration": {"NoncurrentDays": UNFINISHED_DAYS},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UNFINISHED_DAYS},
    }


def log_files(site: Site) -> Facet:
    """The rules of CloudTrail's log bucket: what it holds now never expires, being the evidence."""
    return _facet(
        site,
        f"keeps every log file; replaced or deleted ones stay {ACCESS_LOG_DAYS} days, unfinished uploads {UNFINISHED_DAYS}",
        (
            {
                "ID": f"{OURS}log-files",
                "Status": "Enabled",
                "Filter": {"Prefix": ""},
                "NoncurrentVersionExpiration": {"NoncurrentDays": ACCESS_LOG_DAYS},
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UNFINISHED_DAYS},
            },
        ),
    )


def _keeping(keep: Keep) -> tuple[Mapping[str, Tree], ...]:
    everything: Mapping[str, Tree] = {"Status": "Enabled", "Filter": {"Prefix": ""}}
    old = {"NoncurrentDays": keep.days, "NewerNoncurrentVersions": keep.versions}
    return (
        {"ID": f"{OURS}old-versions", **everything, "NoncurrentVersionExpiration": old},
        {
            "ID": f"{OURS}unfinished-uploads",
            **everything,
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UNFINISHED_DAYS},
        },
    )


def _facet(site: Site, says: str, rules: Sequence[Mapping[str, Tree]]) -> Facet:
    def write(_have: Tree, target: Tree) -> Call:
        size = entries(target).get(_SIZE)
        kept: Mapping[str, Tree] = {} if size is None else {_SIZE: size}
        configuration = {"Rules": [_scoped(entries(rule)) for rule in items(entries(target).get("Rules"))]}
        return site.put("PutBucketLifecycleConfiguration", LifecycleConfiguration=configuration, **kept)

    return Facet(
        name="lifecycle",
        says=says,
        want={"Rules": rules},
        read=site.get(
            "GetBucketLifecycleConfiguration",
            f"{{Rules: Rules, {_SIZE}: {_SIZE}}}",
            "NoSuchLifecycleConfiguration",
        ),
        write=write,
        merge=merge,
        normal=normal,
        words=words,
        # A new bucket has no rules: where none is wanted there is nothing to do.
        born=not rules,
        withdraw=Withdrawal(
            _without_ours,
            lambda have, target: site.put("DeleteBucketLifecycle") if target is None else write(have, target),
        ),
    )


def merge(have: Tree, want: Tree) -> Tree:
    """Our rules in place of older ones of ours; every foreign rule and the switch for small files stay."""
    ours = {str(entries(rule)["ID"]): rule for rule in items(entries(want).get("Rules"))}
    kept: list[Tree] = []
    for rule in items(entries(have).get("Rules")):
        identifier = str(entries(rule).get("ID", ""))
        if identifier in ours:
            kept.append(ours.pop(identifier))
        elif identifier.startswith(OURS):
            kept.append({**entries(rule), "Status": "Disabled"})
        else:
            kept.append(rule)
    merged = [*kept, *ours.values()]
    return {**entries(have), "Rules": merged} if merged else have


def _without_ours(have: Tree) -> Tree:
    rules = items(entries(have).get("Rules"))
    kept = [rule for rule in rules if not str(entries(rule).get("ID", "")).startswith(OURS)]
    return {**entries(have), "Rules": kept} if kept else None


def normal(value: Tree) -> Tree:
    """One spelling: S3 has three for "every file", and the order of rules means nothing."""
    rules = [_spelt(entries(rule)) for rule in items(entries(bare(value)).get("Rules"))]
    return {
        "Rules": sorted(rules, key=lambda rule: json.dumps(rule, sort_keys=True)),
        _SIZE: entries(value).get(_SIZE) or _EVERY_SIZE_BUT_SMALL,
    }


def _spelt(rule: Mapping[str, Tree]) -> Mapping[str, Tree]:
    scoped = _scoped(rule)
    return {**scoped, "Filter": entries(scoped.get("Filter")) or {"Prefix": ""}}


def _scoped(rule: Mapping[str, Tree]) -> Mapping[str, Tree]:
    """The rule with its scope in today's form: S3 still tells the older one, but refuses both forms side by side."""
    if "Prefix" not in rule:
        return rule
    scope = {"Prefix": rule["Prefix"] or ""}
    return {**{name: part for name, part in rule.items() if name != "Prefix"}, "Filter": scope}


def _foreign(have: Tree) -> Iterator[Mapping[str, Tree]]:
    """The rules of others that are on."""
    for rule in map(entries, items(entries(have).get("Rules"))):
        if rule.get("Status") == "Enabled" and not str(rule.get("ID", "")).startswith(OURS):
            yield rule


def _takes_current(site: Site, rule: Mapping[str, Tree]) -> Problem | None:
    expiration = entries(rule.get("Expiration"))
    if expiration.get("Days") is not None or expiration.get("Date") is not None:
        return _unfit(site, rule, "deletes files that are current, and every backup is one")
    if any(entries(move).get("StorageClass") in _ARCHIVES for move in items(rule.get("Transitions"))):
        return _unfit(
            site,
            rule,
            "moves files to an archive, where a backup cannot be read for hours or days when it is needed",
        )
    return None


def _takes_old(site: Site, rule: Mapping[str, Tree], keep: Keep) -> Problem | None:
    old = entries(rule.get("NoncurrentVersionExpiration"))
    days, versions = old.get("NoncurrentDays"), old.get("NewerNoncurrentVersions") or 0
    if not isinstance(days, int) or not isinstance(versions, int):
        return None
    if days >= keep.days and versions >= keep.versions:
        return None
    return _unfit(
        site,
        rule,
        f"deletes old versions sooner than this set-up, which {keep.words}",
        f"Or set storage.noncurrent_days to at most {days} and storage.noncurrent_versions to "
        f"{f'at most {versions}' if versions else '0, so that this set-up has no rule of its own'}.",
    )


def _unfit(site: Site, rule: Mapping[str, Tree], does: str, *more: str) -> Problem:
    return Problem(
        "unfit",
        f"The lifecycle rule {_name(rule)} of the bucket {site.name} {does} ({', '.join(_actions(rule))}).",
        (
            "Have the owner of the rule turn it off.",
            *more,
            f"Or choose another bucket under {site.answer}: a bucket of its own is the safest.",
        ),
    )


def _archived(site: Site, have: Tree) -> Remark | None:
    """What to heed about old versions that a foreign rule moves where they cannot be read at once."""
    found = [
        _name(rule)
        for rule in _foreign(have)
        if any(
            entries(move).get("StorageClass") in _ARCHIVES
            for move in items(rule.get("NoncurrentVersionTransitions"))
        )
    ]
    if not found:
        return None
    return Remark(
        f"Lifecycle rules of the bucket {site.name} move old versions to an archive ({', '.join(found)}). Current backups "
        "are not moved.",
        "An old version there must be restored, for hours or days, before it can be read: plan for that, or end the move.",
    )


def _name(rule: Mapping[str, Tree]) -> str:
    return str(rule.get("ID") or "without an ID")


def words(value: Tree) -> str:
    """The rules in one line: each one's name and what it does."""
    rules = [entries(rule) for rule in items(entries(value).get("Rules"))]
    if not rules:
        return "no lifecycle rules"
    return "; ".join(
        f"{_name(rule)}{'' if rule.get('Status') == 'Enabled' else ' (off)'}: {', '.join(_actions(rule))}"
        for rule in rules
    )


def _actions(rule: Mapping[str, Tree]) -> Iterator[str]:
    expiration = entries(rule.get("Expiration"))
    if expiration.get("Days") is not None or expiration.get("Date") is not None:
        yield f"files expire {_when(expiration, 'Days')}"
    if expiration.get("ExpiredObjectDeleteMarker"):
        yield "delete markers with nothing behind them go"
    for move in map(entries, items(rule.get("Transitions"))):
        yield f"files move to {move.get('StorageClass')} {_when(move, 'Days')}"
    for move in map(entries, items(rule.get("NoncurrentVersionTransitions"))):
        yield f"old versions move to {move.get('StorageClass')} {_when(move, 'NoncurrentDays')}"
    old = entries(rule.get("NoncurrentVersionExpiration"))
    if old:
        newest = old.get("NewerNoncurrentVersions")
        yield f"old versions expire {_when(old, 'NoncurrentDays')}" + (
            f", the newest {newest} stay" if newest else ""
        )
    unfinished = entries(rule.get("AbortIncompleteMultipartUpload"))
    if unfinished:
        yield f"unfinished uploads end {_when(unfinished, 'DaysAfterInitiation')}"


def _when(action: Mapping[str, Tree], days: str) -> str:
    if action.get("Date") is not None:
        return f"on {action['Date']!s}"
    return f"after {action.get(days)} days"
