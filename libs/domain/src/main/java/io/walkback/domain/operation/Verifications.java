package io.walkback.domain.operation;

import io.walkback.domain.FailureCode;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// What the verifications of one database come to. Pure; looks at operations that are over and still known.
public final class Verifications {
    /// What a verification that read everything ends with when something is wrong.
    private static final Set<FailureCode> FOUND = Set.copyOf(EnumSet.of(
            FailureCode.OBJECT_MISSING,
            FailureCode.OBJECT_CORRUPT,
            FailureCode.OBJECT_OVERWRITTEN,
            FailureCode.OBJECT_HIDDEN,
            FailureCode.OBJECT_UNLOCKED,
            FailureCode.STORE_LAYOUT));

    private Verifications() {}

    /// When everything was read and found right.
    ///
    /// @param opened when the first of the verifications that did it was asked for; what is older was read
    /// @param since  when the first of them ended
    public record AllRead(Instant opened, Instant since) {}

    /// Whether a verification that ends with this has found something, rather than not been able to look.
    public static boolean isFinding(FailureCode code) {
        return FOUND.contains(code);
    }

    /// The part whose turn it is: the one after the last that was read, whatever was found. One that could not be
    /// read is tried again.
    ///
    /// @param operations of one database
    public static Rotation next(Collection<Operation> operations, int of) {
        return operations.stream()
                .filter(Verifications::hasRead)
                .filter(operation ->
                        rotation(operation).filter(part -> part.of() == of).isPresent())
                .max(Comparator.comparing(Operation::openedAt))
                .flatMap(Verifications::rotation)
                .map(Rotation::next)
                .orElseGet(() -> new Rotation(1, of));
    }

    /// Empty unless the newest reading of every part found everything right.
    ///
    /// @param operations of one database
    public static Optional<AllRead> allRead(Collection<Operation> operations, int of) {
        Instant opened = Instant.MAX;
        Instant since = Instant.MAX;
        for (int part = 1; part <= of; part++) {
            Rotation wanted = new Rotation(part, of);
            Optional<Operation> newest = operations.stream()
                    .filter(operation -> hasRead(operation) && covers(operation, wanted))
                    .max(Comparator.comparing(Operation::openedAt));
            if (newest.isEmpty() || !(newest.get().state() instanceof OperationState.Completed done)) {
                return Optional.empty();
            }
            opened = earlier(opened, newest.get().openedAt());
            since = earlier(since, done.at());
        }
        return Optional.of(new AllRead(opened, since));
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static boolean covers(Operation verification, Rotation part) {
        return verification.command() instanceof Command.Verify verify
                && verify.backup() == null
                && (verify.rotation() == null || verify.rotation().equals(part));
    }

    private static Optional<Rotation> rotation(Operation operation) {
        return operation.command() instanceof Command.Verify verify
                ? Optional.ofNullable(verify.rotation())
                : Optional.empty();
    }

    private static boolean hasRead(Operation operation) {
        return operation.kind() == OperationKind.VERIFICATION
                && switch (operation.state()) {
                    case OperationState.Completed _ -> true;
                    case OperationState.Failed failed ->
                        isFinding(failed.problem().code());
                    case OperationState.Open _,
                            OperationState.Claimed _,
                            OperationState.AwaitingWal _,
                            OperationState.Cancelled _,
                            OperationState.Rejected _ -> false;
                };
    }
}
