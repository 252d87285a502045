/// Brings what each sink was told to what stands.
///
/// One [io.walkback.alerting.delivery.SinkReconciler] per sink compares, and makes one call at a time. What is
/// told is the state at the moment of the call and never a queue of past ones, so a resolve cannot overtake its
/// trigger, and a storm of repeats becomes one call. The order within one call, which makes a crash at any point
/// harmless (F05):
///
/// 1. the delivery record says which revision is about to be tried, so that nobody forgets that the sink may know
/// of it; 2. the call;
/// 3. the delivery record says what came of it.
///
/// A crash between 2 and 3 repeats the call once, under the same dedup key. A crash between 1 and 3 of a trigger
/// whose cause goes away meanwhile leads to a resolve, which a service that never heard of it drops.
///
/// Damped (F49): a warning is told once it has stood for 30 s, so that an attempt that fails and is repeated at
/// once is one message and not two; an all-clear is told once it has stood for 10 s. What fails for good is told
/// at once.
///
/// Bounded: each sink keeps the keys of alerts that it has yet to look at, a subset of the alerts that there are.
@NullMarked
package io.walkback.alerting.delivery;

import org.jspecify.annotations.NullMarked;
