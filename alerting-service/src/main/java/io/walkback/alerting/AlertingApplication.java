package io.walkback.alerting;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

/// The process.
@SpringBootApplication(proxyBeanMethods = false)
@EnableConfigurationProperties(SinkProperties.class)
public class AlertingApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(AlertingApplication.class, arguments);
    }
}
