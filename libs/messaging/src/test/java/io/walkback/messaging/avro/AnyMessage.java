package io.walkback.messaging.avro;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.Connection;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.DrillPolicy;
import io.walkback.domain.database.Immutability;
import io.walkback.domain.database.SecretReference;
import io.walkback.domain.database.WalDurability;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.SegmentFigures;
import io.walkback.domain.event.State;
import io.walkback.domain.operation.Assertion;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.DrillChoice;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Heartbeat;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.domain.operation.Resource;
import io.walkback.domain.operation.Rotation;
import io.walkback.domain.operation.WorkerId;
import io.walkback.domain.retention.KeepRules;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/// Any value of anything that travels, made from the shape of its type.
public final class AnyMessage {
    private static final Map<Class<?>, Arbitrary<?>> VALUES = values();

    private AnyMessage() {}

    /// Every type that travels, cases of sealed types one by one.
    public static List<Class<?>> types() {
        return Stream.of(
                        Stream.of(Event.class.getPermittedSubclasses()),
                        Stream.of(State.class.getPermittedSubclasses()),
                        Stream.of(OperationRecord.class.getPermittedSubclasses()),
                        Stream.<Class<?>>of(Operation.class, Heartbeat.class, DatabaseRegistration.class))
                .<Class<?>>flatMap(types -> types)
                .toList();
    }

