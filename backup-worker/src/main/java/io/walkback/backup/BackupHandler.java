package io.walkback.backup;

import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationKind;
import io.walkback.operations.Attempt;
import io.walkback.operations.AttemptHandler;

/// Does operations of kind `BACKUP`: hands each to whoever copies pages or dumps rows. They share the slots.
final class BackupHandler implements AttemptHandler {
    private final AttemptHandler physical;
    private final AttemptHandler logical;

    BackupHandler(AttemptHandler physical, AttemptHandler logical) {
        this.physical = physical;
        this.logical = logical;
    }

    @Override
    public OperationKind kind() {
        return OperationKind.BACKUP;
    }

    @Override
    public int slots() {
        return physical.slots();
    }

    @Override
    public boolean canDo(Operation operation) {
        return of(operation).canDo(operation);
    }

    @Override
    public Needs needs(Operation operation) {
        return of(operation).needs(operation);
    }

    @Override
    public Result run(Attempt attempt) throws InterruptedException {
        return of(attempt.operation()).run(attempt);
    }

    private AttemptHandler of(Operation operation) {
        return operation.command() instanceof Command.TakeDump ? logical : physical;
    }
}
