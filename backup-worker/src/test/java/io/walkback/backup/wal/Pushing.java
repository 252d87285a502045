package io.walkback.backup.wal;

import io.walkback.backup.Cluster;
import io.walkback.backup.Store;
import io.walkback.backup.inventory.Databases;
import io.walkback.backup.server.Clusters;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Secret;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.Connection;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.PushToken;
import io.walkback.domain.event.Event;
import io.walkback.embedded.FreePorts;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.wal.WalArchive;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// A worker's listener for pushed WAL on a filesystem repository that knows the cluster of [PushedWal]; no server
/// answers at the registered address.
final class Pushing implements AutoCloseable {
    final Secret token = PushToken.issue();
    final List<Event> events = new CopyOnWriteArrayList<>();
    final Store store;
    /// Where the store keeps what is not published yet.
    final Path unpublished;
    private final HttpClient http = HttpClient.newHttpClient();
    private final PushReception reception;
    private final PushListener listener;
    volatile DatabaseRegistration registration;
    private boolean listening = true;

    Pushing(Path directory) {
        this(directory, PushReception.UPLOADS, PushedWal.SYSTEM);
    }

    Pushing(Path directory, int uploads, @Nullable SystemIdentifier system) {
        store = new Store(directory.resolve("repository"));
        var _ = store.repository.forWriting(
                Cluster.SHOP, PushedWal.SYSTEM, new ClusterGeometry(PushedWal.SIZE, ClusterGeometry.BLOCK_SIZE));
        registration = new DatabaseRegistration(
                Cluster.SHOP,
                new Connection("127.0.0.1", FreePorts.one(), "postgres", "walkback", null, "disable", null),
                system,
                BackupPolicy.DEFAULT.pushed(),
                Map.of(),
                PushToken.hash(token));
        unpublished = directory.resolve("repository").resolve(".tmp");
        reception = new PushReception(
                new Databases() {
                    @Override
                    public Optional<DatabaseRegistration> find(DatabaseId database) {
                        return Optional.of(registration)
                                .filter(known -> known.id().equals(database));
                    }

                    @Override
                    public boolean isReady() {
                        return true;
                    }
                },
                Cluster.access(),
                new Clusters(store.repository),
                events::add,
                Clock.systemUTC(),
                directory.resolve("push"),
                uploads);
        listener = PushListener.start(
                new PushSettings(FreePorts.one(), "127.0.0.1", null, null), reception, directory.resolve("http"));
    }

    WalArchive archive() {
        return store.lineage().wal();
    }

    PushReception reception() {
        return reception;
    }

    int port() {
        return listener.port();
    }

    HttpResponse<String> put(String file, byte[] content) {
        return put("shop", file, HttpRequest.BodyPublishers.ofByteArray(content), token.reveal());
    }

    /// As one that nobody waits for yet.
    HttpResponse<String> putAhead(String file, byte[] content) {
        HttpRequest plain = request("shop", file, HttpRequest.BodyPublishers.ofByteArray(content), token.reveal());
        try {
            return http.send(
                    HttpRequest.newBuilder(plain, (_, _) -> true)
                            .header("Walkback-Ahead", "yes")
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException fault) {
            throw new AssertionError(fault);
        }
    }

    HttpResponse<String> put(String database, String file, HttpRequest.BodyPublisher content, @Nullable String bearer) {
        try {
            return http.send(request(database, file, content, bearer), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException fault) {
            throw new AssertionError(fault);
        }
    }

    CompletableFuture<HttpResponse<String>> putting(String file, byte[] content) {
        return http.sendAsync(
                request("shop", file, HttpRequest.BodyPublishers.ofByteArray(content), token.reveal()),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest request(
            String database, String file, HttpRequest.BodyPublisher content, @Nullable String bearer) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + listener.port() + "/wal/" + database + "/" + file))
                .PUT(content);
        return (bearer == null ? request : request.header("Authorization", "Bearer " + bearer)).build();
    }

    <E extends Event> List<E> told(Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /// From now on nobody answers at this address.
    void hangUp() {
        if (listening) {
            listening = false;
            listener.close();
        }
    }

    @Override
    public void close() {
        http.close();
        hangUp();
        store.close();
    }
}
