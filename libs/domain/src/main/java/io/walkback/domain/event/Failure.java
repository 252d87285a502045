package io.walkback.domain.event;

import io.walkback.domain.FailureCode;

/// Why something did not work, in words that metrics, runbooks and people share.
///
/// @param code stable name of the fault, as FailureCode lists them
/// @param message the fact with its values; never a secret
/// @param hint what an operator does next
public record Failure(FailureCode code, String message, String hint) {}
