"""What version 6 of the hashicorp/aws provider takes in the blocks that exports write, from its own documentation.

A name ends with `!` where the provider insists on it. Blocks are told by the path of their names.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.services.export.hcl_reading import Read

_ANY = frozenset({"depends_on"})

_ARGUMENTS = {
    "aws_kms_key": "description key_usage customer_master_key_spec is_enabled policy enable_key_rotation "
    "rotation_period_in_days deletion_window_in_days multi_region tags",
    "aws_kms_alias": "name target_key_id!",
    "aws_s3_bucket": "bucket bucket_namespace object_lock_enabled force_destroy tags",
    "aws_s3_bucket_public_access_block": "bucket! block_public_acls block_public_policy ignore_public_acls "
    "restrict_public_buckets",
    "aws_s3_bucket_ownership_controls": "bucket!",
    "aws_s3_bucket_ownership_controls.rule!": "object_ownership!",
    "aws_s3_bucket_versioning": "bucket! expected_bucket_owner mfa",
    "aws_s3_bucket_versioning.versioning_configuration!": "status! mfa_delete",
    "aws_s3_bucket_server_side_encryption_configuration": "bucket! expected_bucket_owner",
    "aws_s3_bucket_server_side_encryption_configuration.rule!": "bucket_key_enabled blocked_encryption_types",
    "aws_s3_bucket_server_side_encryption_configuration.rule.apply_server_side_encryption_by_default": "sse_algorithm! "
    "kms_master_key_id",
    "aws_s3_bucket_policy": "bucket! policy!",
    "aws_s3_bucket_lifecycle_configuration": "bucket! expected_bucket_owner transition_default_minimum_object_size",
    "aws_s3_bucket_lifecycle_configuration.rule!": "id! status! prefix",
    "aws_s3_bucket_lifecycle_configuration.rule.filter": "prefix object_size_greater_than object_size_less_than",
    "aws_s3_bucket_lifecycle_configuration.rule.filter.tag": "key! value!",
    "aws_s3_bucket_lifecycle_configuration.rule.filter.and": "prefix tags object_size_greater_than "
    "object_size_less_than",
    "aws_s3_bucket_lifecycle_configuration.rule.expiration": "date days expired_object_delete_marker",
    "aws_s3_bucket_lifecycle_configuration.rule.transition": "date days storage_class!",
    "aws_s3_bucket_lifecycle_configuration.rule.noncurrent_version_expiration": "noncurrent_days! "
    "newer_noncurrent_versions",
    "aws_s3_bucket_lifecycle_configuration.rule.noncurrent_version_transition": "noncurrent_days! storage_class! "
    "newer_noncurrent_versions",
    "aws_s3_bucket_lifecycle_configuration.rule.abort_incomplete_multipart_upload": "days_after_initiation",
    "aws_s3_bucket_logging": "bucket! expected_bucket_owner target_bucket! target_prefix!",
    "aws_s3_bucket_inventory": "bucket! name! included_object_versions! enabled optional_fields",
    "aws_s3_bucket_inventory.schedule!": "frequency!",
    "aws_s3_bucket_inventory.filter": "prefix",
    "aws_s3_bucket_inventory.destination!": "",
    "aws_s3_bucket_inventory.destination.bucket!": "bucket_arn! format! account_id prefix",
    "aws_s3_bucket_notification": "bucket! eventbridge",
    "aws_s3_bucket_notification.topic": "id topic_arn! events! filter_prefix filter_suffix",
    "aws_s3_bucket_notification.queue": "id queue_arn! events! filter_prefix filter_suffix",
    "aws_s3_bucket_notification.lambda_function": "id lambda_function_arn events! filter_prefix filter_suffix",
    "aws_s3_bucket_object_lock_configuration": "bucket! expected_bucket_owner object_lock_enabled token",
    "aws_s3_bucket_object_lock_configuration.rule": "",
    "aws_s3_bucket_object_lock_configuration.rule.default_retention!": "mode days years",
    "aws_iam_role": "name path description assume_role_policy! max_session_duration permissions_boundary tags",
    "aws_iam_role_policy": "name role! policy!",
    "aws_cloudtrail": "name! s3_bucket_name! is_multi_region_trail include_global_service_events "
    "enable_log_file_validation enable_logging kms_key_id cloud_watch_logs_group_arn cloud_watch_logs_role_arn tags",
    "aws_cloudtrail.advanced_event_selector": "name",
    "aws_cloudtrail.advanced_event_selector.field_selector!": "field! equals not_equals starts_with not_starts_with "
    "ends_with not_ends_with",
    "aws_cloudtrail.event_selector": "read_write_type include_management_events exclude_management_event_sources",
    "aws_cloudtrail.event_selector.data_resource": "type! values!",
    "aws_cloudwatch_log_group": "name kms_key_id retention_in_days skip_destroy tags",
    "aws_cloudwatch_log_metric_filter": "name! pattern! log_group_name!",
    "aws_cloudwatch_log_metric_filter.metric_transformation!": "name! namespace! value! default_value dimensions unit",
    "aws_cloudwatch_metric_alarm": "alarm_name! comparison_operator! evaluation_periods! alarm_description namespace "
    "metric_name statistic period threshold treat_missing_data dimensions actions_enabled alarm_actions ok_actions "
    "insufficient_data_actions datapoints_to_alarm tags",
    "aws_sns_topic": "name kms_master_key_id policy tags",
    "aws_sns_topic_policy": "arn! policy!",
    "aws_sns_topic_subscription": "topic_arn! protocol! endpoint!",
}

_SCHEMA = {path.rstrip("!"): frozenset(names.split()) for path, names in _ARGUMENTS.items()}
_NEEDED_BLOCKS = frozenset(path.rstrip("!") for path in _ARGUMENTS if path.endswith("!"))


def complaints(block: Read) -> Iterator[str]:
    """What the provider would say against a block of a resource."""
    yield from _complaints(block.labels[0], block)


def _complaints(path: str, block: Read) -> Iterator[str]:
    if path not in _SCHEMA:
        yield f"there is no {path}"
        return
    needed = {name[:-1] for name in _SCHEMA[path] if name.endswith("!")}
    allowed = {name.rstrip("!") for name in _SCHEMA[path]} | _ANY
    yield from (f"{path} takes no {name}" for name in set(block.arguments) - allowed)
    yield from (f"{path} lacks {name}" for name in needed - set(block.arguments))
    inner = {each.type for each in block.blocks}
    for needed_path in _NEEDED_BLOCKS:
        above, _, name = needed_path.rpartition(".")
        if above == path and name not in inner:
            yield f"{path} lacks the block {name}"
    for each in block.blocks:
        if each.type != "lifecycle":
            yield from _complaints(f"{path}.{each.type}", each)
