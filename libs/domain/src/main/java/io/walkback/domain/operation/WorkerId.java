package io.walkback.domain.operation;

import io.walkback.domain.Text;
import java.util.UUID;

/// One life of one worker process: its configured name, the host that it runs on, and an id drawn at boot. A
/// restarted worker is another worker, so it never takes its own earlier claim for a live one.
public record WorkerId(String name, UUID boot) {
    public WorkerId {
        if (name.isBlank() || name.length() > 128 || !name.equals(Text.printable(name, 128))) {
            throw new IllegalArgumentException(
                    "a worker's name has 1 to 128 printable characters: '" + Text.printable(name, 128) + "'");
        }
    }

    @Override
    public String toString() {
        return name + "/" + boot;
    }
}
