package io.walkback.testkit.s3;

/// The requests that [FakeS3] knows.
public enum S3Operation {
    HEAD_BUCKET,
    GET_VERSIONING,
    GET_LOCK_SETTINGS,
    GET_LIFECYCLE,
    LIST,
    LIST_VERSIONS,
    LIST_UPLOADS,
    PUT,
    GET,
    HEAD,
    DELETE,
    PUT_RETENTION,
    START_UPLOAD,
    PUT_PART,
    COMPLETE,
    ABORT
}
