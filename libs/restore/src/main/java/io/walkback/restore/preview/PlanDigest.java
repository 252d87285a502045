package io.walkback.restore.preview;

import io.walkback.domain.operation.Command;
import io.walkback.domain.plan.PlannedRestore;
import io.walkback.domain.plan.PreflightCheck;
import io.walkback.domain.plan.PresentCluster;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// SHA-256 over what somebody decides on who approves a plan, docs/restore.md lists it.
///
/// What changes by itself is left out: space, seconds, sizes, how far the WAL reaches by now, and where a target is
/// that was named in another way. So a plan for `latest` keeps its digest while the archive grows, and loses it
/// when another backup would be restored, something else would be overwritten, or a check comes out differently.
///
/// ```
///  name '=' length of the value in bytes ':' value '\n'      for each field, in the order below
/// ```
final class PlanDigest {
    private static final String VERSION = "1";

    /// Those about the result. The others say what is on this host just now.
    private static final Set<String> LASTING =
            Set.of("tablespaces", "binaries", "libraries", "extensions", "collations", "configuration");

    private final MessageDigest digest;

    private PlanDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    /// @param plan whose own digest does not count
    static String of(PlannedRestore plan, Command.@Nullable InPlace hooks) {
        PlanDigest text = new PlanDigest();
        PresentCluster present = plan.present();
        text.put("version", VERSION)
                .put("database", plan.database())
                .put("system", plan.system())
                .put("backup", plan.backup())
                .put("target", plan.target())
                .put("exclusive", plan.exclusive())
                .put("timeline", plan.timeline())
                .put("host", plan.host())
                .put("directory", plan.directory())
                .put("mode", plan.mode())
                .put("starts", plan.starts())
                .put("overwrites", present == null || present.system() == null ? "" : present.system());
        new TreeMap<>(plan.tablespaces())
                .forEach((from, to) -> text.put("from", from).put("to", to));
        if (hooks != null) {
            text.put("stop hook", hooks.stopHook())
                    .put("start hook", hooks.startHook())
                    .put("verification", hooks.verification());
        }
        for (PreflightCheck check : plan.checks()) {
            if (LASTING.contains(check.name())) {
                text.put("check", check.name()).put("outcome", check.outcome());
            }
        }
        return "sha256:" + HexFormat.of().formatHex(text.digest.digest());
    }

    private PlanDigest put(String name, @Nullable Object value) {
        byte[] bytes = (value == null ? "" : value.toString()).getBytes(StandardCharsets.UTF_8);
        digest.update((name + "=" + bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        digest.update(bytes);
        digest.update((byte) '\n');
        return this;
    }
}
