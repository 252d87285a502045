/// What is kept of a database's backups and WAL, as a function of policy, history and time and of nothing else
/// (P5).
///
/// [Retention#decide] answers for every backup KEEP or EXPIRE, with each reason, and for WAL which stretches are
/// needed. The order of the argument:
///
/// 1. The clock is believed only where it agrees with the store's and is not behind what is recorded (F45).
/// 2. Only completed backups count (pitfall 58), in the order in which they were complete and by system identifier,
///    never by name or timeline (pitfall 57). What runs, awaits WAL, is pinned or held is kept whatever the rules
///    say.
/// 3. Rules only ever keep: a backup expires when no rule wants it. Three can never be lost: the newest
///    completed one, the newest proven one, and the newest one without page-checksum errors (pitfall 28).
/// 4. WAL follows from the backups that are kept (pitfall 54), and from its own age where there are none (pitfall
/// 60).
///
/// Logical backups are judged by the same rules and apart from physical ones, so that neither kind pushes out,
/// stands in for or is counted with the other. They are no way to any moment but their own: none is kept because
/// the window begins after it, and none needs WAL.
///
/// What is decided here holds for one moment. Whoever deletes asks again, and marks each backup in the operation
/// log first.
@NullMarked
package io.walkback.domain.retention;

import org.jspecify.annotations.NullMarked;
