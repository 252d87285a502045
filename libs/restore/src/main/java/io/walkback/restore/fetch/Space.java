package io.walkback.restore.fetch;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.plan.PlannedRestore.Room;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Whether the filesystems of a restore have room for it.
final class Space {
    private Space() {}

    /// What each filesystem must take and has.
    ///
    /// @param needed bytes by directory
    /// @param reusable whose files go, or are written over, before new ones are written
    static List<Room> rooms(Map<Path, Long> needed, Predicate<Path> reusable) {
        Map<FileStore, List<String>> uses = new LinkedHashMap<>();
        Map<FileStore, Long> byStore = new HashMap<>();
        Map<FileStore, Long> reclaimed = new HashMap<>();
        Path asked = Path.of("/");
        try {
            for (Map.Entry<Path, Long> each : needed.entrySet()) {
                asked = each.getKey();
                FileStore store = Files.getFileStore(Files.exists(asked) ? asked : asked.resolveSibling("."));
                uses.computeIfAbsent(store, _ -> new ArrayList<>()).add(asked.toString());
                byStore.merge(store, each.getValue(), Long::sum);
                reclaimed.merge(store, reusable.test(asked) ? DirectorySize.of(asked) : 0, Long::sum);
            }
            List<Room> rooms = new ArrayList<>();
            for (Map.Entry<FileStore, List<String>> each : uses.entrySet()) {
                FileStore store = each.getKey();
                rooms.add(new Room(
                        store.name(),
                        each.getValue(),
                        byStore.getOrDefault(store, 0L),
                        store.getUsableSpace() + reclaimed.getOrDefault(store, 0L)));
            }
            return rooms;
        } catch (IOException failure) {
            throw FileFailures.of("ask the free space of", asked, failure);
        }
    }

    /// Refuses what does not fit: `TARGET_SPACE`, with the bytes that it needs.
    static void require(List<Room> rooms) {
        for (Room room : rooms) {
            if (room.free() < room.needed()) {
                throw new OperatorActionException(
                        FailureCode.TARGET_SPACE,
                        "filesystem '" + room.filesystem() + "' has " + room.free() + " bytes free, the restore needs "
                                + room.needed(),
                        "Nothing was copied. Make space, or choose another filesystem.");
            }
        }
    }
}
