package io.walkback.repository.s3;

import static io.walkback.repository.s3.FaultyStore.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobTrace;
import io.walkback.repository.blob.DeleteOutcome;
import io.walkback.repository.blob.PutOutcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class F31HiddenBackupFaultTest {
    @Test
    void aDeleteMarkerOrALaterOverwriteDoesNotHideABlob() throws IOException {
        try (FaultyStore it = FaultyStore.versioned("")) {
            // Given
            it.store.putIfAbsent(KEY, new byte[] {1, 2, 3});
            it.store.putIfAbsent(KEY.child("other"), new byte[] {1});
            // When
            it.server.hide(FaultyStore.OBJECT);
            it.server.overwrite(FaultyStore.OBJECT, new byte[] {6, 6, 6, 6});
            it.server.hide(FaultyStore.OBJECT);
            // Then
            assertThat(it.read()).containsExactly(1, 2, 3);
            assertThat(it.store.size(KEY)).hasValue(3);
            assertThat(it.store.putIfAbsent(KEY, new byte[] {7})).isEqualTo(PutOutcome.ALREADY_THERE);
            assertThat(it.read()).containsExactly(1, 2, 3);
            List<BlobEntry> entries = new ArrayList<>();
            try (BlobListing<BlobEntry> listing = it.store.list(BlobPrefix.ROOT)) {
                listing.forEachRemaining(entries::add);
            }
            assertThat(entries).extracting(BlobEntry::key).containsExactly(KEY, KEY.child("other"));
            assertThat(entries).extracting(BlobEntry::size).containsExactly(3L, 1L);
        }
    }

    @Test
    void aDeleteLeavesNoVersionThatCouldTakeTheBlobsPlace() throws IOException {
        try (FaultyStore it = FaultyStore.versioned("")) {
            // Given
            it.store.putIfAbsent(KEY, new byte[] {1, 2, 3});
            assertThat(it.read()).hasSize(3);
            it.server.overwrite(FaultyStore.OBJECT, new byte[] {6, 6});
            it.server.hide(FaultyStore.OBJECT);
            // When
            DeleteOutcome outcome = it.store.delete(KEY);
            // Then
            assertThat(outcome).isEqualTo(DeleteOutcome.DELETED);
            assertThat(it.server.versions(FaultyStore.OBJECT)).isEmpty();
            assertThat(it.store.size(KEY)).isEmpty();
        }
    }

    @Test
    void tellsWhatWasDoneToWhichBlobHoweverManyPagesItFills() throws IOException {
        try (FaultyStore it = FaultyStore.versioned("")) {
            // Given: blobs of all kinds, more versions than a page holds, and a marker on a name that has nothing
            for (String name : List.of("a", "b", "c", "d")) {
                it.store.putIfAbsent(KEY.child(name), new byte[] {1});
            }
            for (int i = 0; i < 7; i++) {
                it.server.overwrite(FaultyStore.OBJECT + "/b", new byte[] {6});
                it.server.hide(FaultyStore.OBJECT + "/c");
            }
            it.server.overwrite(FaultyStore.OBJECT + "/d", new byte[] {6});
            it.server.hide(FaultyStore.OBJECT + "/d");
            it.server.hide(FaultyStore.OBJECT + "/nothing");
            // When
            List<BlobTrace> traces = new ArrayList<>();
            try (BlobListing<BlobTrace> listing = it.store.traces(BlobPrefix.ROOT)) {
                listing.forEachRemaining(traces::add);
            }
            // Then
            assertThat(traces)
                    .extracting(trace -> trace.key().name() + " " + trace.kind())
                    .containsOnly("b OVERWRITTEN", "c HIDDEN", "d OVERWRITTEN", "d HIDDEN");
            assertThat(traces).hasSize(7 + 7 + 2);
        }
    }

    @Test
    void aBucketWithoutVersionsTellsNothing() throws IOException {
        try (FaultyStore it = FaultyStore.plain()) {
            it.store.putIfAbsent(KEY, new byte[] {1});
            try (BlobListing<BlobTrace> listing = it.store.traces(BlobPrefix.ROOT)) {
                assertThat(listing.hasNext()).isFalse();
            }
        }
    }
}
