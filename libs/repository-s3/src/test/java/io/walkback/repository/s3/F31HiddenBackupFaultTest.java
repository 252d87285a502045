package io.walkback.repository.s3;

import static io.walkback.repository.s3.FaultyStore.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobPrefix;
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
}
