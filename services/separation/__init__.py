"""What keeps one set-up apart from another: sandbox and production share no bucket, role, KMS key or recovery key."""
