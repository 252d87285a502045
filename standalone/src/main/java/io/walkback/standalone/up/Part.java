package io.walkback.standalone.up;

import io.walkback.embedded.ChildProcess;
import io.walkback.embedded.KafkaBroker;
import io.walkback.embedded.SchemaRegistry;
import java.nio.file.Path;

/// Something that `up` keeps running. One thread at a time starts and stops it.
interface Part {
    /// As messages and the ready line call it.
    String name();

    /// Starts the process and returns at once, or when it is ready where that is the same call.
    void launch();

    /// Waits until it can be used.
    ///
    /// @throws io.walkback.domain.RetryableException when it ends first or takes too long
    void awaitReady();

    /// The process as it runs now; another one after each launch.
    ///
    /// @throws IllegalStateException before the first launch
    ChildProcess process();

    Path log();

    static Part of(KafkaBroker broker) {
        return new Part() {
            @Override
            public String name() {
                return "broker";
            }

            @Override
            public void launch() {
                broker.start();
            }

            @Override
            public void awaitReady() {
                // Its start returns when it is.
            }

            @Override
            public ChildProcess process() {
                return broker.process();
            }

            @Override
            public Path log() {
                return broker.log();
            }
        };
    }

    static Part of(SchemaRegistry registry) {
        return new Part() {
            @Override
            public String name() {
                return "registry";
            }

            @Override
            public void launch() {
                registry.start();
            }

            @Override
            public void awaitReady() {
                // Its start returns when it is.
            }

            @Override
            public ChildProcess process() {
                return registry.process();
            }

            @Override
            public Path log() {
                return registry.log();
            }
        };
    }
}
