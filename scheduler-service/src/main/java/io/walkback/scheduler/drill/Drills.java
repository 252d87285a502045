package io.walkback.scheduler.drill;

/// What is done about rehearsals at each tick. For one thread.
///
/// @param schedule asks for them
/// @param watch tells of proof that is missing and of objectives that are broken
/// @param metrics shows the figures
public record Drills(DrillSchedule schedule, ProofWatch watch, DrillMetrics metrics) {}
