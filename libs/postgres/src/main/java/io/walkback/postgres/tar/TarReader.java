package io.walkback.postgres.tar;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Text;

/// Reads one archive of a base backup from slices of any length, as they come off the wire.
///
/// Content passes through without a copy; only headers are gathered, 512 bytes at a time. Besides that it
/// remembers 8 bytes per entry and the names of directories (see [EntryNames]), never content. Not thread-safe.
///
/// ```
/// ( header 512 | content | zeros up to a multiple of 512 )*   zeros 1024 or more
/// ```
///
/// Throws [CorruptDataException] with code `POSTGRES_PROTOCOL`, which names archive and entry.
public final class TarReader {
    static final int BLOCK = 512;

    private final String archive;
    private final TarSink sink;
    private final EntryNames names = new EntryNames();
    private final byte[] header = new byte[BLOCK];

    private State state = State.HEADER;
    private int gathered;
    private int zeroBlocks;
    private long contentLeft;
    private int paddingLeft;
    private String entryName = "";

    private enum State {
        HEADER,
        CONTENT,
        PADDING,
        TRAILER
    }

    /// @param archive its name, for messages
    public TarReader(String archive, TarSink sink) {
        this.archive = archive;
        this.sink = sink;
    }

    /// Takes the next bytes of the archive.
    public void accept(byte[] buffer, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            at = switch (state) {
                case HEADER -> header(buffer, at, end);
                case CONTENT -> content(buffer, at, end);
                case PADDING -> padding(buffer, at, end);
                case TRAILER -> trailer(buffer, at, end);
            };
        }
    }

    /// The archive is over: throws if it is not complete.
    public void finish() {
        if (state != State.TRAILER) {
            throw refused("it was cut short");
        }
    }

    private int header(byte[] buffer, int at, int end) {
        int take = Math.min(BLOCK - gathered, end - at);
        System.arraycopy(buffer, at, header, gathered, take);
        gathered += take;
        if (gathered == BLOCK) {
            gathered = 0;
            if (isZero(header, 0, BLOCK)) {
                zeroBlocks++;
                state = zeroBlocks == 2 ? State.TRAILER : State.HEADER;
            } else {
                begin();
            }
        }
        return at + take;
    }

    private void begin() {
        if (zeroBlocks > 0) {
            throw refused("an entry follows the end mark");
        }
        TarEntry entry;
        try {
            entry = TarHeader.parse(header);
            entryName = entry.name();
            names.add(entry);
        } catch (TarRefusal refusal) {
            if (!refusal.entry().isEmpty()) {
                entryName = refusal.entry();
            }
            throw refused(refusal.why());
        }
        sink.entry(entry);
        contentLeft = entry.size();
        paddingLeft = (int) (-entry.size() & (BLOCK - 1));
        state = State.CONTENT;
        if (contentLeft == 0) {
            endEntry();
        }
    }

    private int content(byte[] buffer, int at, int end) {
        int take = (int) Math.min(contentLeft, end - at);
        sink.data(buffer, at, take);
        contentLeft -= take;
        if (contentLeft == 0) {
            endEntry();
        }
        return at + take;
    }

    private void endEntry() {
        sink.entryEnded();
        state = paddingLeft == 0 ? State.HEADER : State.PADDING;
    }

    private int padding(byte[] buffer, int at, int end) {
        int take = Math.min(paddingLeft, end - at);
        if (!isZero(buffer, at, take)) {
            throw refused("its padding is not zero");
        }
        paddingLeft -= take;
        if (paddingLeft == 0) {
            state = State.HEADER;
        }
        return at + take;
    }

    private int trailer(byte[] buffer, int at, int end) {
        if (!isZero(buffer, at, end - at)) {
            throw refused("something follows the end mark");
        }
        return end;
    }

    private CorruptDataException refused(String why) {
        String entry = entryName.isEmpty() ? "" : ", entry '" + Text.printable(entryName, 200) + "'";
        return new CorruptDataException(
                FailureCode.POSTGRES_PROTOCOL,
                "archive '" + Text.printable(archive, 80) + "'" + entry + ": " + why,
                "This is not what a PostgreSQL server sends: find out what answers at this address.");
    }

    private static boolean isZero(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
