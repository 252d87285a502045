package io.walkback.restore.worker;

import io.walkback.messaging.listener.MessagingConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;

/// The restore-worker process. The web server in it answers for health and metrics only.
@SpringBootApplication(proxyBeanMethods = false)
@Import(MessagingConfiguration.class)
@EnableConfigurationProperties(WorkerSettings.class)
public class RestoreWorkerApplication {
    RestoreWorkerApplication() {}

    /// Runs until told to end. Exit code 0 after an orderly end, another one when the start or a part without which
    /// nothing works fails.
    public static void main(String[] arguments) {
        SpringApplication.run(RestoreWorkerApplication.class, arguments);
    }
}
