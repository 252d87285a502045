package io.walkback.restore.replay;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.embedded.ServerAccount;
import io.walkback.restore.fetch.FileFailures;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers `restore_command` on a unix socket, in the least of HTTP that `curl` speaks: `GET /<name>/<file>` asks
/// that
/// `pg_wal/<file>` be written. 200: it is there; 404: there is none; 500 and everything else: it could not be told.
/// `GET /ping/ping` answers 200.
///
/// Only the account that runs the server can reach the socket: its folder has mode 0700. The first failure is
/// kept, so that the restore can say why recovery stopped.
final class WalServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WalServer.class);
    private static final int LONGEST_REQUEST = 4096;
    /// The two places that PostgreSQL restores to, relative to its data directory: `pg_wal/RECOVERYXLOG` and
    /// `pg_wal/RECOVERYHISTORY`.
    private static final Pattern REQUEST =
            Pattern.compile("GET /(?<name>[0-9A-Za-z.]{1,40})/(?<file>RECOVERYXLOG|RECOVERYHISTORY) HTTP/1\\.[01]");

    private static final Pattern PING = Pattern.compile("GET /ping/ping HTTP/1\\.[01]");

    private final WalSupply supply;
    private final Path walFolder;
    private final Path socket;
    private final ServerSocketChannel channel;
    private final AtomicReference<@Nullable PlatformException> failure = new AtomicReference<>();

    private WalServer(WalSupply supply, Path walFolder, Path socket, ServerSocketChannel channel) {
        this.supply = supply;
        this.walFolder = walFolder;
        this.socket = socket;
        this.channel = channel;
    }

    /// Listens at `socket`; an older socket of that name is replaced.
    static WalServer open(WalSupply supply, Path walFolder, Path socket, Optional<ServerAccount> account) {
        try {
            Files.deleteIfExists(socket);
            ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            channel.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            account.ifPresent(user -> user.own(socket));
            WalServer server = new WalServer(supply, walFolder, socket, channel);
            Thread.ofVirtual().name("wal-server").start(server::accept);
            return server;
        } catch (IOException failed) {
            throw FileFailures.of("listen at", socket, failed);
        }
    }

    /// Why a request could not be answered, empty as long as all were.
    Optional<PlatformException> failure() {
        return Optional.ofNullable(failure.get());
    }

    private void accept() {
        while (true) {
            try {
                SocketChannel client = channel.accept();
                Thread.ofVirtual().name("wal-request").start(() -> serve(client));
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException failed) {
                // The wrapper of this request gets no answer and stops the recovery; the next accept may work.
                LOG.atWarn().setCause(failed).log("wal request not accepted");
            }
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            String request = requestLine(client);
            int status = answer(request);
            byte[] response = ("HTTP/1.0 " + status + " walkback\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
            ByteBuffer out = ByteBuffer.wrap(response);
            while (out.hasRemaining()) {
                client.write(out);
            }
        } catch (IOException failed) {
            LOG.atWarn().setCause(failed).log("wal request broken off");
        }
    }

    private int answer(String request) {
        if (PING.matcher(request).matches()) {
            return 200;
        }
        Matcher parts = REQUEST.matcher(request);
        if (!parts.matches()) {
            return 400;
        }
        String name = parts.group("name");
        try {
            boolean there = supply.supply(name, walFolder.resolve(parts.group("file")));
            LOG.atDebug()
                    .addKeyValue("walFile", name)
                    .addKeyValue("found", there)
                    .log("wal file asked for");
            return there ? 200 : 404;
        } catch (PlatformException failed) {
            LOG.atWarn().setCause(failed).addKeyValue("walFile", name).log("wal file cannot be had, recovery stops");
            failure.compareAndSet(null, failed);
            return 500;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return 503;
        } catch (RuntimeException failed) {
            LOG.atError().setCause(failed).addKeyValue("walFile", name).log("wal request failed");
            failure.compareAndSet(
                    null,
                    new RetryableException(
                            FailureCode.INTERNAL,
                            "wal file " + name + " could not be handed out: " + failed,
                            "This is a fault in Walkback; the log has the stack trace.",
                            failed));
            return 500;
        }
    }

    private static String requestLine(SocketChannel client) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(LONGEST_REQUEST);
        while (in.hasRemaining() && client.read(in) >= 0) {
            String text = new String(in.array(), 0, in.position(), StandardCharsets.US_ASCII);
            if (text.contains("\r\n\r\n")) {
                return text.substring(0, text.indexOf("\r\n"));
            }
        }
        return "";
    }

    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(socket);
        } catch (IOException failed) {
            throw FileFailures.of("close", socket, failed);
        }
    }
}
