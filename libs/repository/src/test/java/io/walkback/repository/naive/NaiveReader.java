package io.walkback.repository.naive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Restores a backup out of a directory of objects.
final class NaiveReader {
    private final Path root;
    private final String lineage;
    private final byte @Nullable [] kek;
    private final UUID repository;
    private final NaivePmac leaf;
    private final NaivePmac node;
    private final Map<String, NaiveObject> packs = new LinkedHashMap<>();

    /// @param kek the key of the key file, or null for a repository that is not encrypted
    NaiveReader(Path root, String lineage, byte @Nullable [] kek) throws Exception {
        this.root = root;
        this.lineage = lineage;
        this.kek = kek;
        NaiveObject descriptor = new NaiveObject(Files.readAllBytes(root.resolve("walkback-repository")));
        assertThat(descriptor.kind).isEqualTo('R');
        repository = descriptor.repository;
        byte[] namingKey = kek == null ? descriptor.field(1) : unwrap("keys/naming", new UUID(0, 0));
        leaf = new NaivePmac(namingKey, "walkback leaf 1");
        node = new NaivePmac(namingKey, "walkback node 1");
    }

    /// Section 7: every file of the backup, by path.
    Map<String, byte[]> restore(String backup) throws Exception {
        NaiveObject manifest = open("backups/" + backup + "/manifest", 'M');
        assertThat(manifest.in(3).text()).isEqualTo(backup);
        int end = manifest.bytes.length - 32;
        assertThat(MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(manifest.bytes, end)))
                .isEqualTo(Arrays.copyOfRange(manifest.bytes, end, end + 32));
        NaiveObject.NaiveFooter footer = manifest.footer(end);
        NaiveObject.Text entries = section(manifest, footer.in(1), 0);
        NaiveObject.Text table = section(manifest, footer.in(2), entries.nextOrdinal());
        List<String> names = new ArrayList<>();
        NaiveBytes rows = new NaiveBytes(table.plain());
        while (rows.more()) {
            String name = rows.uuid() + "/" + String.format("%08x", rows.number(4) & 0x7FFF_FFFF);
            NaiveObject pack = open("packs/" + name, 'P');
            assertThat(rows.number(8)).isEqualTo(pack.bytes.length);
            assertThat(rows.raw(16)).isEqualTo(packDigest(pack));
            packs.put(name, pack);
            names.add(name);
        }
        return files(new NaiveBytes(entries.plain()), names);
    }

    private Map<String, byte[]> files(NaiveBytes entries, List<String> names) throws Exception {
        Map<String, byte[]> files = new LinkedHashMap<>();
        String path = "";
        List<byte[]> extents = new ArrayList<>();
        while (entries.more()) {
            int type = entries.small(1);
            NaiveBytes body = new NaiveBytes(entries.counted());
            switch (type) {
                case 1, 2, 3 -> {}
                case 4, 8 -> {
                    path = body.text();
                    extents.clear();
                }
                case 5 -> {
                    while (body.more()) {
                        extents.add(whole(body, names));
                    }
                }
                case 7 -> {
                    while (body.more()) {
                        extents.add(withDeltas(body, names));
                    }
                }
                case 6 -> {
                    byte[] content = NaiveObject.concat(extents.toArray(byte[][]::new));
                    assertThat(body.varint()).isEqualTo(content.length);
                    assertThat(body.varint()).isEqualTo(extents.size());
                    files.put(path, content);
                }
                default -> throw new AssertionError("an entry of type " + type);
            }
        }
        return files;
    }

    private byte[] whole(NaiveBytes body, List<String> names) throws Exception {
        long length = body.varint();
        byte[] identity = body.raw(16);
        NaiveObject.Text text = place(body, names, identity);
        assertThat(text.plain()).hasSize((int) length);
        assertThat(identity(text)).isEqualTo(identity);
        return text.plain();
    }

    private byte[] withDeltas(NaiveBytes body, List<String> names) throws Exception {
        int length = (int) body.varint();
        byte[] identity = body.raw(16);
        byte[] content = Arrays.copyOf(whole(body, names), 1 << 20);
        int deltas = body.small(1);
        for (int i = 0; i < deltas; i++) {
            byte[] map = body.raw(16);
            byte[] deltaIdentity = body.raw(16);
            NaiveObject.Text text = place(body, names, deltaIdentity);
            assertThat(node.tag(
                            NaiveObject.concat(NaiveObject.length(4, text.plain().length), map, text.frameDigests())))
                    .isEqualTo(deltaIdentity);
            int at = 0;
            for (int page = 0; page < 128; page++) {
                // Bit p mod 64 of the first or second big-endian number.
                int index = page / 64 * 8 + 7 - page % 64 / 8;
                if (((map[index] >> (page % 8)) & 1) == 1) {
                    System.arraycopy(text.plain(), at, content, page * 8192, 8192);
                    at += 8192;
                }
            }
            assertThat(text.plain()).hasSize(at);
        }
        byte[] result = Arrays.copyOf(content, length);
        byte[] frames = new byte[0];
        for (int at = 0; at < length; at += 262_144) {
            frames = NaiveObject.concat(
                    frames,
                    NaiveObject.digest(leaf, node, 1, Arrays.copyOfRange(result, at, Math.min(length, at + 262_144))));
        }
        assertThat(node.tag(NaiveObject.concat(NaiveObject.length(2, length), frames)))
                .isEqualTo(identity);
        return result;
    }

    private NaiveObject.Text place(NaiveBytes body, List<String> names, byte[] identity) throws Exception {
        String name = names.get((int) body.varint());
        int offset = (int) body.varint();
        int frames = body.small(1);
        int stored = 0;
        for (int i = 0; i < frames; i++) {
            stored += (int) body.varint();
        }
        NaiveObject pack = packs.get(name);
        if (pack == null) {
            throw new AssertionError("no pack " + name);
        }
        return pack.frames(leaf, node, offset, stored, identity, NaiveObject.ANY);
    }

    private byte[] identity(NaiveObject.Text text) throws Exception {
        return node.tag(NaiveObject.concat(NaiveObject.length(2, text.plain().length), text.frameDigests()));
    }

    private NaiveObject.Text section(NaiveObject manifest, NaiveBytes field, int ordinal) throws Exception {
        int offset = (int) field.number(8);
        int stored = (int) field.number(8);
        NaiveObject.Text text =
                manifest.frames(leaf, node, offset, stored, NaiveObject.NO_EXTENT, manifest.sealed ? ordinal : 0);
        assertThat(field.number(8)).isEqualTo(text.plain().length);
        return text;
    }

    /// The digest over header and index, after everything in the pack, and its page digests, were looked at.
    private byte[] packDigest(NaiveObject pack) throws Exception {
        NaiveObject.NaiveFooter footer = pack.footer(pack.bytes.length);
        int offset = (int) footer.in(1).number(8);
        int stored = footer.in(2).small(4);
        NaiveObject.Text index = pack.frames(leaf, node, offset, stored, NaiveObject.NO_EXTENT, NaiveObject.ANY);
        assertThat(index.plain()).hasSize(footer.in(3).small(4));
        byte[] digest = NaiveObject.digest(leaf, node, 3, NaiveObject.concat(pack.header, index.plain()));
        assertThat(footer.in(5).raw(16)).isEqualTo(digest);
        if (footer.fields().containsKey(6)) {
            String name = new NaiveBytes(pack.field(2)).uuid() + "/"
                    + String.format("%08x", new NaiveBytes(pack.field(3)).number(4));
            checkPageDigests(pack, index.plain(), open("digests/" + name, 'D'), footer.in(6));
        }
        return digest;
    }

    private void checkPageDigests(NaiveObject pack, byte[] index, NaiveObject digests, NaiveBytes expected)
            throws Exception {
        NaiveObject.NaiveFooter footer = digests.footer(digests.bytes.length);
        int offset = (int) footer.in(1).number(8);
        int stored = footer.in(2).small(4);
        byte[] text = digests.frames(leaf, node, offset, stored, NaiveObject.NO_EXTENT, 0)
                .plain();
        assertThat(expected.number(8)).isEqualTo(digests.bytes.length);
        assertThat(expected.raw(16))
                .isEqualTo(NaiveObject.digest(leaf, node, 5, NaiveObject.concat(digests.header, text)));
        NaiveBytes records = new NaiveBytes(text);
        NaiveBytes rows = new NaiveBytes(index);
        int count = 0;
        long wanted = records.number(8);
        while (rows.more()) {
            byte[] identity = rows.raw(16);
            long at = rows.number(8);
            int length = rows.small(4);
            rows.number(4);
            if (rows.number(1) == 1) {
                rows.raw(16);
            }
            if (at == wanted) {
                byte[] plain = pack.frames(leaf, node, (int) at, length, identity, NaiveObject.ANY)
                        .plain();
                assertThat(records.number(1)).isEqualTo(plain.length / 8192);
                for (int page = 0; page < plain.length; page += 8192) {
                    assertThat(records.raw(16)).isEqualTo(leaf.tag(Arrays.copyOfRange(plain, page, page + 8192)));
                }
                count++;
                wanted = records.more() ? records.number(8) : -1;
            }
        }
        assertThat(wanted).isEqualTo(-1);
        assertThat(count).isEqualTo(footer.in(4).small(4));
    }

    private NaiveObject open(String name, char kind) throws Exception {
        NaiveObject object =
                new NaiveObject(Files.readAllBytes(root.resolve(lineage).resolve(name)));
        assertThat(object.kind).isEqualTo(kind);
        assertThat(object.repository).isEqualTo(repository);
        assertThat(object.sealed).isEqualTo(kek != null);
        if (object.sealed) {
            object.unseal(unwrap(lineage + "/keys/" + object.keyId, object.keyId));
        }
        return object;
    }

    /// Section 2a: a key out of its wrapper, made with a key file.
    private byte[] unwrap(String folder, UUID keyId) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(kek, "HmacSHA256"));
        byte[] id = Arrays.copyOf(mac.doFinal("walkback kek id 1".getBytes(StandardCharsets.US_ASCII)), 16);
        NaiveObject wrapper = new NaiveObject(
                Files.readAllBytes(root.resolve(folder).resolve(HexFormat.of().formatHex(id))));
        assertThat(wrapper.kind).isEqualTo('K');
        byte[] wrapped = wrapper.field(7);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(kek, "AES"), new GCMParameterSpec(128, wrapped, 0, 12));
        cipher.updateAAD(("walkback wrap 1 " + repository + " " + keyId).getBytes(StandardCharsets.US_ASCII));
        return cipher.doFinal(wrapped, 12, wrapped.length - 12);
    }
}
