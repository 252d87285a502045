package io.walkback.repository.seal;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.util.List;
import java.util.stream.Collectors;

/// Several holders of keys as one: the first wraps, whoever holds a key opens. For moving from one to another.
public record KeyRing(List<KeyEncryption> holders) implements KeyEncryption {
    public KeyRing {
        holders = List.copyOf(holders);
        if (holders.isEmpty()) {
            throw new IllegalArgumentException("a ring without keys");
        }
    }

    @Override
    public KekId current() {
        return holders.getFirst().current();
    }

    @Override
    public WrappedKey wrap(DataKey key, KeyContext context) {
        return holders.getFirst().wrap(key, context);
    }

    @Override
    public boolean holds(WrappedKey wrapped) {
        return holders.stream().anyMatch(holder -> holder.holds(wrapped));
    }

    @Override
    public DataKey unwrap(WrappedKey wrapped, KeyContext context) throws WrapDamage {
        for (KeyEncryption holder : holders) {
            if (holder.holds(wrapped)) {
                return holder.unwrap(wrapped, context);
            }
        }
        throw new OperatorActionException(
                FailureCode.KEY_UNAVAILABLE,
                "key-encryption key " + wrapped.kek() + " is not among " + describe(),
                "Give the key that the repository was made with, or one that was added.");
    }

    @Override
    public String describe() {
        return holders.stream().map(KeyEncryption::describe).collect(Collectors.joining(" and "));
    }

    @Override
    public void close() {
        holders.forEach(KeyEncryption::close);
    }
}
