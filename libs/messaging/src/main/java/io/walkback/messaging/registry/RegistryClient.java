package io.walkback.messaging.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.Text;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.jspecify.annotations.Nullable;

/// The few calls that a serde needs. Thread-safe; holds no connection that must be closed.
///
/// Each call tries every address once and waits at most [#ANSWER] for each. Failures: `REGISTRY_UNAVAILABLE`,
/// retryable, when none answered, answered 5xx or 429, or refused the credentials, since none of that says anything
/// about a record;
/// `SCHEMA_INCOMPATIBLE` when the registry refused a schema.
final class RegistryClient {
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final String JSON = "application/vnd.schemaregistry.v1+json";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final RegistrySettings settings;
    private final HttpClient http;

    RegistryClient(RegistrySettings settings) {
        this.settings = settings;
        HttpClient.Builder builder =
                HttpClient.newBuilder().connectTimeout(CONNECT).version(HttpClient.Version.HTTP_1_1);
        settings.tls().ifPresent(builder::sslContext);
        this.http = builder.build();
    }

    /// Registers `schema`, or finds it registered; its id either way.
    int register(String subject, Schema schema) {
        return id(subject, post("subjects/" + segment(subject) + "/versions", schemaBody(schema)));
    }

    /// The id of `schema` under `subject`, which somebody else must have registered.
    int find(String subject, Schema schema) {
        return id(subject, post("subjects/" + segment(subject), schemaBody(schema)));
    }

    /// The schema with this id, empty when the registry says that it has none.
    Optional<Schema> schema(int id) {
        HttpResponse<String> answer = call("GET", "schemas/ids/" + id, null);
        if (answer.statusCode() == 404) {
            return Optional.empty();
        }
        String text = json(accepted(answer, "schema " + id)).path("schema").asText();
        try {
            return Optional.of(new Schema.Parser().parse(text));
        } catch (SchemaParseException notASchema) {
            throw unavailable(
                    "the schema registry answered for id " + id + " with something that is no schema", notASchema);
        }
    }

    /// Makes the subject FULL_TRANSITIVE. False when the subject must exist first, as with Apicurio.
    boolean requireFullTransitive(String subject) {
        HttpResponse<String> answer =
                call("PUT", "config/" + segment(subject), body(Map.of("compatibility", "FULL_TRANSITIVE")));
        if (answer.statusCode() == 404) {
            return false;
        }
        accepted(answer, "subject '" + subject + "'");
        return true;
    }

    /// Asks for the list of subjects: whether the registry answers and lets us in.
    void reach() {
        accepted(call("GET", "subjects", null), "the list of subjects");
    }

    private HttpResponse<String> post(String path, String body) {
        return call("POST", path, body);
    }

    private int id(String subject, HttpResponse<String> answer) {
        JsonNode id = json(accepted(answer, "subject '" + subject + "'")).path("id");
        if (!id.isInt()) {
            throw unavailable("the schema registry answered for subject '" + subject + "' without an id", null);
        }
        return id.intValue();
    }

    private static String accepted(HttpResponse<String> answer, String what) {
        int status = answer.statusCode();
        if (status / 100 == 2) {
            return answer.body();
        }
        if (status == 404 || status == 409 || status == 422) {
            throw new OperatorActionException(
                    FailureCode.SCHEMA_INCOMPATIBLE,
                    "the schema registry refused " + what + " with " + status + ": "
                            + Text.printable(answer.body(), 300),
                    "Compare the versions of the subject with the schemas of this release; nothing was sent.");
        }
        throw unavailable("the schema registry answered " + status + " for " + what, null);
    }

    private HttpResponse<String> call(String method, String path, @Nullable String body) {
        IOException last = null;
        for (URI address : settings.addresses()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path))
                    .timeout(ANSWER)
                    .header("Accept", JSON + ", application/json")
                    .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
            if (body != null) {
                request.header("Content-Type", JSON);
            }
            settings.authorization().ifPresent(value -> request.header("Authorization", value));
            try {
                HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
                if (answer.statusCode() / 100 != 5) {
                    return answer;
                }
                last = new IOException(address + " answered " + answer.statusCode());
            } catch (IOException away) {
                last = away;
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw unavailable("interrupted while asking the schema registry", interrupted);
            }
        }
        throw unavailable("no schema registry answered at " + settings.addresses(), last);
    }

    private static String schemaBody(Schema schema) {
        return body(Map.of("schema", schema.toString()));
    }

    private static String body(Map<String, String> fields) {
        try {
            return MAPPER.writeValueAsString(fields);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException notJson) {
            throw unavailable("the schema registry answered something that is not JSON", notJson);
        }
    }

    private static String segment(String subject) {
        return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static RetryableException unavailable(String message, @Nullable Throwable cause) {
        return new RetryableException(
                FailureCode.REGISTRY_UNAVAILABLE,
                message,
                "Check that the schema registry runs and that its address, credentials and certificates are right.",
                cause);
    }
}
