package io.walkback.alerting.feed;

import io.walkback.alerting.delivery.DeliveryMeter;
import io.walkback.alerting.sink.AlertSink;
import io.walkback.messaging.client.KafkaClients;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Begins and ends terms as the group decides. [#begin] and [#end] belong to the consumer's thread, [#current] to
/// everybody.
public final class AlertTerms implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AlertTerms.class);

    private final TopicReader reader;
    private final Producer<String, Object> producer;
    private final List<AlertSink> sinks;
    private final DeliveryMeter meter;
    private final Clock clock;
    private volatile @Nullable AlertTerm current;

    /// @param clientId names the Kafka clients that this opens and closes
    public AlertTerms(KafkaClients clients, String clientId, List<AlertSink> sinks, DeliveryMeter meter, Clock clock) {
        this.reader = new TopicReader(clients, clientId);
        this.producer = clients.producer(clientId + ".alerts");
        this.sinks = List.copyOf(sinks);
        this.meter = meter;
        this.clock = clock;
    }

    /// The term, empty while another process tells or none does yet.
    public Optional<AlertTerm> current() {
        return Optional.ofNullable(current);
    }

    void begin() {
        end();
        TopicReader.Kept kept = reader.read();
        current = new AlertTerm(kept, new TopicJournal(producer), sinks, meter, new Pulse(System::nanoTime), clock);
        LOG.atInfo()
                .addKeyValue("alertRecords", kept.states().size())
                .addKeyValue("deliveryRecords", kept.deliveries().size())
                .log("this process tells people from now on");
    }

    void end() {
        AlertTerm ending = current;
        current = null;
        if (ending != null) {
            ending.close();
            LOG.atInfo().log("this process tells people no longer");
        }
    }

    @Override
    public void close() {
        end();
        producer.close();
    }
}
