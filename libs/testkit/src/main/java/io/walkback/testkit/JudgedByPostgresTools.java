package io.walkback.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// A test whose verdict comes from PostgreSQL's own programs ([PostgresTools]).
///
/// Where they are not installed it is skipped, since `mvn verify` needs only Maven and a JDK; with `CI=true` in
/// the environment their absence fails it, since a skipped judge is no judge (P9).
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(PostgresToolsCondition.class)
public @interface JudgedByPostgresTools {
    /// The programs that the test runs.
    String[] value() default {"pg_verifybackup", "pg_amcheck", "pg_checksums", "pg_waldump", "pg_controldata"};
}
