package io.walkback.repository.seal;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.Text;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.format.Damage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The keys of one encrypted repository: opens wrapped ones, makes new ones. Thread-safe; keeps at most
/// [#REMEMBERED] opened keys, and one name for each lineage that this process writes WAL to.
public final class KeyVault implements AutoCloseable {
    /// Opened keys that are kept, the least recently used going first.
    public static final int REMEMBERED = 256;

    /// From a daily key's first use to its last, with room for clocks that differ.
    private static final Duration USED = Duration.ofDays(2);

    /// No key of any place has more wrappers; each rotation adds one.
    private static final int MOST_WRAPPERS = 1000;

    private final BlobStore store;
    private final Clock clock;
    private final UUID repositoryId;
    private final KeyEncryption encryption;
    private final Map<BlobKey, DataKey> opened;
    private final DailyKeys daily;
    private final Map<BlobKey, UUID> locked = new ConcurrentHashMap<>();

    public KeyVault(BlobStore store, Clock clock, UUID repositoryId, KeyEncryption encryption) {
        this(store, clock, repositoryId, encryption, new Recent(), new DailyKeys(clock));
    }

    private KeyVault(
            BlobStore store,
            Clock clock,
            UUID repositoryId,
            KeyEncryption encryption,
            Map<BlobKey, DataKey> opened,
            DailyKeys daily) {
        this.store = store;
        this.clock = clock;
        this.repositoryId = repositoryId;
        this.encryption = encryption;
        this.opened = opened;
        this.daily = daily;
    }

    private static final class Recent extends LinkedHashMap<BlobKey, DataKey> {
        Recent() {
            super(64, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<BlobKey, DataKey> eldest) {
            return size() > REMEMBERED;
        }
    }

    /// The same keys, with wrappers put into another view of the same store: one that locks, say. Closed with this
    /// one.
    public KeyVault in(BlobStore view) {
        return new KeyVault(view, clock, repositoryId, encryption, opened, daily);
    }

    /// The key of a place, for reading. `OBJECT_MISSING` when it has no wrapper, `KEY_UNAVAILABLE` when no held
    /// key-encryption key opens any. A damaged wrapper beside an intact one does not matter here.
    public DataKey find(KeyPlace place) {
        DataKey known = remembered(place);
        if (known != null) {
            return known;
        }
        List<BlobEntry> wrappers = wrappers(place);
        PlatformException first = null;
        List<String> others = new ArrayList<>();
        for (BlobEntry wrapper : wrappers) {
            try {
                WrappedKey wrapped = read(place, wrapper.key());
                if (encryption.holds(wrapped)) {
                    return remember(place, open(place, wrapper.key(), wrapped));
                }
                others.add(wrapped.kek()
                        + (wrapped.keyName().isEmpty() ? "" : " '" + Text.printable(wrapped.keyName(), 300) + "'"));
            } catch (CorruptDataException | RetryableException | OperatorActionException failed) {
                first = first == null ? failed : first;
            }
        }
        throw first == null ? notOpened(place, others) : first;
    }

    /// The key of a place, for writing: the one that is there, else a new one, which is wrapped, put if absent and
    /// read back before it is returned. Whoever put first wins, and the other gets that key.
    public DataKey obtain(KeyPlace place) {
        DataKey known = remembered(place);
        if (known != null) {
            return known;
        }
        if (!wrappers(place).isEmpty()) {
            return find(place);
        }
        WrappedKey wrapped = encryption.wrap(DataKey.random(), context(place));
        store.putIfAbsent(
                place.wrapper(wrapped.kek()), WrappedKeyObject.encode(repositoryId, clock.instant(), place, wrapped));
        return remember(place, agreed(place));
    }

    /// The id of the data key with which this process writes WAL of a lineage today (UTC), made when it is first
    /// asked for on a day.
    ///
    /// @param lineage what the key is for
    /// @param place   of a key with a given id
    public UUID daily(BlobKey lineage, Function<UUID, KeyPlace> place) {
        UUID current = daily.today(lineage, key -> obtain(place.apply(key)));
        if (!current.equals(locked.get(lineage))) {
            lockForItsDay(place.apply(current));
            locked.put(lineage, current);
        }
        return current;
    }

    /// The same id for whoever must not wait for the store: the last one that this process has made, while today's
    /// is made beside it. Waits only where there is none yet.
    public UUID dailyAtOnce(BlobKey lineage, Function<UUID, KeyPlace> place) {
        return daily.atOnce(lineage, () -> daily(lineage, place));
    }

    /// What is sealed with a key at the end of its day is locked a day longer than the key was when it was made.
    private void lockForItsDay(KeyPlace place) {
        store.locks().ifPresent(locks -> {
            Instant until = locks.retainUntil().plus(USED);
            wrappers(place).forEach(wrapper -> locks.extendRetention(wrapper.key(), until));
        });
    }

