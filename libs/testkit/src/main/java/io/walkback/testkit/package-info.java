/// What integration tests of every module share.
///
/// - [PlatformHarness]: a broker, a registry and PostgreSQL servers, real ones, from containers where an engine
///   answers and from local processes where none does. It says in the log which.
/// - [TcpFaultProxy]: a network that is slow, cut, half dead or wrong.
/// - [MutableClock]: time that a test turns.
/// - [JudgedByPostgresTools]: PostgreSQL's own programs as judges of our work.
@NullMarked
package io.walkback.testkit;

import org.jspecify.annotations.NullMarked;
