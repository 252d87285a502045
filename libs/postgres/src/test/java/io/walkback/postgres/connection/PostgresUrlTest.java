package io.walkback.postgres.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Secret;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresUrlTest {
    @Test
    void everyPartOfAUrlIsTakenAndThePasswordIsHidden() {
        PostgresTarget target =
                PostgresTarget.parse("postgresql://w%40lk:s%2Be+c@[::1]:6432/sh%20op?sslmode=verify-full"
                        + "&sslrootcert=/etc/ca.pem&sslcert=/etc/c.pem&sslkey=/etc/k.pem");
        assertThat(target)
                .isEqualTo(new PostgresTarget(
                        "::1",
                        6432,
                        "sh op",
                        "w@lk",
                        new Secret("s+e+c"),
                        SslMode.VERIFY_FULL,
                        Path.of("/etc/ca.pem"),
                        Path.of("/etc/c.pem"),
                        Path.of("/etc/k.pem")));
        assertThat(target.address()).isEqualTo("[::1]:6432");
        assertThat(target.toString()).doesNotContain("s+e+c", "s%2B").contains("sslmode=verify-full");
        assertThat(PostgresTarget.parse(target.url())).isEqualTo(target.withPassword(null));
        assertThat(String.valueOf(target.password())).isEqualTo("***");
    }

    @Test
    void whatIsLeftOutHasLibpqsDefaults() {
        PostgresTarget target = PostgresTarget.parse("jdbc:postgresql://db/?user=walkback&password=x");
        assertThat(target.port()).isEqualTo(5432);
        assertThat(target.database()).isEqualTo("walkback");
        assertThat(target.sslMode()).isEqualTo(SslMode.PREFER);
        assertThat(target.password()).isEqualTo(new Secret("x"));
        assertThat(target.withDatabase("shop").database()).isEqualTo("shop");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://a@b/c",
                "postgresql:///c",
                "postgresql://b/c",
                "postgresql://a@b,c/d",
                "postgresql://a@b/c?sslmode=always",
                "postgresql://a@b/c?target_session_attrs=any",
                "postgresql://a@b/c?sslmode=require&sslmode=disable",
                "postgresql://a@b/c?sslmode",
                "postgresql://a@b:99999/c",
                "postgresql://a:hunter2%zz@b/c",
                "postgresql://a:hunter2 @b/c"
            })
    void whatCannotBeUsedIsRefusedWithoutRepeatingThePassword(String url) {
        assertThatThrownBy(() -> PostgresTarget.parse(url))
                .isInstanceOfSatisfying(OperatorActionException.class, fault -> {
                    assertThat(fault.code()).isEqualTo(FailureCode.CONFIGURATION);
                    assertThat(fault.text()).doesNotContain("hunter2");
                    assertThat(fault).hasNoCause();
                });
    }

    @ParameterizedTest
    @CsvSource({
        "42501,POSTGRES_PRIVILEGE",
        "53300,POSTGRES_SLOTS",
        "53400,POSTGRES_SLOTS",
        "55006,POSTGRES_SLOTS",
        "42704,WAL_SLOT_LOST",
        "58P01,WAL_SLOT_LOST",
        "55000,POSTGRES_SETTING",
        "3D000,CONFIGURATION",
        "57P01,POSTGRES_CONNECTION_LOST",
        "57P02,POSTGRES_CONNECTION_LOST",
        "57P03,POSTGRES_UNREACHABLE",
        "28P01,POSTGRES_AUTHENTICATION",
        "28000,POSTGRES_AUTHENTICATION",
        "53100,POSTGRES_UNREACHABLE",
        "XX000,POSTGRES_PROTOCOL"
    })
    void eachStateOfTheServerHasOneCode(String state, FailureCode code) {
        var fault = PostgresFailures.of(new ServerError("ERROR", state, "so sagt der Server"), "asking", "db:5432");
        assertThat(fault.code()).isEqualTo(code);
        assertThat(fault.text()).startsWith("asking at db:5432: so sagt der Server");
        assertThat(fault.hint()).endsWith(".");
    }
}
