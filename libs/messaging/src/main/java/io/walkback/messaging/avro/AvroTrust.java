package io.walkback.messaging.avro;

import io.walkback.schemas.Schemas;
import org.apache.avro.util.ClassSecurityValidator;

/// Lets Avro make our generated classes, and no others.
///
/// Avro 1.12.2 trusts no class by default: a reader that meets a record named like a class refuses to load it,
/// which is right for names that come from a schema which anybody may register. The trust is global to the JVM, so
/// it is widened here, once, and by our own package only. Whoever touches a generated class calls [#ensure] first.
public final class AvroTrust {
    static {
        ClassSecurityValidator.ClassSecurityPredicate before = ClassSecurityValidator.getGlobal();
        ClassSecurityValidator.setGlobal(
                type -> type.getPackageName().equals(Schemas.NAMESPACE) || before.isTrusted(type));
    }

    private AvroTrust() {}

    /// Has taken effect when this returns. Cheap, and safe to call again.
    public static void ensure() {
        // Loading this class is what does it.
    }
}