    /// The key-encryption key that new keys are wrapped under.
    public KekId current() {
        return encryption.current();
    }

    /// The wrapped keys of a place, one for each key-encryption key. Needs no key.
    public List<BlobEntry> wrappers(KeyPlace place) {
        List<BlobEntry> wrappers = new ArrayList<>();
        try (BlobListing<BlobEntry> listing = store.list(place.wrappers())) {
            while (listing.hasNext()) {
                BlobEntry entry = listing.next();
                if (KekId.isValid(entry.key().name())) {
                    wrappers.add(entry);
                }
                if (wrappers.size() > MOST_WRAPPERS) {
                    throw Damage.corrupt(place.folder(), "more than " + MOST_WRAPPERS + " wrappers of one key");
                }
            }
        }
        return wrappers;
    }

    /// Reads one wrapper, and opens it if its key-encryption key is held: fails with what is wrong with it. A
    /// wrapper that opens to another key than the place's others is damage.
    public void verify(KeyPlace place, BlobKey wrapper) {
        WrappedKey wrapped = read(place, wrapper);
        if (encryption.holds(wrapped) && !open(place, wrapper, wrapped).equals(find(place))) {
            throw Damage.corrupt(wrapper, "it holds another key than the wrappers beside it");
        }
    }

    /// Adds a wrapper under the current key-encryption key if there is none. Returns whether it was added.
    /// Repeatable.
    public boolean rewrap(KeyPlace place) {
        BlobKey current = place.wrapper(encryption.current());
        if (store.size(current).isPresent()) {
            verify(place, current);
            return false;
        }
        WrappedKey wrapped = encryption.wrap(find(place), context(place));
        store.putIfAbsent(
                place.wrapper(wrapped.kek()), WrappedKeyObject.encode(repositoryId, clock.instant(), place, wrapped));
        verify(place, place.wrapper(wrapped.kek()));
        return true;
    }

    /// Closes the holder of the key-encryption keys.
    @Override
    public void close() {
        encryption.close();
    }

    /// What every wrapper says, now that ours or another's is there.
    private DataKey agreed(KeyPlace place) {
        DataKey agreed = null;
        for (BlobEntry wrapper : wrappers(place)) {
            WrappedKey wrapped = read(place, wrapper.key());
            DataKey key = encryption.holds(wrapped) ? open(place, wrapper.key(), wrapped) : null;
            if (key == null || (agreed != null && !agreed.equals(key))) {
                throw new RetryableException(
                        FailureCode.KEY_UNAVAILABLE,
                        "another process made key '" + place.folder() + "' at the same time under another"
                                + " key-encryption key",
                        "Give all workers the same key file. A new attempt takes another key.");
            }
            agreed = key;
        }
        if (agreed == null) {
            throw new RetryableException(
                    FailureCode.STORE_UNAVAILABLE,
                    "wrapped key '" + place.folder() + "' was stored and cannot be found",
                    "The store acknowledged an object and lost it, or lists what it holds too late.");
        }
        return agreed;
    }

    private WrappedKey read(KeyPlace place, BlobKey wrapper) {
        return WrappedKeyObject.read(store, repositoryId, place, wrapper);
    }

    private DataKey open(KeyPlace place, BlobKey wrapper, WrappedKey wrapped) {
        try {
            return encryption.unwrap(wrapped, context(place));
        } catch (KeyEncryption.WrapDamage damage) {
            throw Damage.corrupt(wrapper, String.valueOf(damage.getMessage()));
        }
    }

    private KeyContext context(KeyPlace place) {
        return new KeyContext(repositoryId, place.keyId());
    }

    private PlatformException notOpened(KeyPlace place, List<String> keks) {
        if (keks.isEmpty()) {
            return new CorruptDataException(
                    FailureCode.OBJECT_MISSING,
                    "wrapped key '" + place.folder() + "' is not in repository '" + store.location() + "'",
                    "Something outside Walkback removed it. What it sealed cannot be read without it.");
        }
        return new OperatorActionException(
                FailureCode.KEY_UNAVAILABLE,
                "key '" + place.folder() + "' is wrapped under key-encryption keys " + keks + ", and here are "
                        + encryption.describe(),
                "Give the key that the repository was made with, or one that 'walkback keys rotate' has added.");
    }

    private @Nullable DataKey remembered(KeyPlace place) {
        synchronized (opened) {
            return opened.get(place.folder());
        }
    }

    private DataKey remember(KeyPlace place, DataKey key) {
        synchronized (opened) {
            opened.put(place.folder(), key);
            return key;
        }
    }
}