    public static Arbitrary<?> of(Type type) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == List.class) {
                return of(arguments[0]).list().ofMaxSize(3);
            }
            if (generic.getRawType() == Set.class) {
                return of(arguments[0]).set().ofMaxSize(3);
            }
            return Arbitraries.maps(of(arguments[0]), of(arguments[1])).ofMaxSize(3);
        }
        Class<?> plain = (Class<?>) type;
        Arbitrary<?> value = VALUES.get(plain);
        if (value != null) {
            return value;
        }
        if (plain.isEnum()) {
            return Arbitraries.of(plain.getEnumConstants());
        }
        if (plain.isSealed()) {
            return Arbitraries.oneOf(Arrays.stream(plain.getPermittedSubclasses())
                            .<Arbitrary<?>>map(AnyMessage::of)
                            .toList())
                    .map(found -> found);
        }
        return record(plain);
    }

    private static Arbitrary<?> record(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        List<Arbitrary<Object>> parts =
                Arrays.stream(components).map(AnyMessage::component).toList();
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            return Combinators.combine(parts).as(arguments -> {
                try {
                    return constructor.newInstance(fitting(type, arguments));
                } catch (ReflectiveOperationException refused) {
                    throw new LinkageError(type + " of " + arguments, refused);
                }
            });
        } catch (NoSuchMethodException impossible) {
            throw new LinkageError(type + " has no canonical constructor", impossible);
        }
    }

    /// A restore goes over what is there or sets it aside, not both.
    private static @Nullable Object[] fitting(Class<?> type, List<Object> arguments) {
        @Nullable Object[] fitting = arguments.toArray();
        if (type == Command.Restore.class) {
            List<String> names = Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getName)
                    .toList();
            if (Boolean.TRUE.equals(fitting[names.indexOf("delta")])) {
                fitting[names.indexOf("inPlace")] = null;
            }
        }
        return fitting;
    }

    private static Arbitrary<Object> component(RecordComponent component) {
        Arbitrary<Object> value = of(component.getGenericType()).map(made -> (Object) made);
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class) ? value.injectNull(0.3) : value;
    }

    private static DrillPolicy drill(int n) {
        return new DrillPolicy(
                n % 3 == 0 ? Duration.ZERO : Duration.ofDays(n),
                n % 2 == 0,
                n % 4 == 0 ? Duration.ZERO : Duration.ofHours(n),
                Duration.ofMinutes(n),
                Duration.ofSeconds(n),
                Duration.ofMillis(n),
                n % 2 == 0 ? List.of() : List.of(new Assertion("a" + n, "shop", "SELECT true")));
    }

    private static Command.Rehearse rehearse(String name, int assertions) {
        DrillChoice choice = assertions == 0 ? DrillChoice.NAMED : DrillChoice.NEWEST;
        return new Command.Rehearse(
                choice,
                choice == DrillChoice.NAMED ? new BackupId(name) : null,
                new RecoveryTarget.RestorePoint(name),
                assertions == 1 ? null : Duration.ofDays(assertions + 1L),
                IntStream.range(0, assertions)
                        .mapToObj(n -> new Assertion(name + n, "shop \"s", "SELECT count(*) > " + n + " FROM t"))
                        .toList(),
                Duration.ofMinutes(assertions + 1L));
    }

    private static Map<Class<?>, Arbitrary<?>> values() {
        Map<Class<?>, Arbitrary<?>> values = new HashMap<>();
        Arbitrary<String> name =
                Arbitraries.strings().withCharRange('a', 'z').ofMinLength(1).ofMaxLength(20);
        Arbitrary<Instant> time = Arbitraries.longs()
                .between(-62_135_596_800_000_000L, 253_402_300_799_999_999L)
                .map(micros -> Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
        values.put(String.class, Arbitraries.strings().ofMaxLength(12));
        values.put(int.class, Arbitraries.integers().greaterOrEqual(1));
        values.put(Integer.class, Arbitraries.integers());
        values.put(long.class, Arbitraries.longs());
        values.put(Long.class, Arbitraries.longs());
        values.put(double.class, Arbitraries.doubles());
        values.put(Double.class, Arbitraries.doubles());
        values.put(boolean.class, Arbitraries.of(true, false));
        values.put(UUID.class, Arbitraries.create(UUID::randomUUID));
        values.put(Instant.class, time);
        values.put(Duration.class, Arbitraries.longs().between(1, 1L << 40).map(Duration::ofMillis));
        values.put(
                Command.Rehearse.class,
                Combinators.combine(name, Arbitraries.integers().between(0, 3)).as(AnyMessage::rehearse));
        values.put(DatabaseId.class, name.map(DatabaseId::new));
        values.put(BackupId.class, name.map(BackupId::new));
        values.put(OperationId.class, name.map(OperationId::new));
        values.put(Resource.class, name.map(Resource::new));
        values.put(WorkerId.class, name.map(worker -> new WorkerId(worker, UUID.randomUUID())));
        values.put(Lsn.class, Arbitraries.longs().map(Lsn::new));
        values.put(SystemIdentifier.class, Arbitraries.longs().map(SystemIdentifier::new));
        values.put(TimelineId.class, Arbitraries.integers().filter(n -> n != 0).map(TimelineId::new));
        values.put(Epoch.class, Arbitraries.longs().greaterOrEqual(0).map(offset -> new Epoch("topic", 7, offset)));
        values.put(Rotation.class, Arbitraries.integers().between(1, 7).map(part -> new Rotation(part, 7)));
        values.put(
                SegmentFigures.class,
                Arbitraries.integers()
                        .between(0, 9)
                        .map(index -> SegmentFigures.NONE.with(index, index + 1L, index * 1_000_000L)));
        values.put(
                Connection.class,
                Combinators.combine(name, Arbitraries.integers().between(1, 65_535), name.injectNull(0.3))
                        .as((host, port, secret) -> new Connection(
                                host,
                                port,
                                "postgres",
                                "walkback",
                                secret == null ? null : new SecretReference.InFile(Path.of("/" + secret)),
                                "verify-full",
                                secret)));
        values.put(
                BackupPolicy.class,
                Arbitraries.integers()
                        .between(1, 10)
                        .map(n -> new BackupPolicy(
                                n % 2 == 0,
                                "0 0 2 * * *",
                                ZoneId.of("Europe/Berlin"),
                                n,
                                false,
                                1024,
                                n % 3 == 0,
                                Duration.ofDays(n),
                                new KeepRules(
                                        n,
                                        n % 2 == 0 ? null : Duration.ofDays(n + 1),
                                        n + 2,
                                        n + 3,
                                        n + 4,
                                        n + 5,
                                        n + 6,
                                        Duration.ofHours(n),
                                        n % 3 == 0 ? null : Duration.ofDays(n + 7)),
                                n,
                                n % 2 == 0 ? Immutability.NONE : new Immutability(Immutability.LockMode.COMPLIANCE, n),
                                1 + n % 2,
                                n % 3 == 1,
                                n % 3 == 0 ? WalDurability.KAFKA_TAIL : WalDurability.OBJECT_STORE,
                                n % 2 == 1,
                                drill(n))));
        return values;
    }
}
