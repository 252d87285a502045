package io.walkback.messaging.listener;

import io.walkback.messaging.client.KafkaClients;
import io.walkback.messaging.client.KafkaSettings;
import io.walkback.messaging.serde.MessageDeserializer;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.DefaultErrorHandler;

/// What a service imports to talk over topics: `@Import(MessagingConfiguration.class)`. Listeners use the
/// container factory of the usual name, `kafkaListenerContainerFactory`, and take domain records; senders use the
/// [KafkaTemplate].
@Configuration(proxyBeanMethods = false)
@EnableKafka
@EnableConfigurationProperties(KafkaSettings.class)
public class MessagingConfiguration {
    private final String clientId;

    MessagingConfiguration(@Value("${spring.application.name}") String clientId) {
        this.clientId = clientId;
    }

    @Bean
    KafkaClients kafkaClients(KafkaSettings settings) {
        return new KafkaClients(settings);
    }

    @Bean
    TopicStart topicStart(KafkaClients clients, KafkaSettings settings) {
        return new TopicStart(clients, clientId, settings.singleBroker());
    }

    @Bean
    ProducerFactory<String, Object> producerFactory(KafkaClients clients) {
        return new DefaultKafkaProducerFactory<>(clients.messageProducer(clientId));
    }

    @Bean
    KafkaTemplate<String, Object> kafkaTemplate(ProducerFactory<String, Object> producers) {
        return new KafkaTemplate<>(producers);
    }

    @Bean
    DeadLetterProducer deadLetterProducer(KafkaClients clients) {
        return new DeadLetterProducer(new KafkaProducer<>(clients.rawProducer(clientId + ".dead-letters")));
    }

    @Bean
    DefaultErrorHandler errorHandler(DeadLetterProducer deadLetters) {
        return FailureHandling.handler(new DeadLetters(deadLetters.producer()));
    }

    @Bean
    ConcurrentKafkaListenerContainerFactory<byte[], byte[]> kafkaListenerContainerFactory(
            KafkaClients clients, DefaultErrorHandler errorHandler) {
        Map<String, Object> config = clients.rawConsumer(clientId);
        MessageDeserializer deserializer = new MessageDeserializer();
        deserializer.configure(config, false);
        ConcurrentKafkaListenerContainerFactory<byte[], byte[]> factory =
                new ConcurrentKafkaListenerContainerFactory<>();
        factory.setConsumerFactory(new DefaultKafkaConsumerFactory<>(config));
        factory.setCommonErrorHandler(errorHandler);
        factory.setRecordMessageConverter(new MessageRecordConverter(deserializer));
        // Commands are few and each is work for hours: committing one by one repeats the least.
        factory.getContainerProperties().setAckMode(AckMode.RECORD);
        SimpleAsyncTaskExecutor threads = new SimpleAsyncTaskExecutor("listener-");
        threads.setVirtualThreads(true);
        factory.getContainerProperties().setListenerTaskExecutor(threads);
        return factory;
    }

    @Bean
    ListenerHealth kafkaListenersHealthIndicator(KafkaListenerEndpointRegistry listeners) {
        return new ListenerHealth(listeners);
    }

    /// The producer of dead letters, closed with the context.
    record DeadLetterProducer(KafkaProducer<byte[], byte[]> producer) implements AutoCloseable {
        @Override
        public void close() {
            producer.close();
        }
    }
}
