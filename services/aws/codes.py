"""AWS's error codes by the class of thing that a person must do about them. Tests hold the table against botocore's models."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


def _rows(**kinds: str) -> Mapping[str, str]:
    rows = {code: kind.replace("_", "-") for kind, codes in kinds.items() for code in codes.split()}
    return MappingProxyType(rows)


CODES: Mapping[str, str] = _rows(
    sign_in="""ExpiredToken ExpiredTokenException RequestExpired InvalidClientTokenId InvalidAccessKeyId
        UnrecognizedClientException UnrecognizedClient AuthFailure InvalidToken TokenRefreshRequired
        SignatureDoesNotMatch InvalidSignatureException IncompleteSignature MissingAuthenticationToken
        InvalidGrantTokenException NotSignedUp CloudTrailInvalidClientTokenIdException""",
    network="407",
    clock="RequestTimeTooSkewed RequestInTheFuture",
    denied="""AccessDenied AccessDeniedException UnauthorizedOperation UnauthorizedAccess Forbidden 403 401
        AllAccessDisabled AccountProblem ReadOnlyAccess UnmodifiableEntity UnmodifiableEntityException NotAuthorized
        KMSAccessDeniedException InsufficientDependencyServiceAccessPermissionException
        AuthorizationError AuthorizationErrorException InvalidSecurity InvalidSecurityException""",
    throttled="""Throttling ThrottlingException ThrottledException RequestThrottled RequestThrottledException
        SlowDown TooManyRequestsException RequestLimitExceeded PriorRequestNotComplete BandwidthLimitExceeded
        ProvisionedThroughputExceededException TransactionInProgressException EC2ThrottledException 429""",
    taken="""BucketAlreadyExists BucketAlreadyOwnedByYou EntityAlreadyExists EntityAlreadyExistsException
        AlreadyExistsException ResourceExistsException ObjectAlreadyInActiveTierError TrailAlreadyExistsException
        ResourceAlreadyExistsException""",
    limit="""LimitExceeded LimitExceededException TooManyBuckets TooManyTagsException ServiceQuotaExceededException
        PackedPolicyTooLarge PackedPolicyTooLargeException MaximumNumberOfTrailsExceededException
        TagsLimitExceededException
        TopicLimitExceeded TopicLimitExceededException SubscriptionLimitExceeded
        SubscriptionLimitExceededException FilterPolicyLimitExceeded FilterPolicyLimitExceededException
        ReplayLimitExceeded ReplayLimitExceededException TagLimitExceeded TagLimitExceededException LimitExceededFault""",
    busy="""InternalError InternalFailure InternalServerError InternalServerException ServiceUnavailable
        ServiceUnavailableException ServiceFailure ServiceFailureException KMSInternalException KMSInternal
        DependencyTimeout DependencyTimeoutException OperationAborted ConditionalRequestConflict
        ConcurrentModification ConcurrentModificationException ConflictException Conflict ResourceConflict BucketNotEmpty 409 500 502 503 504
        EntityTemporarilyUnmodifiable EntityTemporarilyUnmodifiableException RequestTimeout RequestTimeoutException
        PolicyEvaluation PolicyEvaluationException
        StaleTag StaleTagException ConcurrentAccess ConcurrentAccessException InternalErrorException
        InternalServiceFault InternalServiceError OperationAbortedException""",
    region="""PermanentRedirect TemporaryRedirect Redirect 301 307 IllegalLocationConstraintException
        InvalidLocationConstraint AuthorizationHeaderMalformed OptInRequired RegionDisabledException RegionDisabled
        InvalidHomeRegionException""",
    not_ready="""NoSuchBucket NoSuchBucketPolicy NoSuchEntity NoSuchEntityException NotFoundException NotFound 404
        NoSuchKey NoSuchUpload NoSuchVersion NoSuchTagSet NoSuchPublicAccessBlockConfiguration
        OwnershipControlsNotFoundError ServerSideEncryptionConfigurationNotFoundError DisabledException
        KMSInvalidStateException KeyUnavailableException KMSInvalidState InvalidBucketState InvalidObjectState
        CloudHsmClusterInactiveException CloudHsmClusterInvalidConfigurationException
        CloudHsmClusterNotFoundException CloudHsmClusterNotActiveException CustomKeyStoreInvalidStateException
        CustomKeyStoreNotFoundException XksKeyInvalidConfigurationException XksKeyNotFoundException
        XksKeyAlreadyInUseException TrailNotFoundException ResourceNotFound ResourceNotFoundException S3BucketDoesNotExistException
        InsufficientS3BucketPolicyException InsufficientEncryptionPolicyException KmsException
        InsufficientSnsTopicPolicyException InvalidCloudWatchLogsLogGroupArnException
        InvalidCloudWatchLogsRoleArnException CloudWatchLogsDeliveryUnavailableException KmsKeyNotFoundException
        KmsKeyDisabledException ChannelNotFoundException EventDataStoreNotFoundException
        InactiveEventDataStoreException InvalidState InvalidStateException""",
    refused="""MalformedPolicyDocument MalformedPolicyDocumentException MalformedPolicy InvalidInput
        InvalidInputException ValidationError ValidationException InvalidArgument InvalidRequest InvalidRequestException InvalidBucketName
        InvalidPolicyDocument InvalidAliasNameException InvalidArnException InvalidMarkerException TagException
        UnsupportedOperationException UnsupportedOperation UnsupportedArgument MalformedXML InvalidTag
        InvalidParameterValue InvalidParameterCombination InvalidPrincipal PolicyNotAttachable
        PolicyNotAttachableException MethodNotAllowed 400 405 412 PreconditionFailed EncryptionTypeMismatch
        InvalidBucketAclWithObjectOwnership InvalidWriteOffset TooManyParts EntityTooLarge KMS.NotFoundException KMS.DisabledException
        ReplicationRuleNotFound BadDigest ExpiredTradeInTokenException CloudTrailARNInvalidException
        ChannelARNInvalidException EventDataStoreARNInvalidException InvalidEventSelectorsException
        InvalidKmsKeyIdException InvalidParameterCombinationException InvalidParameterException
        InvalidS3BucketNameException InvalidS3PrefixException InvalidSnsTopicNameException
        InvalidTagParameterException InvalidTokenException InvalidTrailNameException TrailNotProvidedException
        ResourceTypeNotSupportedException OperationNotPermittedException NoManagementAccountSLRExistsException
        NotOrganizationMasterAccountException OrganizationNotInAllFeaturesModeException
        OrganizationsNotInUseException CloudTrailAccessNotEnabledException
        InvalidParameter InvalidParameterValueException InvalidNextToken
        InvalidOperationException TagPolicy TagPolicyException
        DeleteConflict DeleteConflictException
        InvalidLookupAttributesException InvalidTimeRangeException InvalidMaxResultsException
        InvalidNextTokenException InvalidEventCategoryException""",
)
"""The kind of problem, by AWS's error code; for HEAD, whose answers have no text, by the status."""
