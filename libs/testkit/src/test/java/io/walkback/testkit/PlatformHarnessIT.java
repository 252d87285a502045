package io.walkback.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

class PlatformHarnessIT {
    private final PlatformHarness harness = PlatformHarness.shared();

    @Test
    void sharesOneBrokerAndOneRegistryThatAnswer() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", harness.bootstrapServers()));
                HttpClient http = HttpClient.newHttpClient()) {
            assertThat(admin.describeCluster().nodes().get(30, TimeUnit.SECONDS))
                    .hasSize(1);
            HttpRequest subjects = HttpRequest.newBuilder(URI.create(harness.schemaRegistryUrl() + "/subjects"))
                    .build();
            assertThat(http.send(subjects, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
        }
        assertThat(harness.bootstrapServers())
                .isEqualTo(PlatformHarness.shared().bootstrapServers());
    }

    @Test
    void aDatabaseIsReadyForBackupAndGoneWhenItIsClosed() throws Exception {
        String url;
        String password;
        try (TestDatabase database = harness.startDatabase(15)) {
            url = database.jdbcUrl("postgres");
            password = database.password();
            assertThat(database.major()).isEqualTo(15);
            assertThat(query(url, database.user(), password, "SHOW wal_level")).isEqualTo("replica");
            assertThat(query(url, database.user(), password, "SHOW data_checksums"))
                    .isEqualTo("on");
            assertThat(query(url + "?replication=true&preferQueryMode=simple", database.user(), password, "SHOW port"))
                    .isNotEmpty();
        }
        assertThatThrownBy(() -> query(url, "postgres", password, "SELECT 1")).isInstanceOf(SQLException.class);
    }

    private static String query(String url, String user, String password, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            assertThat(result.next()).isTrue();
            return result.getString(1);
        }
    }
}
