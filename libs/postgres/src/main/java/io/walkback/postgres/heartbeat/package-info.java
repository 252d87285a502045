/// One row in the protected database that says when it was written. Where it arrives in the repository, everything
/// that was committed before it has arrived too: so RPO is measured and not assumed.
///
/// It is made only when somebody asks for it ([io.walkback.postgres.setup.ServerSetup]), by a superuser, and
/// written by the role that WAL is received as, which may do nothing else with it. Nobody writes into a table of
/// that name that belongs to anybody but a superuser: its triggers would run with the rights of the receiver's
/// role.
@NullMarked
package io.walkback.postgres.heartbeat;

import org.jspecify.annotations.NullMarked;
