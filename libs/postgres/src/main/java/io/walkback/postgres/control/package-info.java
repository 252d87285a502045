/// `pg_control` and `backup_label`: what a data directory says about itself.
@NullMarked
package io.walkback.postgres.control;

import org.jspecify.annotations.NullMarked;
