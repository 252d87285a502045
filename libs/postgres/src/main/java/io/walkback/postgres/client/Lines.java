package io.walkback.postgres.client;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Cuts what a program writes into lines of UTF-8. Holds one line. For one thread.
public final class Lines implements ClientProgram.Taker {
    private final int longest;
    private final Consumer<String> each;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    /// @param longest bytes of a line that are kept; what follows them is dropped
    /// @param each    called with each line that has ended
    public Lines(int longest, Consumer<String> each) {
        this.longest = longest;
        this.each = each;
    }

    @Override
    public void take(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] != '\n') {
                if (line.size() < longest) {
                    line.write(bytes[i]);
                }
            } else {
                each.accept(line.toString(StandardCharsets.UTF_8));
                line.reset();
            }
        }
    }
}
