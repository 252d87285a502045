package io.walkback.repository.verify;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.backup.BackupReader;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.layout.PackId;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.EntryStream;
import io.walkback.repository.manifest.FileContent;
import io.walkback.repository.manifest.ManifestEntry;
import io.walkback.repository.pack.PackEntry;
import io.walkback.repository.pack.PackReader;
import io.walkback.repository.seal.KeyPlace;
import io.walkback.repository.seal.KeyVault;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Reads a backup's closure and says what is wrong with it. Store failures are thrown, damage is reported. Memory:
/// the pack table, and at most [#LISTED] findings. Thread-safe.
public final class BackupVerifier {
    /// Findings that a report lists at most.
    public static final int LISTED = 1_000;

    private final Lineage lineage;

    public BackupVerifier(Lineage lineage) {
        this.lineage = lineage;
    }

    public VerificationReport verify(BackupId backup, VerificationReport.Depth depth) {
        return verify(backup, depth, Share.WHOLE);
    }

    /// Reads one share of the packs in full, if `depth` says so, and of the others what
    /// [VerificationReport.Depth#STRUCTURE] reads; manifest and keys are read whole each time. Files are put
    /// together only where the share is the whole: each extent is decoded and compared with its identity in its
    /// pack.
    public VerificationReport verify(BackupId backup, VerificationReport.Depth depth, Share share) {
        return verify(backup, depth, share, new HashSet<>());
    }

    /// Backups one after the other, each as [#verify(BackupId, VerificationReport.Depth, Share)] does it, but for
    /// the packs that they share: one that was found intact is not read again. Some 100 bytes a pack; for one
    /// thread.
    public Function<BackupId, VerificationReport> round(Share share) {
        Set<PackId> intact = new HashSet<>();
        return backup -> verify(backup, VerificationReport.Depth.FULL, share, intact);
    }

    private VerificationReport verify(
            BackupId backup, VerificationReport.Depth depth, Share share, Set<PackId> intact) {
        Run run = new Run(backup, depth, share, intact);
        run.check(lineage.manifest(backup), () -> run.read(new BackupReader(lineage, backup)));
        return run.report();
    }

    private final class Run {
        private final BackupId backup;
        private final VerificationReport.Depth depth;
        private final Share share;
        private final Set<PackId> intact;
        private final List<Finding> findings = new ArrayList<>();
        private long findingCount;
        private long objects;
        private long bytes;

        Run(BackupId backup, VerificationReport.Depth depth, Share share, Set<PackId> intact) {
            this.backup = backup;
            this.depth = depth;
            this.share = share;
            this.intact = intact;
        }

        void read(BackupReader backupReader) {
            try (backupReader;
                    PackReader packReader = new PackReader(lineage)) {
                objects++;
                bytes += backupReader.summary().manifestSize();
                lineage.vault().ifPresent(vault -> readKeys(vault, backupReader));
                for (PackEntry pack : backupReader.packs()) {
                    if (!intact.contains(pack.id()) && isIntact(packReader, pack)) {
                        intact.add(pack.id());
                    }
                }
                check(lineage.manifest(backup), () -> readEntries(backupReader));
            }
        }

        private boolean isIntact(PackReader packReader, PackEntry pack) {
            return check(lineage.pack(pack.id()), () -> readPack(packReader, pack))
                    && (!pack.pageDigests()
                            || check(lineage.pageDigests(pack.id()), () -> readPageDigests(packReader, pack)));
        }

        /// Every wrapper is looked at, also those that this reader does not need: another one may hold only their
        /// key.
        private void readKeys(KeyVault vault, BackupReader reader) {
            for (KeyPlace place : Closure.keyPlaces(lineage, reader.summary().attempt(), reader.packs())) {
                for (BlobEntry wrapper : vault.wrappers(place)) {
                    objects++;
                    bytes += wrapper.size();
                    check(wrapper.key(), () -> vault.verify(place, wrapper.key()));
                }
            }
        }

        private void readPack(PackReader packReader, PackEntry pack) {
            objects++;
            if (depth == VerificationReport.Depth.FULL && share.has(pack.id())) {
                bytes += pack.size();
                packReader.verify(pack, true);
            } else {
                packReader.open(pack);
            }
        }

        /// A backup can be restored without them; but the next one would store more than it must.
        private void readPageDigests(PackReader packReader, PackEntry pack) {
            objects++;
            if (share.has(pack.id())) {
                bytes += packReader.verifyPageDigests(pack.id());
            } else {
                BlobReads.sizeOf(lineage.store(), lineage.pageDigests(pack.id()));
            }
        }

        private void readEntries(BackupReader reader) {
            try (EntryStream entries = reader.entries()) {
                while (entries.hasNext()) {
                    if (entries.next() instanceof ManifestEntry.File file) {
                        if (depth == VerificationReport.Depth.FULL && share.isWhole()) {
                            check(lineage.manifest(backup), () -> readFile(reader, file));
                        }
                    }
                }
            }
        }

        private void readFile(BackupReader reader, ManifestEntry.File file) {
            BackupFacts.ControlFiles copies = reader.summary().facts().controlFiles();
            switch (file.path().value()) {
                case "backup_label" -> compare(reader, file, copies.backupLabel());
                case "tablespace_map" -> compare(reader, file, copies.tablespaceMap());
                case "global/pg_control" -> compare(reader, file, Optional.of(copies.pgControl()));
                default -> copy(reader, file);
            }
        }

        private void compare(BackupReader reader, ManifestEntry.File file, Optional<FileContent> copy) {
            FileContent content = new FileContent(reader.read(file, 0, Math.toIntExact(file.size())));
            if (!Optional.of(content).equals(copy)) {
                add(new Finding(
                        Finding.Type.INCONSISTENT,
                        lineage.manifest(backup),
                        "file '" + file.path() + "' differs from the copy in the manifest's facts"));
            }
        }

        private void copy(BackupReader reader, ManifestEntry.File file) {
            try {
                reader.copyTo(file, OutputStream.nullOutputStream());
            } catch (IOException impossible) {
                throw new IllegalStateException("nothing was written", impossible);
            }
        }

        boolean check(BlobKey key, Runnable step) {
            try {
                step.run();
                return true;
            } catch (CorruptDataException damage) {
                Finding.Type type =
                        damage.code() == FailureCode.OBJECT_MISSING ? Finding.Type.MISSING : Finding.Type.DAMAGED;
                add(new Finding(type, key, damage.text()));
            } catch (OperatorActionException refused) {
                if (refused.code() != FailureCode.STORE_LAYOUT) {
                    throw refused;
                }
                add(new Finding(Finding.Type.UNKNOWN_FORMAT, key, refused.text()));
            }
            return false;
        }

        private void add(Finding finding) {
            findingCount++;
            if (findings.size() < LISTED) {
                findings.add(finding);
            }
        }

        VerificationReport report() {
            return new VerificationReport(backup, depth, objects, bytes, findingCount, findings);
        }
    }
}
