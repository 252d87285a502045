package io.walkback.backup.inventory;

import io.walkback.catalog.view.StateFollower;
import io.walkback.catalog.view.StateView;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.schemas.Topics;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;

/// The registered databases as the `databases` topic has them.
public final class TopicDatabases implements Databases, AutoCloseable {
    private final StateView<DatabaseRegistration> view = StateView.of(DatabaseRegistration.class);
    private final StateFollower follower;

    /// Starts to follow the topic, which must exist.
    ///
    /// @param consumers makes a consumer that belongs to no group
    /// @param onFatal   called when the topic can no longer be followed
    public TopicDatabases(
            Supplier<Consumer<String, Object>> consumers, java.util.function.Consumer<Throwable> onFatal) {
        this.follower = new StateFollower(consumers, Map.of(Topics.DATABASES.name(), view), onFatal);
        follower.start();
    }

    @Override
    public Optional<DatabaseRegistration> find(DatabaseId database) {
        return view.find(database.value());
    }

    @Override
    public boolean isReady() {
        return follower.hasCaughtUp();
    }

    @Override
    public void close() {
        follower.close();
    }
}
