package io.walkback.backup.logical;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Text;
import io.walkback.postgres.client.ClientCommand;
import io.walkback.postgres.client.ClientProgram;
import io.walkback.postgres.client.Lines;
import java.io.IOException;
import java.util.BitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What `pg_restore --list` reads out of an archive while it is written: its table of contents is at its beginning.
/// An archive that this program cannot read, or that lacks a relation which the catalog had in the dump's snapshot,
/// is no backup (pitfall 37). Fed by one thread.
final class ArchiveContents implements AutoCloseable {
    /// `215; 1259 16386 TABLE public orders ann`: number, class and OID of the object, its kind and names. 1259 is
    /// `pg_class`.
    private static final Pattern RELATION = Pattern.compile("\\d+; 1259 (\\d+) .*");

    private static final int LONGEST_LINE = 4096;

    private final DumpSnapshot.Relations expected;
    private final BitSet listed = new BitSet();
    private final ClientProgram program;
    private boolean reading = true;

    ArchiveContents(ClientCommand list, DumpSnapshot.Relations expected) {
        this.expected = expected;
        this.program = ClientProgram.start(list, new Lines(LONGEST_LINE, this::line));
    }

    /// The archive's next bytes. Waits while the program reads; once it has what it wants, they are dropped.
    void take(byte[] bytes, int offset, int length) {
        if (reading) {
            try {
                program.input().write(bytes, offset, length);
                program.input().flush();
            } catch (IOException enough) {
                // It closes its input behind the table of contents; whether it liked that is told by its exit code.
                reading = false;
            }
        }
    }

    /// After the whole archive: `DUMP_INCOMPLETE` for what it does not list, `PROCESS_FAILED` if it cannot be read.
    void requireAll(String dbname) throws InterruptedException {
        program.await();
        int missing = expected.count() - listed.cardinality();
        if (missing > 0) {
            throw new OperatorActionException(
                    FailureCode.DUMP_INCOMPLETE,
                    "the archive of dbname '" + Text.printable(dbname, 63) + "' lacks " + missing + " of "
                            + expected.count() + " relations, the first has oid " + expected.at(listed.nextClearBit(0)),
                    "pg_dump ended well and left it out; nothing was kept. See what SELECT oid::regclass FROM pg_class"
                            + " says of that oid, and take a physical backup meanwhile.");
        }
    }

    private void line(String text) {
        Matcher relation = RELATION.matcher(text);
        if (relation.matches()) {
            int index = expected.find(Long.parseLong(relation.group(1)));
            if (index >= 0) {
                listed.set(index);
            }
        }
    }

    /// Ends the program, also while [#take] waits for it.
    @Override
    public void close() {
        program.close();
    }
}
