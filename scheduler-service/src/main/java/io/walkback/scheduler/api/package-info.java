/// REST, as docs/api.md has it. Answers come from views in memory; commands are written durably before the answer.
@NullMarked
package io.walkback.scheduler.api;

import org.jspecify.annotations.NullMarked;
