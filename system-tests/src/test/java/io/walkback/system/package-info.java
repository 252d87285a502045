/// The platform from outside: processes, ports and topics, none of our classes between test and service.
@NullMarked
package io.walkback.system;

import org.jspecify.annotations.NullMarked;
