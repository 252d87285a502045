package io.walkback.restore.dump;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class GlobalsFileTest {
    private static final String SQL = """
        \\restrict abc
        -- Roles; with a comment
        SET client_encoding = 'UTF8';
        CREATE ROLE ann;
        ALTER ROLE ann WITH LOGIN PASSWORD 'it''s; ~x~';
        CREATE ROLE ~o'ne; ~~two~~~;
        ALTER ROLE ~o'ne; ~~two~~~ WITH NOLOGIN;
        COMMENT ON ROLE ann IS E'a \\\\'' ; b\\'; c';
        ALTER ROLE ann SET search_path TO 'a', 'b';
        ALTER ROLE ann IN DATABASE gone SET x TO 'y';
        GRANT ~o'ne; ~~two~~~ TO ann WITH INHERIT TRUE GRANTED BY postgres;
        CREATE TABLESPACE fast OWNER ann LOCATION '/mnt/fa;st';
        GRANT ALL ON TABLESPACE fast TO ann;
        \\unrestrict abc
        """.replace('~', '"');

    private final GlobalsFile globals = new GlobalsFile(SQL);

    @Test
    void knowsRolesAndTablespacesByTheirNames() {
        assertThat(globals.roles()).containsExactly("ann", "o'ne; \"two\"");
        assertThat(globals.tablespaces()).containsExactly("fast");
    }

    @Test
    void saysNothingOfWhatIsThere() {
        assertThat(globals.absentRoles(Set.of("ann", "o'ne; \"two\""))).isEmpty();
        assertThat(globals.absentTablespaces(Set.of("fast"))).isEmpty();
        assertThat(globals.absentRoles(Set.of("ann")))
                .containsExactly("CREATE ROLE \"o'ne; \"\"two\"\"\"", "ALTER ROLE \"o'ne; \"\"two\"\"\" WITH NOLOGIN");
    }

    @Test
    void makesAnAbsentRoleWithAllThatIsSaidOfItButForSettingsInOneDbname() {
        assertThat(globals.absentRoles(Set.of("o'ne; \"two\"")))
                .containsExactly(
                        "CREATE ROLE ann",
                        "ALTER ROLE ann WITH LOGIN PASSWORD 'it''s; \"x\"'",
                        "COMMENT ON ROLE ann IS E'a \\\\'' ; b\\'; c'",
                        "ALTER ROLE ann SET search_path TO 'a', 'b'",
                        "GRANT \"o'ne; \"\"two\"\"\" TO ann WITH INHERIT TRUE GRANTED BY postgres");
        assertThat(globals.absentTablespaces(Set.of()))
                .containsExactly(
                        "CREATE TABLESPACE fast OWNER ann LOCATION '/mnt/fa;st'",
                        "GRANT ALL ON TABLESPACE fast TO ann");
    }
}
