package io.walkback.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaRegistryIT {
    private static final String SUBJECT = "/subjects/walk-value/versions";

    @TempDir
    Path directory;

    private final Parts parts = Parts.fromSystemProperty();

    @Test
    void acknowledgedSchemasSurviveAKillWithTheirIds() throws Exception {
        // Given
        List<Integer> ports = FreePorts.several(2);
        try (SchemaRegistry registry = SchemaRegistry.durable(parts, directory, ports.getFirst(), ports.getLast())) {
            registry.start();
            String id = post(registry.url() + SUBJECT, "{\"schema\":\"\\\"string\\\"\"}");
            // When
            registry.kill();
            registry.start();
            // Then
            assertThat(post(registry.url() + SUBJECT, "{\"schema\":\"\\\"string\\\"\"}"))
                    .isEqualTo(id);
            assertThat(get(registry.url() + "/subjects")).isEqualTo("[\"walk-value\"]");
        }
    }

    @Test
    void anInMemoryRegistryStartsEmptyAndLeavesNoProcessBehind() throws Exception {
        // Given
        SchemaRegistry registry = SchemaRegistry.inMemory(parts, directory);
        // When
        registry.start();
        long pid = registry.process().pid();
        // Then
        assertThat(get(registry.url() + "/subjects")).isEqualTo("[]");
        registry.close();
        assertThat(TestProcesses.isAlive(pid)).isFalse();
        assertThat(registry.isAlive()).isFalse();
        assertThat(registry.log()).exists();
    }

    private static String get(String url) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(url)).GET());
    }

    private static String post(String url, String body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(HttpURLConnection.HTTP_OK);
            return response.body();
        }
    }
}
