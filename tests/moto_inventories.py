"""Inventories of a bucket as S3 has them, where moto has them otherwise: the code of one that is not there, and deleting."""

from __future__ import annotations

from typing import Any

import pytest


def mended(patch: pytest.MonkeyPatch) -> None:
    """moto calls an inventory that is not there by a code of its own, and takes the end of one for the bucket's."""
    from moto.s3.exceptions import MissingInventoryConfig
    from moto.s3.responses import S3Response

    def delete(self: Any, bucket_name: str, querystring: dict[str, Any]) -> Any:
        if "inventory" not in querystring:
            return plain(self, bucket_name, querystring)
        self._set_action("BUCKET", "DELETE", querystring)
        self._authenticate_and_authorize_s3_action(bucket_name=bucket_name)
        there = self.backend.get_bucket(bucket_name).inventory_configs
        if there.pop(querystring["id"][0], None) is None:
            raise MissingInventoryConfig
        return 204, {}, ""

    plain = S3Response._bucket_response_delete
    patch.setattr(S3Response, "_bucket_response_delete", delete)
    patch.setattr(MissingInventoryConfig, "code", "NoSuchConfiguration")
