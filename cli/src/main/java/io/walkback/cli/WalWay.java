package io.walkback.cli;

/// How WAL comes into the repository, as an option says it.
enum WalWay {
    stream,
    push
}
