/// Ways to a PostgreSQL server: where it is, how we log in, what it says about itself, and what its refusals mean.
///
/// pgjdbc connects and authenticates (plain, TLS, SCRAM, certificates). No `SQLException` and no `IOException`
/// leaves this package or `replication`: [io.walkback.postgres.connection.PostgresFailures] turns each into a
/// failure code with a hint. Passwords travel in [io.walkback.domain.Secret] and are never logged (P11).
@NullMarked
package io.walkback.postgres.connection;

import org.jspecify.annotations.NullMarked;
