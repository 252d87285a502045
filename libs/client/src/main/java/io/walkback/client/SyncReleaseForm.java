package io.walkback.client;

/// That somebody released commits which waited for our receivers, for the audit log. It is told after the fact, and
/// may be told twice under the same `releaseId`.
///
/// @param releaseId     one for each release
/// @param at            when, RFC 3339
/// @param operator      who, as the host knows him that it was done on: `user@host`
/// @param address       of the server, `host:port`
/// @param outcome       `INTENDED`, `SUCCEEDED` or `FAILED`
/// @param before        `synchronous_standby_names` as it was
/// @param after         and as it is
/// @param waitingBefore commits that waited
/// @param waitingAfter  and that wait still
public record SyncReleaseForm(
        String releaseId,
        String at,
        String operator,
        String address,
        String outcome,
        String before,
        String after,
        int waitingBefore,
        int waitingAfter) {
    /// The same, ended.
    public SyncReleaseForm ended(String how, int stillWaiting) {
        return new SyncReleaseForm(releaseId, at, operator, address, how, before, after, waitingBefore, stillWaiting);
    }
}
