"""The topic that alarms and bucket notifications go to, and the subscription by which a person gets them."""

from __future__ import annotations

from collections.abc import Mapping

from services.model import policies, tags
from services.model.calls import Call
from services.model.naming import Names
from services.model.paths import literal
from services.model.resource import Facet, Origin, Remark, Removal, Resource, Turn, Withdrawal, watched
from services.model.values import Json, Ref, Tree, entries, items

_ABSENT = frozenset({"NotFound"})
_FRESH = frozenset({"NotFound", "ResourceNotFound", "ConcurrentAccess", "StaleTag"})
_BUSY = frozenset({"ConcurrentAccess", "StaleTag"})
# SNS lists what was unsubscribed a while longer, under this name instead of an ARN.
_GONE = "Deleted"
_PENDING = "PendingConfirmation"

_OWNER_MAY = (
    "sns:AddPermission",
    "sns:DeleteTopic",
    "sns:GetTopicAttributes",
    "sns:ListSubscriptionsByTopic",
    "sns:Publish",
    "sns:RemovePermission",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
)


def topic_policy(names: Names) -> Json:
    """The account itself, its alarms of this set-up, and the backup bucket's notifications; only over TLS."""
    place, arn = names.place, names.topic_arn

    def publishes(name: str, service: str, source: str) -> Mapping[str, Tree]:
        return {
            "Sid": policies.OURS + name,
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sns:Publish",
            "Resource": arn,
            "Condition": {
                "ArnLike": {"aws:SourceArn": source},
                "StringEquals": {"aws:SourceAccount": place.account},
            },
        }

    statements: list[Mapping[str, Tree]] = [
        {
            "Sid": f"{policies.OURS}Owner",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:{place.partition}:iam::{place.account}:root"},
            "Action": list(_OWNER_MAY),
            "Resource": arn,
        },
        publishes("Alarms", "cloudwatch.amazonaws.com", names.alarm_arn("*")),
        publishes("Notifications", "s3.amazonaws.com", names.bucket_arn(names.bucket)),
        {
            "Sid": f"{policies.OURS}TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sns:Publish",
            "Resource": arn,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    ]
    return Json({"Version": policies.VERSION, "Statement": statements})


def topic(names: Names) -> Resource:
    """The topic, encrypted with the key for records: the key that AWS brings along would silence every alarm."""
    named: Mapping[str, Tree] = {"TopicArn": names.topic_arn}
    wanted = tags.wanted(names.place.setup, "topic", "created", names.place.tags)
    created: Mapping[str, Tree] = {
        "Name": names.topic,
        "Attributes": {"KmsMasterKeyId": Ref("log_key"), "Policy": topic_policy(names)},
        "Tags": tags.listed(wanted),
    }
    return Resource(
        name="topic",
        kind="SNS topic",
        title=f"SNS topic {names.topic}",
        says="passes the alarms on to the people who must know",
        lookup=Call("sns", "GetTopicAttributes", named, {"arn": "Attributes.TopicArn"}, _ABSENT),
        create=Call("sns", "CreateTopic", created),
        facets=lambda origin: _facets(names, named, origin),
        owner=Call(
            "sns",
            "ListTagsForResource",
            {"ResourceArn": names.topic_arn},
            tags.owner_outputs("Tags"),
            frozenset({"ResourceNotFound"}),
        ),
        removal=Removal(
            Turn.TOPIC,
            (Call("sns", "DeleteTopic", named, absent=_ABSENT, transient=_BUSY),),
            "is deleted, with its subscriptions",
        ),
    )


def _facets(names: Names, named: Mapping[str, Tree], origin: Origin) -> tuple[Facet, ...]:
    def get(path: str) -> Call:
        return Call("sns", "GetTopicAttributes", named, {"have": path}, transient=_FRESH)

    def put(attribute: str, value: Tree) -> Call:
        params = {**named, "AttributeName": attribute, "AttributeValue": value}
        return Call("sns", "SetTopicAttributes", params, transient=_FRESH)

    tagged: Mapping[str, Tree] = {"ResourceArn": names.topic_arn}
    return (
        Facet(
            name="tags",
            says="carries this set-up's tags",
            want=tags.listed(tags.wanted(names.place.setup, "topic", origin, names.place.tags)),
            read=Call("sns", "ListTagsForResource", tagged, {"have": "Tags"}, transient=_FRESH),
            write=lambda have, target: Call(
                "sns",
                "TagResource",
                {**tagged, "Tags": tags.changed(have, target)},
                transient=_FRESH,
            ),
            merge=tags.merging(),
            normal=tags.normal(),
            born=True,
            words=tags.words,
            refuse=tags.other_environment,
            withdraw=tags.withdrawing(
                lambda keys: Call("sns", "UntagResource", {**tagged, "TagKeys": keys}, transient=_FRESH)
            ),
        ),
        Facet(
            name="encryption",
            says="encrypts messages with the key for records",
            want=Ref("log_key"),
            read=get("Attributes.KmsMasterKeyId"),
            write=lambda _have, target: put("KmsMasterKeyId", target),
            born=True,
            words=lambda v: f"encrypts with {v}" if v else "does not encrypt messages",
        ),
        Facet(
            name="policy",
            says="takes messages from this set-up's alarms and bucket only",
            want=topic_policy(names),
            read=get("Attributes.Policy"),
            write=lambda _have, target: put("Policy", target),
            merge=policies.merge,
            normal=policies.normal,
            born=True,
            document=True,
            words=policies.words,
            # SNS takes no empty policy.
            withdraw=Withdrawal(
                policies.without_ours, lambda _have, target: None if target is None else put("Policy", target)
            ),
        ),
    )


def subscription(names: Names, email: str) -> Resource:
    """The subscription of one address. Whoever reads its mail must confirm it: AWS asks, and nobody else can."""
    named: Mapping[str, Tree] = {"TopicArn": names.topic_arn}
    mine = f"Protocol=='email' && lower(Endpoint)=={literal(email.lower())} && SubscriptionArn!='{_GONE}'"
    others = f"Subscriptions[?!({mine}) && SubscriptionArn!='{_GONE}'].{{at: Endpoint, arn: SubscriptionArn}}"

    def get(outputs: Mapping[str, str], absent: frozenset[str] = frozenset()) -> Call:
        transient = frozenset() if absent else _FRESH
        return Call("sns", "ListSubscriptionsByTopic", named, outputs, absent, transient)

    arn = f"Subscriptions[?{mine}]|[0].SubscriptionArn"
    created: Mapping[str, Tree] = {**named, "Protocol": "email", "Endpoint": email}
    return Resource(
        name="subscription",
        kind="SNS subscription",
        title=f"SNS subscription of {email}",
        says="sends the alarms by e-mail, once its reader has confirmed that",
        lookup=get({"arn": arn}, _ABSENT),
        create=Call("sns", "Subscribe", created, transient=_FRESH),
        facets=lambda _origin: (
            watched(
                "confirmed",
                f"is confirmed by whoever reads {email}",
                get({"have": arn}),
                _confirmation,
                lambda have: _unconfirmed(email, have),
            ),
            watched(
                "others",
                "nobody gets the alarms unnoticed",
                get({"have": others}),
                lambda have: _addresses(have) or "nobody else gets the alarms",
                _others,
            ),
        ),
        after=("topic",),
        removal=Removal(
            Turn.SUBSCRIPTION,
            (
                Call(
                    "sns",
                    "Unsubscribe",
                    {"SubscriptionArn": Ref("subscription")},
                    absent=_ABSENT,
                    transient=_BUSY,
                ),
            ),
            "is ended",
            # One that nobody confirmed cannot be ended; it goes with its topic.
            gone=get(
                {"arn": f"Subscriptions[?{mine} && SubscriptionArn!='{_PENDING}']|[0].SubscriptionArn"},
                _ABSENT,
            ),
            proof=("topic",),
        ),
    )


def _confirmation(have: Tree) -> str:
    return "is not confirmed yet" if have == _PENDING else "is confirmed"


def _unconfirmed(email: str, have: Tree) -> Remark | None:
    if have != _PENDING:
        return None
    return Remark(
        f"The alarms do not reach {email} yet, because the subscription is not confirmed.",
        "Open the e-mail 'AWS Notification - Subscription Confirmation' in that mailbox and follow its link. AWS "
        "forgets the subscription after some days; 'palisade-wizard apply' then asks for it again.",
        waiting=True,
    )


def _addresses(have: Tree) -> str:
    return ", ".join(str(entries(other).get("at")) for other in items(have))


def _others(have: Tree) -> Remark | None:
    if not items(have):
        return None
    confirmed = [entries(other).get("arn") for other in items(have)]
    known = [f"“aws sns unsubscribe --subscription-arn {arn}”" for arn in confirmed if arn != _PENDING]
    remove = f" ({'; '.join(known)})" if known else ""
    return Remark(
        f"The alarms also go to {_addresses(have)}, which this set-up did not ask for, or not any more.",
        f"Leave it so if that is right; otherwise unsubscribe the address{remove}.",
    )
